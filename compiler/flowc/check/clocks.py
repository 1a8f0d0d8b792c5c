"""Clocks: reminders, timeouts and limits that can never come, because something else comes first."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import syntax as ast
from flowc.diagnostics.conversations import NoTries
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import NeverDue, SecondClause
from flowc.program import Program
from flowc.source import Span
from flowc.walk import all_states

MAX_TRIES = 1_000
"""How many wrong answers a `tries` can count."""


def check_clocks(program: Program) -> Iterator[Mistake]:
    """What is wrong with the clocks of each wait, and with the counts of tries."""
    for state in all_states(program.file):
        yield from _wait(program, state.reminders, state.timeouts)
    for step in program.steps:
        match step:
            case ast.Ask():
                reminders = tuple(clause for clause in step.clauses if isinstance(clause, ast.After))
                timeouts = tuple(clause for clause in step.clauses if isinstance(clause, ast.Timeout))
                yield from _wait(program, reminders, timeouts)
                yield from _tries(step)
            case ast.Wait():
                yield from _ended_first(program, "`wait`", step.duration)
            case ast.Call() if step.within:
                yield from _ended_first(program, "`within`", step.within)
            case _:
                pass


def _tries(ask: ast.Ask) -> Iterator[Mistake]:
    for clause in ask.clauses:
        if isinstance(clause, ast.Tries) and not 1 <= clause.count <= MAX_TRIES:
            yield NoTries(span=_word(clause.span, "tries"))


def _wait(
    program: Program, reminders: tuple[ast.After, ...], timeouts: tuple[ast.Timeout, ...]
) -> Iterator[Mistake]:
    seen: dict[int, ast.After] = {}
    for reminder in reminders:
        first = seen.setdefault(reminder.duration.seconds, reminder)
        if first is not reminder:
            span = _word(reminder.span, "after")
            yield SecondClause(span=span, clause="after", first=_word(first.span, "after"))
        ends = [timeout for timeout in timeouts if timeout.duration.seconds <= reminder.duration.seconds]
        if ends:
            yield NeverDue(span=reminder.duration.span, what="this reminder", first=ends[0].duration.span)
        else:
            yield from _ended_first(program, "this reminder", reminder.duration)
    for timeout in timeouts:
        yield from _ended_first(program, "this `timeout`", timeout.duration)


def _ended_first(program: Program, what: str, duration: ast.Duration) -> Iterator[Mistake]:
    """The flow's own `timeout` counts from the same silence or an earlier one, and goes first at the same instant."""
    flow = program.timeout
    if flow is not None and flow.duration.seconds <= duration.seconds:
        yield NeverDue(span=duration.span, what=what, first=flow.duration.span)


def _word(span: Span, word: str) -> Span:
    return Span(span.path, span.start, span.start + len(word))
