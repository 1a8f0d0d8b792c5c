"""What the checker found out."""

from __future__ import annotations

from dataclasses import dataclass, field

from flowc import machine as ir
from flowc.check.arguments import Bound
from flowc.types import Type


@dataclass(slots=True)
class Checked:
    """Types and typed expressions. The keys of the last three are the `id` of nodes of the program's AST."""

    variables: dict[str, Type] = field(default_factory=dict[str, Type])
    """The variables of the flow itself."""
    dialogs: dict[str, dict[str, Type]] = field(default_factory=dict[str, dict[str, Type]])
    """The variables of each dialog's own."""
    expressions: dict[int, ir.Expression] = field(default_factory=dict[int, ir.Expression])
    readers: dict[int, ir.Reader] = field(default_factory=dict[int, ir.Reader])
    arguments: dict[int, Bound] = field(default_factory=dict[int, Bound])
