"""A flow that runs: the table of a generated module, and the step that takes one event through it.

Nothing here awaits, reads a clock or draws a random number: what happens depends on the session and the
event alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, Protocol

from flowrt import sentences
from flowrt.effects import Effect, EndReason
from flowrt.errors import IncompatibleModule, in_words
from flowrt.events import Due, EndedByHost, Event, GivenBack, HostEvent, Message, Opened, Result, event_key
from flowrt.kinds import Kind
from flowrt.machine import FlowMachine
from flowrt.renaming import RenamedKind
from flowrt.session import AWAITED, Deadline, Lost, Session, V
from flowrt.time import Instant, on_the_calendar
from flowrt.turn import Functions, Turn
from flowrt.values import Record, record_name

FORMAT = 1
"""The format of generated modules that this runtime runs."""


class Triggers(Protocol):
    """What the step needs of a machine; a plain `transitions.Machine` has it."""

    @property
    def events(self) -> Mapping[str, Any]:
        """The triggers by name, each with a method `trigger(session, turn)`."""
        ...


class Flow(Generic[V]):
    """A compiled flow.

    `actions` names the actions it calls, `returning` those among them that give a value, with its type where the
    module says it, and `functions` the functions that it uses. `states`, `transitions` and `initial` are the
    configuration of its machine. `renamed` says what had another name in earlier versions: of which kind it is, its
    old and its new name. `contracts` say, by state, which variables a session saved there must hold, and of which
    types.

    Raises `IncompatibleModule` where the module's `format` is not one that this runtime runs.
    """

    def __init__(  # noqa: PLR0913  a generated module names each of them
        self,
        *,
        name: str,
        source: str,
        format: int,
        compiler: str,
        states: Sequence[Mapping[str, Any]],
        transitions: Sequence[Mapping[str, Any]],
        initial: str,
        variables: type[V],
        actions: Sequence[str],
        returning: Mapping[str, Kind[Any]] | Sequence[str] = (),
        functions: Sequence[str] = (),
        records: Sequence[type[Record]] = (),
        renamed: Sequence[tuple[RenamedKind, str, str]] = (),
        contracts: Mapping[str, Mapping[str, Kind[Any]]] | None = None,
    ) -> None:
        if format != FORMAT:
            age, cure = ("newer", "upgrade flowrt") if format > FORMAT else ("older", "build the flow again")
            raise IncompatibleModule(
                f"the module of flow {name!r}, made by flowc {compiler} from {source}, has format {format}, which is "
                f"{age} than the format {FORMAT} that this runtime runs: {cure}"
            )
        self.name = name
        self.source = source
        self.states = states
        self.transitions = transitions
        self.initial = initial
        self.variables = variables
        self.actions = tuple(actions)
        self.returning: Mapping[str, Kind[Any] | None] = (
            returning if isinstance(returning, Mapping) else dict.fromkeys(returning)
        )
        self.functions = tuple(functions)
        self.records = {record_name(record): record for record in records}
        self.renamed = tuple(renamed)
        self.contracts = contracts or {}
        self.state_names = frozenset(str(state["name"]) for state in states)
        self._machine: FlowMachine | None = None

    @cached_property
    def resting(self) -> frozenset[str]:
        """The states in which a session can be when an event has been taken: no choices, and not the initial one."""
        return self.state_names - self._sources("advance") - {self.initial}

    @cached_property
    def awaiting(self) -> Mapping[str, str]:
        """What the states await that is not the contact: the trigger that brings it, by state."""
        return {state: trigger for trigger in sorted(AWAITED) for state in self._sources(trigger)}

    @cached_property
    def aside(self) -> frozenset[str]:
        """The states of each `anytime`, in which a session is on its way back to the wait that it left."""
        from flowrt.aside import states_aside  # noqa: PLC0415 - it needs what the modules of flows are made of

        return states_aside(self.transitions, self.initial)

    def _sources(self, trigger: str) -> frozenset[str]:
        """The states that `trigger` leaves."""
        named = [row["source"] for row in self.transitions if row["trigger"] == trigger]
        return frozenset(
            state for source in named for state in ([source] if isinstance(source, str) else source)
        )

    @property
    def machine(self) -> FlowMachine:
        """The machine that all sessions of this flow share; built when it is first needed."""
        if self._machine is None:
            self._machine = FlowMachine(self.states, self.transitions, self.initial)
        return self._machine

    def session(self, contact: str) -> Session[V]:
        """A contact without a session: in the initial state, with nothing remembered."""
        return Session(contact, self.variables())

    def step(
        self,
        session: Session[V],
        event: Event,
        at: Instant,
        machine: Triggers | None = None,
        functions: Functions | None = None,
    ) -> list[Effect]:
        """Take `event`, at the instant `at`, and return what it causes, in order.

        Deadlines that were due come first; then the event; then what had waited for it. `session` is changed in
        place. An instant before the session's last one counts as that one, and one that no calendar shows as the
        nearest that it does. `machine` may be any that was built from this flow's table; by default it is the shared
        one. `functions` are those that the flow uses, by name.
        """
        at = on_the_calendar(max(at, session.at))
        return _Step(machine or self.machine, session, event, at, functions).run()

    def outdate(
        self,
        session: Session[V],
        lost: Lost,
        event: Event,
        at: Instant,
        machine: Triggers | None = None,
        functions: Functions | None = None,
    ) -> list[Effect]:
        """Say that `lost` is over, a session that this flow has no place for, and return what that causes.

        `session` is what is left of the contact, in the initial state: what is kept. The flow's own words come first;
        where it has none, or they fail, the default ones do. `event` is what found the session, and is still to be
        taken; for the rest as `step`.
        """
        key = f"{event_key(event, at)}#outdated"
        turn = Turn(session, event, max(at, session.at), key, [], functions)
        turn.lost, turn.failures = lost, 1  # that something went wrong is always said
        if not _own_words(machine or self.machine, turn):
            turn.reply(sentences.OUTDATED)
            turn.outdate()
        return turn.effects


def _own_words(machine: Triggers, turn: Turn) -> bool:
    """Whether the flow itself has said that a session is over which it has no place for."""
    event = machine.events.get("outdated")
    if event is None:
        return False
    turn.session.begin_kept()
    try:
        return bool(event.trigger(turn.session, turn))
    except Exception as cause:  # whatever a flow's own functions raise: that it is over is said all the same
        turn.cause = in_words(cause)
        return False


class _Step:
    """One call of `Flow.step`: the turns it is made of share their effects and their instant."""

    def __init__(
        self,
        machine: Triggers,
        session: Session[Any],
        event: Event,
        at: Instant,
        functions: Functions | None,
    ) -> None:
        self.events = machine.events
        self.functions = functions
        self.session = session
        self.event = event
        self.at = at
        self.key = event_key(event, at)
        self.effects: list[Effect] = []
        self.begun = 0

    def run(self) -> list[Effect]:
        self.session.at = self.at
        self._fire_deadlines()
        self._take_held()
        self._take(self.event)
        self._take_held()
        return self.effects

    def _fire_deadlines(self) -> None:
        """Serve what is due: an expired session only expires, and of a wait only the last deadline is
        served.
        """
        while due := [deadline for deadline in self.session.deadlines if deadline.due <= self.at]:
            served = (
                due[0]
                if due[0].trigger == "expire"
                else max(reversed(due), key=lambda deadline: deadline.due)
            )
            self._retire(due)
            self._fire(served.trigger, Due(self.session.contact))

    def _retire(self, due: list[Deadline]) -> None:
        session = self.session
        session.deadlines = tuple(deadline for deadline in session.deadlines if deadline.due > self.at)
        session.reminded += tuple(deadline.trigger for deadline in due if deadline.period)

    def _take(self, event: Event) -> None:
        match event:
            case Message():
                if self.session.team is None:  # else it is the team's
                    self.session.heard(self.at)
                    self.session.name = event.name or self.session.name
                    self._fire("message", event)
            case Result():
                self._take_result(event)
            case Due():
                pass
            case _:
                self._take_from_host(event)

    def _take_from_host(self, event: Opened | HostEvent | EndedByHost | GivenBack) -> None:
        session = self.session
        match event:
            case Opened():
                if "open" not in self.events:
                    self._turn(event).drop("start")
                    return
                session.team = None
                if session.is_open:
                    self._fire("end", event, reason="superseded")
                self._fire("open", event)
            case HostEvent():
                # Whoever talks to a team is not spoken to by the flow, which would not hear the answer.
                if session.team is not None or not self._fire(f"event {event.name}", event).taken:
                    self._turn(event).drop(event.name)
            case EndedByHost():
                if session.is_open:
                    self._fire("end", event)
            case GivenBack():
                session.team = None

    def _take_result(self, result: Result) -> None:
        """A result goes to the wait that awaits it, also to one that an `anytime` left; a late one is
        nobody's.
        """
        session = self.session
        if session.pending == result.key:
            self._fire("result", result)
        elif session.interrupted is not None and session.interrupted.pending == result.key:
            session.interrupted.result = result

    def _take_held(self) -> None:
        """Take the messages that were kept, in order, once the wait for a result is over."""
        session = self.session
        while session.held and not self._awaits_result():
            message, *rest = session.held
            session.held = tuple(rest)
            self.begun = len(self.effects)  # it may cause as many replies as if it had come now
            self._fire("message", message)

    def _awaits_result(self) -> bool:
        """Whether a result is awaited, also by a wait that an `anytime` left."""
        left = self.session.interrupted
        return self.session.pending is not None or (left is not None and left.pending is not None)

    def _turn(self, event: Event) -> Turn:
        return Turn(self.session, event, self.at, self.key, self.effects, self.functions, self.begun)

    def _fire(self, trigger: str, event: Event, reason: EndReason = "ended by host") -> Turn:
        """Fire `trigger`, and after it what had come for the wait it returned to."""
        turn = self._turn(event)
        turn.reason = reason
        if trigger in AWAITED:
            self.session.pending = None
        try:
            turn.taken = self._trigger(trigger, turn)
        except Exception as cause:  # whatever a flow's own functions raise ends the session, never the bot
            self._fail(turn, cause)
        ready, turn.ready = turn.ready, None
        if ready is not None:
            self._take_result(ready)
        self._fire_deadlines()
        return turn

    def _trigger(self, trigger: str, turn: Turn) -> bool:
        event = self.events.get(trigger)
        if event is None or self.session.state not in event.transitions:
            return False
        begun = () if self.session.is_open else self.session.begin_kept()
        taken = bool(event.trigger(self.session, turn))
        if not taken:  # of a contact that no session was opened for nothing is kept
            self.session.forget(begun)
        return taken

    def _fail(self, turn: Turn, cause: Exception) -> None:
        """End the session as failed: by the flow's own chain, else, or where that fails too, by the
        default.
        """
        turn.taken = True
        turn.cause = turn.cause or in_words(cause)
        turn.failures += 1
        try:
            self._trigger("failed", turn)
        except Exception as another:
            if turn.failures > 1:
                raise
            self._fail(turn, another)
