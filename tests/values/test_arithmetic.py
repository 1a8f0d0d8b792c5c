"""Arithmetic is exact where it can be, rounded where it is said, and bounded everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowrt.arithmetic import as_decimal, divided, exact, minus, negated, plus, rounded, times
from flowrt.errors import OutOfBounds
from flowrt.values import DURATION_MAX, INT_MAX
from tests.values.kinds import DAY, datetimes, decimals, durations, ints, is_exact

D = Decimal
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (plus(1, 2), 3),
        (plus(D("0.1"), D("0.2")), D("0.3")),
        (plus(1, D("0.5")), D("1.5")),
        (minus(D("0.5"), 1), D("-0.5")),
        (times(D("0.1"), 3), D("0.3")),
        (plus(D("1"), D("-1")), D("0")),
        (plus(HOUR, HOUR), 2 * HOUR),
        (minus(HOUR, DAY), -23 * HOUR),
        (times(HOUR, 24), DAY),
        (times(24, HOUR), DAY),
        (plus(NOON, HOUR), datetime(2026, 1, 31, 13, tzinfo=UTC)),
        (plus(HOUR, NOON), datetime(2026, 1, 31, 13, tzinfo=UTC)),
        (minus(NOON, 12 * HOUR), datetime(2026, 1, 31, tzinfo=UTC)),
        (minus(NOON + DAY, NOON), DAY),
        (plus(date(2026, 1, 31), DAY), date(2026, 2, 1)),
        (plus(DAY, date(2026, 1, 31)), date(2026, 2, 1)),
        (minus(date(2026, 2, 1), DAY), date(2026, 1, 31)),
        (minus(date(2026, 2, 1), date(2026, 1, 31)), DAY),
        (negated(3), -3),
        (negated(D("0.00")), D(0)),
        (negated(HOUR), -HOUR),
        (as_decimal(3), D(3)),
    ],
)
def test_each_operator_on_each_type(result: object, expected: object) -> None:
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("left", "right", "quotient"),
    [
        (1, 3, D("0." + "3" * 28)),
        (2, 3, D("0." + "6" * 27 + "7")),
        (7, 2, D("3.5")),
        (1, 0, None),
        (D(1), D("0.00"), None),
        (0, D(5), D(0)),
        (INT_MAX, 1, D(INT_MAX)),
    ],
)
def test_a_quotient_is_a_decimal_or_none(left: int | D, right: int | D, quotient: D | None) -> None:
    assert divided(left, right) == quotient


BIG, TINY = D(10) ** 27, D("1e-28")


@pytest.mark.parametrize(
    "work",
    [
        lambda: plus(INT_MAX, 1),
        lambda: minus(-INT_MAX, 1),
        lambda: times(INT_MAX, INT_MAX),
        lambda: times(BIG, 10),
        lambda: plus(BIG * 9, BIG),
        lambda: divided(BIG, TINY),
        lambda: plus(DURATION_MAX, HOUR),
        lambda: minus(-DURATION_MAX, HOUR),
        lambda: times(DURATION_MAX, 2),
        lambda: times(timedelta.max, INT_MAX),
        lambda: minus(datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)),
        lambda: plus(datetime.max.replace(tzinfo=UTC), HOUR),
        lambda: minus(date.min, DAY),
        lambda: plus(date.max, DAY),
        lambda: plus(date(2026, 1, 5), HOUR),
        lambda: minus(date(2026, 1, 5), HOUR),
        lambda: minus(date.max, date.min),
        lambda: rounded(BIG),
        lambda: exact(D("NaN")),
        lambda: exact(D("1e999999")),
        lambda: exact(D(INT_MAX) * BIG),
    ],
)
def test_what_is_too_large_is_out_of_bounds(work: Callable[[], object]) -> None:
    with pytest.raises(OutOfBounds):
        work()


@pytest.mark.parametrize(("left", "right"), [(NOON, date(2026, 1, 5)), ("a", 1), (1, HOUR), (NOON, NOON)])
def test_what_means_nothing_is_an_error_of_the_compiler(left: Any, right: Any) -> None:
    with pytest.raises(TypeError, match="means nothing in the language"):
        plus(left, right)


@pytest.mark.parametrize(
    ("number", "nearest"),
    [
        *[(D("2.5"), 3), (D("-2.5"), -3), (D("3.5"), 4), (D("2.4999"), 2), (D("0.5"), 1), (D("-0.4"), 0)],
        *[(7, 7), (D(INT_MAX), INT_MAX)],
    ],
)
def test_a_half_is_rounded_away_from_zero(number: int | D, nearest: int) -> None:
    assert rounded(number) == nearest


numbers = ints | decimals


@given(numbers, numbers)
def test_sums_and_products_are_the_nearest_decimals_or_out_of_bounds(left: int | D, right: int | D) -> None:
    exactly = {
        plus: Fraction(left) + Fraction(right),
        minus: Fraction(left) - Fraction(right),
        times: Fraction(left) * Fraction(right),
    }
    for operator, expected in exactly.items():
        try:
            result = operator(left, right)
        except OutOfBounds:
            limit = INT_MAX if isinstance(left, int) and isinstance(right, int) else 10**28 - 1
            assert abs(expected) > limit - 1
            continue
        assert isinstance(result, int) == (isinstance(left, int) and isinstance(right, int))
        assert is_exact(Decimal(result))
        step = max(Fraction(1, 10**28), abs(expected) / 10**27)
        assert abs(Fraction(result) - expected) <= step
        assert expected != Fraction(int(expected)) or abs(expected) >= 10**28 or Fraction(result) == expected


@given(numbers, numbers.filter(bool))
def test_a_quotient_times_its_divisor_is_near(left: int | D, right: int | D) -> None:
    try:
        quotient = divided(left, right)
    except OutOfBounds:
        assert abs(Fraction(left) / Fraction(right)) >= 10**27
        return
    assert quotient is not None
    exactly = Fraction(left) / Fraction(right)
    assert abs(Fraction(quotient) - exactly) <= max(Fraction(1, 10**28), abs(exactly) / 10**27)


@given(datetimes, durations)
def test_moving_on_and_back_is_where_one_was(moment: datetime, period: timedelta) -> None:
    try:
        there = plus(moment, period)
    except OutOfBounds:
        return
    assert minus(there, period) == moment
    assert minus(there, moment) == period


@given(decimals)
def test_rounding_is_never_further_than_a_half(number: D) -> None:
    if abs(number) < INT_MAX:
        assert abs(Fraction(rounded(number)) - Fraction(number)) <= Fraction(1, 2)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_is_kept_as_it_is_or_refused(number: D) -> None:
    if is_exact(number):
        assert exact(number) == number
        assert number == number.quantize(D(1), rounding=ROUND_HALF_EVEN) or abs(number) < 10**28
