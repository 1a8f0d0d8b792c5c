"""Secrets over a wait: a use that another wait comes before since the secret was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from flowc import machine as ir
from flowc.analyse.conversations import shortest, shown
from flowc.analyse.graph import Graph
from flowc.analyse.parts import given_by
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.values import SecretAfterWait
from flowc.types import SECRET

Standing = Literal["unset", "there", "forgotten"]
Node = tuple[str, Standing]
"""A state, and how the secret stands in it."""


def secrets_after_waits(graph: Graph) -> Iterator[Mistake]:
    """Every use of a secret that is forgotten by then, once, with the shortest conversation that shows it."""
    for variable in graph.machine.variables:
        if variable.type.plain == SECRET:
            yield from _Secret(graph, variable.name).misuses()


class _Secret:
    """One secret on its way through the machine."""

    def __init__(self, graph: Graph, name: str) -> None:
        self.graph = graph
        self.name = name

    def misuses(self) -> Iterator[Mistake]:
        reported: set[ir.Origin] = set()
        for state in self.graph.states:
            for row in self._leaving(state):
                use = self._first_use(row)
                path = None if use is None or use.origin in reported else self._forgotten_in(state)
                if use is not None and path is not None:
                    reported.add(use.origin)
                    conversation = shown(self.graph, [*path, row])
                    name = self.name.rpartition(".")[2]
                    yield SecretAfterWait(span=use.origin.span, name=name, conversation=conversation)

    def _forgotten_in(self, state: str) -> list[ir.Transition] | None:
        """The shortest way to a state in which the secret was once and is no more."""
        begin: Node = (ir.START, "unset")
        return shortest(begin, self._steps, lambda node: node == (state, "forgotten"))

    def _leaving(self, state: str) -> Iterator[ir.Transition]:
        for rows in self.graph.groups(state):
            yield from rows

    def _first_use(self, row: ir.Transition) -> ir.VariableUse | None:
        """Where a row uses the secret without giving it a value before."""
        for effect in row.effects:
            if isinstance(effect, ir.CallAction):
                for use in (each for _, value in effect.arguments for each in ir.uses_of(value)):
                    if use.name == self.name:
                        return use
            if given_by(effect) == self.name:
                return None
        return None

    def _steps(self, node: Node) -> Iterator[tuple[ir.Transition, Node]]:
        state, standing = node
        for row in self._leaving(state):
            after = self._after(row, standing)
            dests = self._waits_to_come_back_to() if row.dest == ir.RESUME else [row.dest or state]
            for dest in dests:
                if dest == ir.START or row.trigger in {"failed", "end"}:
                    continue
                rests = self.graph.states[dest].rests
                yield row, (dest, "forgotten" if rests and after == "there" else after)

    def _after(self, row: ir.Transition, standing: Standing) -> Standing:
        for effect in row.effects:
            if given_by(effect) == self.name:
                standing = "there"
            elif isinstance(effect, ir.Forget) and self.name in effect.variables:
                standing = "unset"
        return standing

    def _waits_to_come_back_to(self) -> list[str]:
        """The waits that an `anytime` may come back to."""
        back = (other.dest for other in self.graph.rows(ir.RESUME, "advance"))
        return list(dict.fromkeys(dest for dest in back if dest is not None))
