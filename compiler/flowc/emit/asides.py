"""Choices that only find out what is said, and lead back to the wait that they come from."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import machine as ir
from flowc.analyse.graph import Graph, does


class Asides:
    """The choices of a machine that begin no new visit of a wait, whichever way they go.

    `home` is the wait that each belongs to, and `entering` the rows that enter each state.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.entering: dict[str, list[ir.Transition]] = {name: [] for name in graph.states}
        self._numbers: dict[str, list[int]] = {name: [] for name in graph.states}
        for number, row in enumerate(graph.machine.transitions):
            if row.dest is not None:
                self.entering[row.dest].append(row)
            for source in row.sources:
                self._numbers[source].append(number)
        self.home = {choice: state.name for state in graph.machine.waits for choice in self._of(state.name)}

    def rows_after(self, row: ir.Transition) -> Iterator[tuple[int, str]]:
        """The rows that leave the choices behind `row`, by number, each with its choice."""
        pending, seen = [row.dest], {row.dest}
        while pending:
            choice = pending.pop()
            if choice is None or choice not in self.home:
                continue
            for number in self._numbers[choice]:
                yield number, choice
                dest = self._graph.machine.transitions[number].dest
                if dest not in seen:
                    seen.add(dest)
                    pending.append(dest)

    def _of(self, state: str) -> list[str]:
        """The choices that belong to `state`: all that lead to it, less those that have another way in or out."""
        choices = self._before(state)
        while unfit := [choice for choice in choices if not self._fits(choice, {state, *choices})]:
            choices = [choice for choice in choices if choice not in unfit]
        return choices

    def _before(self, state: str) -> list[str]:
        found: list[str] = []
        pending = [row for row in self.entering[state] if does(row, "keep visit")]
        while pending:
            for source in pending.pop().sources:
                if self._graph.states[source].kind == "choice" and source not in found:
                    found.append(source)
                    pending += self.entering[source]
        return found

    def _fits(self, choice: str, near: set[str]) -> bool:
        before = {source for row in self.entering[choice] for source in row.sources} - {ir.RESUME}
        rows = self._graph.rows(choice, "advance")
        last = [row for row in rows if row.dest is None or self._graph.states[row.dest].kind != "choice"]
        return (
            before <= near
            and all(row.dest in near for row in rows)
            and all(does(row, "keep visit") for row in last)
        )
