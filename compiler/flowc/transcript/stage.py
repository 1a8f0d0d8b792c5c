"""A test acted out: what happens in it happens, turn by turn, and what comes of that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from flowc.records import dataclass
from flowc.transcript.company import Company
from flowc.transcript.conversation import START, Conversation
from flowc.transcript.entries import (
    After,
    ByContact,
    CallLine,
    ClockLine,
    Duplicate,
    EmitLine,
    Ends,
    Entry,
    Fails,
    FunctionLine,
    GivesBack,
    Happens,
    Misread,
    Named,
    Observation,
    Opens,
    Press,
    Restart,
    Returns,
    Sends,
    Stimulus,
    Test,
    User,
)
from flowc.transcript.literals import bound
from flowc.transcript.matching import Standing
from flowc.transcript.stubs import Stubs
from flowrt.effects import Call, Effect, Emitted, EndReason
from flowrt.flow import Flow, Triggers
from flowrt.time import SECOND
from flowrt.values import Records

_OBSERVED: tuple[type, ...] = get_args(Observation)
_SETTINGS = (ClockLine, FunctionLine)


@dataclass(frozen=True, slots=True)
class Turn:
    """What happens, if anything does, and the lines that say what comes of it."""

    stimulus: Stimulus | Misread | None
    observed: tuple[Observation, ...]

    @property
    def last_line(self) -> int:
        """The line behind which something more would be written."""
        last = self.observed[-1] if self.observed else self.stimulus
        return last.line if last else 0


def turns(entries: Iterable[Entry]) -> Iterator[Turn]:
    """The lines of a test, each of what happens with those that say what comes of it."""
    stimulus: Stimulus | Misread | None = None
    observed: list[Observation] = []
    for entry in entries:
        if isinstance(entry, _SETTINGS):
            continue
        if isinstance(entry, _OBSERVED):
            observed.append(entry)  # type: ignore[arg-type]  # mypy sees through no tuple of types  # pyright: ignore[reportArgumentType]
            continue
        if stimulus or observed:
            yield Turn(stimulus, tuple(observed))
        stimulus, observed = entry, []  # type: ignore[assignment]  # as above  # pyright: ignore[reportAssignmentType]
    if stimulus or observed:
        yield Turn(stimulus, tuple(observed))


class Stage:
    """The contacts of `test`, who talk with `flow`. `functions` are the lines that hold for the whole file.

    Raises `flowc.transcript.literals.Unbound` where a line names a record that the flow does not have.
    """

    def __init__(
        self, flow: Flow[Any], test: Test, functions: Sequence[FunctionLine], machine: Triggers | None
    ) -> None:
        start = next((entry.at for entry in test.entries if isinstance(entry, ClockLine)), START)
        lines = (*functions, *(entry for entry in test.entries if isinstance(entry, FunctionLine)))
        self.flow = flow
        self.stubs = Stubs(flow.functions, lines, flow.records)
        self.company = Company(flow, start=start, functions=self.stubs.functions, machine=machine)
        self.effects: list[Effect] = []
        """What has come of the present turn."""
        self._until = self.company.now  # what is due up to here belongs to the present turn
        self._hears_emits = any(isinstance(entry, EmitLine) for entry in test.entries)

    @property
    def standing(self) -> Standing:
        """How things stand now."""
        return Standing(
            over=self.over,
            vars=lambda contact: self.company.talk(contact).vars,
            records=self.flow.records,
        )

    def over(self, contact: str) -> EndReason | None:
        """How the last session of `contact` ended; None where one is open, or there was none."""
        talk = self.company.talk(contact)
        return talk.ended.reason if talk.ended and not talk.is_open else None

    def begin(self, stimulus: Stimulus | None) -> None:
        """A turn begins: `stimulus` happens."""
        self.effects = []
        match stimulus:
            case None:
                pass
            case After(seconds):
                self._until += seconds * SECOND
            case Restart(stopped, outdated):
                self._hear(self.company.restart(stopped, outdated=outdated))
                self._until = self.company.now
            case _:
                self._hear(happen(self.company.talk(stimulus.contact), stimulus, self.flow.records))

    def go_on(self, seen: int) -> None:
        """Move the clock to the end of the turn, or to a call: time stands still until its line has been read.

        `seen` is how many effects of the turn have been looked at.
        """
        while not any(isinstance(it, Call) for it in self.effects[seen:]):
            at = self.company.next_instant
            if at is None or at > self._until:
                self._hear(self.company.advance_to(self._until))
                return
            self._hear(self.company.advance_to(at))

    def end_call(self, line: CallLine, call: Call) -> None:
        """`call` ends as `line` says."""
        talk = self.company.talk(call.contact)
        if call not in talk.pending:  # an `anytime` has ended the session meanwhile, or it took too long
            return
        failure = "the transcript lets it fail" if isinstance(line.outcome, Fails) else None
        value = bound(line.outcome.value, self.flow.records) if isinstance(line.outcome, Returns) else None
        self._hear(talk.result(value, failure=failure, after=line.after, call=call))

    def _hear(self, effects: list[Effect]) -> None:
        """Keep what a transcript may write. What is emitted counts where a line of the test says some of it."""
        self.effects += [it for it in effects if self._hears_emits or not isinstance(it, Emitted)]


def happen(talk: Conversation[Any], stimulus: ByContact, records: Records) -> list[Effect]:
    """`stimulus` happens in `talk`, the conversation with its contact."""
    match stimulus:
        case User(text):
            return talk.say(text)
        case Press(label):
            return talk.press(label)
        case Sends(media, caption):
            return talk.send(media, caption)
        case Duplicate():
            return talk.repeat()
        case Named(name):
            talk.name = name
            return []
        case Opens():
            return talk.open()
        case Happens(name, values):
            return talk.event(name, {key: bound(value, records) for key, value in values})
        case Ends():
            return talk.end()
        case GivesBack():
            return talk.give_back()
