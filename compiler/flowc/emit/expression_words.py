"""Expressions of a machine, as a flow writes them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import assert_never

from flowc import machine as ir
from flowc.transcript.notation import quote, write_duration, write_value
from flowc.types import DECIMAL, DURATION

BINDS = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6}
_COMPARES, _POSTFIX = 4, 9
"""How firmly each operator holds its operands; those not named compare."""
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "not in", "is none", "is not none"})


def expression(value: ir.Expression, around: int = 0, *, answer: str = "answer") -> str:
    """An expression as a flow writes it; in parentheses where `around` binds more firmly.

    `answer` is the name of the answer that was just read.
    """
    say = partial(expression, answer=answer)
    match value:
        case ir.Constant():
            return _constant(value)
        case ir.VariableUse(name):
            return name
        case ir.AnswerUse():
            return answer
        case ir.TakenUse(taken):
            return "text" if isinstance(taken, ir.TakenText | ir.TakenMedia) else taken.name
        case ir.KnownUse(what):
            return what
        case ir.Template():
            return quote(text(value, answer=answer))
        case ir.Operation():
            return _operation(value, around, answer)
        case ir.FieldUse(whole, field):
            return f"{say(whole, _POSTFIX)}.{field}"
        case ir.Matches(whole, pattern):
            written = f"{say(whole, _COMPARES + 1)} matches /{pattern}/"
            return f"({written})" if around > _COMPARES else written
        case ir.ListOf(items):
            return f"[{_listed(map(say, items))}]"
        case ir.Make(record, fields):
            return f"{record}({_listed(f'{name}: {say(part)}' for name, part in fields)})"
        case ir.Changed(whole, field, new):
            return f"{say(whole, _POSTFIX)} with {field}: {say(new)}"
        case ir.BuiltIn(function) | ir.Apply(function):
            return f"{function}({_listed(map(say, ir.parts_of(value)))})"
        case _:
            assert_never(value)


def text(template: ir.Template, *, answer: str = "answer") -> str:
    """A text as a reader sees it, each hole as its expression in braces."""
    return "".join(
        part if isinstance(part, str) else f"{{{expression(part, answer=answer)}}}" for part in template.parts
    )


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _constant(constant: ir.Constant) -> str:
    if constant.type == DURATION and isinstance(constant.value, int):
        return write_duration(constant.value)
    return str(constant.value) if constant.type == DECIMAL else write_value(constant.value)


def _operation(value: ir.Operation, around: int, answer: str) -> str:
    say = partial(expression, answer=answer)
    operator, first = value.operator, value.operands[0]
    if operator in {"as decimal", "sure"}:
        return say(first, around)
    if operator == "[]":
        return f"{say(first, _POSTFIX)}[{say(value.operands[1])}]"
    binds = BINDS.get(operator, _COMPARES)
    texts = [say(first, binds + 1 if operator in _COMPARISONS else binds)]
    texts += [say(each, binds + 1) for each in value.operands[1:]]
    written = _joined(operator, texts)
    return f"({written})" if binds < around else written


def _joined(operator: ir.Operator, operands: list[str]) -> str:
    if operator in {"is none", "is not none"}:
        return f"{operands[0]} {operator}"
    if len(operands) == 1:
        return f"not {operands[0]}" if operator == "not" else f"{operator}{operands[0]}"
    return f" {operator} ".join(operands)
