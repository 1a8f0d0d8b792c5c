"""Analyse: what can be proved of a machine before anyone talks to it."""

from __future__ import annotations

from flowc.analyse.cycles import circles
from flowc.analyse.graph import Graph
from flowc.analyse.silence import silent_waits
from flowc.analyse.values import missing_values
from flowc.diagnostics.diagnostic import Mistake
from flowc.machine import Machine


def analyse(machine: Machine) -> tuple[Mistake, ...]:
    """All that people who talk to `machine` would meet and should not."""
    graph = Graph(machine)
    return (*circles(graph), *silent_waits(graph), *missing_values(graph))
