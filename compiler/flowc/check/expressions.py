"""Expressions: from the AST to typed expressions of the machine, with what is wrong with them."""

from __future__ import annotations

from typing import cast

from flowc import machine as ir
from flowc import syntax as ast
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.names import UnknownVariable
from flowc.diagnostics.syntax import NotYetCompiled
from flowc.diagnostics.typing import NumberTooLarge, WrongType
from flowc.program import Program
from flowc.types import BOOL, INT, NOTHING, TEXT, TEXTUAL, Type, joined
from flowrt.values import INT_MAX

UNKNOWN = Type("unknown")
"""The type of what is already a mistake: it fits everywhere, so that one mistake gives one message."""

SAYABLE = (TEXT, INT, Type("email"), Type("phone"), Type("url"))
"""The types whose values may stand in a text as they are."""

_LATER = frozenset({"now", "today", "contact", "message"})
_ORDERED = {"<", "<=", ">", ">="}
_NOT_YET = {
    ast.DecimalLiteral: "a decimal number",
    ast.Duration: "a duration in an expression",
    ast.FieldOf: "a field of a record",
    ast.IndexOf: "an element of a list",
    ast.Application: "a function in an expression",
    ast.ListLiteral: "a list",
    ast.Matches: "`matches`",
}


class Expressions:
    """Types expressions, given the types of the variables; `mistakes` grows with what is wrong."""

    def __init__(self, program: Program, variables: dict[str, Type], mistakes: list[Mistake]) -> None:
        self.program = program
        self.variables = variables
        self.mistakes = mistakes

    def expression(self, node: ast.Expr) -> ir.Expression:
        """The typed form of `node`."""
        origin = self.program.origin(node.span)
        match node:
            case ast.IntLiteral():
                if node.value > INT_MAX:
                    self.mistakes.append(NumberTooLarge(span=node.span))
                return ir.Constant(node.value, INT, origin)
            case ast.BoolLiteral():
                return ir.Constant(node.value, BOOL, origin)
            case ast.NoneLiteral():
                return ir.Constant(None, NOTHING, origin)
            case ast.Text():
                return self._text(node, origin)
            case ast.Reference():
                return self._reference(node, origin)
            case ast.Unary():
                return self._unary(node, origin)
            case ast.Binary():
                return self._binary(node, origin)
            case ast.IsNone():
                operator: ir.Operator = "is not none" if node.negated else "is none"
                return ir.Operation(operator, (self.expression(node.value),), BOOL, origin)
            case _:
                self.mistakes.append(NotYetCompiled(span=node.span, what=_NOT_YET[type(node)]))
                return ir.Constant(None, UNKNOWN, origin)

    def want(self, typed: ir.Expression, wanted: Type, where: str) -> None:
        """Report `typed` if it is not what `where` wants."""
        self._want(typed, (wanted,), where)

    def _want(self, typed: ir.Expression, wanted: tuple[Type, ...], where: str) -> None:
        if typed.type == UNKNOWN or typed.type.plain in wanted:
            return
        names = " or ".join(f"`{type_}`" for type_ in wanted)
        found = "none" if typed.type == NOTHING else f"`{typed.type}`"
        self.mistakes.append(WrongType(span=typed.origin.span, where=where, wanted=names, found=found))

    def _text(self, node: ast.Text, origin: ir.Origin) -> ir.Template:
        parts: list[str | ir.Expression] = []
        for part in node.parts:
            if isinstance(part, str):
                parts.append(part)
            elif not isinstance(part, ast.Capture):
                typed = self.expression(part)
                self._want(typed, SAYABLE, "a hole in a text")
                parts.append(typed)
        return ir.Template(tuple(parts), TEXT, origin)

    def _reference(self, node: ast.Reference, origin: ir.Origin) -> ir.Expression:
        type_ = self.variables.get(node.name)
        if type_ is None and node.name in _LATER:
            self.mistakes.append(NotYetCompiled(span=node.span, what=f"`{node.name}`"))
            return ir.Constant(None, UNKNOWN, origin)
        if type_ is None:
            known = tuple(self.variables)
            self.mistakes.append(UnknownVariable(span=node.span, name=node.name, known=known))
            return ir.Constant(None, UNKNOWN, origin)
        return ir.VariableUse(node.name, type_, origin)

    def _unary(self, node: ast.Unary, origin: ir.Origin) -> ir.Expression:
        operand = self.expression(node.operand)
        if node.operator == "not":
            self.want(operand, BOOL, "`not`")
            return ir.Operation("not", (operand,), BOOL, origin)
        self.want(operand, INT, "`-`")
        return ir.Operation("-", (operand,), INT, origin)

    def _binary(self, node: ast.Binary, origin: ir.Origin) -> ir.Expression:
        left, right = self.expression(node.left), self.expression(node.right)
        where = f"`{node.operator}`"
        if node.operator in {"in", "not in", "/"}:
            self.mistakes.append(NotYetCompiled(span=node.span, what=where))
            return ir.Constant(None, UNKNOWN, origin)
        operator = cast("ir.Operator", node.operator)
        type_ = self._result(operator, left, right)
        return ir.Operation(operator, (left, right), type_, origin)

    def _result(self, operator: ir.Operator, left: ir.Expression, right: ir.Expression) -> Type:
        """The type that an operator gives; what it cannot take is reported."""
        where = f"`{operator}`"
        if operator == "or" and left.type.optional:
            return self._alternative(left, right)
        if operator in {"and", "or"}:
            self.want(left, BOOL, where)
            self.want(right, BOOL, where)
            return BOOL
        if operator in {"==", "!="}:
            self._same(left, right, where)
            return BOOL
        if operator in _ORDERED:
            self.want(left, INT, where)
            self.want(right, INT, where)
            return BOOL
        wanted = (INT, TEXT) if operator == "+" else (INT,)
        self._want(left, wanted, where)
        if left.type.plain in wanted:
            self.want(right, left.type.plain, f"{where} behind {_a(left.type.plain)}")
        return left.type.plain if left.type.plain in wanted else UNKNOWN

    def _alternative(self, left: ir.Expression, right: ir.Expression) -> Type:
        """`x or y`: y where x is none."""
        if right.type in {UNKNOWN, NOTHING} or left.type == NOTHING:
            return right.type
        both = joined(left.type.plain, right.type)
        if both is None:
            self.want(right, left.type.plain, f"`or` behind {_a(left.type)}")
            return left.type.plain
        return both

    def _same(self, left: ir.Expression, right: ir.Expression, where: str) -> None:
        textual = {left.type.name, right.type.name} <= TEXTUAL
        if UNKNOWN not in {left.type, right.type} and not textual and joined(left.type, right.type) is None:
            self.want(right, left.type.plain, f"{where} behind {_a(left.type.plain)}")


def _a(type_: Type) -> str:
    return f"{'an' if str(type_)[0] in 'aeiou' else 'a'} `{type_}`"
