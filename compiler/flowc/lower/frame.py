"""The rows that belong to no step: silence, the host, failure, and the way back from `anytime`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowc import machine as ir
from flowc import syntax as ast
from flowc.lower.table import EVERYWHERE, WAITS, Edge, Phase, Place

if TYPE_CHECKING:
    from flowc.lower.lowering import Lowering


def add_frame(lowering: Lowering) -> None:
    """Add them to the table, which holds all that the steps make."""
    program, table = lowering.program, lowering.table
    nowhere = lowering.flow_origin
    if program.timeout is not None:
        origin = program.origin(program.timeout.span)
        chain = program.timeout.chain
        _last_words(lowering, Edge("expire", WAITS, Phase.EXPIRY, origin), chain, "expire")
    table.add(Edge("end", WAITS, Phase.HOST, nowhere).do(ir.Do("end by host", nowhere)), ir.START)
    _ways_back(lowering)
    if program.failed is not None:
        origin = program.origin(program.failed.span)
        edge = Edge("failed", EVERYWHERE, Phase.HOST, origin, (ir.FirstFailure(origin),))
        _last_words(lowering, edge, program.failed.chain, "fail")
    failure = (ir.Do("say failure", nowhere), ir.Do("fail", nowhere))
    table.add(Edge("failed", EVERYWHERE, Phase.HOST, nowhere).do(*failure), ir.START)


def _last_words(lowering: Lowering, edge: Edge, chain: ast.Chain | None, what: ir.Simple) -> None:
    """A chain that ends the session by itself: an `end session` at its end says nothing new."""

    def end(edge: Edge) -> None:
        lowering.table.add(edge.do(ir.Do(what, edge.origin)), ir.START)

    steps = chain.steps if chain else ()
    if steps and isinstance(steps[-1], ast.EndSession):
        steps = steps[:-1]
    lowering.steps(edge, steps, Place(""), end)


def _ways_back(lowering: Lowering) -> None:
    """From `resume` to each wait: saying again what it said where an `anytime` ends with `again`, else
    saying nothing.
    """
    returning = [edge for edge, dest in lowering.table.rows if dest == ir.RESUME]
    if not returning:
        lowering.table.states.pop(ir.RESUME, None)
        return
    repeating = [
        any(isinstance(effect, ir.Do) and effect.what == "say again" for effect in edge.effects)
        for edge in returning
    ]
    for state in [
        state for state in lowering.table.states.values() if state.rests and state.name not in lowering.aside
    ]:
        origin = state.origin
        came_from = ir.CameFrom(state.name, origin)
        edge = Edge("advance", ir.RESUME, Phase.RESUME, origin, (came_from,)).do(ir.Do("come back", origin))
        speaks = state.kind in {"ask", "state"}
        if any(repeating) and speaks:
            guards = (came_from,) if all(repeating) else (came_from, ir.SaysAgain(origin))
            _repeat(lowering, Edge("advance", ir.RESUME, Phase.RESUME, origin, guards, edge.effects), state)
        if not all(repeating) or not speaks:
            lowering.table.add(edge, state.name)
    lowering.drain()


def _repeat(lowering: Lowering, edge: Edge, state: ir.State) -> None:
    """Say again what a wait said, and wait there."""
    if state.kind == "ask":
        lowering.repeat_ask(lowering.asks[state.name], state.name, edge)
    else:
        lowering.repeat_state(lowering.program.states[state.name], edge)
