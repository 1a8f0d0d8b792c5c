"""The service window: what is said later after the last message of a contact than the channel allows."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import syntax as ast
from flowc.channels import Limits
from flowc.diagnostics.channels import OutsideWindow
from flowc.diagnostics.diagnostic import Mistake
from flowc.program import Program
from flowc.records import dataclass
from flowc.source import Span
from flowc.walk import all_states


def check_window(program: Program, limits: Limits, declared: Span) -> Iterator[Mistake]:
    """What is said when the window has closed: by a clock of silence, or behind a `wait`."""
    window = _Window(limits, limits.window or 0, declared)
    for clock in _clocks(program):
        if clock.chain is not None and clock.duration.seconds >= window.seconds:
            yield from window.late(clock.chain.steps, clock.duration.span)
    for chain in program.chains:
        yield from window.behind_waits(chain)


def _clocks(program: Program) -> Iterator[ast.After | ast.Timeout]:
    if program.timeout is not None:
        yield program.timeout
    for state in all_states(program.file):
        yield from state.reminders
        yield from state.timeouts
    for step in program.steps:
        if isinstance(step, ast.Ask):
            yield from (each for each in step.clauses if isinstance(each, ast.After | ast.Timeout))


@dataclass(frozen=True, slots=True)
class _Window:
    limits: Limits
    seconds: int
    declared: Span

    def behind_waits(self, chain: ast.Chain) -> Iterator[Mistake]:
        """The first thing that is said behind the `wait` by which too long has passed since the last message."""
        passed = 0
        for place, step in enumerate(chain.steps):
            if isinstance(step, ast.Ask):
                passed = 0
            elif isinstance(step, ast.Wait):
                passed += step.duration.seconds
                if passed >= self.seconds:
                    yield from self.late(chain.steps[place + 1 :], step.duration.span)
                    return

    def late(self, steps: tuple[ast.Step, ...], after: Span) -> Iterator[Mistake]:
        """The first thing that the steps say."""
        first = next((step for step in _until_answered(steps) if _is_free(step)), None)
        if first is not None:
            yield OutsideWindow(
                span=first.prompt.span if isinstance(first, ast.Ask) and first.prompt else first.span,
                channel=self.limits.name,
                declared=self.declared,
                window=self.seconds,
                after=after,
            )


def _until_answered(steps: tuple[ast.Step, ...]) -> Iterator[ast.Step]:
    """The steps of a chain, those of its branches too, up to where an answer is awaited."""
    for step in steps:
        yield step
        if isinstance(step, ast.Ask):
            return
        if isinstance(step, ast.When):
            chains = [branch.chain for branch in step.branches] + ([step.otherwise] if step.otherwise else [])
            for chain in chains:
                yield from _until_answered(chain.steps)


def _is_free(step: ast.Step) -> bool:
    """Whether a step says what only a contact who wrote lately may be told."""
    match step:
        case ast.Reply():
            return True
        case ast.ReplyMedia():
            return step.kind.text != "template"
        case ast.Ask():
            return step.prompt is not None
        case _:
            return False
