"""Analyse: what can be proved of a machine before anyone talks to it."""

from __future__ import annotations

from dataclasses import replace

from flowc.analyse.contracts import contracts
from flowc.analyse.cycles import circles
from flowc.analyse.graph import Graph
from flowc.analyse.silence import silent_waits
from flowc.analyse.values import Values, missing_values
from flowc.diagnostics.diagnostic import Mistake
from flowc.machine import Machine


def analyse(machine: Machine) -> tuple[Machine, tuple[Mistake, ...]]:
    """`machine` with the contracts of its states, and all that people who talk to it would meet and should not."""
    graph = Graph(machine)
    values = Values(graph)
    found = (*circles(graph), *silent_waits(graph), *missing_values(values))
    return replace(machine, contracts=contracts(values)), found
