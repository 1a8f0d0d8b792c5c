"""Conversations that lead everywhere: a flow is talked to, shortest conversations first, until all of it was seen."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, assert_never

from flowc import machine as ir
from flowc.analyse.graph import Graph
from flowc.records import dataclass
from flowc.transcript.conversation import Conversation
from flowc.transcript.coverage import Cell, Tracker
from flowc.transcript.entries import (
    After,
    CallLine,
    Entry,
    Fails,
    FunctionLine,
    Happens,
    Opens,
    Returns,
    Sends,
    User,
)
from flowc.transcript.literals import Literal, bound
from flowc.transcript.samples import Deed, Samples, matters
from flowc.transcript.writing import entry_of
from flowrt.effects import Effect, Reply
from flowrt.flow import Flow
from flowrt.time import SECOND
from flowrt.values import Value

MOST_TRIED = 20_000
"""So many moves are tried before the search ends, each at the end of a conversation."""

_WAYS = 3
"""So many times everything is tried where a flow has functions, with other values of theirs each time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The call that is awaited ends, with a value or with a failure."""

    result: Returns | Fails


Move = Deed | After | Outcome
"""What can happen next in a conversation."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A conversation, the state in which it leaves the contact, and the transitions that its last move took first."""

    entries: tuple[Entry, ...]
    state: str
    new: frozenset[Cell]


def explore(machine: ir.Machine, flow: Flow[Any], *, most: int = MOST_TRIED) -> Iterator[Seen]:
    """Conversations with `flow`, compiled from `machine`, those of fewer moves first.

    Two that leave the contact in the same place are gone on with once. It ends where there is nowhere new to go,
    or after `most` moves. Where the flow has functions, it is gone through several times, with other values.
    """
    tracker = Tracker(flow)
    for way in range(_WAYS if machine.functions else 1):
        yield from _Explorer(machine, flow, tracker, way).conversations(
            most // _WAYS if machine.functions else most
        )


def conversation_into(
    machine: ir.Machine, flow: Flow[Any], state: str, *, most: int = MOST_TRIED
) -> tuple[Entry, ...] | None:
    """The shortest conversation found that ends in `state`, or passes it where no session rests there; None
    where none was found.
    """
    seen = (each for each in explore(machine, flow, most=most) if _is_in(machine, each, state))
    return next((each.entries for each in seen), None)


def conversations_into(
    machine: ir.Machine, flow: Flow[Any], *, most: int = MOST_TRIED
) -> dict[str, tuple[Entry, ...]]:
    """The same for each state into which one was found."""
    found: dict[str, tuple[Entry, ...]] = {}
    wanted = {state.name for state in machine.states if state.kind != "start"}
    for seen in explore(machine, flow, most=most):
        for state in [name for name in wanted if _is_in(machine, seen, name)]:
            found[state] = seen.entries
            wanted.remove(state)
        if not wanted:
            break
    return found


def _is_in(machine: ir.Machine, seen: Seen, state: str) -> bool:
    passed = {machine.transitions[cell.row].dest for cell in seen.new}
    rests = any(one.name == state and one.rests for one in machine.states)
    return seen.state == state or (not rests and state in passed)


class _Explorer:
    def __init__(self, machine: ir.Machine, flow: Flow[Any], tracker: Tracker, way: int) -> None:
        self._flow = flow
        self._samples = Samples(Graph(machine))
        self._matters = matters(machine)
        self._tracker = tracker
        self._stubs = _Stubs(machine, flow, self._samples, way)

    def conversations(self, most: int) -> Iterator[Seen]:
        talk = Conversation(self._flow, functions=self._stubs.functions, machine=self._tracker.machine)
        begin = _Talk(talk)
        known = {self._place(begin)}
        pending = deque([begin])
        while pending:
            here = pending.popleft()
            for move in self._moves(here):
                if (most := most - 1) < 0:
                    return
                before = self._tracker.coverage.taken
                there = self._gone(here, move)
                if there is None:
                    continue
                new = self._tracker.coverage.taken - before
                place = self._place(there)
                if place not in known or new:
                    yield Seen(there.written(self._samples), there.talk.state, new)
                if place not in known and there.talk.session.team is None:
                    known.add(place)
                    pending.append(there)

    def _place(self, there: _Talk) -> Hashable:
        """All that decides where the conversation can go from here."""
        session = there.talk.session
        values = tuple((name, value) for name, value in there.talk.vars.items() if name in self._matters)
        clocks = tuple(deadline.trigger for deadline in session.deadlines)
        left = session.interrupted and (session.interrupted.state, session.interrupted.tries)
        return (session.state, repr(values), session.tries, session.reminded, clocks, left, session.team)

    def _moves(self, here: _Talk) -> Iterator[Move]:
        talk = here.talk
        if talk.pending:
            yield from (Outcome(Returns(value)) for value in self._samples.results(talk.state))
            yield Outcome(Fails())
            return
        yield from dict.fromkeys([*self._samples.deeds(talk.state), *map(User, here.buttons)])
        if talk.next_instant is not None:
            yield After(-(-(talk.next_instant - talk.now) // SECOND))

    def _gone(self, here: _Talk, move: Move) -> _Talk | None:
        """The conversation one move on; None where the flow breaks on it."""
        talk = here.talk.copy()
        self._stubs.asked.clear()
        try:
            effects = _happened(talk, move, self._flow)
        except Exception:  # whatever the flow does, the search goes on elsewhere
            return None
        entries = here.entries
        if isinstance(move, Outcome):
            *before, call = entries
            if isinstance(call, CallLine):
                entries = (*before, replace(call, outcome=_said(move.result, call, self._flow)))
        else:
            entries = (*entries, move)
        lines = tuple(dict.fromkeys((*here.functions, *self._stubs.asked)))
        return _Talk(talk, (*entries, *map(entry_of, effects)), lines, _buttons(effects) or here.buttons)


def _happened(talk: Conversation[Any], move: Move, flow: Flow[Any]) -> list[Effect]:
    """Let something happen; what came of it."""
    match move:
        case User(text):
            return talk.say(text)
        case Sends(media, caption):
            return talk.send(media, caption)
        case Opens():
            return talk.open()
        case Happens(name, values):
            return talk.event(name, {each: bound(value, flow.records) for each, value in values})
        case After(seconds):
            return talk.advance(seconds)
        case Outcome(result):
            if isinstance(result, Fails):
                return talk.result(failure="the transcript lets it fail")
            return talk.result(bound(result.value, flow.records))
        case _:
            assert_never(move)


def _said(result: Returns | Fails, call: CallLine, flow: Flow[Any]) -> Returns | Fails | None:
    """What the line of the call says of its end: nothing where the action gives no value."""
    return result if isinstance(result, Fails) or call.action in flow.returning else None


def _buttons(effects: list[Effect]) -> tuple[str, ...]:
    """The buttons of the last reply."""
    replies = [effect for effect in effects if isinstance(effect, Reply)]
    return replies[-1].buttons if replies else ()


class _Stubs:
    """Stand-ins for the functions of a flow, each of which gives one value; `asked` is what they were asked for."""

    def __init__(self, machine: ir.Machine, flow: Flow[Any], samples: Samples, way: int) -> None:
        self.asked: list[FunctionLine] = []
        self.functions = {
            each.name: partial(self._answer, flow, each.name, _one_of(samples.values.of(each.returns), way))
            for each in machine.functions
        }

    def _answer(self, flow: Flow[Any], name: str, value: Literal, *arguments: Value) -> Value:
        self.asked.append(FunctionLine(name, arguments, Returns(value)))
        return bound(value, flow.records)


def _one_of(values: list[Literal], way: int) -> Literal:
    return values[min(way, len(values) - 1)]


@dataclass(frozen=True, slots=True)
class _Talk:
    """A conversation, and how it is written down; the buttons that the contact sees."""

    talk: Conversation[Any]
    entries: tuple[Entry, ...] = ()
    functions: tuple[FunctionLine, ...] = ()
    buttons: tuple[str, ...] = ()

    def written(self, samples: Samples) -> tuple[Entry, ...]:
        """The lines of the test; a call that is still awaited is slow to end."""
        entries = (*self.functions, *self.entries)
        *before, last = entries
        if not self.talk.pending or not isinstance(last, CallLine):
            return entries
        [first, *_] = samples.results(self.talk.state)
        return (*before, replace(last, outcome=_said(Returns(first), last, self.talk.flow), after=1))
