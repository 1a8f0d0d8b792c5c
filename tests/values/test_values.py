"""Records and media never change, and every bound holds."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from flowrt.errors import OutOfBounds
from flowrt.values import (
    INT_MAX,
    NESTING_MAX,
    TEXT_MAX,
    Media,
    Value,
    changed,
    declared,
    depth,
    fitting,
    held,
    joined,
    record_name,
    whole,
    within_depth,
)
from tests.values.kinds import Order, class_

NEW = Order(number=7, status="new", due=None)
DUE = date(2026, 1, 5)


def test_a_record_has_typed_fields_by_name() -> None:
    number: int = NEW.number
    due: date | None = NEW.due
    assert (number, NEW.status, due) == (7, "new", None)
    assert repr(NEW) == "Order(due=None, number=7, status='new')"
    assert held(NEW) == (None, 7, "new")


def test_a_record_never_changes() -> None:
    with pytest.raises(AttributeError, match="Order never changes: its due cannot be set"):
        NEW.due = DUE  # type: ignore[misc]
    with pytest.raises(AttributeError, match="cannot be removed"):
        delattr(NEW, Order.__slots__[0])
    with pytest.raises(AttributeError):
        NEW.colour = "red"  # type: ignore[attr-defined]


def test_a_changed_copy_differs_in_what_was_given_and_nothing_else() -> None:
    assert changed(NEW, due=DUE) == Order(number=7, status="new", due=DUE)
    assert NEW.due is None
    assert changed(NEW) == NEW


@pytest.mark.parametrize("fields", [{}, {"number": 1}, {"number": 1, "status": "", "due": None, "colour": 1}])
def test_a_record_takes_all_its_fields_and_no_other(fields: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="Order has the fields due, number, status"):
        Order(**fields)
    with pytest.raises(TypeError):
        changed(NEW, colour="red")


def test_records_are_equal_where_class_and_fields_are() -> None:
    same = Order(number=7, status="new", due=None)
    assert same == NEW
    assert hash(same) == hash(NEW)
    assert len({same, NEW, changed(NEW, number=8)}) == 2
    assert NEW != "new"


def test_copies_are_the_record_itself() -> None:
    assert copy.copy(NEW) is NEW
    assert copy.deepcopy({"order": NEW})["order"] is NEW


def test_names_that_python_keeps_are_those_of_the_flow() -> None:
    assert record_name(class_) == "class"
    assert record_name(Order) == "Order"
    assert [declared(slot) for slot in class_.__slots__] == ["class", "self", "value"]
    assert [declared(slot) for slot in ("a_", "class__", "self__", "held_")] == [
        "a_",
        "class_",
        "self_",
        "held_",
    ]
    assert class_(class_=1, self_=2, value=3).self_ == 2


def test_media_is_known_by_its_fields() -> None:
    image = Media("image", url="https://example.com/a.png", size=5)
    assert image == Media("image", url="https://example.com/a.png", size=5)
    assert image != Media("video", url="https://example.com/a.png", size=5)
    assert (image.mime, image.size, image.name) == (None, 5, None)
    with pytest.raises(AttributeError, match="Media never changes"):
        image.size = 6  # type: ignore[misc]


def nested(levels: int) -> Value:
    value: Value = ()
    for _ in range(levels - 1):
        value = (value,)
    return value


def test_lists_and_records_nest_so_deep_and_no_deeper() -> None:
    assert depth(nested(NESTING_MAX)) == NESTING_MAX
    assert within_depth(nested(NESTING_MAX)) == nested(NESTING_MAX)
    with pytest.raises(OutOfBounds, match="more than 8 deep"):
        within_depth(nested(NESTING_MAX + 1))


def test_a_record_of_records_is_stopped_where_it_grows_too_deep() -> None:
    record: Value = None
    for _ in range(NESTING_MAX):
        record = class_(class_=record, self_=None, value=None)
    with pytest.raises(OutOfBounds, match="more than 8 deep"):
        class_(class_=record, self_=None, value=None)


def test_counting_the_depth_stops() -> None:
    value: Value = ()
    for _ in range(100_000):
        value = (value,)
    assert depth(value) == NESTING_MAX + 1


def test_whole_numbers_have_bounds() -> None:
    assert whole(INT_MAX) == INT_MAX
    assert whole(-INT_MAX) == -INT_MAX
    for number in (INT_MAX + 1, -INT_MAX - 1, INT_MAX * INT_MAX):
        with pytest.raises(OutOfBounds, match="an int lies between"):
            whole(number)


def test_texts_have_bounds() -> None:
    longest = "x" * TEXT_MAX
    assert joined(longest, "") == longest
    assert fitting(longest) == longest
    with pytest.raises(OutOfBounds, match="65537 characters long: the limit is 65536"):
        joined(longest, "y")
    with pytest.raises(OutOfBounds, match="65537 characters"):
        fitting(longest + "y")
