"""The manual's page of all diagnostics, made of the same docstrings that `flowc explain` prints.

python -m flowc.cli.manual > docs/diagnostics.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from flowc.catalogue import all_kinds, page_of
from flowc.diagnostics.diagnostic import Mistake

_HEAD = """\
# All diagnostics

What the compiler may say, by code. `flowc explain CODE` prints the same pages. A warning does not keep a flow from
being built; a comment `# flowc: ignore[CODE]` on its line silences it. This page is written by `make docs`.
"""
_FAMILIES = (
    ("F01", "Writing"),
    ("F02", "Names"),
    ("F03", "Types, values and answers"),
    ("F04", "Conversations and channels"),
    ("F05", "Files"),
    ("F060", "Settings"),
    ("F061", "Silenced findings"),
    ("F08", "Versions"),
    ("F09", "Transcripts"),
)
_EXAMPLE = re.compile(r"^(Wrong|Right):\n\n((?: {4}.*\n?|\n)+)", re.MULTILINE)


def manual() -> str:
    """The page, as Markdown."""
    return "\n".join(_parts())


def _parts() -> Iterator[str]:
    yield _HEAD
    kinds = list(all_kinds().values())
    for start, name in _FAMILIES:
        yield f"## {name}\n"
        yield from (_section(kind) for kind in kinds if kind.code.startswith(start))


def _section(kind: type[Mistake]) -> str:
    first, _, rest = page_of(kind).partition("\n")
    language = "flow" if re.match(r"F0[1-5]", kind.code) else "text"
    expected = kind.code if kind.severity == "error" and language == "flow" else None

    def block(example: re.Match[str]) -> str:
        lines = [line.removeprefix("    ") for line in example[2].strip("\n").split("\n")]
        error = [f"# error: {expected}"] if expected and example[1] == "Wrong" else []
        return "\n".join([f"{example[1]}:\n", f"```{language}", *error, *lines, "```\n", ""])

    body = _EXAMPLE.sub(block, rest.strip("\n") + "\n").strip("\n")
    return f"### {kind.code}\n\n{first}\n" + (f"\n{body}\n" if body else "")


if __name__ == "__main__":
    sys.stdout.write(manual())
