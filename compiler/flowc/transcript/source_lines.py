"""Which lines of the source of a flow its tests have gone over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flowc.machine import Machine, Transition
from flowc.transcript.coverage import Coverage

Lines = Mapping[str, frozenset[int]]
"""Numbers of lines, from 1, by file."""


@dataclass(frozen=True, slots=True)
class LineCoverage:
    """The lines on which something is to be done, and those of them on which it was.

    >>> one = LineCoverage({"a.flow": frozenset({3, 4, 7})}, {"a.flow": frozenset({7})})
    >>> one.covered, one.total, one.missing
    (1, 3, ('a.flow:3-4',))
    """

    lines: Lines
    taken: Lines

    @property
    def total(self) -> int:
        """How many lines there are to go over."""
        return sum(map(len, self.lines.values()))

    @property
    def covered(self) -> int:
        """On how many of them something was done."""
        return sum(map(len, self.taken.values()))

    @property
    def missing(self) -> tuple[str, ...]:
        """The lines on which nothing was done, as `feedback.flow:14, 18-20`, one text for each file."""
        left = {path: lines - self.taken.get(path, frozenset()) for path, lines in self.lines.items()}
        return tuple(f"{path}:{', '.join(_ranges(lines))}" for path, lines in left.items() if lines)


def line_coverage(machine: Machine, coverage: Coverage) -> LineCoverage:
    """The lines of the source of `machine` that were gone over by the transitions in `coverage`.

    `coverage` is that of a module whose table has a row for each transition of `machine`, in the same order. A line
    counts as soon as one transition that does something on it was taken.
    """
    rows = {cell.row for cell in coverage.cells}
    taken = {cell.row for cell in coverage.taken} & rows
    return LineCoverage(_lines(machine, rows), _lines(machine, taken))


def _lines(machine: Machine, rows: Iterable[int]) -> Lines:
    places = {place for row in rows for place in _places(machine.transitions[row])}
    paths = sorted({path for path, _ in places})
    return {path: frozenset(line for where, line in places if where == path) for path in paths}


def _places(row: Transition) -> Iterator[tuple[str, int]]:
    for origin in (row.origin, *(effect.origin for effect in row.effects)):
        yield origin.path, origin.line


def _ranges(lines: frozenset[int]) -> Iterator[str]:
    """Numbers in order, those that follow each other as one range."""
    ordered = sorted(lines)
    starts = [line for line in ordered if line - 1 not in lines]
    for start in starts:
        end = start
        while end + 1 in lines:
            end += 1
        yield str(start) if end == start else f"{start}-{end}"
