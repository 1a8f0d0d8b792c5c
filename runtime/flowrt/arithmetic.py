"""Computing with decimals, dates and durations. Every function is total: it answers, or raises `OutOfBounds`.

Numbers mix: an int and a decimal make a decimal. Comparing needs no help, Python's operators mean the same.
This module loads `decimal`, which a flow of texts and ints does without.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import (
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import TypeVar, overload

from flowrt.errors import OutOfBounds
from flowrt.values import DECIMAL_DIGITS, DECIMAL_PLACES, DURATION_MAX, whole

Number = int | Decimal

# A number below 1 is subnormal here, so that the smallest step is DECIMAL_PLACES digits behind the point.
_CONTEXT = Context(
    prec=DECIMAL_DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=DECIMAL_DIGITS - 1 - DECIMAL_PLACES,
    Emax=DECIMAL_DIGITS - 1,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
_DAY = timedelta(days=1)
_MOMENTS = "the years 1 to 9999"

T = TypeVar("T")


def as_decimal(number: Number) -> Decimal:
    """An int or a decimal as a decimal: for an int where the flow has a decimal.

    >>> as_decimal(3)
    Decimal('3')
    """
    return Decimal(number)


def exact(number: Decimal) -> Decimal:
    """`number`, if a decimal of the language can hold it as it is; a zero has no sign.

    Raises `OutOfBounds` where it is no finite number, too large, or finer than a decimal can be.

    >>> exact(Decimal("4.50"))
    Decimal('4.50')
    """
    if not number.is_finite():
        raise OutOfBounds("a decimal is a finite number")
    if number.adjusted() >= DECIMAL_DIGITS and number:
        raise OutOfBounds(f"a decimal lies between -(10**{DECIMAL_DIGITS}) and 10**{DECIMAL_DIGITS}")
    kept = _CONTEXT.plus(number)
    if kept != number:
        raise OutOfBounds(f"a decimal has at most {DECIMAL_DIGITS} digits, and as many after the point")
    return kept if kept else Decimal(0)


def _computed(work: Callable[[], Decimal]) -> Decimal:
    try:
        result = work()
    except (InvalidOperation, Overflow):
        raise OutOfBounds(
            f"the result is too large: a decimal lies between -(10**{DECIMAL_DIGITS}) and 10**{DECIMAL_DIGITS}"
        ) from None
    return result if result else Decimal(0)


def _moved(work: Callable[[], T]) -> T:
    try:
        return work()
    except OverflowError:
        raise OutOfBounds(f"the result lies outside of {_MOMENTS}") from None


def _duration(work: Callable[[], timedelta]) -> timedelta:
    try:
        result = work()
    except OverflowError:
        result = timedelta.max
    if abs(result) > DURATION_MAX:
        raise OutOfBounds(f"the result is longer than a duration can be: {DURATION_MAX.days} days")
    return result


def _days(period: timedelta) -> timedelta:
    if period % _DAY:
        raise OutOfBounds("a date moves by whole days only: take a datetime for less")
    return period


@overload
def plus(left: int, right: int) -> int: ...
@overload
def plus(left: Decimal, right: Number) -> Decimal: ...
@overload
def plus(left: int, right: Decimal) -> Decimal: ...
@overload
def plus(left: timedelta, right: timedelta) -> timedelta: ...
@overload
def plus(left: datetime, right: timedelta) -> datetime: ...
@overload
def plus(left: date, right: timedelta) -> date: ...
@overload
def plus(left: timedelta, right: datetime) -> datetime: ...
@overload
def plus(left: timedelta, right: date) -> date: ...
def plus(
    left: Number | date | timedelta, right: Number | date | timedelta
) -> Number | date | datetime | timedelta:
    """The sum of two numbers or durations; a datetime, or a date with whole days, moved on by a duration.

    Raises `OutOfBounds`.

    >>> plus(1, Decimal("0.5"))
    Decimal('1.5')
    >>> plus(date(2026, 1, 31), timedelta(days=1))
    datetime.date(2026, 2, 1)
    """
    match left, right:
        case int(), int():
            return whole(left + right)
        case Decimal() | int(), Decimal() | int():
            return _computed(lambda: _CONTEXT.add(left, right))
        case timedelta(), timedelta():
            return _duration(lambda: left + right)
        case (datetime() as moment, timedelta() as period) | (timedelta() as period, datetime() as moment):
            return _moved(lambda: moment + period)
        case (date() as day, timedelta() as period) | (timedelta() as period, date() as day):
            return _moved(lambda: day + _days(period))
        case _:
            raise _misused("+", left, right)


@overload
def minus(left: int, right: int) -> int: ...
@overload
def minus(left: Decimal, right: Number) -> Decimal: ...
@overload
def minus(left: int, right: Decimal) -> Decimal: ...
@overload
def minus(left: timedelta, right: timedelta) -> timedelta: ...
@overload
def minus(left: datetime, right: datetime) -> timedelta: ...
@overload
def minus(left: datetime, right: timedelta) -> datetime: ...
@overload
def minus(left: date, right: date) -> timedelta: ...
@overload
def minus(left: date, right: timedelta) -> date: ...
def minus(
    left: Number | date | timedelta, right: Number | date | timedelta
) -> Number | date | datetime | timedelta:
    """The difference of two numbers, durations, datetimes or dates (the last two give a duration); a datetime,
    or a date with whole days, moved back by a duration.

    Raises `OutOfBounds`.

    >>> minus(date(2026, 2, 1), date(2026, 1, 31))
    datetime.timedelta(days=1)
    """
    match left, right:
        case int(), int():
            return whole(left - right)
        case Decimal() | int(), Decimal() | int():
            return _computed(lambda: _CONTEXT.subtract(left, right))
        case timedelta(), timedelta():
            return _duration(lambda: left - right)
        case datetime(), datetime():
            return _duration(lambda: left - right)
        case datetime(), timedelta():
            return _moved(lambda: left - right)
        case date(), timedelta():
            return _moved(lambda: left - _days(right))
        case date(), date() if not isinstance(left, datetime) and not isinstance(right, datetime):
            return _duration(lambda: left - right)
        case _:
            raise _misused("-", left, right)


@overload
def times(left: int, right: int) -> int: ...
@overload
def times(left: Decimal, right: Number) -> Decimal: ...
@overload
def times(left: int, right: Decimal) -> Decimal: ...
@overload
def times(left: timedelta, right: int) -> timedelta: ...
@overload
def times(left: int, right: timedelta) -> timedelta: ...
def times(left: Number | timedelta, right: Number | timedelta) -> Number | timedelta:
    """The product of two numbers, or of a duration and an int. Raises `OutOfBounds`.

    >>> times(3, Decimal("0.10"))
    Decimal('0.30')
    >>> times(timedelta(minutes=5), 2)
    datetime.timedelta(seconds=600)
    """
    match left, right:
        case int(), int():
            return whole(left * right)
        case Decimal() | int(), Decimal() | int():
            return _computed(lambda: _CONTEXT.multiply(left, right))
        case (timedelta() as period, int() as count) | (int() as count, timedelta() as period):
            return _duration(lambda: period * count)
        case _:
            raise _misused("*", left, right)


def divided(left: Number, right: Number) -> Decimal | None:
    """The quotient of two numbers, always a decimal, rounded to `DECIMAL_DIGITS` digits; None where `right` is 0.

    Raises `OutOfBounds`.

    >>> divided(1, 4), divided(1, 0)
    (Decimal('0.25'), None)
    """
    return _computed(lambda: _CONTEXT.divide(left, right)) if right else None


@overload
def negated(value: int) -> int: ...
@overload
def negated(value: Decimal) -> Decimal: ...
@overload
def negated(value: timedelta) -> timedelta: ...
def negated(value: Number | timedelta) -> Number | timedelta:
    """A number or a duration with the other sign.

    >>> negated(Decimal("1.5"))
    Decimal('-1.5')
    """
    return -value if value else value


def rounded(number: Number) -> int:
    """The nearest int, for `round`; a half goes away from zero, as people round: 2.5 is 3, and -2.5 is -3.

    Raises `OutOfBounds` where an int cannot hold it.

    >>> rounded(Decimal("2.5")), rounded(Decimal("-2.5")), rounded(Decimal("2.49"))
    (3, -3, 2)
    """
    return whole(int(Decimal(number).to_integral_value(rounding=ROUND_HALF_UP)))


def _misused(operator: str, left: object, right: object) -> TypeError:
    return TypeError(f"{type(left).__name__} {operator} {type(right).__name__} means nothing in the language")
