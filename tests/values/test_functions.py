"""The functions that expressions may call."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from flowrt.errors import OutOfBounds
from flowrt.functions import join, largest, largest_of, length, lower, smallest, smallest_of, upper
from flowrt.text import fold, render, said
from flowrt.values import TEXT_MAX

D = Decimal


def test_case() -> None:
    assert (lower("ÉCOLE"), upper("straße")) == ("école", "STRASSE")
    with pytest.raises(OutOfBounds, match="131072 characters"):
        upper("ß" * TEXT_MAX)
    with pytest.raises(OutOfBounds):
        lower("İ" * TEXT_MAX)


def test_length_counts_code_points_and_items() -> None:
    assert [length("école"), length("\U0001f600"), length(""), length((1, 2)), length(())] == [5, 1, 0, 2, 0]


def test_join_says_each_item_as_a_hole_does() -> None:
    assert join(("tea", 2, D("1.50"), date(2026, 1, 5)), ", ") == "tea, 2, 1.5, 2026-01-05"
    assert join((), ", ") == ""
    assert join(("", ""), "x" * TEXT_MAX) == "x" * TEXT_MAX
    with pytest.raises(OutOfBounds, match="65537 characters"):
        join(("a", ""), "x" * TEXT_MAX)


def test_least_and_greatest() -> None:
    assert (smallest(3, 1, 2), largest(3, 1, 2)) == (1, 3)
    assert smallest(date(2026, 1, 5), date(2025, 1, 5)) == date(2025, 1, 5)
    mixed: D = smallest(1, D("1.5"))
    assert type(mixed) is D
    assert mixed == 1
    assert (smallest_of((3, 1)), largest_of((3, 1))) == (1, 3)
    assert smallest_of(()) is None
    assert largest_of(()) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("as it is ", "as it is "),
        (-7, "-7"),
        (D("4.50"), "4.5"),
        (D("100"), "100"),
        (D("1E+3"), "1000"),
        (D("1E-7"), "0.0000001"),
        (D("-0.00"), "0"),
        (date(2026, 1, 5), "2026-01-05"),
        (time(9, 30), "09:30"),
        (time(0, 0), "00:00"),
        (time(9, 30, 15), "09:30:15"),
        (time(9, 30, 0, 250_000), "09:30:00.25"),
        (datetime(2026, 1, 5, 9, 30, tzinfo=UTC), "2026-01-05T09:30Z"),
        (datetime(2026, 1, 5, tzinfo=UTC), "2026-01-05T00:00Z"),
        (datetime(2026, 1, 5, 9, 30, 1, tzinfo=UTC), "2026-01-05T09:30:01Z"),
    ],
)
def test_how_each_type_is_said(value: str | int | D | date | time, words: str) -> None:
    assert said(value) == words
    assert render("<", value, ">") == f"<{words}>"


def test_folding_is_its_own_fixed_point() -> None:
    for text in ("ΐ", "İ", "ẞ", "ﬁ", "\u1e9b\u0323", " A\u00a0 B "):
        assert fold(fold(text)) == fold(text)
