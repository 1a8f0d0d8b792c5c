"""Resolve: AST to `Program`. Every name is bound to what it stands for, or is a mistake."""

from __future__ import annotations

from flowc import syntax as ast
from flowc.diagnostics.diagnostic import Mistake
from flowc.program import Program
from flowc.resolve.declarations import declare
from flowc.resolve.recursion import check_recursion
from flowc.resolve.references import check_references
from flowc.resolve.renames import check_renames
from flowc.source import Sources

__all__ = ["resolve"]


def resolve(file: ast.File, sources: Sources) -> tuple[Program, tuple[Mistake, ...]]:
    """Bind the names of `file`."""
    program, mistakes = declare(file, sources)
    return program, (
        *mistakes,
        *check_references(program),
        *check_recursion(program),
        *check_renames(program),
    )
