"""Load: path to `Source`. The only module of the compiler that reads a flow's file."""

from __future__ import annotations

import bisect
import hashlib
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from flowc.records import dataclass

MAX_BYTES = 1_000_000
"""The largest file the compiler reads, in bytes."""


class Span(NamedTuple):
    """A stretch of one file, in code points from its start."""

    path: str
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`."""
        return Span(self.path, self.start, other.end)


class Unreadable(Exception):
    """A file cannot be read as a flow; the message says why and what to do."""


@dataclass(frozen=True)
class Source:
    """The text of one file. `path` is how the author names it; lines end in a newline, the last one too."""

    path: str
    text: str

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Where each line begins, in code points."""
        starts = [0]
        while (newline := self.text.find("\n", starts[-1])) >= 0:
            starts.append(newline + 1)
        return tuple(starts)

    def line_of(self, offset: int) -> int:
        """The line that holds `offset`, counted from 1.

        >>> Source("a.flow", "one\\ntwo\\n").line_of(5)
        2
        """
        return bisect.bisect_right(self.line_starts, offset)

    def column_of(self, offset: int) -> int:
        """The column of `offset` in its line, in code points, counted from 1."""
        return offset - self.line_starts[self.line_of(offset) - 1] + 1

    def line(self, number: int) -> str:
        """The text of line `number`, counted from 1, without its end."""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].removesuffix("\r")

    @cached_property
    def sha256(self) -> str:
        """The hash of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Sources:
    """The sources of one compilation, by path."""

    by_path: dict[str, Source] = field(default_factory=dict[str, Source])

    def __getitem__(self, path: str) -> Source:
        return self.by_path[path]

    def line_of(self, span: Span) -> int:
        """The line a span begins on, counted from 1."""
        return self.by_path[span.path].line_of(span.start)


def source_of(path: str, text: str) -> Source:
    """A source from text at hand; a byte-order mark goes, a missing last newline comes."""
    text = text.removeprefix("\ufeff")
    return Source(path, text if text.endswith("\n") else text + "\n")


def load(path: Path) -> Source:
    """Read the file at `path`.

    Raises `Unreadable` where it is missing, not a regular file, larger than `MAX_BYTES` or not UTF-8.
    """
    try:
        if not path.exists():
            raise Unreadable(f"there is no file `{path}`")
        if not path.is_file():
            raise Unreadable(f"`{path}` is not a file")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Unreadable(
                f"`{path}` is {size:,} bytes long: a flow may have {MAX_BYTES:,}; split it with `import`"
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise Unreadable(f"`{path}` cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        return source_of(str(path), data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"`{path}` is not UTF-8: line {line} holds the byte 0x{data[error.start]:02x}; save the file as UTF-8"
        ) from error
