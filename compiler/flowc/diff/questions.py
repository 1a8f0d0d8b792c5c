"""What a wait waits for, in words: where these differ, whoever is there may have to answer again."""

from __future__ import annotations

from flowc import machine as ir
from flowc.analyse.conversations import duration
from flowc.analyse.graph import Graph
from flowc.emit.names import expression_words


def question_of(graph: Graph, state: ir.State) -> str:
    """What is awaited in `state`."""
    match state.kind:
        case "ask":
            return f"it asks for {_answer(graph, state)}"
        case "call":
            called = {
                effect.action
                for row in graph.machine.transitions
                if row.dest == state.name
                for effect in row.effects
                if isinstance(effect, ir.CallAction)
            }
            return f"it calls {' or '.join(f'`{name}`' for name in sorted(called))}"
        case "wait":
            return f"it waits {duration(state.clocks[0].seconds)}"
        case _:
            return "it waits for what its handlers take"


def _answer(graph: Graph, state: ir.State) -> str:
    readers = [
        guard.reader
        for row in graph.rows(state.name, "message")
        for guard in row.guards
        if isinstance(guard, ir.Reads)
    ]
    return _reader(readers[0]) if readers else "an answer"


def _reader(reader: ir.Reader) -> str:
    if reader.given is not None:
        return f"one of {expression_words(reader.given)}"
    if reader.choices:
        return "one of " + ", ".join(f'"{choice}"' for choice in reader.choices)
    ends = ["" if end is None else expression_words(end) for end in (reader.low, reader.high)]
    return f"`{reader.type} in {ends[0]}..{ends[1]}`" if any(ends) else f"`{reader.type}`"
