"""The functions that the language brings: what each takes and gives."""

from __future__ import annotations

from collections.abc import Sequence

from flowc import machine as ir
from flowc import syntax as ast
from flowc.check.fitting import Fitting, as_decimal
from flowc.diagnostics.typing import WrongArguments
from flowc.functions import BUILT_INS
from flowc.source import Span
from flowc.types import DECIMAL, EMPTY, INT, NOTHING, NUMBERS, ORDERED, SAYABLE, TEXT, TEXTUAL, UNKNOWN, Type


def built_in(
    fitting: Fitting, node: ast.Application, typed: Sequence[ir.Expression], origin: ir.Origin
) -> ir.Expression:
    """A function of the language applied to `typed`."""
    name = node.function.text
    unknown = ir.Constant(None, UNKNOWN, origin)
    named = next((argument for argument in node.arguments if argument.name), None)
    if named is not None and named.name is not None:
        _wrong(fitting, node, named.span, f"has no parameter `{named.name.text}`")
        return unknown
    if name in {"min", "max"}:
        type_ = _extreme(fitting, node, typed)
    elif len(typed) != len(BUILT_INS[name]):
        count = len(BUILT_INS[name])
        _wrong(fitting, node, node.function.span, f"takes {count} argument{'s' if count != 1 else ''}")
        return unknown
    else:
        type_ = _plain(fitting, name, typed)
    arguments = tuple(map(as_decimal, typed)) if type_ == DECIMAL and name in {"min", "max"} else tuple(typed)
    return ir.BuiltIn(name, arguments, type_, origin)


def _plain(fitting: Fitting, name: str, typed: Sequence[ir.Expression]) -> Type:
    first = typed[0]
    match name:
        case "lower" | "upper":
            _textual(fitting, first, name)
            return TEXT
        case "round":
            if first.type != UNKNOWN and first.type.name not in NUMBERS:
                fitting.wrong(first, "`int` or `decimal`", "`round`")
            return INT
        case "length":
            if first.type != UNKNOWN and first.type.element is None and first.type.name not in TEXTUAL:
                fitting.wrong(first, "a list or a `text`", "`length`")
            return INT
        case _:
            element = first.type.element
            if first.type != UNKNOWN and (element is None or not _sayable(element)):
                fitting.wrong(first, "a list of what can be said", "`join`")
            _textual(fitting, typed[1], name)
            return TEXT


def _sayable(element: Type) -> bool:
    return element in (EMPTY, UNKNOWN) or (element.name in SAYABLE and not element.optional)


def _textual(fitting: Fitting, typed: ir.Expression, name: str) -> None:
    if typed.type != UNKNOWN and typed.type.name not in TEXTUAL:
        fitting.wrong(typed, "`text`", f"`{name}`")


def _extreme(fitting: Fitting, node: ast.Application, typed: Sequence[ir.Expression]) -> Type:
    """The type of the least or the greatest: of one list it may be none."""
    name = node.function.text
    if not typed:
        _wrong(fitting, node, node.function.span, "takes one argument or more")
        return UNKNOWN
    if len(typed) == 1 and typed[0].type.element is not None:
        element = typed[0].type.element
        if element == EMPTY:
            return NOTHING
        if element.name not in ORDERED or element.optional:
            fitting.wrong(typed[0], "a list of numbers, dates or times", f"`{name}`")
            return UNKNOWN
        return element.or_none
    for each in typed:
        if each.type != UNKNOWN and each.type.name not in ORDERED:
            fitting.wrong(each, "a number, a date or a time", f"`{name}`")
            return UNKNOWN
    names = {each.type.name for each in typed if each.type != UNKNOWN}
    if names <= NUMBERS and len(names) > 1:
        return DECIMAL
    for each in typed[1:]:
        if each.type != UNKNOWN and each.type.name != typed[0].type.name:
            fitting.wrong(each, f"`{typed[0].type.plain}`", f"`{name}`")
    return typed[0].type.plain


def _wrong(fitting: Fitting, node: ast.Application, span: Span, problem: str) -> None:
    name = node.function.text
    fitting.report(
        WrongArguments(
            span=span,
            name=name,
            problem=problem,
            argument=None,
            parameters=BUILT_INS[name],
            declared=None,
        )
    )
