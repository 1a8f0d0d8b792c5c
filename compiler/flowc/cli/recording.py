"""A conversation as a transcript: what the bot was told is recorded, and acted out again to be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flowc.source import source_of
from flowc.transcript.conversation import Conversation
from flowc.transcript.entries import After, CallLine, Entry, Fails, Press, Returns, User
from flowc.transcript.reading import LONGEST
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script
from flowc.transcript.writing import entry_of, write_script
from flowrt.effects import Call, Effect
from flowrt.events import Due, EndedByHost, Event, Message, Result
from flowrt.flow import Flow, Triggers
from flowrt.session import Session
from flowrt.time import SECOND, Instant
from flowrt.turn import Functions


class NotWritten(Exception):
    """The conversation cannot be written as a transcript; the message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event that the flow took, when, and the calls that came of it, by key."""

    event: Event
    at: Instant
    calls: tuple[str, ...]
    begins: bool
    """Whether there was no session before."""
    held: tuple[Message, ...] = ()
    """The messages that were kept for later before."""


class Recorder(Flow[Any]):
    """A flow that behaves as `flow` does and records what happens to `contact`."""

    def __init__(self, flow: Flow[Any], contact: str) -> None:  # pyright: ignore[reportMissingSuperCall]
        vars(self).update(vars(flow))  # whatever that flow was made of
        self._plain = flow
        self._contact = contact
        self._steps: list[Step] = []

    def step(
        self,
        session: Session[Any],
        event: Event,
        at: Instant,
        machine: Triggers | None = None,
        functions: Functions | None = None,
    ) -> list[Effect]:
        """Take `event`, as every flow does."""
        begins, held = not session.is_open, session.held
        effects = super().step(session, event, at, machine, functions)
        if session.contact == self._contact:
            calls = tuple(effect.id for effect in effects if isinstance(effect, Call))
            self._steps.append(Step(event, session.at, calls, begins, held))
        return effects

    def transcript(self) -> str:
        """The conversation so far, in which no session was open at first.

        Raises `NotWritten` where there is none, or where a transcript has no words for what happened.
        """
        first = next((at for at, step in enumerate(self._steps) if step.begins), len(self._steps))
        tests = [
            entries
            for part in _parts(self._steps[first:])
            if (entries := _Replay(self._plain, part).entries())
        ]
        if not tests:
            early = (
                "what came before this session of the terminal is not known"
                if first
                else "nothing was said yet"
            )
            raise NotWritten(f"there is nothing to save: {early}")
        names = [
            "a saved conversation",
            *(f"a saved conversation ({count})" for count in range(2, len(tests) + 1)),
        ]
        text = "\n".join(write_script(name, test) for name, test in zip(names, tests, strict=True))
        script, mistakes = parse_script(source_of("saved.flowtest", text))
        if mistakes or run_script(script, self._plain).failed:
            raise NotWritten("a transcript cannot say yet what happened here")
        return text


def _parts(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps, cut where the host has ended a session: a transcript has no line for that."""
    parts: list[list[Step]] = [[]]
    for step in steps:
        if isinstance(step.event, EndedByHost):
            # What was kept for later begins the next conversation.
            parts.append([Step(message, step.at, (), begins=False) for message in step.held])
            parts[-1][-1:] = [replace(last, calls=step.calls) for last in parts[-1][-1:]]
        else:
            parts[-1].append(step)
    return parts


class _Replay:
    """Acts out `steps` again, on a clock that knows only whole seconds, as a transcript does."""

    def __init__(self, flow: Flow[Any], steps: list[Step]) -> None:
        self._talk = Conversation(flow)
        self._steps = steps
        self._entries: list[Entry] = []
        self._ends = {step.event.key: at for at, step in enumerate(steps) if isinstance(step.event, Result)}
        self._keys = [key for step in steps for key in step.calls]
        self._made = {key: at for at, step in enumerate(steps) for key in step.calls}
        self._calls = 0
        self._over: dict[int, Instant] = {}
        """When the results on their way arrive, by the number of their step."""

    def entries(self) -> list[Entry]:
        """The lines of the test."""
        since: Instant = self._steps[0].at if self._steps else 0
        base = self._talk.now
        for number, step in enumerate(self._steps):
            gap = (step.at - since) // SECOND * SECOND
            self._move(number, step, base + gap)
            if not isinstance(step.event, Due):
                since, base = step.at, self._talk.now
            if isinstance(step.event, Message):
                self._hear(step.event)
        return self._entries

    def _move(self, number: int, step: Step, at: Instant) -> None:
        """Move the clock on to when this step happens, which is at about `at`."""
        due = self._talk.next_instant
        if isinstance(step.event, Due) and due is not None and due - at <= SECOND:
            at = max(at, due)  # the rest of a second was lost on the way
        seconds = (max(at, self._over.get(number, at)) - self._talk.now) // SECOND
        while seconds > 0:
            some = min(seconds, LONGEST)
            self._entries.append(After(some))
            self._write(self._talk.advance(some))
            seconds -= some

    def _hear(self, message: Message) -> None:
        if message.text is None:
            raise NotWritten("one message was too long for a transcript")
        self._entries.append(Press(message.text) if message.button else User(message.text))
        self._write(self._talk.press(message.text) if message.button else self._talk.say(message.text))

    def _write(self, effects: list[Effect]) -> None:
        """Write what has come of it, and let each call end as it did."""
        for effect in effects:
            if isinstance(effect, Call):
                self._call(effect)
            elif (entry := entry_of(effect)) is not None:
                self._entries.append(entry)

    def _call(self, call: Call) -> None:
        key = self._keys[self._calls] if self._calls < len(self._keys) else ""
        self._calls += 1
        end = self._ends.get(key)
        result = self._steps[end].event if end is not None else None
        if end is None or not isinstance(result, Result):  # nobody has waited for it to the end
            after = int(call.limit) + 1
            self._entries.append(CallLine(call.name, tuple(call.arguments.values()), after=after))
            self._talk.result(after=after, call=call)
            return
        after = self._delay(key, end)
        self._over[end] = self._talk.now + after * SECOND
        outcome = (
            Fails() if result.failure is not None else None if result.value is None else Returns(result.value)
        )
        self._entries.append(CallLine(call.name, tuple(call.arguments.values()), outcome, after))
        self._write(self._talk.result(result.value, failure=result.failure, after=after, call=call))

    def _delay(self, key: str, end: int) -> int:
        """After how many seconds the call has ended; not at once, if something happened meanwhile."""
        made = self._made[key]
        seconds = (self._steps[end].at - self._steps[made].at) // SECOND
        return seconds + 1 if end > made + 1 else seconds
