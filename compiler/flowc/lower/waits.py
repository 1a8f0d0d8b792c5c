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
from flowc.types import Type

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
    reads = ir.Reads(variable, reader, origin)
    required = tuple(_required(making, ask, clause, holds=True) for clause in _clauses(ask, ast.Require))
    answered = Edge("message", name, phase, origin, (reads, *required))
    go_on(answered.do(ir.Store(variable, reader, origin)))
    for tries in _clauses(ask, ast.Tries):
        at = making.program.origin(tries.span)
        edge = Edge("message", name, Phase.ANSWERS, at, (ir.TriesReached(tries.count, at),))
        making.steps(edge, tries.chain.steps, within, go_on)
    for clause in _clauses(ask, ast.Require):
        at = making.program.origin(clause.span)
        guards = (reads, _required(making, ask, clause, holds=False))
        edge = Edge("message", name, Phase.ANSWERS, at, guards)
        _wrong(making, ask, edge, name, within, clause.text, clause.chain)
    _retry(making, ask, name, within)
    making.timers(name, _clauses(ask, ast.After), _clauses(ask, ast.Timeout), within, go_on)


def _retry(making: Making, ask: ast.Ask, name: str, within: Place) -> None:
    """A wrong answer: say what to do, and keep waiting."""
    retry = next(iter(_clauses(ask, ast.Retry)), None)
    edge = Edge("message", name, Phase.ANSWERS, making.program.origin(retry.span if retry else ask.span))
    _wrong(making, ask, edge, name, within, retry.text if retry else None, retry.chain if retry else None)


def _wrong(
    making: Making,
    ask: ast.Ask,
    edge: Edge,
    name: str,
    within: Place,
    text: ast.Text | None,
    chain: ast.Chain | None,
) -> None:
    if _clauses(ask, ast.Tries):
        edge = edge.do(ir.Do("count try", edge.origin))
    if chain is None or text is not None:
        edge = edge.do(wrong_answer(making.program, making.checked, ask, text))
    making.steps(edge, chain.steps if chain else (), within, partial(making.keep_waiting, wait=name))


def _required(making: Making, ask: ast.Ask, clause: ast.Require, *, holds: bool) -> ir.Requires:
    reader = making.checked.readers[id(ask)]
    condition = making.checked.expressions[id(clause.condition)]
    return ir.Requires(ask.name.text, reader, condition, holds, making.program.origin(clause.condition.span))


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
    parameters = making.program.actions[call.action.text].parameters
    needs = tuple(parameter.name.text for parameter in parameters if not parameter.type.optional)
    origin = making.program.origin(call.span)
    making.table.add(edge.do(ir.CallAction(call.action.text, arguments, needs, limit, origin)), name)


def lower_wait(making: Making, edge: Edge, wait: ast.Wait, place: Place, go_on: EndOfChain) -> None:
    """Lead `edge` to a `wait`, and make it if this is the first edge that does."""
    name = place.prefix + (wait.label.text if wait.label else "wait")
    span = wait.label.span if wait.label else wait.span
    if making.claim(name, span, id(wait)):
        if place.aside:
            making.aside.add(name)
        clock = ir.Clock("elapsed", wait.duration.seconds)
        making.table.states[name] = ir.State(name, "wait", (clock,), making.program.origin(span))
        origin = making.program.origin(wait.span)
        hold = Edge("message", name, Phase.HOLD, origin)
        making.table.add(hold.do(ir.Do("hold message", origin)), None)
        making.todo.append(lambda: go_on(Edge("elapsed", name, Phase.TIMERS, origin)))
    making.table.add(edge, name)


def _call_exits(making: Making, call: ast.Call, name: str, place: Place, go_on: EndOfChain) -> None:
    returns = making.program.actions[call.action.text].returns
    type_ = Type(returns.name, returns.optional) if returns else None
    for clause in call.clauses:
        if isinstance(clause, ast.Failed):
            at = making.program.origin(clause.span)
            edge = Edge("result", name, Phase.RESULTS, at, (ir.CallFailed(type_, at),))
            making.steps(edge, clause.chain.steps, place, go_on)
    origin = making.program.origin(call.span)
    done = Edge("result", name, Phase.RESULTS, origin)
    if call.alias is not None and type_ is not None:
        done = done.do(ir.StoreResult(call.alias.text, type_, making.program.origin(call.alias.span)))
    go_on(done)
    hold = Edge("message", name, Phase.HOLD, origin)
    making.table.add(hold.do(ir.Do("hold message", origin)), None)


C = TypeVar("C", ast.Handler, ast.After, ast.Timeout, ast.Tries, ast.Retry, ast.Require)


def _clauses(ask: ast.Ask, kind: type[C]) -> tuple[C, ...]:
    return tuple(clause for clause in ask.clauses if isinstance(clause, kind))
