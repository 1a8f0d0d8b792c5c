"""Which variables matter where: those that may be used before they are given a value anew.

Worked out backwards from the uses. What the analysis keeps of a state grows with these, and not with all the
variables of a flow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from flowc import machine as ir
from flowc.analyse.graph import Graph
from flowc.analyse.parts import Parts, parts_of


class Liveness:
    """The live variables of each state, and the parts of each row."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.live: dict[str, set[str]] = {name: set() for name in graph.states}
        self._parts = {id(row): parts_of(row) for row in graph.machine.transitions}
        self._spread()

    def parts(self, row: ir.Transition) -> Parts:
        """The variables of a row of the machine."""
        return self._parts[id(row)]

    def tested(self, rows: list[ir.Transition]) -> set[str]:
        """The variables in the conditions of rows."""
        tested: set[str] = set()
        for row in rows:
            tested |= self._parts[id(row)].tested
        return tested

    def _spread(self) -> None:
        """From each use back over the rows that leave the variable as it is."""
        before: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        pending: list[tuple[str, str]] = []
        for name in self.graph.states:
            for row in self._leaving(name):
                parts = self.parts(row)
                pending += [(name, variable) for variable in parts.exposed]
                if row.dest not in {None, name, ir.START, ir.RESUME}:
                    before[str(row.dest)].append((name, parts.settled))
        while pending:
            name, variable = pending.pop()
            if variable in self.live[name]:
                continue
            self.live[name].add(variable)
            pending += [(earlier, variable) for earlier, settled in before[name] if variable not in settled]

    def _leaving(self, name: str) -> Iterator[ir.Transition]:
        """The rows that leave a state, those by which an `anytime` comes back to it too."""
        if name == ir.RESUME:
            return
        for rows in self.graph.groups(name):
            yield from rows
        yield from self.graph.ways_back(name)
