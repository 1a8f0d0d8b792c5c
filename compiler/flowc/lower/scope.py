"""Scopes: what the checker found out, with every variable under the name that it has where a chain stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from flowc import machine as ir
from flowc import syntax as ast
from flowc.check import Checked
from flowc.check.arguments import Bound
from flowc.program import Program
from flowc.records import dataclass
from flowc.source import Span


@dataclass(frozen=True, slots=True)
class Scope:
    """The flow itself, or a dialog where it is run: `path` leads there, and begins the names of its variables."""

    program: Program
    checked: Checked
    path: str = ""
    own: frozenset[str] = frozenset()
    first: Mapping[str, ir.Expression] = field(default_factory=dict[str, ir.Expression])
    """What kept variables hold while no session has given them a value, where none may have opened yet."""

    def variable(self, name: str) -> str:
        """What the machine calls the variable that is `name` here."""
        return f"{self.path}.{name}" if name in self.own else name

    def scoped(self, expression: ir.Expression) -> ir.Expression:
        """`expression` with its variables under their names of the machine."""
        if not self.own and not self.first:
            return expression
        return ir.with_uses(
            expression,
            lambda use: replace(use, name=self.variable(use.name), first=self.first.get(use.name)),
        )

    def raw(self, node: ast.Expr) -> ir.Expression:
        """The typed form of `node`, with its variables under the names that the author wrote."""
        return self.checked.expressions[id(node)]

    def expression(self, node: ast.Expr) -> ir.Expression:
        """The typed form of `node`."""
        return self.scoped(self.raw(node))

    def template(self, text: ast.Text) -> ir.Template:
        """The typed form of a text."""
        typed = self.expression(text)
        if not isinstance(typed, ir.Template):
            raise AssertionError("a text was typed as something else")
        return typed

    def reader(self, ask: ast.Ask) -> ir.Reader:
        """How the answer of `ask` is read."""
        reader = self.checked.readers[id(ask)]
        if not self.own and not self.first:
            return reader
        low, high, given = (
            None if part is None else self.scoped(part) for part in (reader.low, reader.high, reader.given)
        )
        return replace(reader, low=low, high=high, given=given)

    def arguments(self, step: ast.Call | ast.Run | ast.Emit) -> Bound:
        """The arguments of a step, by parameter."""
        return tuple((name, self.scoped(value)) for name, value in self.checked.arguments[id(step)])

    def origin(self, span: Span) -> ir.Origin:
        """Where a span stands."""
        return self.program.origin(span)
