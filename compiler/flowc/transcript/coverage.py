"""Which transitions of a flow its tests have taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, cast

from flowc.records import dataclass
from flowrt.effects import Effect
from flowrt.flow import Flow
from flowrt.machine import FlowMachine

BEYOND_TRANSCRIPTS = frozenset({"end", "failed"})
"""Triggers of transitions that count for nothing.

`end` is the host's, and the runtime's one answer to it, in every wait alike. `failed` follows from a bug in a
function or from a bound of the runtime. Counted, they would keep every flow from the 100 % that its author
can reach, or ask for a test for each wait that shows nothing of the flow.
"""


class Cell(NamedTuple):
    """One transition: a row of the table, from 0, and one of its sources. A row for three waits is three."""

    row: int
    source: str


class Made(NamedTuple):
    """Where an effect comes from: it is number `nth`, from 0, of what the transition `cell` caused."""

    cell: Cell
    nth: int


@dataclass(frozen=True)
class Coverage:
    """The transitions of one flow, each with its description, and those of them that were taken.

    >>> one = Coverage({Cell(0, "start"): "start --message--> ask", Cell(1, "ask"): "ask --expire--> start"},
    ...     frozenset({Cell(0, "start")}))
    >>> one.covered, one.total, one.uncovered
    (1, 2, ('ask --expire--> start',))
    >>> (one | Coverage(one.cells, frozenset({Cell(1, "ask")}))).uncovered
    ()
    """

    cells: Mapping[Cell, str]
    taken: frozenset[Cell]

    @property
    def total(self) -> int:
        """How many transitions there are to take."""
        return len(self.cells)

    @property
    def covered(self) -> int:
        """How many of them were taken."""
        return len(self.taken & self.cells.keys())

    @property
    def uncovered(self) -> tuple[str, ...]:
        """Those not taken, as `ask_name --message--> resume if says_help`, in the order of the table."""
        return tuple(description for cell, description in self.cells.items() if cell not in self.taken)

    def __or__(self, other: Coverage) -> Coverage:
        """What both have taken together. Raises `ValueError` where they are of different flows."""
        if self.cells != other.cells:
            raise ValueError("the coverage of two different flows, or versions of one, is not added up")
        return Coverage(self.cells, self.taken | other.taken)


class Tracker:
    """Watches `flow` run, on a machine of its own.

    >>> from flowrt.generated import Variables
    >>> from flowc.transcript.conversation import Conversation
    >>> def hello(event): event.args[0].reply("Hello!")
    >>> flow = Flow(name="hello", source="hello.flow", format=1, compiler="0.1.0", states=[{"name": "start"}],
    ...     transitions=[{"trigger": "message", "source": "start", "dest": None, "before": hello}],
    ...     initial="start", variables=Variables, actions=())
    >>> tracker = Tracker(flow)
    >>> [reply] = Conversation(flow, machine=tracker.machine).say("hi")
    >>> tracker.coverage.covered, tracker.maker(reply)
    (1, Made(cell=Cell(row=0, source='start'), nth=0))
    """

    def __init__(self, flow: Flow[Any]) -> None:
        self.machine = FlowMachine(flow.states, flow.transitions, flow.initial, watch=self._record)
        self._known = dict(_known(flow.transitions, self.machine))
        self._cells = dict(_described(flow.transitions, self._known.values()))
        self._taken: set[Cell] = set()
        self._trail: dict[str, list[tuple[int, Cell]]] = {}

    @property
    def coverage(self) -> Coverage:
        """What was taken so far."""
        return Coverage(self._cells, frozenset(self._taken))

    def maker(self, effect: Effect) -> Made | None:
        """The transition that caused `effect`, where that was since the last `forget_trail`; else None."""
        key, _, number = effect.id.rpartition("#")
        begun = [(first, cell) for first, cell in self._trail.get(key, []) if first <= int(number)]
        return Made(begun[-1][1], int(number) - begun[-1][0]) if begun else None

    @property
    def trail(self) -> set[Cell]:
        """The transitions taken since the last `forget_trail`."""
        return {cell for taken in self._trail.values() for _, cell in taken}

    def forget_trail(self) -> None:
        """Effects are about to be caused whose ids may be those of earlier ones, of another conversation."""
        self._trail.clear()

    def _record(self, event: _Taken) -> None:
        cell = self._known[id(event.transition)]
        self._taken.add(cell)
        [turn] = event.args
        self._trail.setdefault(turn.key, []).append((len(turn.effects), cell))


class _Taken(Protocol):
    """The part of `transitions.EventData` that is read here: a transition that is about to be taken."""

    @property
    def transition(self) -> object: ...

    @property
    def args(self) -> Iterable[Any]: ...


def _known(table: Sequence[Mapping[str, Any]], machine: FlowMachine) -> Iterator[tuple[int, Cell]]:
    """Which cell each transition of `machine` is, by its identity.

    The machine keeps a list for each trigger and source, in the order in which the rows were added.
    """
    seen: dict[tuple[str, str], int] = {}
    for row, transition in enumerate(table):
        trigger: str = transition["trigger"]
        for source in map(str, _listed(transition["source"])):
            place = seen.get((trigger, source), 0)
            seen[trigger, source] = place + 1
            yield id(machine.events[trigger].transitions[source][place]), Cell(row, source)


def _described(table: Sequence[Mapping[str, Any]], cells: Iterable[Cell]) -> Iterator[tuple[Cell, str]]:
    for cell in cells:
        row = table[cell.row]
        if row["trigger"] in BEYOND_TRANSCRIPTS:
            continue
        guards = [_name(guard) for guard in _listed(row.get("conditions"))]
        guards += [f"not {_name(guard)}" for guard in _listed(row.get("unless"))]
        suffix = f" if {' and '.join(guards)}" if guards else ""
        yield cell, f"{cell.source} --{row['trigger']}--> {row['dest'] or cell.source}{suffix}"


def _listed(value: object) -> Sequence[object]:
    """The table writes one as itself and several as a list."""
    if isinstance(value, list | tuple):
        return cast("Sequence[object]", value)
    return () if value is None else (value,)


def _name(guard: object) -> str:
    return str(getattr(guard, "__name__", guard))
