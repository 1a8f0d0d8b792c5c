"""Chains: steps that cannot follow one another, or cannot stand where they do."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import syntax as ast
from flowc.check.shadowing import shadowed
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import MissingFailed, NotHere, SecondClause, StepAfterEnd
from flowc.program import Program
from flowc.source import Span
from flowc.walk import all_states, chains_below, steps_of

_LEAVERS: dict[type, str] = {
    ast.EndSession: "end session",
    ast.Goto: "goto",
    ast.Again: "again",
    ast.Return: "return",
    ast.Handoff: "handoff",
}
_WORDS: dict[type, str] = {ast.Ask: "ask", ast.Call: "call", ast.Run: "run", ast.Wait: "wait", **_LEAVERS}


def check_chains(program: Program) -> tuple[Mistake, ...]:
    """All that is wrong with the chains and the handlers of `program`."""
    return (
        *_steps_after_end(program),
        *_missing_failed(program),
        *_silent_chains(program),
        *_events_that_never_come(program),
        *_second_clauses(program),
        *shadowed(program.entries),
        *shadowed(program.anytimes),
        *(mistake for state in all_states(program.file) for mistake in shadowed(state.handlers)),
        *(mistake for ask in _asks(program) for mistake in shadowed(_handlers(ask))),
    )


def _asks(program: Program) -> Iterator[ast.Ask]:
    return (step for step in program.steps if isinstance(step, ast.Ask))


def _handlers(ask: ast.Ask) -> tuple[ast.Handler, ...]:
    return tuple(clause for clause in ask.clauses if isinstance(clause, ast.Handler))


def _every_chain(program: Program) -> Iterator[ast.Chain]:
    yield from program.chains
    for step in program.steps:
        yield from chains_below(step)


def _steps_after_end(program: Program) -> Iterator[Mistake]:
    for chain in _every_chain(program):
        for step, following in zip(chain.steps, chain.steps[1:], strict=False):
            if leaver := leaves(step):
                span = step.span if type(step) in _LEAVERS else _word(step.span, "when")
                yield StepAfterEnd(span=_head(following), leaver=leaver, leaver_span=span)
                break


def leaves(step: ast.Step) -> str | None:
    """What leaves the chain for good at this step, in the author's words; None where the chain goes on."""
    if isinstance(step, ast.When):
        if step.otherwise is None:
            return None
        chains = [branch.chain for branch in step.branches] + [step.otherwise]
        lasts = [leaves(chain.steps[-1]) if chain.steps else None for chain in chains]
        return "when" if all(lasts) else None
    return _LEAVERS.get(type(step))


def _head(step: ast.Step) -> Span:
    return _word(step.span, "when") if isinstance(step, ast.When) else step.span


def _word(span: Span, word: str) -> Span:
    return Span(span.path, span.start, span.start + len(word))


def _missing_failed(program: Program) -> Iterator[Mistake]:
    for step in program.steps:
        if not isinstance(step, ast.Call) or any(isinstance(clause, ast.Failed) for clause in step.clauses):
            continue
        if step.action.text not in {*program.dialogs, *program.functions}:  # which is another mistake
            yield MissingFailed(span=step.span, name=step.action.text)


def _silent_chains(program: Program) -> Iterator[Mistake]:
    """The chains of the flow's `timeout`, `failed` and `outdated` say something and nothing more: the session
    is over.
    """
    why = "the session is over there: it may only `reply`, `set` and `emit`"
    for clause, name in (
        (program.timeout, "the `timeout` of the flow"),
        (program.failed, "the flow's `failed`"),
        (program.outdated, "the flow's `outdated`"),
    ):
        if clause is None or clause.chain is None:
            continue
        for step in steps_of(clause.chain):
            if isinstance(clause, ast.Timeout) and isinstance(step, ast.EndSession):
                continue  # what stands behind it is a mistake by itself
            word = "when" if isinstance(step, ast.When) else _WORDS.get(type(step))
            if word:
                over = "the session is over there without it: leave it out"
                why_not = over if word == "end session" else why
                yield NotHere(span=_head(step), step=word, chain=name, why=why_not)
            elif isinstance(step, ast.Set) and not _is_kept(program, step.name.text):
                why_set = (
                    f"the session is over there: only what `keep` declares stays, and `{step.name.text}` goes"
                )
                yield NotHere(span=step.span, step="set", chain=name, why=why_set)
    yield from _waits_on_the_way(program)


def _is_kept(program: Program, name: str) -> bool:
    variable = program.variables.get(name)
    return variable is not None and variable.word == "keep"


def _waits_on_the_way(program: Program) -> Iterator[Mistake]:
    """What is said in the middle of a wait keeps waiting there, so it cannot wait for something else."""
    why = "it speaks in the middle of a wait: lead elsewhere with a `goto`, or use `anytime`"
    for ask in _asks(program):
        for clause in ask.clauses:
            if isinstance(clause, ast.Retry | ast.Require | ast.After):
                name = {ast.Retry: "a `retry`", ast.Require: "a `require`", ast.After: "a reminder"}[
                    type(clause)
                ]
                yield from _no_waits(clause.chain, name, why)
    for state in all_states(program.file):
        for reminder in state.reminders:
            yield from _no_waits(reminder.chain, "a reminder", why)


def _events_that_never_come(program: Program) -> Iterator[Mistake]:
    """What no wait can be told: the opening of a session, and of an ask what its `retry` takes."""
    why = "the host opens a session with it, and ends the one that is open: write it at the left edge"
    handlers = [(handler, "an `anytime`") for handler in program.anytimes]
    handlers += [(handler, "a state") for state in all_states(program.file) for handler in state.handlers]
    asked = [(handler, "an `ask`") for ask in _asks(program) for handler in _handlers(ask)]
    yield from _of_kind("start", [*handlers, *asked], why)
    yield from _of_kind("message", asked, "its `retry` answers what is no answer")


def _of_kind(kind: str, handlers: list[tuple[ast.Handler, str]], why: str) -> Iterator[Mistake]:
    for handler, chain in handlers:
        for pattern in handler.patterns:
            if isinstance(pattern, ast.KindPattern) and pattern.kind == kind:
                yield NotHere(span=handler.head, step=f"on {kind}", chain=chain, why=why)


def _no_waits(chain: ast.Chain | None, name: str, why: str) -> Iterator[Mistake]:
    for step in steps_of(chain):
        if isinstance(step, ast.Ask | ast.Call | ast.Wait | ast.Run):
            yield NotHere(span=step.span, step=_WORDS[type(step)], chain=name, why=why)


def _second_clauses(program: Program) -> Iterator[Mistake]:
    once = {ast.Retry: "retry", ast.Tries: "tries", ast.Timeout: "timeout", ast.Failed: "failed"}
    for step in program.steps:
        if isinstance(step, ast.Ask | ast.Call):
            yield from _twice(step.clauses, once)
    for state in all_states(program.file):
        yield from _twice(state.timeouts, once)


def _twice(clauses: tuple[ast.Clause, ...], once: dict[type, str]) -> Iterator[Mistake]:
    seen: dict[type, ast.Clause] = {}
    for clause in clauses:
        word = once.get(type(clause))
        first = seen.setdefault(type(clause), clause)
        if word and first is not clause:
            yield SecondClause(span=_word(clause.span, word), clause=word, first=_word(first.span, word))
