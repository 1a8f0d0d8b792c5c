"""Lists are bounded, and values are compared as the language compares them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowrt.errors import OutOfBounds
from flowrt.lists import contains, element, equal, items, with_items, without
from flowrt.values import LIST_MAX, Value, changed
from tests.values.kinds import Order, values

ORDER = Order(number=7, status="New", due=None)


def test_a_list_has_at_most_so_many_items() -> None:
    full = tuple(range(LIST_MAX))
    assert items(*full) == full
    assert with_items(full, ()) == full
    with pytest.raises(OutOfBounds, match="the list would have 1001 items: the limit is 1000"):
        with_items(full, (1,))
    with pytest.raises(OutOfBounds, match="1001 items"):
        items(*full, 1)


def test_a_list_nests_so_deep() -> None:
    value: Value = ()
    for _ in range(7):
        value = items(value)
    with pytest.raises(OutOfBounds, match="more than 8 deep"):
        items(value)


def test_an_item_that_is_not_there_is_none() -> None:
    assert [element(("a", "b"), index) for index in (-1, 0, 1, 2, 2**63)] == [None, "a", "b", None, None]


def test_taking_away_takes_every_item_that_is_equal() -> None:
    assert without(("Tea", " milk", "TEA", "Milk"), ("tea",)) == (" milk", "Milk")
    assert without((1, 2, 1), (1,)) == (2,)
    assert without((1, True), (True,)) == (1,)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Yes", " \uff39\uff25\uff33 ", True),
        ("straße", "STRASSE", True),
        (("Yes", ("No",)), ("yes", ("NO",)), True),
        (ORDER, changed(ORDER, status="NEW"), True),
        (ORDER, changed(ORDER, number=8), False),
        (1, Decimal("1.00"), True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        (None, None, True),
        (None, "", False),
        ((), "", False),
        (date(2026, 1, 5), datetime(2026, 1, 5, tzinfo=UTC), False),
    ],
)
def test_values_are_equal_as_the_language_has_it(left: Value, right: Value, same: bool) -> None:
    assert equal(left, right) is same
    assert contains((right,), left) is same
    assert (without((left,), (right,)) == ()) is same


@pytest.mark.parametrize(
    ("whole", "part", "inside"),
    [
        ("Please STOP now", "stop", True),
        ("Please  stop", "please stop", True),
        ("stop", "stopped", False),
        ("stop", "", True),
        ("stop", "  ", True),
    ],
)
def test_a_part_of_a_text_is_found_after_folding(whole: str, part: str, inside: bool) -> None:
    assert contains(whole, part) is inside


@given(values)
def test_every_value_equals_itself(value: Value) -> None:
    assert equal(value, value)
    assert contains((value,), value)


@given(st.text(), st.text())
def test_a_part_of_a_text_is_in_it(left: str, right: str) -> None:
    assert contains(f"{left} {right}", left)
