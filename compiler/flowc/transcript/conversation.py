"""One contact's conversation with a flow, without a bot, a store or a wait: the clock is moved by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic

from flowrt.effects import Call, Effect, Ended, Reply
from flowrt.events import Due, Event, Message, Result
from flowrt.flow import Flow, Triggers
from flowrt.handling import awaited
from flowrt.machine import FlowMachine, Watcher
from flowrt.session import V
from flowrt.time import SECOND, Instant, Period, instant
from flowrt.values import Value

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""What the clock shows at first: a Monday morning."""


class NothingAwaited(Exception):
    """A result was given, and no call awaits one."""


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

    The clock begins at `start`. `machine` is any that was built from the table of the flow; without one it is
    the flow's own. With `watch` a new one is built, which tells it of each transition taken.

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
        machine: Triggers | None = None,
        watch: Watcher | None = None,
    ) -> None:
        if watch is not None:
            if machine is not None:
                raise ValueError("either a machine or a watcher: one is not put into the other")
            machine = FlowMachine(flow.states, flow.transitions, flow.initial, watch)
        self.flow = flow
        self.session = flow.session(contact)
        self.now: Instant = instant(start) if isinstance(start, datetime) else start
        self.effects: list[Effect] = []
        self._machine = machine
        self._messages = 0
        self._open_calls: dict[str, Call] = {}
        self._later: list[_Later] = []

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
        return tuple(self._open_calls.values())

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
        return self._message(text, button=False)

    def press(self, label: str) -> list[Effect]:
        """The contact presses the button `label`."""
        return self._message(label, button=True)

    def result(
        self, value: Value = None, *, failure: str | None = None, after: float = 0.0, call: Call | None = None
    ) -> list[Effect]:
        """An awaited call ends: with `value`, or with `failure`, the reason in words.

        With `after`, in seconds, its result is on its way until the clock is there, and nothing happens yet.
        `call` is one of `pending`; without it, it is the last of them.

        Raises `NothingAwaited` where `call` is not pending, or nothing is.
        """
        if call is None:
            call = next(reversed(self._open_calls.values()), None)
        if call is None or self._open_calls.pop(call.id, None) is None:
            raise NothingAwaited(
                "no call awaits a result" if call is None else f"{call.name} awaits no result"
            )
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

    def _next_event(self, at: Instant) -> Event:
        """What happens at the instant `at`. A deadline goes before a result of the same instant."""
        if self.session.due == at:
            return Due(self.session.contact)
        later = min(self._later, key=lambda later: later.at)
        self._later.remove(later)
        return later.event

    def _message(self, text: str, *, button: bool) -> list[Effect]:
        self._messages += 1
        return self._step(Message(f"m{self._messages}", self.session.contact, text, button))

    def _step(self, event: Event) -> list[Effect]:
        caused = self.flow.step(self.session, event, self.now, self._machine)
        self.effects += caused
        calls = self._open_calls | {effect.id: effect for effect in caused if isinstance(effect, Call)}
        still = awaited(self.session)
        self._open_calls = {key: call for key, call in calls.items() if key in still}
        return caused
