"""Where in the flow that which was said is written."""

from __future__ import annotations

from collections.abc import Callable

from flowc.machine import CallAction, Do, Effect, Emit, HandOff, Machine, Say, SayAny, SayMedia
from flowc.transcript.coverage import Made

Origins = Callable[[Made], str | None]
"""Names the place in the flow, as `feedback.flow:14`, that an effect comes from; None where it has none."""

_TOLD = {"say failure", "end", "expire", "fail", "end by host"}


def origins_of(machine: Machine) -> Origins:
    """The origins of what `machine` says and calls.

    They hold for a module whose table has a row for each transition of `machine`, in the same order.
    """

    def origin(made: Made) -> str | None:
        if made.cell.row >= len(machine.transitions):
            return None
        row = machine.transitions[made.cell.row]
        told = [effect for effect in row.effects if _is_told(effect)]
        found = told[made.nth].origin if made.nth < len(told) else row.origin
        return f"{found.path}:{found.line}"

    return origin


def _is_told(effect: Effect) -> bool:
    """Whether `effect` of the machine becomes an effect of the runtime."""
    told = isinstance(effect, Say | SayAny | SayMedia | CallAction | Emit | HandOff)
    return told or (isinstance(effect, Do) and effect.what in _TOLD)
