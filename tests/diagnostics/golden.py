"""What a user sees of each page's wrong example: `python -m tests.diagnostics.golden` writes it anew.

Look at the difference before it is committed: these files are what the compiler says to people.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from pathlib import Path

from flowc.catalogue import all_kinds
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.text import draw
from flowc.pipeline import compile_flow
from flowc.source import source_of

GOLDEN = Path(__file__).parent / "golden"
WIDTH = 100


def wrong_example(kind: type[Mistake]) -> str | None:
    """The wrong example of a page, if it has one."""
    page = inspect.cleandoc(kind.__doc__ or "")
    found = re.search(r"^Wrong:\n\n((?:    .*\n?|\n)+)", page, re.MULTILINE)
    return textwrap.dedent(found.group(1)).strip("\n") + "\n" if found else None


def shown(text: str) -> str:
    """All that `flowc check` says of a flow, in a terminal of 100 columns."""
    compiled = compile_flow(source_of("wrong.flow", text))
    return "\n\n".join(draw(each, compiled.sources, width=WIDTH) for each in compiled.diagnostics) + "\n"


EXAMPLES = {
    code: example
    for code, kind in all_kinds().items()
    if not code.startswith(("F060", "F09")) and (example := wrong_example(kind))
}
"""The wrong examples of flows, by code."""


def main() -> None:
    """Write every file anew."""
    GOLDEN.mkdir(exist_ok=True)
    for path in GOLDEN.glob("*.txt"):
        path.unlink()
    for code, example in EXAMPLES.items():
        (GOLDEN / f"{code}.txt").write_text(shown(example), encoding="utf-8")


if __name__ == "__main__":
    main()
