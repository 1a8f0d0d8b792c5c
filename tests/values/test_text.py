"""Folding holds nobody up: whatever marks are heaped upon a letter, they are put in order in short rows."""

from __future__ import annotations

import unicodedata
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowrt.answers import DateAnswer, IntAnswer, TextAnswer
from flowrt.captures import Capture, TextPattern
from flowrt.events import Message
from flowrt.patterns import compile_pattern
from flowrt.text import MARKS_MAX, fold, nfkc
from flowrt.values import TEXT_MAX

TAIL = 3
"""How many marks one code point can bring at its end."""

UNORDERED = [
    "a" + "\u0315\u0316" * 30_000,
    "a" + "\u0315" * 30_000 + "\u0316" * 30_000,
    "\u0f73\uff9e" * 20_000,
    "\u1f82" + "\u0345\u0316" * 30_000,
]


def longest_row(text: str) -> int:
    """How many marks stand in a row at most, once all is taken apart."""
    marks = [unicodedata.combining(one) != 0 for one in unicodedata.normalize("NFKD", text)]
    return max((len(list(row)) for is_mark, row in groupby(marks) if is_mark), default=0)


@pytest.mark.parametrize("text", UNORDERED, ids=["alternating", "backwards", "hidden", "composed"])
def test_marks_are_put_in_order_in_short_rows(text: str) -> None:
    assert longest_row(nfkc(text)) <= MARKS_MAX + TAIL
    assert longest_row(fold(text)) <= MARKS_MAX + TAIL


@pytest.mark.parametrize("text", UNORDERED, ids=["alternating", "backwards", "hidden", "composed"])
def test_all_that_reads_such_a_text_reads_it_in_short_rows(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them takes seconds, or minutes, where one of them does not."""
    normalize, rows = unicodedata.normalize, list[int]()

    class Watched:
        combining, category, decimal = unicodedata.combining, unicodedata.category, unicodedata.decimal

        @staticmethod
        def normalize(form: str, text: str) -> str:
            marks = [unicodedata.combining(one) != 0 for one in text]
            rows.append(max((len(list(row)) for is_mark, row in groupby(marks) if is_mark), default=0))
            assert form == "NFKC"
            return normalize("NFKC", text)

    for module in ("text", "captures"):
        monkeypatch.setattr(f"flowrt.{module}.unicodedata", Watched)
    message = Message("1", "ada", f" {text[2:]}")
    assert TextAnswer()(message) == text[2:]
    assert (IntAnswer()(message), DateAnswer()(message)) == (None, None)
    assert compile_pattern(r"\bx\b").find(text) is None
    assert TextPattern(Capture("a"), "x", Capture("b")).match(text) is None
    assert TextPattern(Capture("a")).match(text) is not None
    assert len(rows) >= 5
    assert max(rows) <= MARKS_MAX


@given(st.text(st.characters(codec="utf-8"), max_size=100))
def test_a_text_that_people_write_is_in_nfkc(text: str) -> None:
    assert longest_row(text) > MARKS_MAX or nfkc(text) == unicodedata.normalize("NFKC", text)


@given(
    st.text(st.sampled_from("a\u00e9\u0301\u0316\u0345\u0f73\uff9e\u034f\u1161\ufdfa\ud800 "), max_size=200)
)
def test_folding_is_its_own_fixed_point_under_any_marks(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("spread", ["\ufdfa", "\u3300", "\u2474"])
def test_a_text_that_grows_beyond_the_bound_when_it_is_folded_matches_nothing(spread: str) -> None:
    """One code point stands for up to eighteen: what is bounded is the work, not what was typed."""
    long = spread * (TEXT_MAX // 2)
    assert TextPattern(Capture("all")).match(long) is None
    assert compile_pattern(r"\bx|.").find(long) is None
    assert TextPattern(Capture("all")).match(spread * 100) is not None
    assert TextAnswer()(Message("1", "ada", long)) == long
