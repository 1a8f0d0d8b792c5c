"""`again`: what the chain of a state said behind its last wait, as a chain of its own."""

from __future__ import annotations

from flowc import syntax as ast
from flowc.walk import steps_of

_WAITS = (ast.Ask, ast.Call, ast.Wait, ast.Run)


def said_last(steps: tuple[ast.Step, ...]) -> tuple[ast.Step, ...]:
    """The replies behind the last wait among `steps`, and the choices between them; neither `set` nor
    `call`.
    """
    said: tuple[ast.Step, ...] = ()
    for step in steps:
        match step:
            case ast.Ask() | ast.Call() | ast.Wait() | ast.Run():
                said = ()
            case ast.Reply() | ast.ReplyMedia():
                said = (*said, step)
            case ast.When():
                said = _said_by_when(step, said)
            case _:
                pass
    return said


def _said_by_when(when: ast.When, before: tuple[ast.Step, ...]) -> tuple[ast.Step, ...]:
    """A `when` as it is said again. What stood before it is said only on the branches that do not wait."""
    chains = [*(branch.chain for branch in when.branches), *((when.otherwise,) if when.otherwise else ())]
    moved = before if any(_waits(chain) for chain in chains) else ()

    def rewritten(chain: ast.Chain) -> ast.Chain:
        said = said_last(chain.steps)
        return ast.Chain(said if _waits(chain) else (*moved, *said), chain.inline, chain.span)

    branches = tuple(
        ast.Branch(branch.condition, rewritten(branch.chain), branch.head) for branch in when.branches
    )
    otherwise = rewritten(when.otherwise) if when.otherwise else ast.Chain(moved, False, when.span)
    kept = () if moved else before
    return (*kept, ast.When(branches, otherwise, when.span))


def _waits(chain: ast.Chain) -> bool:
    return any(isinstance(step, _WAITS) for step in steps_of(chain))
