"""Check: `Program` to what its expressions mean, and what is wrong with them. One module for each family of
rules.
"""

from __future__ import annotations

from flowc.check.answers import check_answers
from flowc.check.chains import check_chains
from flowc.check.channel import check_channel
from flowc.check.checked import Checked
from flowc.check.clocks import check_clocks
from flowc.check.patterns import check_patterns
from flowc.check.statements import check_types
from flowc.diagnostics.diagnostic import Mistake
from flowc.program import Program

__all__ = ["Checked", "check"]


def check(program: Program) -> tuple[Checked, tuple[Mistake, ...]]:
    """Type `program`, and report what its chains do wrong."""
    checked, mistakes = check_types(program)
    return checked, (
        *mistakes,
        *check_chains(program),
        *check_clocks(program),
        *check_answers(program, checked),
        *check_patterns(program),
        *check_channel(program),
    )
