"""Ways through the AST that several passes take."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import syntax as ast
from flowc.records import dataclass


def steps_of(chain: ast.Chain | None) -> Iterator[ast.Step]:
    """Every step of a chain, those in its branches and in the clauses of its steps too, in order of
    writing.
    """
    for step in chain.steps if chain else ():
        yield step
        if type(step) in _WITH_CHAINS:
            for below in chains_below(step):
                yield from steps_of(below)


_WITH_CHAINS = frozenset({ast.When, ast.Ask, ast.Call})


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


@dataclass(frozen=True, slots=True)
class Part:
    """What shares its variables: the flow itself, or one `dialog`."""

    dialog: ast.Dialog | None
    chains: tuple[ast.Chain, ...]
    """The outermost chains, in order of writing."""
    steps: tuple[ast.Step, ...]
    """Every step, in order of writing."""
    handlers: tuple[ast.Handler, ...]
    """Every `on`, those below an `ask` too."""


def parts_of(file: ast.File) -> Iterator[Part]:
    """The flow itself, then its dialogs in order of writing."""
    outside = [item for item in file.items if not isinstance(item, ast.Dialog)]
    chains = tuple(chain for item in outside for chain in _chains_of(item))
    yield _part(None, chains, tuple(handler for item in outside for handler in _handlers_of(item)))
    for dialog in file.items:
        if isinstance(dialog, ast.Dialog):
            chains = tuple(_chains_of_dialog(dialog))
            yield _part(dialog, chains, tuple(one for state in dialog.states for one in state.handlers))


def _part(
    dialog: ast.Dialog | None, chains: tuple[ast.Chain, ...], handlers: tuple[ast.Handler, ...]
) -> Part:
    steps = tuple(step for chain in chains for step in steps_of(chain))
    asks = [step for step in steps if isinstance(step, ast.Ask)]
    below = tuple(clause for ask in asks for clause in ask.clauses if isinstance(clause, ast.Handler))
    return Part(dialog, chains, steps, (*handlers, *below))


def _chains_of(item: ast.Item) -> Iterator[ast.Chain]:
    match item:
        case ast.Entry() | ast.Anytime():
            yield item.handler.chain
        case ast.Timeout() | ast.Failed() | ast.Outdated() if item.chain:
            yield item.chain
        case ast.State():
            yield from chains_of_state(item)
        case _:
            pass


def _handlers_of(item: ast.Item) -> Iterator[ast.Handler]:
    match item:
        case ast.Entry() | ast.Anytime():
            yield item.handler
        case ast.State():
            yield from item.handlers
        case _:
            pass


def _chains_of_dialog(dialog: ast.Dialog) -> Iterator[ast.Chain]:
    yield dialog.chain
    for state in dialog.states:
        yield from chains_of_state(state)


def all_states(file: ast.File) -> Iterator[ast.State]:
    """Every state of a file, those of its dialogs too."""
    for item in file.items:
        if isinstance(item, ast.State):
            yield item
        elif isinstance(item, ast.Dialog):
            yield from item.states


def chains_of_state(state: ast.State) -> Iterator[ast.Chain]:
    """The chains of a state: its own, then those of what it waits for."""
    yield state.chain
    waits_for: tuple[ast.Handler | ast.After | ast.Timeout, ...]
    waits_for = (*state.handlers, *state.reminders, *state.timeouts)
    yield from (part.chain for part in waits_for if part.chain)
