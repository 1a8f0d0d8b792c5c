"""The machine as a graph: which rows leave a state, in the order in which they are tried."""

from __future__ import annotations

from collections import defaultdict

from flowc import machine as ir


class Graph:
    """Rows by the state they leave and the trigger that fires them."""

    def __init__(self, machine: ir.Machine) -> None:
        self.machine = machine
        self.states = {state.name: state for state in machine.states}
        self._rows: dict[str, dict[str, list[ir.Transition]]] = {
            name: defaultdict(list) for name in self.states
        }
        for row in machine.transitions:
            for source in row.sources:
                self._rows[source][row.trigger].append(row)

    def rows(self, state: str, trigger: str) -> list[ir.Transition]:
        """The rows for `trigger` in `state`, in order."""
        return self._rows[state].get(trigger, [])

    def groups(self, state: str) -> list[list[ir.Transition]]:
        """All rows of `state`, those of one trigger together."""
        return list(self._rows[state].values())


def does(row: ir.Transition, what: ir.Simple) -> bool:
    """Whether a row has this effect of the runtime's own."""
    return any(isinstance(effect, ir.Do) and effect.what == what for effect in row.effects)
