"""From the patterns of a handler to the guards that test them."""

from __future__ import annotations

from flowc import machine as ir
from flowc import syntax as ast


def alternatives(patterns: tuple[ast.Pattern, ...], origin: ir.Origin) -> list[tuple[ir.Guard, ...]]:
    """The guards of a handler, one tuple for each row it needs: its texts together, each regular
    expression by itself, then its catch-alls.

    `on message` takes all, so its guards are none.
    """
    texts = tuple(
        pattern.plain for pattern in patterns if isinstance(pattern, ast.Text) and pattern.plain is not None
    )
    kinds = {pattern.kind for pattern in patterns if isinstance(pattern, ast.KindPattern)}
    rows: list[tuple[ir.Guard, ...]] = []
    if texts:
        rows.append((ir.Says(texts, origin),))
    rows += [(ir.Finds(pattern.pattern, origin),) for pattern in patterns if isinstance(pattern, ast.Regex)]
    if "message" in kinds:
        rows.append(())
    elif "text" in kinds:
        rows.append((ir.IsText(origin),))
    return rows


def is_catch_all(guards: tuple[ir.Guard, ...]) -> bool:
    """Whether the guards test for no words."""
    return not any(isinstance(guard, ir.Says | ir.Finds) for guard in guards)
