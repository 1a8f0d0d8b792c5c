"""The rows that belong to no step: silence, the host, failure, and the way back from `anytime`."""

from __future__ import annotations

from flowc import machine as ir
from flowc import syntax as ast
from flowc.lower.making import Making
from flowc.lower.table import EVERYWHERE, WAITS, Edge, Phase, Place


def add_frame(making: Making) -> None:
    """Add them to the table, which holds all that the steps make."""
    program, table = making.program, making.table
    nowhere = making.flow_origin
    if program.timeout is not None:
        origin = program.origin(program.timeout.span)
        chain = program.timeout.chain
        _last_words(making, Edge("expire", WAITS, Phase.EXPIRY, origin), chain, "expire")
    table.add(Edge("end", WAITS, Phase.HOST, nowhere).do(ir.Do("end by host", nowhere)), ir.START)
    _ways_back(making)
    _faults(making, program.failed, "failed", EVERYWHERE, ("say failure", "fail"))
    _faults(making, program.outdated, "outdated", ir.START, ("say outdated", "outdate"))


def _last_words(making: Making, edge: Edge, chain: ast.Chain | None, *what: ir.Simple) -> None:
    """A chain that ends the session by itself: an `end session` at its end says nothing new."""

    def end(edge: Edge) -> None:
        making.table.add(edge.do(*(ir.Do(each, edge.origin) for each in what)), ir.START)

    steps = chain.steps if chain else ()
    if steps and isinstance(steps[-1], ast.EndSession):
        steps = steps[:-1]
    making.steps(edge, steps, Place(making.scope if edge.trigger == "expire" else making.outside), end)


def _faults(
    making: Making,
    own: ast.Failed | ast.Outdated | None,
    trigger: str,
    source: str,
    default: tuple[ir.Simple, ir.Simple],
) -> None:
    """What is said where a session cannot go on: by the flow's own chain, else, or where that fails, by default.

    Nobody is left in silence: a chain of the flow without a reply says the default, too. A session that the flow has
    no place for is in no state of it, so that row leaves `start`.
    """
    if own is not None:
        origin = making.program.origin(own.span)
        edge = Edge(trigger, source, Phase.HOST, origin, (ir.FirstFailure(origin),))
        speaks = any(isinstance(step, ast.Reply | ast.ReplyMedia) for step in own.chain.steps)
        _last_words(making, edge, own.chain, *(default[1:] if speaks else default))
    nowhere = making.flow_origin
    edge = Edge(trigger, source, Phase.HOST, nowhere)
    making.table.add(edge.do(*(ir.Do(each, nowhere) for each in default)), ir.START)


def _ways_back(making: Making) -> None:
    """From `resume` to each wait: saying again what it said where an `anytime` ends with `again`, else
    saying nothing.
    """
    returning = [edge for edge, dest in making.table.rows if dest == ir.RESUME]
    if not returning:
        making.table.states.pop(ir.RESUME, None)
        return
    repeating = [
        any(isinstance(effect, ir.Do) and effect.what == "say again" for effect in edge.effects)
        for edge in returning
    ]
    for state in [
        state for state in making.table.states.values() if state.rests and state.name not in making.aside
    ]:
        origin = state.origin
        came_from = ir.CameFrom(state.name, origin)
        edge = Edge("advance", ir.RESUME, Phase.RESUME, origin, (came_from,)).do(ir.Do("come back", origin))
        speaks = state.kind in {"ask", "state"}
        if any(repeating) and speaks:
            guards = (came_from,) if all(repeating) else (came_from, ir.SaysAgain(origin))
            _repeat(making, Edge("advance", ir.RESUME, Phase.RESUME, origin, guards, edge.effects), state)
        if not all(repeating) or not speaks:
            making.table.add(edge, state.name)
    making.drain()


def _repeat(making: Making, edge: Edge, state: ir.State) -> None:
    """Say again what a wait said, and wait there."""
    if state.kind == "ask":
        ask, scope = making.asks[state.name]
        making.repeat_ask(ask, state.name, scope, edge)
    else:
        node, place = making.resting[state.name]
        making.repeat_state(node, state.name, place, edge)
