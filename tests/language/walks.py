"""Conversations at random: whatever can happen to a contact, held against what must hold of every flow.

Each event is taken three times: by the flow's own machine, by a plain `transitions.Machine` of the same table, and
by a session that was stored and read back just before. All three must do the same, and what was recorded must come
out again when it is replayed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any, cast

import transitions

from flowc import machine as ir
from flowc.pipeline import load_module
from flowc.transcript.entries import Happens, Opens, Sends, User
from flowc.transcript.generate.inputs import Inputs
from flowc.transcript.generate.values import Values
from flowc.transcript.literals import bound
from flowc.types import Type
from flowrt.codec import Outdated, dump_effect, dump_session, load_effect, load_session, restore, salvage
from flowrt.effects import Call, Effect, Ended
from flowrt.events import Due, EndedByHost, Event, GivenBack, HostEvent, Message, Opened, Result
from flowrt.flow import Flow
from flowrt.forms import admitted
from flowrt.handling import awaited
from flowrt.session import Session
from flowrt.time import SECOND, Instant
from flowrt.turn import Functions
from flowrt.values import Value

CONTACT = "ada"
WORDS = ("hello", "", "  ", "7", "none", "\u0000", "\uff33\uff34\uff2f\uff30", "a" * 300, "{x}")
BEGIN: Instant = 1_800_000_000 * SECOND


@dataclass(frozen=True)
class Subject:
    """A flow, all that a walk needs of it."""

    machine: ir.Machine
    flow: Flow[Any]
    plain: transitions.Machine
    values: Values
    inputs: Inputs
    functions: Functions


def subject(machine: ir.Machine) -> Subject:
    """The flow of `machine`, ready to be walked."""
    module = cast("Any", load_module(machine))
    plain = transitions.Machine(
        model=None,
        states=module.STATES,
        transitions=module.TRANSITIONS,
        initial=module.INITIAL,
        send_event=True,
        auto_transitions=False,
    )
    values = Values(machine)
    flow = cast("Flow[Any]", module.flow)
    functions = {each.name: _function(each, values, flow) for each in machine.functions}
    return Subject(machine, flow, plain, values, Inputs(machine, values), functions)


def _function(function: ir.Function, values: Values, flow: Flow[Any]) -> Callable[..., object]:
    """A function of the bot: pure, of the right type, and now and then it fails."""
    answers = _values(function.returns, values, flow)

    def answer(*arguments: object) -> object:
        drawn = sum(map(ord, repr(arguments)))
        if drawn % 17 == 0:
            raise ValueError("out of paper")
        return answers[drawn % len(answers)]

    return answer


def _values(kind: Type, values: Values, flow: Flow[Any]) -> list[Value]:
    """Values of a type that a host may give."""
    found: list[Value] = []
    for literal in values.of(kind):
        with suppress(ValueError):
            found.append(admitted(bound(literal, flow.records)))
    return found


class Walk:
    """One contact on a walk through a flow."""

    def __init__(self, subject: Subject, random: Random) -> None:
        self.subject = subject
        self.random = random
        self.now = BEGIN
        self.session = subject.flow.session(CONTACT)
        self.other = subject.flow.session(CONTACT)
        self.record: list[tuple[Event, Instant, bool]] = []
        self.effects: list[Effect] = []
        self.calls: dict[str, Call] = {}
        self.opened: Counter[str] = Counter()

    def go(self, moves: int) -> None:
        """Let `moves` things happen, and replay them."""
        for _ in range(moves):
            event = self._event()
            outdated = self.session.is_open and self.random.random() < 0.05
            self._take(event, outdated=outdated)
        assert self._replayed() == self.effects

    # What happens

    def _event(self) -> Event:
        session, draw = self.session, self.random.random()
        self.now += self.random.choice([0, 0, 1, SECOND, 20 * SECOND])
        keys = sorted(awaited(session) & self.calls.keys())
        if keys and draw < 0.4:
            return self._result(self.calls[self.random.choice(keys)])
        if session.team is not None and draw < 0.5:
            return GivenBack(self._id(), CONTACT)
        if session.due is not None and draw < 0.55:
            self.now = max(self.now, session.due + self.random.choice([-1, 0, 0, 90 * SECOND, 7200 * SECOND]))
            return Due(CONTACT)
        if draw < 0.6:
            return self.random.choice(
                [self._ended(), self._stale(), HostEvent(self._id(), CONTACT, "unheard")]
            )
        return self._deed()

    def _deed(self) -> Event:
        inputs, state = self.subject.inputs, self.session.state
        deeds: list[User | Sends | Opens | Happens] = [*inputs.messages(state), *inputs.events(state)]
        deed = self.random.choice([*deeds, User(self.random.choice(WORDS)), Opens()])
        match deed:
            case User(text):
                button = self.random.random() < 0.1
                return Message(self._id(), CONTACT, text, button, name=self.random.choice([None, "Ada"]))
            case Sends(media, caption):
                return Message(self._id(), CONTACT, caption, media=media)
            case Opens():
                return Opened(self._id(), CONTACT)
            case Happens(name, values):
                given = {key: bound(value, self.subject.flow.records) for key, value in values}
                return HostEvent(self._id(), CONTACT, name, given)

    def _result(self, call: Call) -> Event:
        action = next(each for each in self.subject.machine.actions if each.name == call.name)
        if self.random.random() < 0.25:
            return Result(call.id, CONTACT, failure="it rained")
        if action.returns is None:
            return Result(call.id, CONTACT)
        value = self.random.choice(_values(action.returns, self.subject.values, self.subject.flow))
        if self.random.random() < 0.1:
            value = (value, value)  # of another type
        return Result(call.id, CONTACT, value)

    def _ended(self) -> Event:
        return EndedByHost(self._id(), CONTACT)

    def _stale(self) -> Event:
        return Result(f"{self._id()}, of long ago", CONTACT, "late")

    def _id(self) -> str:
        return f"e{len(self.record)}"

    # What must hold

    def _take(self, event: Event, *, outdated: bool) -> None:
        """Let `event` happen, with `outdated` to a session that a new version of the flow has no place for."""
        flow, subject = self.subject.flow, self.subject
        before = self.session.id if self.session.is_open else None
        text = dump_session(flow, self.session)
        stored = restore(flow, CONTACT, text)
        assert dump_session(flow, stored) == text
        self.session, caused = self._step(self.session, event, self.now, outdated=outdated)
        self.other, again = self._step(self.other, event, self.now, subject.plain, outdated=outdated)
        stored, once_more = self._step(stored, event, self.now, outdated=outdated)
        self.record.append((event, self.now, outdated))
        assert again == caused == once_more
        after = dump_session(flow, self.session)
        assert dump_session(flow, self.other) == after == dump_session(flow, stored)
        self.effects += caused
        self.calls |= {each.id: each for each in caused if isinstance(each, Call)}
        self._hold_session(event)
        self._hold_effects(caused, before)

    def _step(
        self,
        session: Session[Any],
        event: Event,
        at: Instant,
        machine: transitions.Machine | None = None,
        *,
        outdated: bool,
    ) -> tuple[Session[Any], list[Effect]]:
        flow, functions = self.subject.flow, self.subject.functions
        effects: list[Effect] = []
        if outdated:
            saved = load_session(dump_session(flow, session), CONTACT)
            session = salvage(flow, CONTACT, saved)
            lost = Outdated("it has no place", saved).lost(flow)
            effects = flow.outdate(session, lost, event, at, machine, functions)
        return session, effects + flow.step(session, event, at, machine, functions)

    def _hold_session(self, event: Event) -> None:
        session, states = self.session, {state.name: state for state in self.subject.machine.states}
        assert session.at == self.now
        assert session.state in states
        if not session.is_open:
            assert session.deadlines == ()
            assert (session.tries, session.reminded, session.pending) == (0, (), None)
            assert session.interrupted is None
            assert set(session.vars.held()) <= {
                each.name for each in self.subject.machine.variables if each.kept
            }
            return
        state = states[session.state]
        assert state.rests
        assert session.id
        assert not any(hasattr(session.vars, slot) for slot in session.vars.secrets)
        self._hold_clocks(session, state)
        assert (session.pending is not None) == (state.kind in {"call", "wait"})
        if session.interrupted is not None:
            assert states[session.interrupted.state].rests
        elif session.pending is None:
            assert session.held == ()
        if isinstance(event, Message):
            silences = [each for each in session.deadlines if each.period]
            assert all(each.due == self.now + each.period for each in silences)

    def _hold_clocks(self, session: Session[Any], state: ir.State) -> None:
        triggers = [each.trigger for each in session.deadlines]
        expire = ["expire"] if self.subject.machine.expire is not None else []
        assert triggers[: len(expire)] == expire
        own = [clock.trigger for clock in state.clocks]
        assert set(triggers[len(expire) :]) <= set(own)
        assert len(set(triggers)) == len(triggers)
        assert all(each.due > self.now for each in session.deadlines)
        if state.kind in {"ask", "state"}:
            assert {*triggers, *session.reminded} >= set(own)

    def _hold_effects(self, caused: list[Effect], before: str | None) -> None:
        ids = [each.id for each in self.effects]
        assert len(set(ids)) == len(ids)
        for effect in caused:
            assert load_effect(dump_effect(effect), CONTACT, self.subject.flow.records) == effect or (
                isinstance(effect, Call) and effect.secret
            )
        ended = [each.session for each in caused if isinstance(each, Ended)]
        if before is not None and (not self.session.is_open or self.session.id != before):
            assert before in ended
        self.opened.update(ended)
        assert max(self.opened.values(), default=0) <= 1, "a session ends once"

    def _replayed(self) -> list[Effect]:
        session = self.subject.flow.session(CONTACT)
        effects: list[Effect] = []
        for event, at, outdated in self.record:
            session, caused = self._step(session, event, at, outdated=outdated)
            effects += caused
        return effects
