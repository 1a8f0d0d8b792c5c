"""The command line: the outermost layer, and the only one that reads arguments and writes to the terminal.

Each command is a module here, imported when it is called.
"""

from __future__ import annotations

from flowc.cli.program import program


def main() -> None:
    """The program `flowc`."""
    program(prog_name="flowc")
