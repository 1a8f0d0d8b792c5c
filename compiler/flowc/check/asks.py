"""Asks: how an answer is read, and what is wrong with its range and its choices."""

from __future__ import annotations

from collections.abc import Callable

from flowc import machine as ir
from flowc import syntax as ast
from flowc.check.expressions import Expressions
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.typing import WrongChoices, WrongRange
from flowc.types import NOTHING, ORDERED, TEXT, TEXTUAL, UNKNOWN, Type

Report = Callable[[Mistake], None]


def reader_of(expressions: Expressions, ask: ast.Ask, type_: Type) -> ir.Reader:
    """How the answer of `ask`, of this type, is read."""
    low, high = _range(expressions, ask.range, type_)
    choices, given = _choices(expressions, ask, type_)
    return ir.Reader(type_, low, high, choices, given)


def _range(
    expressions: Expressions, range_: ast.Range | None, type_: Type
) -> tuple[ir.Expression | None, ir.Expression | None]:
    if range_ is None:
        return None, None
    report = expressions.mistakes.append
    if type_ == UNKNOWN:
        return None, None
    if type_.name not in ORDERED:
        has = "a number, a date or a time has"
        report(WrongRange(span=range_.span, problem=f"`{type_}` has no range: {has}"))
        return None, None
    low, high = (_bound(expressions, bound, type_) for bound in (range_.low, range_.high))
    if isinstance(low, ir.Constant) and isinstance(high, ir.Constant) and _is_above(low, high):
        what = "number" if type_.name in {"int", "decimal"} else "value"
        problem = f"no {what} lies between {low.value} and {high.value}"
        report(WrongRange(span=range_.span, problem=problem))
    return low, high


def _is_above(low: ir.Constant, high: ir.Constant) -> bool:
    values = [value for value in (low.value, high.value) if value is not None]
    return len(values) == 2 and float(values[0]) > float(values[1])  # noqa: PLR2004 - both ends


def _bound(expressions: Expressions, bound: ast.Expr, type_: Type) -> ir.Expression:
    typed = expressions.fitting.fitted(expressions.expression(bound), type_, "a range")
    return _negative(typed) or typed


def _negative(typed: ir.Expression) -> ir.Constant | None:
    """`-4` as the number that it is."""
    match typed:
        case ir.Operation(operator="-", operands=(ir.Constant(value=int() as value),)):
            return ir.Constant(-value, typed.type, typed.origin)
        case ir.Operation(operator="-", operands=(ir.Constant(value=str() as value),)):
            return ir.Constant(f"-{value}", typed.type, typed.origin)
        case _:
            return None


def _choices(
    expressions: Expressions, ask: ast.Ask, type_: Type
) -> tuple[tuple[str, ...], ir.Expression | None]:
    """The choices that are written, or what gives them."""
    if ask.choices is None:
        return (), None
    values = ask.choices.values
    if type_ not in {TEXT, UNKNOWN}:
        problem = f"choices are texts, and `{ask.name.text}` is asked as `{type_}`"
        expressions.mistakes.append(WrongChoices(span=ask.choices.span, problem=problem))
    texts = tuple(value.plain for value in values if isinstance(value, ast.Text) and value.plain is not None)
    if len(texts) == len(values):
        return texts, None
    typed = [expressions.expression(value) for value in values]
    if len(typed) == 1 and not isinstance(values[0], ast.Text):
        return (), _given(expressions, typed[0])
    for each in typed:
        if each.type != UNKNOWN and each.type.name not in TEXTUAL:
            expressions.fitting.wrong(each, "`text`", "a choice")
    origin = expressions.program.origin(ask.choices.span)
    return (), ir.ListOf(tuple(typed), Type("list", element=TEXT), origin)


def _given(expressions: Expressions, typed: ir.Expression) -> ir.Expression:
    """One expression that gives all choices: a list of texts."""
    element = typed.type.element
    sound = element is not None and element.name in TEXTUAL and not element.optional
    if typed.type != UNKNOWN and not sound:
        found = "none" if typed.type == NOTHING else f"`{typed.type}`"
        problem = f"choices are a list of texts, and this is {found}"
        expressions.mistakes.append(WrongChoices(span=typed.origin.span, problem=problem))
    return typed
