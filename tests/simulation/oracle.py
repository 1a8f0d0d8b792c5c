"""What must hold, looked at after everything that happens.

A contact's truth is what comes of the events that were committed for it, one after the other, by the pure
`flowrt.handling.handle`. Whatever the store, the channel, the listener and the actions see is held against it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flowrt.abc import Change, Lane
from flowrt.codec import dump_effect
from flowrt.effects import Call, Dropped, Emitted, Ended, Reply
from flowrt.events import Due, Event, Message, Result
from flowrt.handling import Outcome, handle, next_due
from flowrt.time import Instant
from flowrt.values import Value
from tests.simulation.database import Database
from tests.simulation.flows import STEPS
from tests.simulation.journal import Journal
from tests.simulation.processes import BotProcess
from tests.simulation.sessions import StoredSession, stuck

OURS = (
    "AssertionError:",
    "AttributeError:",
    "IndexError:",
    "KeyError:",
    "MachineError:",
    "NameError:",
    "TypeError:",
)
"""How the cause of a failure begins that no flow, function or action here can bring about."""


@dataclass(slots=True)
class CallTruth:
    """A call that was committed."""

    secret: bool
    runs: int = 0
    values: list[Value] = field(default_factory=list[Value])


@dataclass(slots=True)
class LaneTruth:
    """What is to be delivered, and was: `bodies` is all of it, `waiting` what is still to come in this order."""

    bodies: dict[str, str] = field(default_factory=dict[str, str])
    waiting: list[str] = field(default_factory=list[str])
    parked: set[str] = field(default_factory=set[str])
    given: set[str] = field(default_factory=set[str])


@dataclass(slots=True)
class Truth:
    """A contact, as it must be."""

    body: str | None = None
    state: str = "start"
    handled: set[str] = field(default_factory=set[str])
    calls: dict[str, CallTruth] = field(default_factory=dict[str, CallTruth])
    lanes: dict[Lane, LaneTruth] = field(
        default_factory=lambda: {"reply": LaneTruth(), "notice": LaneTruth()}
    )
    erased: bool = False


class Oracle:
    """Holds what happens against what must. What it finds goes to the journal."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal
        self._rows: dict[int, tuple[Lane, str]] = {}
        self.sent: dict[tuple[str, str], Event] = {}
        """Whatever people and the host said, by contact and id."""
        self.contacts: dict[str, Truth] = {}
        self.ended: Counter[str] = Counter()
        self.repeats = 0

    def of(self, contact: str) -> Truth:
        """The truth of `contact`."""
        return self.contacts.setdefault(contact, Truth())

    # Events.

    def reads(self) -> None:
        """A session was read, to take a step from it."""
        STEPS.set([])

    def stepped(self) -> Sequence[tuple[Event, Instant]]:
        """The steps that were taken from it."""
        return STEPS.get([])

    def committed(
        self,
        process: BotProcess,
        change: Change,
        steps: Sequence[tuple[Event, Instant]],
        before: str | None,
        seqs: Sequence[int],
    ) -> None:
        """`change` is true now: it was made by `steps` from the session `before`."""
        truth, (event, at) = self.of(change.contact), steps[0]
        said = f"{process.name} {change.contact} {type(event).__name__} {change.mark or getattr(event, 'key', '')}"
        if before != truth.body:
            self._journal.fails(f"G3: {said}: the session stored before is not what was committed last")
        self._hold_event(process, change, event, at)
        version = process.version
        outcome = handle(version.flow, change.contact, truth.body, event, at, functions=version.functions)
        self._hold_change(said, outcome.change, change)
        self._follow(truth, outcome, seqs)
        self._hold_session(process, change.contact, truth, said)
        if change.mark is not None:
            truth.handled.add(change.mark)
        self._journal.says(f"{said} -> {truth.state}", change.session)

    def _hold_event(self, process: BotProcess, change: Change, event: Event, at: Instant) -> None:
        truth = self.of(change.contact)
        if at > process.latest:
            self._journal.fails(f"G4: {change.contact}: an event of the future")
        match event:
            case Due():
                due = next_due(truth.body, change.contact)
                if due is None or due > at:
                    self._journal.fails(f"G4: a deadline of {change.contact} fired that is not due")
            case Result():
                self._hold_result(truth, event)
            case _:
                self._hold_sent(process, change, event, at)

    def _hold_sent(self, process: BotProcess, change: Change, event: Event, at: Instant) -> None:
        assert not isinstance(event, Due | Result)
        contact, truth, sent = (
            change.contact,
            self.of(change.contact),
            self.sent.get((change.contact, event.id)),
        )
        if type(sent) is not type(event) or (isinstance(event, Message) and sent != event):
            self._journal.fails(f"G1: {contact} never sent {event}")
        if event.id in truth.handled:
            self._journal.fails(f"G1: the event {event.id} of {contact} was handled twice")
        if change.mark != event.id:
            self._journal.fails(
                f"G1: the event {event.id} of {contact} was committed with the mark {change.mark}"
            )
        if process.arrived(contact) != [(event.id, at)]:
            self._journal.fails(
                f"G2: {process.name} handled {event.id} of {contact} (at {at}) before what came before it: "
                f"{process.arrived(contact)}"
            )

    def _hold_result(self, truth: Truth, result: Result) -> None:
        call = truth.calls.get(result.key)
        if call is None:
            if not truth.erased:
                self._journal.fails(f"G7: the result of {result.key}, which was never called")
        elif result.failure is None and result.value is not None and result.value not in call.values:
            self._journal.fails(f"G7: the call {result.key} did not give {result.value!r}")
        elif not call.runs and not call.secret and "MissingAction" not in (result.failure or ""):
            self._journal.fails(f"G7: a result of the call {result.key}, which did not run")

    def _hold_change(self, said: str, expected: Change, change: Change) -> None:
        """`mark` and `expects` are the shell's, the rest is the step's."""
        for name in ("at", "session", "due", "outbox", "calls", "letters"):
            should, does = getattr(expected, name), getattr(change, name)
            if should != does:
                self._journal.fails(f"G3: {said}: {name} is {does!r}, and should be {should!r}")
        if set(expected.calls_over) != set(change.calls_over):
            self._journal.fails(f"G3: {said}: calls are over that should not be, or are not")

    def _follow(self, truth: Truth, outcome: Outcome, seqs: Sequence[int]) -> None:
        change = outcome.change
        truth.body = change.session
        for seq, (lane, body) in zip(seqs, change.outbox, strict=True):
            id: str = json.loads(body)["id"]
            if id in truth.lanes[lane].bodies and not truth.erased:
                self._journal.fails(f"G3: {change.contact} has two effects {id}")
            truth.lanes[lane].bodies[id] = body
            truth.lanes[lane].waiting.append(id)
            self._rows[seq] = (lane, id)
        truth.calls.update({call.id: CallTruth(call.secret) for call in outcome.calls})
        self.ended.update(ended.reason for ended in outcome.ended)
        for fault in outcome.faults:
            if fault.reason == "failed" and (fault.cause or "").startswith(OURS):
                self._journal.fails(
                    f"G8: a session of {change.contact} failed by a mistake of ours: {fault.cause}"
                )

    def _hold_session(self, process: BotProcess, contact: str, truth: Truth, said: str) -> None:
        """What is stored is enough to go on, and nothing more."""
        pending = self._database.pending.get(contact, {})
        truth.state = "start"
        if truth.body is None:
            if pending:
                self._journal.fails(f"G5: {said}: the session is over, and calls are left: {list(pending)}")
            return
        saved: StoredSession = json.loads(truth.body)
        truth.state = saved["state"]
        left = saved["interrupted"]
        if not pending.keys() <= {saved["pending"], None if left is None else left["pending"]}:
            self._journal.fails(f"G5: {said}: calls are left that nobody awaits: {list(pending)}")
        why = stuck(saved, process.version.kinds, pending)
        if why is not None:
            self._journal.fails(f"G8: {said}: {why}")

    def garbled(self, contact: str, body: str) -> None:
        """Somebody has put this in place of a stored session."""
        self.of(contact).body = body
        self._journal.says(f"{contact} is garbled", body)

    def spoilt(self, contact: str, seq: int) -> None:
        """Somebody has put something unreadable in place of a row of the outbox: it will be parked."""
        lane, id = self._rows[seq]
        there = self.of(contact).lanes[lane]
        there.parked.discard(id)
        if id in there.waiting:
            there.waiting.remove(id)
        self._journal.says(f"{contact} {lane} {id} is garbled", None)

    def acknowledged(self, contact: str, id: str) -> None:
        """The bot said that the event with this `id` was handled, now or before."""
        truth = self.of(contact)
        if id not in truth.handled and not truth.erased:
            self._journal.fails(f"G1: the event {id} of {contact} was acknowledged and is not committed")

    # Deliveries.

    def given(self, lane: Lane, effect: Reply | Ended | Emitted | Dropped) -> None:
        """The channel or the host has taken `effect`."""
        truth = self.of(effect.contact)
        there = truth.lanes[lane]
        self._journal.says(f"{effect.contact} {lane} {effect.id}", None)
        if there.bodies.get(effect.id) != dump_effect(effect):
            if not truth.erased:
                self._journal.fails(f"G3: {effect.contact} was given {effect}, which was not committed so")
        elif effect.id in there.given:
            self.repeats += 1
        elif effect.id in there.waiting:
            if there.waiting[0] != effect.id:
                self._journal.fails(f"G3: {effect.contact} was given {effect.id} before {there.waiting[0]}")
            there.waiting.remove(effect.id)
        there.given.add(effect.id)
        there.parked.discard(effect.id)

    def parked(self, contact: str, seq: int) -> None:
        """A row was put with what cannot be delivered."""
        lane, id = self._rows[seq]
        there = self.of(contact).lanes[lane]
        if id in there.waiting:
            there.waiting.remove(id)
            there.parked.add(id)

    def unparked(self, contact: str, found: Mapping[int, int | None]) -> None:
        """These rows are to be delivered after all, under new numbers, or are forgotten."""
        for seq, again in found.items():
            lane, id = self._rows[seq]
            if again is None:
                self.of(contact).lanes[lane].parked.discard(id)
            else:
                self._rows[again] = (lane, id)

    # Calls.

    def begins(self, process: BotProcess, call: Call) -> None:
        """An action runs."""
        truth = self.of(call.contact)
        known = truth.calls.get(call.id)
        self._journal.says(f"{process.name} {call.contact} runs {call.name} {call.id}", None)
        if known is not None:
            known.runs += 1
        elif not truth.erased:
            self._journal.fails(f"G7: {call.name} runs for {call.id}, which was not committed")

    def gives(self, call: Call, value: Value) -> None:
        """An action is about to return `value`."""
        known = self.of(call.contact).calls.get(call.id)
        if known is not None:
            known.values.append(value)

    def erased(self, contact: str) -> None:
        """All of `contact` is deleted."""
        self.contacts[contact] = Truth(erased=True)
        self._journal.says(f"{contact} is erased", None)
