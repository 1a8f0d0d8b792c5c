"""Circles through choices: an event that would never come to rest."""

from __future__ import annotations

from collections.abc import Iterator

from flowc.analyse.graph import Graph
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import CycleWithoutWait


def circles(graph: Graph) -> Iterator[Mistake]:
    """Each circle of choices, once."""
    done: set[str] = set()
    for state in graph.machine.states:
        if state.kind == "choice" and state.name not in done:
            circle = _circle_from(graph, state.name, done)
            if circle:
                origin = graph.states[circle[0]].origin
                yield CycleWithoutWait(span=origin.span, path=circle)


def _choices_after(graph: Graph, state: str) -> Iterator[str]:
    for row in graph.rows(state, "advance"):
        if row.dest is not None and graph.states[row.dest].kind == "choice":
            yield row.dest


def _circle_from(graph: Graph, start: str, done: set[str]) -> tuple[str, ...] | None:
    """The first circle met by going on from `start`; what cannot be part of one is added to `done`."""
    path = dict.fromkeys([start])
    ways = [_choices_after(graph, start)]
    while path:
        following = next(ways[-1], None)
        if following is None:
            done.add(path.popitem()[0])
            ways.pop()
        elif following in path:
            done.update(path)
            names = list(path)
            return (*names[names.index(following) :], following)
        elif following not in done:
            path[following] = None
            ways.append(_choices_after(graph, following))
    return None
