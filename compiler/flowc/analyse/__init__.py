"""Analyse: what can be proved of a machine before anyone talks to it."""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Mistake
from flowc.machine import Machine


def analyse(machine: Machine) -> tuple[Mistake, ...]:
    """All that conversations with `machine` would meet."""
    return ()
