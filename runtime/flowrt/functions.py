"""The functions that expressions may call: `lower upper round min max length join`.

In Python `round`, `min` and `max` have the names `rounded` (in `flowrt.arithmetic`), `smallest` and `largest`.
Each is total: it answers, or raises `OutOfBounds`.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast, overload

from flowrt.errors import OutOfBounds
from flowrt.text import Sayable, said
from flowrt.values import TEXT_MAX, Value, fitting

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from typing import Any

O = TypeVar("O", int, datetime, date, time, timedelta)  # noqa: E741
if TYPE_CHECKING:
    Ordered: TypeAlias = int | Decimal | datetime | date | time | timedelta
else:
    Ordered = object  # for annotations alone: to spell it out would load `decimal`
"""What has an order: numbers, which mix, and dates, times, datetimes and durations among their own."""


def lower(text: str) -> str:
    """`text` in lower case. Raises `OutOfBounds` where that is longer than a text may be.

    >>> lower("ÉCOLE")
    'école'
    """
    return fitting(text.lower())


def upper(text: str) -> str:
    """`text` in upper case. Raises `OutOfBounds` where that is longer than a text may be.

    >>> upper("école")
    'ÉCOLE'
    """
    return fitting(text.upper())


def length(value: str | tuple[Value, ...]) -> int:
    """How many code points a text has, or how many items a list.

    >>> length("école"), length((1, 2))
    (5, 2)
    """
    return len(value)


def join(values: tuple[Sayable, ...], between: str) -> str:
    """The items of a list as one text, each said as in a hole, with `between` between them.

    Raises `OutOfBounds` where the text would be longer than `TEXT_MAX`.

    >>> join(("tea", 2), ", ")
    'tea, 2'
    """
    parts = [said(value) for value in values]
    total = sum(map(len, parts)) + len(between) * max(0, len(parts) - 1)
    if total > TEXT_MAX:
        raise OutOfBounds(f"the text would be {total} characters long: the limit is {TEXT_MAX}")
    return between.join(parts)


@overload
def smallest(first: O, /, *more: O) -> O: ...
@overload
def smallest(first: Decimal, /, *more: int | Decimal) -> Decimal: ...
@overload
def smallest(first: int, second: Decimal, /, *more: int | Decimal) -> Decimal: ...
def smallest(*values: Ordered) -> Ordered:
    """The least of values that have an order, for `min`: with a decimal among them, numbers give a decimal.

    >>> smallest(3, 1, 2)
    1
    """
    return _extreme(min, values)


@overload
def largest(first: O, /, *more: O) -> O: ...
@overload
def largest(first: Decimal, /, *more: int | Decimal) -> Decimal: ...
@overload
def largest(first: int, second: Decimal, /, *more: int | Decimal) -> Decimal: ...
def largest(*values: Ordered) -> Ordered:
    """The greatest of values that have an order, for `max`: with a decimal among them, numbers give a decimal.

    >>> largest(date(2026, 1, 5), date(2026, 2, 1))
    datetime.date(2026, 2, 1)
    """
    return _extreme(max, values)


def smallest_of(values: tuple[O, ...]) -> O | None:
    """The least item of a list, for `min(xs)`; None where the list is empty.

    >>> smallest_of((3, 1)), smallest_of(())
    (1, None)
    """
    return min(values, default=None)


def largest_of(values: tuple[O, ...]) -> O | None:
    """The greatest item of a list, for `max(xs)`; None where the list is empty.

    >>> largest_of((3, 1)), largest_of(())
    (3, None)
    """
    return max(values, default=None)


def _extreme(choose: Callable[[Any], Any], values: tuple[Ordered, ...]) -> Ordered:
    found = cast("Ordered", choose(values))
    if isinstance(found, int) and not all(isinstance(value, int) for value in values):
        from flowrt.arithmetic import as_decimal  # noqa: PLC0415 — a flow without decimals does without

        return as_decimal(found)
    return found
