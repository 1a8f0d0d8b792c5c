"""Lower: `Program` to the machine."""

from __future__ import annotations

from flowc.check import Checked
from flowc.diagnostics.diagnostic import Mistake
from flowc.lower.lowering import Lowering
from flowc.machine import Machine
from flowc.program import Program


def lower(program: Program, checked: Checked) -> tuple[Machine, tuple[Mistake, ...]]:
    """The machine of `program`, and what can only be seen while it is made.

    The program must be free of errors; where this finds one, the machine is not whole.
    """
    lowering = Lowering(program, checked)
    return lowering.machine(), tuple(lowering.mistakes)
