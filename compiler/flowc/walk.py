"""Ways through the AST that several passes take."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import syntax as ast


def steps_of(chain: ast.Chain | None) -> Iterator[ast.Step]:
    """Every step of a chain, those in its branches and in the clauses of its steps too, in order of
    writing.
    """
    pending = list(reversed(chain.steps)) if chain else []
    while pending:
        step = pending.pop()
        yield step
        inner = [part for below in chains_below(step) for part in below.steps]
        pending.extend(reversed(inner))


def chains_below(step: ast.Step) -> Iterator[ast.Chain]:
    """The chains right below a step: of its branches, or of its clauses."""
    match step:
        case ast.When():
            yield from (branch.chain for branch in step.branches)
            if step.otherwise:
                yield step.otherwise
        case ast.Ask() | ast.Call():
            yield from (chain for clause in step.clauses if (chain := clause.chain))
        case _:
            return


def all_chains(file: ast.File) -> Iterator[ast.Chain]:
    """The outermost chains of a file, in order of writing."""
    for item in file.items:
        match item:
            case ast.Entry() | ast.Anytime():
                yield item.handler.chain
            case ast.Timeout() | ast.Failed() if item.chain:
                yield item.chain
            case ast.State():
                yield from chains_of_state(item)
            case ast.Dialog():
                yield item.chain
                for state in item.states:
                    yield from chains_of_state(state)
            case _:
                pass


def chains_of_state(state: ast.State) -> Iterator[ast.Chain]:
    """The chains of a state: its own, then those of what it waits for."""
    yield state.chain
    waits_for: tuple[ast.Handler | ast.After | ast.Timeout, ...]
    waits_for = (*state.handlers, *state.reminders, *state.timeouts)
    yield from (part.chain for part in waits_for if part.chain)


def all_handlers(file: ast.File) -> Iterator[ast.Handler]:
    """Every `on` of a file."""
    for item in file.items:
        match item:
            case ast.Entry() | ast.Anytime():
                yield item.handler
            case ast.State():
                yield from item.handlers
            case _:
                pass
    for chain in all_chains(file):
        for step in steps_of(chain):
            if isinstance(step, ast.Ask):
                yield from (clause for clause in step.clauses if isinstance(clause, ast.Handler))
