"""Waits that leave some input without an answer."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import machine as ir
from flowc.analyse.conversations import shown
from flowc.analyse.graph import Graph
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import SilentWait


def silent_waits(graph: Graph) -> Iterator[Mistake]:
    """The states in which a message may find no handler. An ask always answers, and a call keeps what
    comes.
    """
    for state in graph.machine.waits:
        if state.kind != "state":
            continue
        rows = graph.rows(state.name, "message")
        if any(not row.guards for row in rows):
            continue
        takes_text = any(all(isinstance(guard, ir.IsText) for guard in row.guards) for row in rows)
        said = "(an image)" if takes_text else "something else"
        conversation = (*shown(graph, graph.way_to(state.name)), f"user: {said}", "      (no answer)")
        yield SilentWait(span=state.origin.span, name=state.name, conversation=conversation)
