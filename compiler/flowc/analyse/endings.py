"""Sessions that can never end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from flowc import machine as ir
from flowc.analyse.conversations import shown
from flowc.analyse.graph import Graph
from flowc.diagnostics.conversations import EndlessSession
from flowc.diagnostics.diagnostic import Mistake

_NOT_THE_FLOWS = frozenset({"end", "failed"})
"""What ends a session and is no way of the flow: the host, and a fault."""


def endless_sessions(graph: Graph) -> Iterator[Mistake]:
    """The first wait, in order of making, from which no way leads to an end. A flow with a `timeout` has none."""
    if graph.machine.expire is not None:
        return
    ending = _ending(graph)
    for state in graph.machine.waits:
        if state.name not in ending:
            conversation = shown(graph, graph.way_to(state.name))
            yield EndlessSession(span=state.origin.span, name=state.name, conversation=conversation)
            return


def _ending(graph: Graph) -> set[str]:
    """The states from which a way leads to an end."""
    before: dict[str, list[str]] = defaultdict(list)
    for row in graph.machine.transitions:
        if row.dest is not None and row.trigger not in _NOT_THE_FLOWS:
            before[row.dest] += row.sources
    ending: set[str] = set()
    pending = [ir.START]
    while pending:
        for name in before[pending.pop()]:
            if name not in ending:
                ending.add(name)
                pending.append(name)
    return ending
