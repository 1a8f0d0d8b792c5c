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
    if program.failed is not None:
        origin = program.origin(program.failed.span)
        edge = Edge("failed", EVERYWHERE, Phase.HOST, origin, (ir.FirstFailure(origin),))
        _never_silent(making, edge, program.failed.chain, "say failure", "fail")
    failure = (ir.Do("say failure", nowhere), ir.Do("fail", nowhere))
    table.add(Edge("failed", EVERYWHERE, Phase.HOST, nowhere).do(*failure), ir.START)
    if program.outdated is not None:
        # A session that the flow has no place for is in no state of it. What is said by default is the runtime's.
        edge = Edge("outdated", ir.START, Phase.HOST, program.origin(program.outdated.span))
        _never_silent(making, edge, program.outdated.chain, "say outdated", "outdate")


def _last_words(making: Making, edge: Edge, chain: ast.Chain | None, *what: ir.Simple) -> None:
    """A chain that ends the session by itself: an `end session` at its end says nothing new."""

    def end(edge: Edge) -> None:
        making.table.add(edge.do(*(ir.Do(each, edge.origin) for each in what)), ir.START)

    steps = chain.steps if chain else ()
    if steps and isinstance(steps[-1], ast.EndSession):
        steps = steps[:-1]
    making.steps(edge, steps, Place(making.scope if edge.trigger == "expire" else making.outside), end)


def _never_silent(making: Making, edge: Edge, chain: ast.Chain, default: ir.Simple, what: ir.Simple) -> None:
    """What a flow says of a session that cannot go on; the default too where its chain says nothing."""
    speaks = any(isinstance(step, ast.Reply | ast.ReplyMedia) for step in chain.steps)
    if speaks:
        _last_words(making, edge, chain, what)
    else:
        _last_words(making, edge, chain, default, what)


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
