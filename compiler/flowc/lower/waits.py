"""The waits that are steps: `ask` and `call`."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from flowc import machine as ir
from flowc import syntax as ast
from flowc.lower.clocks import clocks_of
from flowc.lower.making import Making
from flowc.lower.prompts import prompt, wrong_answer
from flowc.lower.table import Edge, EndOfChain, Phase, Place

DEFAULT_LIMIT = 30
"""How long a call may take unless it says otherwise, in seconds."""


def lower_ask(making: Making, edge: Edge, ask: ast.Ask, place: Place, go_on: EndOfChain) -> None:
    """Lead `edge` to the wait of `ask`, and make the wait if this is the first edge that does."""
    name = place.prefix + (ask.label.text if ask.label else f"ask_{ask.name.text}")
    span = ask.label.span if ask.label else ask.name.span
    if making.claim(name, span, id(ask)):
        making.asks[name] = ask
        if place.aside:
            making.aside.add(name)
        clocks = clocks_of(_clauses(ask, ast.After), _clauses(ask, ast.Timeout))
        making.table.states[name] = ir.State(name, "ask", clocks, making.program.origin(span))
        making.todo.append(partial(_ask_exits, making, ask, name, place, go_on))
    making.table.add(edge.do(*prompt(making.program, making.checked, ask)), name)


def _ask_exits(making: Making, ask: ast.Ask, name: str, place: Place, go_on: EndOfChain) -> None:
    within = Place(place.prefix, partial(making.repeat_ask, ask, name), place.aside)
    for handler in _clauses(ask, ast.Handler):
        for edge in making.taking(handler, name, Phase.NEAR_PATTERNS, Phase.NEAR_CATCH_ALLS):
            making.steps(edge, handler.chain.steps, within, go_on)
    reader = making.checked.readers[id(ask)]
    origin = making.program.origin(ask.span)
    variable = ask.name.text
    # Choices are patterns; any other answer is the last thing that a message is tried as.
    phase = Phase.NEAR_PATTERNS if reader.choices else Phase.ANSWERS
    answered = Edge("message", name, phase, origin, (ir.Reads(variable, reader, origin),))
    go_on(answered.do(ir.Store(variable, reader, origin)))
    for tries in _clauses(ask, ast.Tries):
        at = making.program.origin(tries.span)
        edge = Edge("message", name, Phase.ANSWERS, at, (ir.TriesReached(tries.count, at),))
        making.steps(edge, tries.chain.steps, within, go_on)
    _retry(making, ask, name, within)
    making.timers(name, _clauses(ask, ast.After), _clauses(ask, ast.Timeout), within, go_on)


def _retry(making: Making, ask: ast.Ask, name: str, within: Place) -> None:
    """A wrong answer: say what to do, and keep waiting."""
    retry = next(iter(_clauses(ask, ast.Retry)), None)
    origin = making.program.origin(retry.span if retry else ask.span)
    edge = Edge("message", name, Phase.ANSWERS, origin)
    if _clauses(ask, ast.Tries):
        edge = edge.do(ir.Do("count try", origin))
    if retry is None or retry.text is not None:
        said = wrong_answer(making.program, making.checked, ask, retry.text if retry else None)
        edge = edge.do(said)
    steps = retry.chain.steps if retry and retry.chain else ()
    making.steps(edge, steps, within, partial(making.keep_waiting, wait=name))


def lower_call(making: Making, edge: Edge, call: ast.Call, place: Place, go_on: EndOfChain) -> None:
    """Lead `edge` to the wait for the result of `call`, and make the wait if this is the first edge that
    does.
    """
    name = place.prefix + (call.label.text if call.label else call.action.text)
    span = call.label.span if call.label else call.action.span
    limit = call.within.seconds if call.within else DEFAULT_LIMIT
    if making.claim(name, span, id(call)):
        if place.aside:
            making.aside.add(name)
        clock = ir.Clock("result", limit)
        making.table.states[name] = ir.State(name, "call", (clock,), making.program.origin(span))
        making.todo.append(partial(_call_exits, making, call, name, place, go_on))
    arguments = making.checked.arguments[id(call)]
    origin = making.program.origin(call.span)
    making.table.add(edge.do(ir.CallAction(call.action.text, arguments, limit, origin)), name)


def _call_exits(making: Making, call: ast.Call, name: str, place: Place, go_on: EndOfChain) -> None:
    for clause in call.clauses:
        if isinstance(clause, ast.Failed):
            at = making.program.origin(clause.span)
            edge = Edge("result", name, Phase.RESULTS, at, (ir.CallFailed(at),))
            making.steps(edge, clause.chain.steps, place, go_on)
    origin = making.program.origin(call.span)
    go_on(Edge("result", name, Phase.RESULTS, origin))
    hold = Edge("message", name, Phase.HOLD, origin)
    making.table.add(hold.do(ir.Do("hold message", origin)), None)


C = TypeVar("C", ast.Handler, ast.After, ast.Timeout, ast.Tries, ast.Retry)


def _clauses(ask: ast.Ask, kind: type[C]) -> tuple[C, ...]:
    return tuple(clause for clause in ask.clauses if isinstance(clause, kind))
