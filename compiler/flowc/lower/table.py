"""The table under construction: states by name, rows in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import IntEnum

from flowc import machine as ir
from flowc import syntax as ast
from flowc.lower.scope import Scope
from flowc.records import dataclass


class Phase(IntEnum):
    """When a row is tried. Patterns come before catch-alls, near before far; all else takes part in no such
    order.
    """

    ENTRY_PATTERNS = 0
    ENTRY_CATCH_ALLS = 1
    NEAR_PATTERNS = 2
    ANYTIME_PATTERNS = 3
    NEAR_CATCH_ALLS = 4
    ANSWERS = 5
    FALLBACK = 6
    HOLD = 7
    CHOICES = 8
    RESULTS = 9
    TIMERS = 10
    EXPIRY = 11
    HOST = 12
    RESUME = 13


WAITS = "<every wait>"
STATES = "<every state that its handlers may leave without an answer>"
EVERYWHERE = "<everywhere>"
"""Sources that are known only when all states are made; no state has such a name."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A row that has a source and no end yet: effects are added to it until it reaches a state."""

    trigger: str
    source: str
    phase: Phase
    origin: ir.Origin
    guards: tuple[ir.Guard, ...] = ()
    effects: tuple[ir.Effect, ...] = ()
    passed: tuple[str, ...] = ()
    """The states that it went through without a wait."""
    interrupts: bool = False
    """Whether it leaves a wait to which an `anytime` comes back."""

    def do(self, *effects: ir.Effect) -> Edge:
        """This edge with more to do."""
        return Edge(
            self.trigger,
            self.source,
            self.phase,
            self.origin,
            self.guards,
            (*self.effects, *effects),
            self.passed,
            self.interrupts,
        )

    def through(self, state: str) -> Edge:
        """This edge, having passed a state that does not wait."""
        return replace(self, passed=(*self.passed, state))


@dataclass(frozen=True, slots=True)
class Row:
    """A finished row."""

    edge: Edge
    dest: str | None


EndOfChain = Callable[[Edge], None]
"""What an edge does at the end of its chain."""


ComeBack = Callable[[Edge, ir.Expression | None], None]
"""What an edge does at the end of a dialog, with what the dialog returns."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chain stands, as far as it matters to its steps.

    `path` begins the names of its waits: the state, and the dialogs it is within. `repeat` says again what the wait
    said that the chain speaks in the middle of. `aside` marks the chain of an `anytime`, and all within it: there is
    a way back. In a dialog, `come_back` goes on behind the `run`.
    """

    scope: Scope
    path: str = ""
    repeat: EndOfChain | None = None
    aside: bool = False
    dialog: ast.Dialog | None = None
    come_back: ComeBack | None = None

    def wait(self, name: str) -> str:
        """The name of a wait here."""
        return f"{self.path}.{name}" if self.path else name

    def inlined(self, name: str) -> str:
        """The path of a dialog that is run here."""
        return f"{self.path}/{name}" if self.path else name

    def at(self, path: str, repeat: EndOfChain | None = None) -> Place:
        """The same dialog, or the flow, at another path."""
        return replace(self, path=path, repeat=repeat)


class Table:
    """States in order of their making, and rows: edges with their ends."""

    __slots__ = ("rows", "states")

    def __init__(self) -> None:
        self.states: dict[str, ir.State] = {}
        self.rows: list[tuple[Edge, str | None]] = []

    def add(self, edge: Edge, dest: str | None) -> None:
        """End `edge` in `dest`, or where it began if that is None."""
        if edge.interrupts and dest != ir.START:
            edge = replace(edge, effects=(ir.Do("interrupt", edge.origin), *edge.effects))
        self.rows.append((edge, dest))

    def transitions(self) -> tuple[ir.Transition, ...]:
        """The rows in the order in which they are tried; one that no state can take is left out."""
        named = {
            WAITS: tuple(state.name for state in self.states.values() if state.rests),
            STATES: self._with_gaps(),
            EVERYWHERE: tuple(self.states),
        }
        rows = [
            ir.Transition(
                edge.trigger,
                named.get(edge.source, (edge.source,)),
                dest,
                edge.guards,
                edge.effects,
                edge.origin,
            )
            for edge, dest in sorted(self.rows, key=lambda row: row[0].phase)
        ]
        return tuple(row for row in rows if row.sources)

    def without_fallbacks(self) -> list[ir.Origin]:
        """Take out what starts in `STATES`, if there are none, and return where it was written."""
        if self._with_gaps():
            return []
        unmet = [edge.origin for edge, _ in self.rows if edge.source == STATES]
        self.rows = [row for row in self.rows if row[0].source != STATES]
        return unmet

    def _with_gaps(self) -> tuple[str, ...]:
        """The states that have no handler for every message; an ask answers all, and a call keeps all."""
        answering = {edge.source for edge, _ in self.rows if edge.trigger == "message" and not edge.guards}
        return tuple(
            state.name
            for state in self.states.values()
            if state.kind == "state" and state.name not in answering
        )
