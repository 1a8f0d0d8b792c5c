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
from flowc.types import SECRET, written_type

DEFAULT_LIMIT = 30
"""How long a call may take unless it says otherwise, in seconds."""


def lower_ask(making: Making, edge: Edge, ask: ast.Ask, place: Place, go_on: EndOfChain) -> None:
    """Lead `edge` to the wait of `ask`, and make the wait if this is the first edge that does."""
    name = place.wait(ask.label.text if ask.label else f"ask_{ask.name.text}")
    span = ask.label.span if ask.label else ask.name.span
    if making.claim(name, span, id(ask), place, "ask"):
        making.asks[name] = (ask, place.scope)
        clocks = clocks_of(_clauses(ask, ast.After), _clauses(ask, ast.Timeout))
        making.table.states[name] = ir.State(name, "ask", clocks, making.program.origin(span))
        making.todo.append(partial(_Asking(making, ask, name, place).exits, go_on))
    making.table.add(edge.do(*prompt(place.scope, ask)), name)


class _Asking:
    """The ways out of the wait of one `ask`."""

    def __init__(self, making: Making, ask: ast.Ask, name: str, place: Place) -> None:
        self.making = making
        self.ask = ask
        self.name = name
        self.scope = place.scope
        self.within = place.at(place.path, partial(making.repeat_ask, ask, name, place.scope))
        self.variable = place.scope.variable(ask.name.text)
        self.reader = place.scope.reader(ask)

    def exits(self, go_on: EndOfChain) -> None:
        """Make them: its handlers, the answer, wrong answers, its clocks."""
        making, ask, name = self.making, self.ask, self.name
        for handler in _clauses(ask, ast.Handler):
            phases = (Phase.NEAR_PATTERNS, Phase.NEAR_CATCH_ALLS)
            for edge in making.taking(handler, name, self.within, phases):
                making.steps(edge, handler.chain.steps, self.within, go_on)
        self._answer(go_on)
        for tries in _clauses(ask, ast.Tries):
            at = making.program.origin(tries.span)
            edge = Edge("message", name, Phase.ANSWERS, at, (ir.TriesReached(tries.count, at),))
            making.steps(edge, tries.chain.steps, self.within, go_on)
        self._wrong_answers()
        timeouts = _clauses(ask, ast.Timeout)
        making.timers(name, _clauses(ask, ast.After), timeouts, self.within, go_on)

    def _answer(self, go_on: EndOfChain) -> None:
        origin = self.making.program.origin(self.ask.span)
        # Choices are patterns; any other answer is the last thing that a message is tried as.
        chosen = self.reader.choices or self.reader.given is not None
        phase = Phase.NEAR_PATTERNS if chosen else Phase.ANSWERS
        reads = ir.Reads(self.variable, self.reader, origin)
        required = tuple(self._required(clause, holds=True) for clause in _clauses(self.ask, ast.Require))
        answered = Edge("message", self.name, phase, origin, (reads, *required))
        go_on(answered.do(ir.Store(self.variable, self.reader, origin)))

    def _wrong_answers(self) -> None:
        for clause in _clauses(self.ask, ast.Require):
            at = self.making.program.origin(clause.span)
            reads = ir.Reads(self.variable, self.reader, self.making.program.origin(self.ask.span))
            guards = (reads, self._required(clause, holds=False))
            self._wrong(Edge("message", self.name, Phase.ANSWERS, at, guards), clause.text, clause.chain)
        retry = next(iter(_clauses(self.ask, ast.Retry)), None)
        at = self.making.program.origin(retry.span if retry else self.ask.span)
        edge = Edge("message", self.name, Phase.ANSWERS, at)
        self._wrong(edge, retry.text if retry else None, retry.chain if retry else None)

    def _wrong(self, edge: Edge, text: ast.Text | None, chain: ast.Chain | None) -> None:
        """A wrong answer: say what to do, and keep waiting."""
        if _clauses(self.ask, ast.Tries):
            edge = edge.do(ir.Do("count try", edge.origin))
        if chain is None or text is not None:
            edge = edge.do(wrong_answer(self.scope, self.ask, text))
        keep_waiting = partial(self.making.keep_waiting, wait=self.name)
        self.making.steps(edge, chain.steps if chain else (), self.within, keep_waiting)

    def _required(self, clause: ast.Require, *, holds: bool) -> ir.Requires:
        condition = self.scope.expression(clause.condition)
        origin = self.making.program.origin(clause.condition.span)
        return ir.Requires(self.variable, self.reader, condition, holds, origin)


def lower_call(making: Making, edge: Edge, call: ast.Call, place: Place, go_on: EndOfChain) -> None:
    """Lead `edge` to the wait for the result of `call`, and make the wait if this is the first edge that
    does.
    """
    name = place.wait(call.label.text if call.label else call.action.text)
    span = call.label.span if call.label else call.action.span
    limit = call.within.seconds if call.within else DEFAULT_LIMIT
    if making.claim(name, span, id(call), place, "call"):
        clock = ir.Clock("result", limit)
        making.table.states[name] = ir.State(name, "call", (clock,), making.program.origin(span))
        making.todo.append(partial(_call_exits, making, call, name, place, go_on))
    arguments = place.scope.arguments(call)
    parameters = making.program.actions[call.action.text].parameters
    needs = tuple(parameter.name.text for parameter in parameters if not parameter.type.optional)
    secret = any(value.type.plain == SECRET for _, value in arguments)
    origin = making.program.origin(call.span)
    making.table.add(edge.do(ir.CallAction(call.action.text, arguments, needs, limit, secret, origin)), name)


def lower_wait(making: Making, edge: Edge, wait: ast.Wait, place: Place, go_on: EndOfChain) -> None:
    """Lead `edge` to a `wait`, and make it if this is the first edge that does."""
    name = place.wait(wait.label.text if wait.label else "wait")
    span = wait.label.span if wait.label else wait.span
    if making.claim(name, span, id(wait), place, "wait"):
        clock = ir.Clock("elapsed", wait.duration.seconds)
        making.table.states[name] = ir.State(name, "wait", (clock,), making.program.origin(span))
        origin = making.program.origin(wait.span)
        _hold(making, name, origin)
        making.todo.append(lambda: go_on(Edge("elapsed", name, Phase.TIMERS, origin)))
    making.table.add(edge, name)


def _call_exits(making: Making, call: ast.Call, name: str, place: Place, go_on: EndOfChain) -> None:
    returns = making.program.actions[call.action.text].returns
    type_ = written_type(returns) if returns else None
    for clause in call.clauses:
        if isinstance(clause, ast.Failed):
            at = making.program.origin(clause.span)
            edge = Edge("result", name, Phase.RESULTS, at, (ir.CallFailed(type_, at),))
            making.steps(edge, clause.chain.steps, place, go_on)
    origin = making.program.origin(call.span)
    done = Edge("result", name, Phase.RESULTS, origin)
    if call.alias is not None and type_ is not None:
        variable = place.scope.variable(call.alias.text)
        done = done.do(ir.StoreResult(variable, type_, making.program.origin(call.alias.span)))
    go_on(done)
    _hold(making, name, origin)


def _hold(making: Making, name: str, origin: ir.Origin) -> None:
    """Messages that come while something else is awaited are kept for later."""
    edge = Edge("message", name, Phase.HOLD, origin)
    making.table.add(edge.do(ir.Do("hold message", origin)), None)


C = TypeVar("C", ast.Handler, ast.After, ast.Timeout, ast.Tries, ast.Retry, ast.Require)


def _clauses(ask: ast.Ask, kind: type[C]) -> tuple[C, ...]:
    return tuple(clause for clause in ask.clauses if isinstance(clause, kind))
