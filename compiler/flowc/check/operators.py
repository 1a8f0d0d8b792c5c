"""Operators: what each takes, and the type of what it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from flowc.types import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    EMPTY,
    INT,
    NOTHING,
    NUMBERS,
    ORDERED,
    TEXT,
    TEXTUAL,
    UNKNOWN,
    Type,
    comparable,
    fits,
    joined,
)

Side = Literal["left", "right"]
Report = Callable[[Side, str], None]
"""Told which side is not what the operator takes, and what it takes."""

_MOMENTS = (DATE, DATETIME)


def result(operator: str, left: Type, right: Type, report: Report) -> Type:
    """The type that `operator` gives for operands of these types; what it cannot take is reported."""
    match operator:
        case "or" if left == UNKNOWN:  # a condition, or what stands in for none
            return UNKNOWN
        case "and" | "or":
            return _logic(left, right, report)
        case "==" | "!=":
            if not comparable(left, right):
                report("right", f"`{left.plain}`")
            return BOOL
        case "<" | "<=" | ">" | ">=":
            return _order(left, right, report)
        case "in" | "not in":
            return _membership(left, right, report)
        case "/":
            _numbers(left, right, report)
            return DECIMAL.or_none
        case _:
            return _arithmetic(operator, left.plain, right.plain, report)


def alternative(left: Type, right: Type, report: Report) -> Type:
    """The type of `x or y`, y where x is none."""
    if right in (UNKNOWN, NOTHING) or left == NOTHING:
        return right
    both = joined(left.plain, right)
    if both is not None:
        return both
    if fits(right, left.plain) or fits(left.plain, right):  # a text of some kind, or numbers that mix
        wider = left.plain if fits(right, left.plain) else right.plain
        return wider.or_none if right.optional else wider
    report("right", f"`{left.plain}`")
    return left.plain


def _logic(left: Type, right: Type, report: Report) -> Type:
    if left not in (BOOL, UNKNOWN, BOOL.or_none):
        report("left", "`bool`")
    if right not in (BOOL, UNKNOWN, BOOL.or_none):
        report("right", "`bool`")
    return BOOL


def _order(left: Type, right: Type, report: Report) -> Type:
    if UNKNOWN not in (left, right):
        if left.name not in ORDERED:
            report("left", "a number, a date or a time")
        elif left.name != right.name and not {left.name, right.name} <= NUMBERS:
            report("right", _one_of(left))
    return BOOL


def _one_of(type_: Type) -> str:
    return "`int` or `decimal`" if type_.name in NUMBERS else f"`{type_.plain}`"


def _membership(item: Type, container: Type, report: Report) -> Type:
    if container.element is not None:
        if container.element != EMPTY and not comparable(item, container.element):
            report("left", f"`{container.element}`")
    elif container.name in TEXTUAL:
        if item != UNKNOWN and item.name not in TEXTUAL:
            report("left", "`text`")
    elif container != UNKNOWN:
        report("right", "a list or a `text`")
    return BOOL


def _numbers(left: Type, right: Type, report: Report) -> None:
    if left != UNKNOWN and left.name not in NUMBERS:
        report("left", "`int` or `decimal`")
    elif right != UNKNOWN and right.name not in NUMBERS:
        report("right", "`int` or `decimal`")


def _arithmetic(operator: str, left: Type, right: Type, report: Report) -> Type:
    if left == UNKNOWN:
        return UNKNOWN
    found = _computed(operator, left, right)
    if found is not None:
        return found
    takes = _TAKES[operator]
    wanted = [wanted for first, wanted in takes if first == _family(left)]
    if not wanted:
        report("left", _SUMMED[operator])
        return UNKNOWN
    if right != UNKNOWN:
        report("right", f"`{left}`" if wanted[0] == "the same" else wanted[0])
    return left if operator != "*" else UNKNOWN


def _computed(operator: str, left: Type, right: Type) -> Type | None:
    """What `+`, `-` and `*` give, or None where they take no such operands."""
    if {left.name, right.name} <= NUMBERS:
        return INT if left.name == right.name == "int" else DECIMAL
    if operator == "*":
        return DURATION if {left, right} == {DURATION, INT} else None
    if left.element is not None and right.element is not None:
        if operator == "+" or left.element == EMPTY:
            return joined(left, right)
        return left if comparable(left, right) else None
    if left in _MOMENTS and right == DURATION:
        return left
    if left == right == DURATION or (operator == "-" and left == right and left in _MOMENTS):
        return DURATION
    if operator == "+" and left == DURATION and right in _MOMENTS:
        return right
    return TEXT if operator == "+" and {left.name, right.name} <= TEXTUAL else None


def _family(type_: Type) -> str:
    if type_.name in NUMBERS:
        return "number"
    if type_.name in TEXTUAL:
        return "text"
    return "list" if type_.element is not None else type_.name


_SAME = "the same"
_TAKES = {
    "+": [
        *(("number", _SAME), ("text", "`text`"), ("list", _SAME), ("date", "`duration`")),
        *(("datetime", "`duration`"), ("duration", "`duration`, `date` or `datetime`")),
    ],
    "-": [
        *(("number", _SAME), ("list", _SAME), ("date", "`date` or `duration`")),
        *(("datetime", "`datetime` or `duration`"), ("duration", "`duration`")),
    ],
    "*": [("number", _SAME), ("duration", "`int`")],
}
_SUMMED = {
    "+": "a number, a text, a list, a date or a duration",
    "-": "a number, a list, a date or a duration",
    "*": "a number or a duration",
}
