"""What the program writes: results to standard output, all else to standard error. No text can break it."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Literal, TextIO

from flowc.cells import visible

Color = Literal["auto", "always", "never"]

PAGE = 100
"""How wide the output is where it goes to no terminal, in cells."""


def make_robust() -> None:
    """Let text that a stream cannot encode be escaped, and let a stream that was closed swallow what it gets."""
    if sys.stdout is None:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Write `text`, a result, and end the line."""
    sys.stdout.write(f"{text}\n")


def tell(text: str) -> None:
    """Write `text`, a notice, and end the line. What was said before it stands before it."""
    sys.stdout.flush()
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def complain(text: str) -> None:
    """Say in one line why something does not go; what cannot be seen, as in the name of a file, is escaped."""
    tell(f"flowc: {visible(text)}")


def flush() -> None:
    """Hand over what was written. Raises `OSError` where nobody takes it."""
    sys.stdout.flush()
    sys.stderr.flush()


def abandon() -> None:
    """Nobody takes what is written any more: let the rest of it go nowhere, also at the end of the program."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def wants_color(color: Color, stream: TextIO | None) -> bool:
    """Whether to color what goes to `stream`: a terminal, unless the environment says otherwise; None is a file."""
    if color != "auto" or stream is None:
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def columns(stream: TextIO) -> int:
    """How many cells there are in a line of `stream`."""
    return shutil.get_terminal_size((PAGE, 24)).columns if stream.isatty() else PAGE


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
