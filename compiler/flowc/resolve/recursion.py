"""Recursion: dialogs that run themselves, and records that hold themselves. Both would have no end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flowc import syntax as ast
from flowc.diagnostics.declared import RecursiveDialog, RecursiveRecord
from flowc.diagnostics.diagnostic import Mistake
from flowc.program import Program
from flowc.source import Span

_Arrows = Mapping[str, list[tuple[str, Span]]]
"""What each name leads to, and where that is written."""


def check_recursion(program: Program) -> Iterator[Mistake]:
    """Each circle of dialogs, and each of records, once."""
    runs: dict[str, list[tuple[str, Span]]] = {}
    for part in program.parts:
        if part.dialog is not None:
            steps = [step for step in part.steps if isinstance(step, ast.Run)]
            runs[part.dialog.name.text] = [(step.dialog.text, step.dialog.span) for step in steps]
    for circle, span in _circles(runs):
        yield RecursiveDialog(span=span, circle=circle)
    holds = {
        name: [(_held(field.type).name, field.type.span) for field in record.fields]
        for name, record in program.records.items()
    }
    for circle, span in _circles(holds):
        yield RecursiveRecord(span=span, circle=circle)


def _held(written: ast.TypeName) -> ast.TypeName:
    while written.element is not None:
        written = written.element
    return written


def _circles(arrows: _Arrows) -> Iterator[tuple[tuple[str, ...], Span]]:
    """The circles, each with the place that closes it."""
    done: set[str] = set()
    for first in arrows:
        path = [first] if first not in done else []
        ways = [iter(arrows[first])] if path else []
        while ways:
            step = next(ways[-1], None)
            if step is None:
                done.add(path.pop())
                ways.pop()
            elif step[0] in path:
                yield (*path[path.index(step[0]) :], step[0]), step[1]
            elif step[0] in arrows and step[0] not in done:
                path.append(step[0])
                ways.append(iter(arrows[step[0]]))
