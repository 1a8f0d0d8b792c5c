"""Expressions of the machine as Python text. Every literal goes through `literal`."""

from __future__ import annotations

import re

from flowc import machine as ir
from flowc.emit.names import identifier
from flowc.types import TEXT, TEXTUAL

_PYTHON = {"and": "and", "or": "or", "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def literal(value: str | int | bool | tuple[str, ...] | None) -> str:
    """Plain data as Python text: its `repr`, in ASCII so that no reader of the module is misled.

    >>> literal('"Hi"')
    '\\'"Hi"\\''
    """
    if not isinstance(value, str | int | tuple) and value is not None:
        raise TypeError(f"not plain data: {value!r}")
    if isinstance(value, tuple):
        return f"({', '.join(_text(item) for item in value)}{',' if len(value) == 1 else ''})"
    return _text(value) if isinstance(value, str) else ascii(value)


def _text(value: str) -> str:
    """A text in double quotes where that needs no more escapes, as a formatter would write it."""
    written = ascii(value)
    if written.startswith("'") and '"' not in value:
        return f'"{written[1:-1]}"'.replace("\\'", "'")
    return written


def python(expression: ir.Expression) -> str:
    """An expression as Python text, over `v`, the variables of the session."""
    match expression:
        case ir.Constant():
            return literal(expression.value)
        case ir.VariableUse():
            return f"v.{identifier(expression.name)}"
        case ir.AnswerUse():
            return "answer"
        case ir.Template():
            return template(expression)
        case ir.Operation():
            return _operation(expression)


def template(text: ir.Template) -> str:
    """A text with holes as Python text."""
    if all(isinstance(part, str) for part in text.parts):
        return literal("".join(str(part) for part in text.parts))
    parts = [literal(part) if isinstance(part, str) else sure(part) for part in text.parts]
    return f"render({', '.join(parts)})"


def helpers(expression: ir.Expression) -> frozenset[str]:
    """The functions of the runtime that the Python text of an expression calls; what a text says is no call."""
    return frozenset(re.findall(r"\b(render|same|joined|whole|sure)\(", python(_blank(expression))))


def _blank(expression: ir.Expression) -> ir.Expression:
    """An expression with every text in it emptied."""
    match expression:
        case ir.Constant(value=str()):
            return ir.Constant("", expression.type, expression.origin)
        case ir.Template():
            parts = tuple("" if isinstance(part, str) else _blank(part) for part in expression.parts)
            return ir.Template(parts, expression.type, expression.origin)
        case ir.Operation():
            operands = tuple(_blank(operand) for operand in expression.operands)
            return ir.Operation(expression.operator, operands, expression.type, expression.origin)
        case _:
            return expression


def uses_variables(expression: ir.Expression) -> bool:
    """Whether an expression reads a variable."""
    match expression:
        case ir.Constant() | ir.AnswerUse():
            return False
        case ir.VariableUse():
            return True
        case ir.Template():
            return any(not isinstance(part, str) and uses_variables(part) for part in expression.parts)
        case ir.Operation():
            return any(uses_variables(operand) for operand in expression.operands)


def sure(expression: ir.Expression) -> str:
    """An expression where it must have a value: the checker has proved it, and the type checker is told."""
    return f"sure({python(expression)})" if expression.type.optional else python(expression)


def _operation(operation: ir.Operation) -> str:
    first, *_ = operation.operands
    may_be_none = operation.operator in {"is none", "is not none", "==", "!="}
    keeps_none = operation.operator == "or" and first.type.optional
    as_text = python if may_be_none or keeps_none else sure
    operands = [as_text(operand) for operand in operation.operands]
    match operation.operator:
        case "is none" | "is not none":
            return f"({operands[0]} {operation.operator.replace('none', 'None')})"
        case "not":
            return f"(not {operands[0]})"
        case "-" if len(operands) == 1:
            return f"whole(-{operands[0]})"
        case "==" | "!=" if any(operand.type.name in TEXTUAL for operand in operation.operands):
            same = f"same({operands[0]}, {operands[1]})"
            return same if operation.operator == "==" else f"(not {same})"
        case "or" if first.type.optional:
            return f"({operands[0]} if {operands[0]} is not None else {operands[1]})"
        case "+" if operation.type.plain == TEXT:
            return f"joined({operands[0]}, {operands[1]})"
        case "+" | "-" | "*":
            return f"whole({operands[0]} {operation.operator} {operands[1]})"
        case _:
            return f"({operands[0]} {_PYTHON[operation.operator]} {operands[1]})"
