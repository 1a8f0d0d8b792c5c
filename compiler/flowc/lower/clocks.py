"""The clocks of a wait."""

from __future__ import annotations

from flowc import machine as ir
from flowc import syntax as ast


def clocks_of(reminders: tuple[ast.After, ...], timeouts: tuple[ast.Timeout, ...]) -> tuple[ir.Clock, ...]:
    """The clocks of a wait: its reminders, then its timeout, which goes last at the same instant."""
    clocks = [ir.Clock(reminder_trigger(reminder), reminder.duration.seconds) for reminder in reminders]
    clocks += [ir.Clock("timeout", timeout.duration.seconds) for timeout in timeouts[:1]]
    return tuple(dict.fromkeys(clocks))


def reminder_trigger(reminder: ast.After) -> str:
    """The trigger of a reminder, named after its duration."""
    duration = reminder.duration
    return f"after_{duration.count}_{duration.unit}{'s' if duration.count != 1 else ''}"
