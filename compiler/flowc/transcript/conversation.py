"""One contact's conversation with a flow, without a bot, a store or a wait: the clock is moved by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Generic, cast

from flowc.records import dataclass
from flowrt.codec import Outdated, dump_effect, dump_session, load_effect, load_session, restore, salvage
from flowrt.effects import Call, Effect, Ended, Reply
from flowrt.events import Due, EndedByHost, Event, GivenBack, HostEvent, Message, Opened, Result
from flowrt.flow import Flow, Triggers
from flowrt.handling import awaited
from flowrt.machine import FlowMachine, Watcher
from flowrt.session import Session, V
from flowrt.time import SECOND, Instant, Period, instant
from flowrt.turn import Functions
from flowrt.values import Media, Value

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""What the clock shows at first: a Monday morning."""


class NothingAwaited(Exception):
    """A result was given, and no call awaits one."""


class NothingSaid(Exception):
    """A message was to come twice, and the contact has sent none."""


@dataclass(frozen=True, slots=True)
class _Later:
    """A result on its way."""

    at: Instant
    event: Result


def texts(effects: Iterable[Effect]) -> list[str]:
    """What the replies among `effects` say.

    >>> texts([Reply("1#0", "ada", "Hello!"), Call("1#1", "ada", "save", {}, 30.0)])
    ['Hello!']
    """
    return [effect.text for effect in effects if isinstance(effect, Reply)]


class Conversation(Generic[V]):
    """A conversation with `flow`, in which time moves only by `advance`.

    Each method that makes something happen returns what came of it, in order: replies, calls, the end of the
    session. Calls are not run: `pending` are those to which `result` has still to be given.

    The clock begins at `start`. `functions` are those that the flow uses, by name. `machine` is any that was built
    from the table of the flow; without one it is the flow's own. With `watch` a new one is built, which tells it
    of each transition taken. What happens is numbered by `numbers`, which several conversations may share.

    Raises `ValueError` where both `machine` and `watch` are given.

    >>> from flowrt.generated import Variables, advance, arrive, end_session, expire_session
    >>> def open_session(event): event.args[0].open(expire=900)
    >>> def ask(event): event.args[0].reply("How was it?")
    >>> def thank(event): event.args[0].reply("Thanks!")
    >>> def save(event): event.args[0].call("save", 30.0, text=event.args[0].message.text)
    >>> def wait(event): event.args[0].arrive(("result", 30), pending=True)
    >>> flow = Flow(name="brief", source="brief.flow", format=1, compiler="0.1.0", initial="start",
    ...     states=[{"name": "start"}, {"name": "ask", "on_enter": arrive},
    ...         {"name": "save", "on_enter": wait}],
    ...     transitions=[
    ...         {"trigger": "message", "source": "start", "dest": "ask", "before": [open_session, ask]},
    ...         {"trigger": "message", "source": "ask", "dest": "save", "before": save},
    ...         {"trigger": "result", "source": "save", "dest": "start", "before": [thank, end_session]},
    ...         {"trigger": "expire", "source": ["ask", "save"], "dest": "start", "before": expire_session}],
    ...     variables=Variables, actions=("save",))

    >>> talk = Conversation(flow)
    >>> texts(talk.say("hi")), talk.state
    (['How was it?'], 'ask')
    >>> [call.arguments for call in talk.say("fine")]
    [{'text': 'fine'}]
    >>> texts(talk.result()), talk.state, talk.ended.reason
    (['Thanks!'], 'start', 'ended')

    >>> talk = Conversation(flow)
    >>> texts(talk.say("hi"))
    ['How was it?']
    >>> [effect.reason for effect in talk.advance(15 * 60)]
    ['expired']
    """

    def __init__(
        self,
        flow: Flow[V],
        *,
        contact: str = "user",
        start: Instant | datetime = START,
        functions: Functions | None = None,
        machine: Triggers | None = None,
        watch: Watcher | None = None,
        numbers: Iterator[int] | None = None,
    ) -> None:
        if watch is not None:
            if machine is not None:
                raise ValueError("either a machine or a watcher: one is not put into the other")
            machine = FlowMachine(flow.states, flow.transitions, flow.initial, watch)
        self.flow = flow
        self.session = flow.session(contact)
        self.now: Instant = instant(start) if isinstance(start, datetime) else start
        self.effects: list[Effect] = []
        self.functions = functions
        self.name: str | None = None
        """What the contact calls itself."""
        self.is_outdated = False
        """Whether the session that is open is one that the flow has no place for."""
        self._machine = machine
        self._numbers = numbers or count(1)
        self._last: Message | None = None
        self._awaited: dict[str, Call] = {}
        self._answered: set[str] = set()
        self._later: list[_Later] = []

    def copy(self) -> Conversation[V]:
        """The same conversation once more: from here on each of the two goes its own way."""
        other = copy(self)
        other.session = _copied(self.session)
        other.effects, other._later = list(self.effects), list(self._later)
        other._awaited, other._answered = dict(self._awaited), set(self._answered)
        other._numbers = copy(self._numbers)
        return other

    # How things stand.

    @property
    def state(self) -> str:
        """The name of the state; `start` where there is no session."""
        return self.session.state

    @property
    def is_open(self) -> bool:
        """Whether there is a session."""
        return self.session.is_open

    @property
    def vars(self) -> dict[str, Value]:
        """The variables that are set, with their values; none of them once the session is over."""
        return self.session.vars.held()

    @property
    def held(self) -> tuple[Message, ...]:
        """The messages kept until the awaited call has ended."""
        return self.session.held

    @property
    def pending(self) -> tuple[Call, ...]:
        """The calls that are awaited and have been given no result, in the order they were made."""
        return tuple(call for call in self._awaited.values() if call.id not in self._answered)

    @property
    def is_under_way(self) -> bool:
        """Whether the result of a call is on its way."""
        return bool(self._later)

    @property
    def ended(self) -> Ended | None:
        """The end of the last session that ended; None where none has."""
        return next((effect for effect in reversed(self.effects) if isinstance(effect, Ended)), None)

    @property
    def next_instant(self) -> Instant | None:
        """When something happens by itself, a deadline or a result on its way; None where nothing will."""
        results = (later.at for later in self._later)
        return min((at for at in (self.session.due, *results) if at is not None), default=None)

    # What can happen.

    def say(self, text: str) -> list[Effect]:
        """The contact writes `text`."""
        return self._message(text)

    def press(self, label: str) -> list[Effect]:
        """The contact presses the button `label`."""
        return self._message(label, button=True)

    def send(self, media: Media, caption: str | None = None) -> list[Effect]:
        """The contact sends `media`, with or without a text."""
        return self._message(caption, media=media)

    def repeat(self) -> list[Effect]:
        """The channel delivers the last message once more. A bot takes no message twice, so nothing comes of it.

        Raises `NothingSaid` where there is none.
        """
        if self._last is None:
            raise NothingSaid("the contact has sent no message that could come twice")
        return self._step(self._last)

    def open(self) -> list[Effect]:
        """The host opens a session."""
        return self._step(Opened(self._id(), self.session.contact))

    def event(self, name: str, values: Mapping[str, Value] | None = None) -> list[Effect]:
        """Something happens outside."""
        return self._step(HostEvent(self._id(), self.session.contact, name, values or {}))

    def end(self) -> list[Effect]:
        """The host ends the session."""
        return self._step(EndedByHost(self._id(), self.session.contact))

    def give_back(self) -> list[Effect]:
        """The team gives the contact back."""
        return self._step(GivenBack(self._id(), self.session.contact))

    def result(
        self, value: Value = None, *, failure: str | None = None, after: float = 0.0, call: Call | None = None
    ) -> list[Effect]:
        """An awaited call ends: with `value`, or with `failure`, the reason in words.

        With `after`, in seconds, its result is on its way until the clock is there, and nothing happens yet.
        `call` is one of `pending`; without it, it is the last of them.

        Raises `NothingAwaited` where `call` is not pending, or nothing is.
        """
        if call is None:
            call = next(reversed(self.pending), None)
        if call is None or call not in self.pending:
            raise NothingAwaited(
                "no call awaits a result" if call is None else f"{call.name} awaits no result"
            )
        self._answered.add(call.id)
        event = Result(call.id, call.contact, value, failure)
        delay: Period = round(after * SECOND)
        if delay > 0:
            self._later.append(_Later(self.now + delay, event))
            return []
        return self._step(event)

    def advance(self, seconds: float) -> list[Effect]:
        """The clock moves on by `seconds`; what is due by then happens at its instant, in order.

        A call that is made on the way is not waited for, and may take too long. To answer it in time, go on by
        `advance_to(next_instant)`.

        Raises `ValueError` where `seconds` are negative.
        """
        if seconds < 0:
            raise ValueError("the clock does not go back")
        return self.advance_to(self.now + round(seconds * SECOND))

    def advance_to(self, at: Instant) -> list[Effect]:
        """The clock moves on to `at`, in microseconds since the epoch, as by `advance`; never back."""
        caused: list[Effect] = []
        while (next_one := self.next_instant) is not None and next_one <= at:
            self.now = max(self.now, next_one)
            caused += self._step(self._next_event(next_one))
        self.now = max(self.now, at)
        return caused

    def restart(self, stopped: float = 0.0, *, outdated: bool = False) -> list[Effect]:
        """The process stops, and starts again `stopped` seconds later.

        With `outdated` it is another version of the flow that starts, which has no place for a session that is
        open: what comes next, also a deadline, finds that. What is due by then is found late. Calls that were
        running run once more, and are `pending` again; one with a secret among its arguments has failed.

        Raises `ValueError` where `stopped` is negative.
        """
        if stopped < 0:
            raise ValueError("the clock does not go back")
        contact = self.session.contact
        self.is_outdated = self.is_open and (self.is_outdated or outdated)
        at, text = self.session.at, dump_session(self.flow, self.session)
        self.session = restore(self.flow, contact, text)
        self.session.at = at
        self.now += round(stopped * SECOND)
        self._later.clear()
        due = self.session.due
        caused = [] if due is None or due > self.now else self._step(Due(contact))
        return caused + [effect for call in list(self._awaited.values()) for effect in self._take_up(call)]

    def _take_up(self, call: Call) -> list[Effect]:
        """A call of before the restart, run once more."""
        if call.id not in self._awaited:
            return []
        if call.secret:
            return self._step(
                Result(call.id, call.contact, failure="it was running when the process stopped")
            )
        again = cast("Call", load_effect(dump_effect(call), call.contact, self.flow.records))
        self._awaited[call.id] = again
        self._answered.discard(call.id)
        self.effects.append(again)
        return [again]

    def _next_event(self, at: Instant) -> Event:
        """What happens at the instant `at`. A deadline goes before a result of the same instant."""
        if self.session.due == at:
            return Due(self.session.contact)
        later = min(self._later, key=lambda later: later.at)
        self._later.remove(later)
        return later.event

    def _message(self, text: str | None, *, button: bool = False, media: Media | None = None) -> list[Effect]:
        message = Message(self._id(), self.session.contact, text, button, media, name=self.name)
        effects = self._step(message)
        self._last = message
        return effects

    def _id(self) -> str:
        return f"m{next(self._numbers)}"

    def _step(self, event: Event) -> list[Effect]:
        if event == self._last:  # a store marks what was handled, as long as it could come again
            return []
        caused = self._outdate(event) if self.is_outdated else []
        caused += self.flow.step(self.session, event, self.now, self._machine, self.functions)
        self.effects += caused
        calls = self._awaited | {effect.id: effect for effect in caused if isinstance(effect, Call)}
        still = awaited(self.session)
        self._awaited = {key: call for key, call in calls.items() if key in still}
        self._later = [later for later in self._later if later.event.key in still]
        return caused

    def _outdate(self, event: Event) -> list[Effect]:
        """`event` finds a session that the flow has no place for: what the runtime does about it."""
        self.is_outdated = False
        contact = self.session.contact
        saved = load_session(dump_session(self.flow, self.session), contact)
        lost = Outdated("the transcript has no place for it", saved).lost(self.flow)
        self.session = salvage(self.flow, contact, saved)
        return self.flow.outdate(self.session, lost, event, self.now, self._machine, self.functions)


def _copied(session: Session[V]) -> Session[V]:
    other = copy(session)
    other.vars = copy(session.vars)
    if session.interrupted is not None:
        other.interrupted = replace(session.interrupted)
    return other
