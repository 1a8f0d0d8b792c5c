"""Expressions: from the AST to typed expressions of the machine, with what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flowc import machine as ir
from flowc import syntax as ast
from flowc.check.applications import built_in
from flowc.check.arguments import Binding, Signature
from flowc.check.fitting import Fitting, as_decimal
from flowc.check.operators import Side, alternative, result
from flowc.diagnostics.declared import UnknownField, UnknownFunction
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.names import UnknownVariable
from flowc.diagnostics.syntax import UnusableRegex
from flowc.diagnostics.typing import NumberTooLarge
from flowc.diagnostics.values import MisusedSecret, UnsayableValue
from flowc.functions import BUILT_INS
from flowc.program import Program
from flowc.types import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    EMPTY,
    INT,
    MEDIA,
    NOTHING,
    SAYABLE,
    SECRET,
    TEXT,
    TEXTUAL,
    UNKNOWN,
    Type,
    joined,
    list_of,
)
from flowrt.patterns import check_pattern
from flowrt.text import said
from flowrt.values import INT_MAX

_KNOWN: dict[str, tuple[ir.Known, Type]] = {
    "now": ("now", DATETIME),
    "today": ("today", DATE),
    "contact.id": ("contact.id", TEXT),
    "contact.name": ("contact.name", TEXT.or_none),
    "message.sent": ("message.sent", DATETIME.or_none),
}
"""What every event tells; a variable of the same name goes before it."""

_MEDIA_FIELDS = {
    **dict.fromkeys(("url", "id", "mime", "name"), TEXT.or_none),
    "size": INT.or_none,
}
_PLACE_FIELDS = dict.fromkeys(("latitude", "longitude"), DECIMAL.or_none)


class Expressions:
    """Types expressions, given the types of the variables; `mistakes` grows with what is wrong."""

    def __init__(self, program: Program, variables: Mapping[str, Type], mistakes: list[Mistake]) -> None:
        self.program = program
        self.variables = variables
        self.mistakes = mistakes
        self.fitting = Fitting(mistakes.append, program.type_of)

    def argument(self, node: ast.Expr) -> ir.Expression:
        """The typed form of an argument of a `call`, where a secret may stand."""
        type_ = self.variables.get(node.name) if isinstance(node, ast.Reference) else None
        if isinstance(node, ast.Reference) and type_ is not None and type_.plain == SECRET:
            return ir.VariableUse(node.name, type_, self.program.origin(node.span))
        return self.expression(node)

    def expression(self, node: ast.Expr) -> ir.Expression:
        """The typed form of `node`."""
        origin = self.program.origin(node.span)
        match node:
            case ast.IntLiteral() | ast.DecimalLiteral():
                return self._number(node, origin)
            case ast.BoolLiteral():
                return ir.Constant(node.value, BOOL, origin)
            case ast.NoneLiteral():
                return ir.Constant(None, NOTHING, origin)
            case ast.Duration():
                return ir.Constant(node.seconds, DURATION, origin)
            case ast.Text():
                return self._text(node, origin)
            case ast.Reference():
                return self._reference(node, origin)
            case ast.FieldOf():
                return self._field(node, origin)
            case ast.IndexOf():
                return self._element(node, origin)
            case ast.Application():
                return self._application(node, origin)
            case ast.ListLiteral():
                return self._list(node, origin)
            case ast.Unary():
                return self._unary(node, origin)
            case ast.Binary():
                return self._binary(node, origin)
            case ast.IsNone():
                operator: ir.Operator = "is not none" if node.negated else "is none"
                return ir.Operation(operator, (self.expression(node.value),), BOOL, origin)
            case ast.Matches():
                return self._matches(node, origin)

    def _number(self, node: ast.IntLiteral | ast.DecimalLiteral, origin: ir.Origin) -> ir.Expression:
        if isinstance(node, ast.DecimalLiteral):
            return ir.Constant(said(node.value), DECIMAL, origin)
        if node.value > INT_MAX:
            self.mistakes.append(NumberTooLarge(span=node.span))
        return ir.Constant(node.value, INT, origin)

    def _text(self, node: ast.Text, origin: ir.Origin) -> ir.Template:
        parts: list[str | ir.Expression] = []
        for part in node.parts:
            if isinstance(part, str):
                parts.append(part)
            elif not isinstance(part, ast.Capture):
                typed = self.expression(part)
                if typed.type != UNKNOWN and typed.type.name not in SAYABLE:
                    self._unsayable(typed)
                parts.append(typed)
        return ir.Template(tuple(parts), TEXT, origin)

    def _unsayable(self, typed: ir.Expression) -> None:
        if typed.type == NOTHING:
            self.fitting.wrong(typed, "`text`", "a hole in a text")
        else:
            self.mistakes.append(UnsayableValue(span=typed.origin.span, type=str(typed.type.plain)))

    # Names

    def _reference(self, node: ast.Reference, origin: ir.Origin) -> ir.Expression:
        type_ = self.variables.get(node.name)
        if type_ is None and node.name in _KNOWN:
            what, type_ = _KNOWN[node.name]
            return ir.KnownUse(what, type_, origin)
        if type_ is None:
            known, dialog = tuple(self.variables), self._dialog_with(node.name)
            self.mistakes.append(UnknownVariable(span=node.span, name=node.name, known=known, dialog=dialog))
            return ir.Constant(None, UNKNOWN, origin)
        if type_.plain == SECRET:
            self.mistakes.append(MisusedSecret(span=node.span, name=node.name))
            return ir.Constant(None, UNKNOWN, origin)
        return ir.VariableUse(node.name, type_, origin)

    def _dialog_with(self, name: str) -> str | None:
        """The dialog that has a variable of this name of its own, if one has."""
        for part in self.program.parts:
            if part.dialog is not None and name in {
                *(each.text for each in part.dialog.declared),
                *(step.name.text for step in part.steps if isinstance(step, ast.Ask | ast.Set)),
            }:
                return part.dialog.name.text
        return None

    def _field(self, node: ast.FieldOf, origin: ir.Origin) -> ir.Expression:
        of = node.value
        if (
            isinstance(of, ast.Reference)
            and of.name in {"contact", "message"}
            and of.name not in self.variables
        ):
            known = _KNOWN.get(f"{of.name}.{node.field.text}")
            if known is not None:
                return ir.KnownUse(known[0], known[1], origin)
            names = tuple(name.partition(".")[2] for name in _KNOWN if name.startswith(f"{of.name}."))
            return self._no_field(node, of.name, names, origin)
        value = self.expression(of)
        fields = self.fields(value.type)
        type_ = fields.get(node.field.text)
        if value.type == UNKNOWN:
            return value
        if type_ is None:
            return self._no_field(node, str(value.type.plain), tuple(fields), origin)
        return ir.FieldUse(value, node.field.text, type_, origin)

    def fields(self, type_: Type) -> dict[str, Type]:
        """The fields of a type, with their types."""
        record = self.program.records.get(type_.name) if type_.element is None else None
        if record is not None:
            return {field.name.text: self.program.type_of(field.type) for field in record.fields}
        if type_.name in MEDIA:
            return _MEDIA_FIELDS | (_PLACE_FIELDS if type_.name == "location" else {})
        return {}

    def _no_field(
        self, node: ast.FieldOf, type_: str, known: tuple[str, ...], origin: ir.Origin
    ) -> ir.Expression:
        self.mistakes.append(
            UnknownField(span=node.field.span, name=node.field.text, type=type_, known=known)
        )
        return ir.Constant(None, UNKNOWN, origin)

    # Lists

    def _element(self, node: ast.IndexOf, origin: ir.Origin) -> ir.Expression:
        value, index = self.expression(node.value), self.expression(node.index)
        self.fitting.want(index, INT, "the index of a list")
        if value.type == UNKNOWN:
            return value
        if value.type.element is None:
            self.fitting.wrong(value, "a list", "`[…]`")
            return ir.Constant(None, UNKNOWN, origin)
        element = value.type.element
        type_ = NOTHING if element == EMPTY else element.or_none
        return ir.Operation("[]", (value, index), type_, origin)

    def _list(self, node: ast.ListLiteral, origin: ir.Origin) -> ir.Expression:
        items = tuple(self.expression(item) for item in node.items)
        element = EMPTY
        for item in items:
            both = item.type if element == EMPTY else joined(element, item.type)
            if both is None and UNKNOWN not in (element, item.type):
                self.fitting.wrong(item, f"`{element}`", "an item of this list")
            element = both or element
        return ir.ListOf(items, list_of(element), origin)

    # Functions and records

    def _application(self, node: ast.Application, origin: ir.Origin) -> ir.Expression:
        name = node.function.text
        typed = [self.expression(argument.value) for argument in node.arguments]
        if name in self.program.records:
            record = self.program.records[name]
            signature = Signature("record", name, record.fields, record.name.span)
            bound = Binding(self.fitting, signature).bind(node.arguments, typed, node.function.span)
            return ir.Make(name, bound, Type(name), origin)
        if name in self.program.functions:
            function = self.program.functions[name]
            signature = Signature("function", name, function.parameters, function.span)
            bound = Binding(self.fitting, signature).bind(node.arguments, typed, node.function.span)
            return ir.Apply(name, bound, signature.needs, self.program.type_of(function.returns), origin)
        if name in BUILT_INS:
            return built_in(self.fitting, node, typed, origin)
        known = (*BUILT_INS, *self.program.functions, *self.program.records)
        self.mistakes.append(
            UnknownFunction(
                span=node.function.span, name=name, known=known, action=name in self.program.actions
            )
        )
        return ir.Constant(None, UNKNOWN, origin)

    # Operators

    def _unary(self, node: ast.Unary, origin: ir.Origin) -> ir.Expression:
        operand = self.expression(node.operand)
        if node.operator == "not":
            self.fitting.want(operand, BOOL, "`not`")
            return ir.Operation("not", (operand,), BOOL, origin)
        if operand.type == UNKNOWN:
            return operand
        if operand.type.name not in {"int", "decimal", "duration"}:
            self.fitting.wrong(operand, "a number or a duration", "`-`")
            return ir.Constant(None, UNKNOWN, origin)
        return ir.Operation("-", (operand,), operand.type.plain, origin)

    def _binary(self, node: ast.Binary, origin: ir.Origin) -> ir.Expression:
        left, right = self.expression(node.left), self.expression(node.right)

        def report(side: Side, wanted: str) -> None:
            typed = left if side == "left" else right
            behind = f" behind {_a(left.type.plain)}" if side == "right" and left.type != UNKNOWN else ""
            self.fitting.wrong(typed, wanted, f"`{node.operator}`{behind}")

        if node.operator == "or" and left.type.optional:
            type_ = alternative(left.type, right.type, report)
            if type_.name == "decimal":
                left, right = as_decimal(left), as_decimal(right)
        else:
            type_ = result(node.operator, left.type, right.type, report)
        return ir.Operation(cast("ir.Operator", node.operator), (left, right), type_, origin)

    def _matches(self, node: ast.Matches, origin: ir.Origin) -> ir.Expression:
        value = self.expression(node.value)
        if value.type != UNKNOWN and value.type.name not in TEXTUAL:
            self.fitting.wrong(value, "`text`", "`matches`")
        why = check_pattern(node.regex.pattern)
        if why is not None:
            self.mistakes.append(UnusableRegex(span=node.regex.span, why=why))
        return ir.Matches(value, node.regex.pattern, BOOL, origin)


def _a(type_: Type) -> str:
    return f"{'an' if str(type_)[0] in 'aeiou' else 'a'} `{type_}`"
