"""Chains: steps that cannot follow one another, or cannot stand where they do."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import syntax as ast
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import MissingFailed, NotHere, SecondClause, ShadowedHandler, StepAfterEnd
from flowc.program import Program
from flowc.source import Span
from flowc.walk import all_chains, chains_below, steps_of
from flowrt.text import fold

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
        *_messages_below_asks(program),
        *_second_clauses(program),
        *_shadowed(program.entries),
        *_shadowed(program.anytimes),
        *(mistake for state in program.states.values() for mistake in _shadowed(state.handlers)),
        *(mistake for ask in _asks(program) for mistake in _shadowed(_handlers(ask))),
    )


def _asks(program: Program) -> Iterator[ast.Ask]:
    for chain in all_chains(program.file):
        yield from (step for step in steps_of(chain) if isinstance(step, ast.Ask))


def _handlers(ask: ast.Ask) -> tuple[ast.Handler, ...]:
    return tuple(clause for clause in ask.clauses if isinstance(clause, ast.Handler))


def _every_chain(program: Program) -> Iterator[ast.Chain]:
    for chain in all_chains(program.file):
        yield chain
        for step in steps_of(chain):
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
    for chain in all_chains(program.file):
        for step in steps_of(chain):
            if isinstance(step, ast.Call) and not any(
                isinstance(clause, ast.Failed) for clause in step.clauses
            ):
                yield MissingFailed(span=step.span, name=step.action.text)


def _silent_chains(program: Program) -> Iterator[Mistake]:
    """The chains of the flow's `timeout` and `failed` say something and nothing more: the session is over."""
    why = "the session is over there: it may only `reply`, `set` and `emit`"
    for clause, name in (
        (program.timeout, "the `timeout` of the flow"),
        (program.failed, "the flow's `failed`"),
    ):
        if clause is None or clause.chain is None:
            continue
        steps = list(steps_of(clause.chain))
        if isinstance(clause, ast.Timeout) and steps and isinstance(steps[-1], ast.EndSession):
            steps.pop()
        for step in steps:
            word = "when" if isinstance(step, ast.When) else _WORDS.get(type(step))
            if word:
                yield NotHere(span=_head(step), step=word, chain=name, why=why)
    yield from _waits_on_the_way(program)


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
    for state in program.states.values():
        for reminder in state.reminders:
            yield from _no_waits(reminder.chain, "a reminder", why)


def _messages_below_asks(program: Program) -> Iterator[Mistake]:
    why = "its `retry` answers what is no answer"
    for ask in _asks(program):
        for handler in _handlers(ask):
            for pattern in handler.patterns:
                if isinstance(pattern, ast.KindPattern) and pattern.kind == "message":
                    yield NotHere(span=handler.head, step="on message", chain="an `ask`", why=why)


def _no_waits(chain: ast.Chain | None, name: str, why: str) -> Iterator[Mistake]:
    for step in steps_of(chain):
        if isinstance(step, ast.Ask | ast.Call | ast.Wait | ast.Run):
            yield NotHere(span=step.span, step=_WORDS[type(step)], chain=name, why=why)


def _second_clauses(program: Program) -> Iterator[Mistake]:
    once = {ast.Retry: "retry", ast.Tries: "tries", ast.Timeout: "timeout", ast.Failed: "failed"}
    for chain in all_chains(program.file):
        for step in steps_of(chain):
            if isinstance(step, ast.Ask | ast.Call):
                yield from _twice(step.clauses, once)
    for state in program.states.values():
        yield from _twice(state.timeouts, once)


def _twice(clauses: tuple[ast.Clause, ...], once: dict[type, str]) -> Iterator[Mistake]:
    seen: dict[type, ast.Clause] = {}
    for clause in clauses:
        word = once.get(type(clause))
        first = seen.setdefault(type(clause), clause)
        if word and first is not clause:
            yield SecondClause(span=_word(clause.span, word), clause=word, first=_word(first.span, word))


def _shadowed(handlers: tuple[ast.Handler, ...]) -> Iterator[Mistake]:
    """Handlers of one place that can take nothing, because unguarded ones before them take it all."""
    texts: dict[str, Span] = {}
    kinds: dict[str, Span] = {}
    for handler in handlers:
        takers = [_taker(pattern, texts, kinds) for pattern in handler.patterns]
        if takers and all(takers):
            yield ShadowedHandler(span=handler.head, earlier=next(taker for taker in takers if taker))
        if handler.guard is not None:
            continue
        for pattern in handler.patterns:
            if isinstance(pattern, ast.KindPattern):
                kinds.setdefault(pattern.kind, handler.head)
            elif isinstance(pattern, ast.Text) and pattern.plain is not None:
                texts.setdefault(fold(pattern.plain), handler.head)


def _taker(pattern: ast.Pattern, texts: dict[str, Span], kinds: dict[str, Span]) -> Span | None:
    """The earlier handler that takes all that `pattern` would."""
    match pattern:
        case ast.Text() if pattern.plain is not None:
            return texts.get(fold(pattern.plain))
        case ast.KindPattern():
            covering = kinds.get("message") if pattern.kind not in {"start", "event"} else None
            return kinds.get(pattern.kind) or covering
        case _:
            return None
