"""Values survive their stored form, nothing else is taken for one, and what a host gives is checked."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowrt.forms import UnknownRecord, admitted
from flowrt.values import DURATION_MAX, INT_MAX, LIST_MAX, TEXT_MAX, Media, Value, from_json, to_json
from tests.values.kinds import DAY, RECORDS, Order, values

FORMS: list[tuple[Value, object]] = [
    (None, None),
    (True, True),
    (7, 7),
    ("Ada", "Ada"),
    ((1, "a", ()), [1, "a", []]),
    (Decimal("4.50"), {"decimal": "4.5"}),
    (Decimal("-0.00"), {"decimal": "0"}),
    (Decimal("1E+3"), {"decimal": "1000"}),
    (date(2026, 1, 5), {"date": "2026-01-05"}),
    (time(9, 30), {"time": "09:30:00"}),
    (datetime(2026, 1, 5, 9, 30, tzinfo=UTC), {"datetime": "2026-01-05T09:30:00+00:00"}),
    (timedelta(minutes=90), {"duration": 5_400_000_000}),
    (Media("image", url="u", size=3), {"media": {"kind": "image", "size": 3, "url": "u"}}),
    (Media("location", latitude=Decimal("52.37")), {"media": {"kind": "location", "latitude": "52.37"}}),
    (
        Order(number=7, status="new", due=date(2026, 1, 5)),
        {"record": "Order", "fields": {"due": {"date": "2026-01-05"}, "number": 7, "status": "new"}},
    ),
]


@pytest.mark.parametrize(("value", "form"), FORMS)
def test_each_type_has_its_form(value: Value, form: object) -> None:
    assert to_json(value) == form
    assert from_json(form, RECORDS) == value
    assert type(from_json(form, RECORDS)) is type(value)


@given(values)
def test_any_value_survives_as_json_text(value: Value) -> None:
    text = json.dumps(to_json(value))
    assert text.isascii()
    back = from_json(json.loads(text), RECORDS)
    assert back == value
    assert repr(to_json(back)) == repr(to_json(value))


@given(values)
def test_a_value_of_the_language_is_admitted_as_it_is(value: Value) -> None:
    assert admitted(value) == value


WRONG: list[Any] = [
    1.5,
    float("nan"),
    INT_MAX + 1,
    "x" * (TEXT_MAX + 1),
    [0] * (LIST_MAX + 1),
    [[[[[[[[[]]]]]]]]],
    {},
    {"a": 1},
    {"date": "2026-01-05", "time": "09:30:00"},
    {"decimal": "01"},
    {"decimal": "1.50"},
    {"decimal": "1e3"},
    {"decimal": "-0"},
    {"decimal": "NaN"},
    {"decimal": "1" * 29},
    {"decimal": "1234567890123456789012345678.5"},
    {"decimal": 1},
    {"decimal": "\u0661"},
    {"date": "20260105"},
    {"date": "2026-02-30"},
    {"date": 1},
    {"time": "09:30"},
    {"time": "09:30:00+00:00"},
    {"time": "25:00:00"},
    {"datetime": "2026-01-05T09:30:00"},
    {"datetime": "2026-01-05T09:30:00+01:00"},
    {"datetime": "2026-01-05T09:30:00Z"},
    {"duration": 1.5},
    {"duration": True},
    {"duration": 10**30},
    {"duration": "PT1S"},
    {"media": {}},
    {"media": {"kind": "sculpture"}},
    {"media": {"kind": "image", "size": -1}},
    {"media": {"kind": "image", "size": True}},
    {"media": {"kind": "image", "url": 1}},
    {"media": {"kind": "image", "url": None}},
    {"media": {"kind": "image", "colour": "red"}},
    {"media": {"kind": "image", "latitude": 1}},
    {"media": []},
    {"record": 1, "fields": {}},
    {"record": "Order", "fields": []},
    {"record": "Order", "fields": {"number": 0.5, "status": "", "due": None}},
]


@pytest.mark.parametrize("form", WRONG)
def test_what_is_no_form_is_a_value_error(form: object) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        from_json(form, RECORDS)
    assert not isinstance(caught.value, UnknownRecord)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["date", "record", "fields", "media", "decimal", "x"]), inner, max_size=3
        )
    ),
)


@given(json_like)
def test_nothing_but_a_value_error_is_ever_raised(form: object) -> None:
    with suppress(ValueError):
        assert to_json(from_json(form, RECORDS)) == form


@pytest.mark.parametrize(
    "form",
    [
        {"record": "Parcel", "fields": {}},
        {"record": "Order", "fields": {}},
        {"record": "Order", "fields": {"number": 7, "status": "new", "due": None, "colour": "red"}},
    ],
)
def test_a_sound_record_that_the_flow_has_not_is_told_apart(form: object) -> None:
    with pytest.raises(UnknownRecord):
        from_json(form, RECORDS)


def test_a_sentence_quotes_nothing_that_was_said() -> None:
    for form in (["my secret", 0.5], {"record": "Order", "fields": {"secret": 1}}, {"date": "my secret"}):
        with pytest.raises(ValueError, match=r".") as caught:
            from_json(form, RECORDS)
        if form != {"date": "my secret"}:
            assert "secret" not in str(caught.value)


# What a host gives.

PARIS = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ([1, [2]], (1, (2,))),
        (datetime(2026, 1, 5, 9, tzinfo=PARIS), datetime(2026, 1, 5, 8, tzinfo=UTC)),
        (Decimal("-0"), Decimal(0)),
        (Order(number=7, status="new", due=None), Order(number=7, status="new", due=None)),
    ],
)
def test_a_host_may_give_what_means_a_value(given: object, value: Value) -> None:
    assert admitted(given) == value


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (0.5, "float, which is no value of the language: give a Decimal"),
        (b"x", "bytes, which is no value of the language"),
        ({}, "dict, which is no value"),
        (INT_MAX + 1, "a whole number beyond the bounds of an int"),
        ("x" * (TEXT_MAX + 1), "a text of 65537 characters, over 65536"),
        ([0] * (LIST_MAX + 1), "a list of 1001 items, over 1000"),
        ([[[[[[[[[0]]]]]]]]], "nests more than 8 deep"),
        (datetime(2026, 1, 5), "a datetime without a time zone"),  # noqa: DTZ001
        (datetime.min.replace(tzinfo=PARIS), "outside of the years"),
        (time(9, tzinfo=UTC), "a time with a time zone"),
        (DURATION_MAX + DAY, "a duration over 36600 days"),
        (Decimal("Infinity"), "a decimal is a finite number"),
        (Decimal(10) ** 28, "a decimal lies between"),
        (Decimal("1e-29"), "at most 28 digits"),
        (Media("sculpture"), "no kind that is known"),  # type: ignore[arg-type]
        (Media("image", size="big"), "no number of bytes"),  # type: ignore[arg-type]
        (Media("location", latitude=52.37), "no Decimal"),  # type: ignore[arg-type]
        (Order(number=0.5, status="", due=None), "float, which is no value"),  # type: ignore[arg-type]
    ],
)
def test_what_a_host_may_not_give_is_said_in_words(given: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        admitted(given)


def test_a_record_too_deep_is_out_of_bounds_when_read() -> None:
    form: object = None
    for _ in range(9):
        form = {"record": "class", "fields": {"class": form, "self": None, "value": None}}
    with pytest.raises(ValueError, match="more than 8 deep"):
        from_json(form, RECORDS)
