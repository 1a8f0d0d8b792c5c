"""Expressions of the machine: typed, with every name bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from flowc.machine.origin import Origin
from flowc.records import dataclass
from flowc.types import Type

if TYPE_CHECKING:
    from flowc.machine.reading import Taken


@dataclass(frozen=True, slots=True)
class Constant:
    """A plain value. A decimal is the text of its digits, a duration a number of seconds: `type` tells."""

    value: str | int | bool | None
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class VariableUse:
    """A variable. `first` is what a kept one holds while no session has opened yet that could give it a value."""

    name: str
    type: Type
    origin: Origin
    first: Expression | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A text with holes: what is between the plain parts is said as its type is said."""

    parts: tuple[str | Expression, ...]
    type: Type
    origin: Origin

    @property
    def shown(self) -> str:
        """The text as a reader sees it, a variable's hole as its own name in braces."""
        return "".join(
            part if isinstance(part, str) else f"{{{_own_name(part) or '…'}}}" for part in self.parts
        )


Operator = Literal[
    "or", "and", "not", "==", "!=", "<", "<=", ">", ">=", "in", "not in",
    "+", "-", "*", "/", "is none", "is not none", "[]", "as decimal", "sure",
]  # fmt: skip
"""`[]` takes an element of a list; `as decimal` is a whole number where a decimal is wanted, `sure` what may be none
where it must not be."""


@dataclass(frozen=True, slots=True)
class Operation:
    operator: Operator
    operands: tuple[Expression, ...]
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class FieldUse:
    """A field of a record, or of media."""

    value: Expression
    field: str
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class Matches:
    """Whether a regular expression finds something in a text."""

    value: Expression
    pattern: str
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class ListOf:
    items: tuple[Expression, ...]
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class Make:
    """A record, made of its fields."""

    record: str
    fields: tuple[tuple[str, Expression], ...]
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class Changed:
    """A record with another value in one field."""

    value: Expression
    field: str
    new: Expression
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A function of the language applied: `length(xs)`."""

    function: str
    arguments: tuple[Expression, ...]
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of the bot applied; of its arguments those that it `needs` are never none."""

    function: str
    arguments: tuple[tuple[str, Expression], ...]
    needs: tuple[str, ...]
    type: Type
    origin: Origin


Known = Literal["now", "today", "contact.id", "contact.name", "message.sent"]


@dataclass(frozen=True, slots=True)
class KnownUse:
    """What the event itself tells: its instant, and whom it concerns."""

    what: Known
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class AnswerUse:
    """The answer that was just read, before the variable has it."""

    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class TakenUse:
    """What the patterns of a handler took, before the variable has it: a capture, or what `as` names."""

    taken: Taken
    type: Type
    origin: Origin


Expression = (
    Constant
    | VariableUse
    | AnswerUse
    | TakenUse
    | KnownUse
    | Template
    | Operation
    | FieldUse
    | Matches
    | ListOf
    | Make
    | Changed
    | BuiltIn
    | Apply
)


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """The expressions right within one, in the order in which they are computed."""
    match expression:
        case VariableUse():
            return () if expression.first is None else (expression.first,)
        case Constant() | AnswerUse() | TakenUse() | KnownUse():
            return ()
        case Template():
            return tuple(part for part in expression.parts if not isinstance(part, str))
        case Operation():
            return expression.operands
        case FieldUse() | Matches():
            return (expression.value,)
        case ListOf():
            return expression.items
        case Make():
            return tuple(value for _, value in expression.fields)
        case Changed():
            return expression.value, expression.new
        case BuiltIn():
            return expression.arguments
        case Apply():
            return tuple(value for _, value in expression.arguments)


def is_plain(expression: Expression) -> bool:
    """Whether an expression has the same value in every session."""
    plain = isinstance(expression, Constant | ListOf | Operation | Template)
    return plain and all(map(is_plain, parts_of(expression)))


def _own_name(expression: Expression) -> str | None:
    """The name of a variable as its author wrote it, without the path of a dialog."""
    return expression.name.rpartition(".")[2] if isinstance(expression, VariableUse) else None


Change = Callable[[Expression], Expression]


def with_parts(expression: Expression, change: Change) -> Expression:
    """`expression` with `change` made to each expression right within it."""
    match expression:
        case VariableUse():
            first = None if expression.first is None else change(expression.first)
            return replace(expression, first=first)
        case Constant() | AnswerUse() | TakenUse() | KnownUse():
            return expression
        case Template():
            parts = tuple(part if isinstance(part, str) else change(part) for part in expression.parts)
            return replace(expression, parts=parts)
        case Operation():
            return replace(expression, operands=tuple(map(change, expression.operands)))
        case FieldUse() | Matches():
            return replace(expression, value=change(expression.value))
        case ListOf():
            return replace(expression, items=tuple(map(change, expression.items)))
        case Make():
            return replace(expression, fields=_changed(expression.fields, change))
        case Changed():
            return replace(expression, value=change(expression.value), new=change(expression.new))
        case BuiltIn():
            return replace(expression, arguments=tuple(map(change, expression.arguments)))
        case Apply():
            return replace(expression, arguments=_changed(expression.arguments, change))


def _changed(named: tuple[tuple[str, Expression], ...], change: Change) -> tuple[tuple[str, Expression], ...]:
    return tuple((name, change(value)) for name, value in named)


def uses_of(expression: Expression) -> Iterator[VariableUse]:
    """Every use of a variable in an expression."""
    if isinstance(expression, VariableUse):
        yield expression
    for part in parts_of(expression):
        yield from uses_of(part)


def with_uses(expression: Expression, change: Callable[[VariableUse], Expression]) -> Expression:
    """`expression` with `change` made to each use of a variable."""
    if isinstance(expression, VariableUse):
        return change(expression)
    return with_parts(expression, lambda part: with_uses(part, change))
