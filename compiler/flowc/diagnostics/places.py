"""Where a span is, in numbers that people and other programs use: lines, and columns in code points."""

from __future__ import annotations

from flowc.records import dataclass
from flowc.source import Source, Span


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a file. Lines and columns count from 1, columns in code points; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


def place_of(span: Span, source: Source) -> Place:
    """Where `span` is in `source`.

    A span that leaves the text is brought back; the newline is no part of a line.

    >>> place_of(Span("a.flow", 4, 7), Source("a.flow", "日本\\n😀 x\\n"))
    Place(line=2, column=2, end_line=2, end_column=4)
    """
    start = min(max(span.start, 0), len(source.text))
    end = min(max(span.end, start), len(source.text))
    first, last = source.line_of(start), source.line_of(max(start, end - 1))
    column = min(start - source.line_starts[first - 1], len(source.line(first)))
    end_column = min(end - source.line_starts[last - 1], len(source.line(last)))
    return Place(first, column + 1, last, end_column + 1)
