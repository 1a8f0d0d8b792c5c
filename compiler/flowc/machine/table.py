"""The machine itself: its states, its rows, and what the bot must have for it."""

from __future__ import annotations

from typing import Literal

from flowc.machine.effects import Effect
from flowc.machine.expressions import Expression
from flowc.machine.guards import Guard
from flowc.machine.origin import Origin
from flowc.records import dataclass
from flowc.types import Type
from flowrt.renaming import RenamedKind

FORMAT = 2
"""The version of this format. Since 2 a machine says what is told of a session that it has no place for."""

READ = frozenset({1, 2})
"""The versions that are read."""

START = "start"
RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline of a wait: after `seconds` of silence it fires `trigger`."""

    trigger: str
    seconds: int


@dataclass(frozen=True, slots=True)
class State:
    """A state. `choice` is passed within an event, and never rests; `call` awaits a result, `wait` an instant."""

    name: str
    kind: Literal["start", "ask", "state", "call", "wait", "choice", "resume"]
    clocks: tuple[Clock, ...]
    origin: Origin

    @property
    def rests(self) -> bool:
        """Whether a session can be stored in it."""
        return self.kind not in {"start", "choice", "resume"}


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table: from each of `sources`, on `trigger`, if all `guards` hold, do `effects` and go
    to `dest`.

    Without `dest` the state stays and is not entered again. Rows are tried in order.
    """

    trigger: str
    sources: tuple[str, ...]
    dest: str | None
    guards: tuple[Guard, ...]
    effects: tuple[Effect, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable; `kept` says that its value stays with the contact when the session ends, and `first` is what it
    begins with, where it is declared with a value.
    """

    name: str
    type: Type
    kept: bool = False
    first: Expression | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """An action that the bot must have."""

    name: str
    parameters: tuple[Variable, ...]
    returns: Type | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Function:
    """A function that the bot must have: pure, and instant."""

    name: str
    parameters: tuple[Variable, ...]
    returns: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its fields in order."""

    name: str
    fields: tuple[Variable, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Renamed:
    """What had another name in earlier versions."""

    what: RenamedKind
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Contract:
    """What a session must hold to go on from a state: variables, each with the type that its value must be of."""

    state: str
    needs: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that the machine was made from."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Machine:
    """A flow, whole."""

    format: int
    name: str
    sources: tuple[SourceFile, ...]
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    variables: tuple[Variable, ...]
    actions: tuple[Action, ...]
    functions: tuple[Function, ...]
    records: tuple[Record, ...]
    renamed: tuple[Renamed, ...]
    channel: str | None
    expire: int | None
    contracts: tuple[Contract, ...] = ()
    """Worked out by the analysis, for the states that need something."""

    @property
    def waits(self) -> tuple[State, ...]:
        """The states in which a session can rest."""
        return tuple(state for state in self.states if state.rests)
