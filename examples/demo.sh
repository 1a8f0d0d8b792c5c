#!/bin/sh
# The main job, on a real flow: check it, compile it, talk to it, test it. `make demo` runs this.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
flow=${1:-$here/feedback/feedback.flow}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }

say "1. The flow, as its author wrote it"
sed 's/^/    /' "$flow"

say "2. flowc check: what can be proved before anyone talks to it"
flowc check "$flow" && echo "    no mistakes"
echo "    … and with one letter wrong:"
sed 's/-> reply "Hi!/-> replay "Hi!/' "$flow" >"$work/mistake.flow"
(cd "$work" && flowc check mistake.flow 2>&1 || true) | sed 's/^/    /'

say "3. flowc build: a Python module, a state machine for the library transitions"
flowc build "$flow" -o "$work"
module=$(ls "$work"/*_flow.py)
grep -n -A 12 '^STATES' "$module" | sed 's/^/    /'

say "4. flowc run: a chat, with fifteen minutes of silence in virtual time"
echo "    (the user writes: hi, Ada, nine, 2; five minutes of silence; ten more; hello again)"
printf '%s\n' hi Ada nine 2 ':wait 5 minutes' ':wait 10 minutes' 'hello again' |
  flowc run "$flow" 2>&1 | sed 's/^/    /'

say "5. flowc test: the transcripts, and how much of the machine they walk"
flowc test "$(dirname -- "$flow")" | sed 's/^/    /'

say "6. flowc graph: the machine as a picture (mermaid)"
flowc graph "$flow" --format mermaid | sed 's/^/    /'
