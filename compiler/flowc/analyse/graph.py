"""The machine as a graph: which rows leave a state, in the order in which they are tried."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cached_property

from flowc import machine as ir

Way = tuple[str, ir.Transition]
"""The state before, and the row that led on from it."""


class Graph:
    """Rows by the state they leave and the trigger that fires them."""

    def __init__(self, machine: ir.Machine) -> None:
        self.machine = machine
        self.states = {state.name: state for state in machine.states}
        self._rows: dict[str, dict[str, list[ir.Transition]]] = {
            name: defaultdict(list) for name in self.states
        }
        self._back: dict[str, list[ir.Transition]] = defaultdict(list)
        for row in machine.transitions:
            for source in row.sources:
                self._rows[source][row.trigger].append(row)
            for guard in row.guards:
                if isinstance(guard, ir.CameFrom):
                    self._back[guard.state].append(row)

    def rows(self, state: str, trigger: str) -> list[ir.Transition]:
        """The rows for `trigger` in `state`, in order."""
        return self._rows[state].get(trigger, [])

    def groups(self, state: str) -> list[list[ir.Transition]]:
        """All rows of `state`, those of one trigger together."""
        return list(self._rows[state].values())

    def ways_back(self, state: str) -> list[ir.Transition]:
        """The rows that an `anytime` comes back by to the wait `state`."""
        return self._back.get(state, [])

    def way_to(self, state: str) -> list[ir.Transition]:
        """The fewest rows from the initial state to `state`; none where there is no way."""
        path: list[ir.Transition] = []
        while (before := self._came.get(state)) is not None:
            state, row = before
            path.append(row)
        return path[::-1]

    @cached_property
    def _came(self) -> dict[str, Way | None]:
        """How each state is first reached, breadth first."""
        came: dict[str, Way | None] = {ir.START: None}
        queue = deque([ir.START])
        while queue:
            name = queue.popleft()
            for row, dest in self._leading(name):
                if dest not in came:
                    came[dest] = (name, row)
                    queue.append(dest)
        return came

    @cached_property
    def rows_aside(self) -> tuple[ir.Transition, ...]:
        """The rows on the way of an `anytime`: from where it leaves a wait to where it comes back."""
        found: dict[int, ir.Transition] = {}
        pending = [row for row in self.machine.transitions if does(row, "interrupt")]
        while pending:
            row = pending.pop()
            if id(row) in found or does(row, "forget interruption"):
                continue
            found[id(row)] = row
            if row.dest not in {None, ir.START, ir.RESUME}:
                pending += [following for rows in self.groups(str(row.dest)) for following in rows]
        return tuple(found.values())

    @cached_property
    def aside(self) -> frozenset[str]:
        """The states of each `anytime`, in which a session is on its way back to the wait that it left."""
        dests = {row.dest for row in self.rows_aside if row.dest is not None}
        return frozenset(dests - {ir.START, ir.RESUME})

    def _leading(self, state: str) -> Iterator[tuple[ir.Transition, str]]:
        for rows in self.groups(state):
            for row in rows:
                if row.dest is not None and row.dest != ir.RESUME and row.trigger not in {"failed", "end"}:
                    yield row, row.dest


def does(row: ir.Transition, what: ir.Simple) -> bool:
    """Whether a row has this effect of the runtime's own."""
    return any(isinstance(effect, ir.Do) and effect.what == what for effect in row.effects)
