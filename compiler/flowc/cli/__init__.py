"""The command line: the outermost layer, and the only one that reads arguments and writes to the terminal.

Each command is a module here, imported when it is called.
"""

from __future__ import annotations

import gc

OBJECTS_BEFORE_A_COLLECTION = 50_000
"""So many new objects are made before unreachable ones are looked for: a short run makes few that are."""


def main() -> None:
    """The program `flowc`."""
    gc.set_threshold(OBJECTS_BEFORE_A_COLLECTION)
    from flowc.cli.program import program  # noqa: PLC0415 - what it loads are objects too

    try:
        program(prog_name="flowc")
    finally:
        gc.freeze()  # the process ends: nothing is gained by looking through all that it holds once more
