"""Standard input, read as a file of a name that is given to it."""

from __future__ import annotations

import sys
from pathlib import Path

from flowc.source import MAX_BYTES, Source, Unreadable, source_of

STANDARD_INPUT = Path("-")
"""The path that stands for it."""


def read_standard_input(name: str) -> tuple[Source, str]:
    """What standard input holds, as a source called `name`, and its text to the last byte.

    Raises `Unreadable` where it is too large or not UTF-8.
    """
    data = sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin else b""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"`{name}` is too large: a flow may have {MAX_BYTES:,} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"`{name}` is not UTF-8: see line {line}") from error
    return source_of(name, text), text
