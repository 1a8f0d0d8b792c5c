"""Analyse: what can be proved of a machine before anyone talks to it."""

from __future__ import annotations

from dataclasses import replace

from flowc.analyse.contracts import contracts
from flowc.analyse.cycles import circles
from flowc.analyse.endings import endless_sessions
from flowc.analyse.graph import Graph
from flowc.analyse.secrets import secrets_after_waits
from flowc.analyse.silence import silent_waits
from flowc.analyse.turns import excessive_turns, silent_turns
from flowc.analyse.values import Values, missing_values
from flowc.diagnostics.diagnostic import Mistake
from flowc.machine import Machine


def analyse(machine: Machine) -> tuple[Machine, tuple[Mistake, ...]]:
    """`machine` with the contracts of its states, and all that people who talk to it would meet and should not."""
    graph = Graph(machine)
    values = Values(graph)
    round_and_round = tuple(circles(graph))
    found = (
        *round_and_round,
        *silent_waits(graph),
        *missing_values(values),
        *secrets_after_waits(graph),
        *endless_sessions(graph),
        *(() if round_and_round else excessive_turns(graph)),
    )
    if not found:  # who has mistakes to mend wants to hear of them first
        found = tuple(silent_turns(graph))
    return replace(machine, contracts=contracts(values)), found
