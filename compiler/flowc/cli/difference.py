"""What would change in a file, shown as a patch."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable

from flowc.cells import visible


def difference(name: str, before: str, after: str) -> str:
    """The change of a file as a patch, which `patch` and `git apply` take.

    >>> print(difference("a.flow", "one\\n", "two"), end="")
    --- a.flow
    +++ a.flow
    @@ -1 +1 @@
    -one
    +two
    \\ No newline at end of file
    """
    shown = visible(name)
    old, new = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in (before, after))
    rows = difflib.unified_diff(old, new, shown, shown)
    return "".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows)


def put(texts: Iterable[str]) -> None:
    """Write to standard output just these bytes: whatever the locale, a flow is UTF-8."""
    sys.stdout.flush()
    for text in texts:
        sys.stdout.buffer.write(text.encode())
