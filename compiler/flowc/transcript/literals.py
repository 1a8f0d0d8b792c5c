"""Values as a transcript writes them, and the values of a flow that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

from flowc.records import dataclass
from flowrt.errors import OutOfBounds
from flowrt.values import Media, Record, Records, Value, declared, held

if TYPE_CHECKING:
    Literal: TypeAlias = "Value | RecordLiteral | tuple[Literal, ...]"
else:
    Literal = object
"""A value as a transcript writes it: one of the language, but that the record of a flow is still only named."""


@dataclass(frozen=True, slots=True)
class RecordLiteral:
    """`Order(number: 1, status: "new")`: a record of the flow, which has yet to be asked what that is."""

    name: str
    fields: tuple[tuple[str, Literal], ...]


@dataclass(frozen=True, slots=True)
class Unset:
    """`unset`: a variable that has been given no value."""


class Unbound(ValueError):
    """A value names a record that the flow does not have; the message says so."""


def bound(literal: Literal, records: Records) -> Value:
    """The value that `literal` stands for in a flow with these `records`.

    Raises `Unbound` where the flow has no such record, or others for its fields.

    >>> class Point(Record):
    ...     __slots__ = ("x",)
    >>> bound((RecordLiteral("Point", (("x", 1),)), 2), {"Point": Point})
    (Point(x=1), 2)
    >>> bound(RecordLiteral("Pint", ()), {"Point": Point})
    Traceback (most recent call last):
    flowc.transcript.literals.Unbound: the flow has no record `Pint`
    """
    match literal:
        case RecordLiteral():
            return _record(literal, records)
        case tuple():
            return tuple([bound(item, records) for item in literal])
        case _:
            return literal


def _record(literal: RecordLiteral, records: Records) -> Record:
    kind = records.get(literal.name)
    if kind is None:
        raise Unbound(f"the flow has no record `{literal.name}`")
    slots = {declared(slot): slot for slot in kind.__slots__}
    given = dict(literal.fields)
    if given.keys() != slots.keys():
        wanted = ", ".join(f"`{name}`" for name in slots)
        raise Unbound(f"the record `{literal.name}` has the fields {wanted or 'none'}")
    try:
        return kind(**{slots[name]: bound(value, records) for name, value in given.items()})
    except OutOfBounds as error:
        raise Unbound(str(error)) from None


def same_value(one: Value, other: Value) -> bool:
    """Whether two values are one value of the language, where `true` is not 1, and 1 is not 1.0.

    >>> same_value(True, 1), same_value("a", "a"), same_value((1, 2), (1, True))
    (False, True, False)
    """
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple):
        others = cast("tuple[Value, ...]", other)
        return len(one) == len(others) and all(map(same_value, one, others))
    if isinstance(one, Record | Media):
        return all(map(same_value, held(one), held(cast("Record | Media", other))))
    return one == other
