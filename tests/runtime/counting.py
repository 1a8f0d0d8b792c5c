"""A flow that counts: what it says tells whether a message was lost, or counted twice."""

from __future__ import annotations

from typing import Any

from flowrt.flow import Flow
from tests.compiler.programs import flow

PROGRAM = """\
timeout 1 hour -> reply "Time is up." -> end session

let total: int = 0

on message -> set total = total + 1 -> reply "{total}" -> goto counting

state counting
  on message -> set total = total + 1 -> reply "{total}"
"""


def counting() -> Flow[Any]:
    """The flow, compiled."""
    return flow(PROGRAM)
