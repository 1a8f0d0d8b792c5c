"""A conversation as a transcript: what the bot was told is recorded, and acted out again to be written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from flowc.records import dataclass
from flowc.source import source_of
from flowc.transcript.conversation import START, Conversation
from flowc.transcript.entries import (
    After,
    CallLine,
    ClockLine,
    Ends,
    Entry,
    Fails,
    FunctionLine,
    GivesBack,
    Happens,
    Named,
    Opens,
    Press,
    Returns,
    Sends,
    User,
)
from flowc.transcript.reading import LONGEST
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script
from flowc.transcript.stubs import Stubs
from flowc.transcript.writing import entry_of, write_script
from flowrt.effects import Call, Effect, Reply
from flowrt.events import Due, EndedByHost, Event, GivenBack, HostEvent, Message, Opened, Result
from flowrt.flow import Flow, Triggers
from flowrt.forms import admitted
from flowrt.session import Session
from flowrt.time import SECOND, Instant, instant
from flowrt.turn import Functions
from flowrt.values import Value


class NotWritten(Exception):
    """The conversation cannot be written as a transcript; the message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event that the flow took, when, and what came of it."""

    event: Event
    at: Instant
    effects: tuple[Effect, ...]
    begins: bool
    """Whether there was no session before."""

    @property
    def calls(self) -> tuple[str, ...]:
        """The calls that came of it, by key."""
        return tuple(effect.id for effect in self.effects if isinstance(effect, Call))


class Recorder(Flow[Any]):
    """A flow that behaves as `flow` does and records what happens to `contact`."""

    def __init__(self, flow: Flow[Any], contact: str) -> None:  # pyright: ignore[reportMissingSuperCall]
        vars(self).update(vars(flow))  # whatever that flow was made of
        self._plain = flow
        self._contact = contact
        self._steps: list[Step] = []
        self._functions: dict[FunctionLine, None] = {}

    def step(
        self,
        session: Session[Any],
        event: Event,
        at: Instant,
        machine: Triggers | None = None,
        functions: Functions | None = None,
    ) -> list[Effect]:
        """Take `event`, as every flow does."""
        begins = not session.is_open
        heard = {name: self._heard(name, function) for name, function in (functions or {}).items()}
        effects = super().step(session, event, at, machine, heard)
        if session.contact == self._contact:
            self._steps.append(Step(event, session.at, tuple(effects), begins))
        return effects

    def _heard(self, name: str, function: Callable[..., object]) -> Callable[..., object]:
        """`function`, which does as before, and what it gives is recorded."""

        def hears(*arguments: Value) -> object:
            try:
                value = function(*arguments)
            except Exception:
                self._functions[FunctionLine(name, arguments, Fails())] = None
                raise
            with suppress(ValueError):  # the flow will say so itself
                self._functions[FunctionLine(name, arguments, Returns(admitted(value)))] = None
            return value

        return hears

    def transcript(self) -> str:
        """The conversation so far, in which no session was open at first.

        Raises `NotWritten` where there is none, or where a transcript has no words for what happened.
        """
        first = next((at for at, step in enumerate(self._steps) if step.begins), len(self._steps))
        entries = self._entries(self._steps[first:])
        if not entries:
            early = (
                "what came before this session of the terminal is not known"
                if first
                else "nothing was said yet"
            )
            raise NotWritten(f"there is nothing to save: {early}")
        text = write_script("a saved conversation", entries)
        script, mistakes = parse_script(source_of("saved.flowtest", text))
        if mistakes or run_script(script, self._plain).failed:
            raise NotWritten("a transcript cannot say yet what happened here")
        return text

    def _entries(self, steps: list[Step]) -> list[Entry]:
        """The lines of the conversation. The clock is set where the flow says something else at another time."""
        plain = self._acted_out(steps, None)
        if plain.said == [
            effect.text for step in steps for effect in step.effects if isinstance(effect, Reply)
        ]:
            return plain.entries
        timely = self._acted_out(steps, steps[0].at // SECOND * SECOND) if steps else plain
        return plain.entries if timely.said == plain.said else timely.entries

    def _acted_out(self, steps: list[Step], clock: Instant | None) -> _Replay:
        replay = _Replay(self._plain, steps, list(self._functions), clock)
        replay.run()
        return replay


class _Replay:
    """Acts out `steps` again, on a clock that knows only whole seconds, as a transcript does."""

    def __init__(
        self, flow: Flow[Any], steps: list[Step], functions: Sequence[FunctionLine], clock: Instant | None
    ) -> None:
        stubs = Stubs(flow.functions, functions, flow.records)
        self._talk = Conversation(flow, start=clock or instant(START), functions=stubs.functions)
        self._steps = steps
        self.entries: list[Entry] = [] if clock is None else [ClockLine(clock)]
        self.entries += functions
        self._ends = {step.event.key: at for at, step in enumerate(steps) if isinstance(step.event, Result)}
        self._keys = [key for step in steps for key in step.calls]
        self._made = {key: at for at, step in enumerate(steps) for key in step.calls}
        self._calls = 0
        self._over: dict[int, Instant] = {}
        """When the results on their way arrive, by the number of their step."""

    @property
    def said(self) -> list[str]:
        """What the bot has said."""
        return [effect.text for effect in self._talk.effects if isinstance(effect, Reply)]

    def run(self) -> None:
        """Write the lines of the test."""
        since: Instant = self._steps[0].at if self._steps else 0
        base = self._talk.now
        for number, step in enumerate(self._steps):
            gap = (step.at - since) // SECOND * SECOND
            self._move(number, step, base + gap)
            if not isinstance(step.event, Due):
                since, base = step.at, self._talk.now
            if isinstance(step.event, Message):
                self._hear(step.event)
            elif not isinstance(step.event, Due | Result):
                self._tell(step.event)

    def _move(self, number: int, step: Step, at: Instant) -> None:
        """Move the clock on to when this step happens, which is at about `at`."""
        due = self._talk.next_instant
        if isinstance(step.event, Due) and due is not None and due - at <= SECOND:
            at = max(at, due)  # the rest of a second was lost on the way
        seconds = (max(at, self._over.get(number, at)) - self._talk.now) // SECOND
        while seconds > 0:
            some = min(seconds, LONGEST)
            self.entries.append(After(some))
            self._write(self._talk.advance(some))
            seconds -= some

    def _hear(self, message: Message) -> None:
        if message.name is not None and message.name != self._talk.name:
            self.entries.append(Named(message.name))
            self._talk.name = message.name
        if message.media is not None:
            self.entries.append(Sends(message.media, message.text))
            self._write(self._talk.send(message.media, message.text))
        elif message.text is None:
            raise NotWritten("one message was too long for a transcript")
        elif message.button:
            self.entries.append(Press(message.text))
            self._write(self._talk.press(message.text))
        else:
            self.entries.append(User(message.text))
            self._write(self._talk.say(message.text))

    def _tell(self, event: Opened | HostEvent | EndedByHost | GivenBack) -> None:
        match event:
            case Opened():
                self.entries.append(Opens())
                self._write(self._talk.open())
            case HostEvent():
                self.entries.append(Happens(event.name, tuple(event.values.items())))
                self._write(self._talk.event(event.name, event.values))
            case EndedByHost():
                self.entries.append(Ends())
                self._write(self._talk.end())
            case GivenBack():
                self.entries.append(GivesBack())
                self._write(self._talk.give_back())

    def _write(self, effects: list[Effect]) -> None:
        """Write what has come of it, and let each call end as it did."""
        for effect in effects:
            if isinstance(effect, Call):
                self._call(effect)
            else:
                self.entries.append(entry_of(effect))

    def _call(self, call: Call) -> None:
        key = self._keys[self._calls] if self._calls < len(self._keys) else ""
        self._calls += 1
        end = self._ends.get(key)
        result = self._steps[end].event if end is not None else None
        if end is None or not isinstance(result, Result):  # nobody has waited for it to the end
            after = int(call.limit) + 1
            outcome = Fails() if call.name in self._talk.flow.returning else None
            self.entries.append(CallLine(call.name, tuple(call.arguments.values()), outcome, after))
            self._talk.result(after=after, call=call)
            return
        after = self._delay(key, end)
        self._over[end] = self._talk.now + after * SECOND
        self.entries.append(
            CallLine(call.name, tuple(call.arguments.values()), self._outcome(call, result), after)
        )
        self._write(self._talk.result(result.value, failure=result.failure, after=after, call=call))

    def _outcome(self, call: Call, result: Result) -> Returns | Fails | None:
        if result.failure is not None:
            return Fails()
        says_nothing = result.value is None and call.name not in self._talk.flow.returning
        return None if says_nothing else Returns(result.value)

    def _delay(self, key: str, end: int) -> int:
        """After how many seconds the call has ended; not at once, if something happened meanwhile."""
        made = self._made[key]
        seconds = (self._steps[end].at - self._steps[made].at) // SECOND
        return seconds + 1 if end > made + 1 else seconds
