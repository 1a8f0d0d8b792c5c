"""Text patterns: folded texts, captures as short as can be in the user's spelling, and work that stays linear."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowrt.answers import DateAnswer, DecimalAnswer, IntAnswer, TextAnswer
from flowrt.captures import READINGS_MAX, Capture, Matching, Spelling, TextPattern
from flowrt.events import Message
from flowrt.text import fold
from flowrt.time import Instant
from flowrt.values import TEXT_MAX
from tests.values.reading import WEDNESDAY

A, B, C = Capture("a"), Capture("b"), Capture("c")
NUMBER, OTHER = Capture("n", IntAnswer()), Capture("m", IntAnswer())


@pytest.mark.parametrize(
    ("pattern", "text", "held"),
    [
        (("order ", NUMBER), " ORDER   66 ", {"n": 66}),
        (("order ", NUMBER), "\uff2frder \u0666\u0666", {"n": 66}),
        (("order ", NUMBER), "order66", None),
        (("order ", NUMBER), "order x", None),
        (("order ", NUMBER), "order ", None),
        (("order ", NUMBER), "my order 66", None),
        (("order", NUMBER), "order 66", {"n": 66}),
        (("I am ", A, "!"), "i am  Ada  Lovelace !", {"a": "Ada  Lovelace"}),
        ((A, " to ", B), "London to Rome", {"a": "London", "b": "Rome"}),
        ((A, " to ", B), "a to b to c", {"a": "a", "b": "b to c"}),
        ((A, " to ", B), "to to to", {"a": "to", "b": "to"}),
        ((A, " to ", B), "to b", None),
        ((A, " to ", NUMBER), "go to x to 5", {"a": "go to x", "n": 5}),
        ((A, " to ", NUMBER, " of ", B), "x to 5 of y of z", {"a": "x", "n": 5, "b": "y of z"}),
        ((NUMBER, " ", OTHER), "1 2 3", None),
        ((NUMBER, " of ", B), "1 of 2 of 3", {"n": 1, "b": "2 of 3"}),
        ((A, " ", B), "one two three", {"a": "one", "b": "two three"}),
        ((A, B), "xy", {"a": "x", "b": "y"}),
        ((A, B), "x", None),
        ((A, " ", B), "x", None),
        ((A,), " Anything At All ", {"a": "Anything At All"}),
        ((A,), " ", None),
        (("hello",), " HELLO ", {}),
        (("hello",), "hello you", None),
        (("stra\u00dfe ", A), "STRASSE Wei\u00df", {"a": "Wei\u00df"}),
        ((A, "s"), "\u00df", None),
        ((A, "s"), "a\u00df", None),
        ((A, "ss"), "a\u00df", {"a": "a"}),
        ((A, "e"), "xe\u0301", None),
        ((A, "e"), "x\u00e9e", {"a": "x\u00e9"}),
        (("caf\u00e9 ", A), "CAFE\u0301 Noir", {"a": "Noir"}),
        (
            ("is ", Capture("p", DecimalAnswer()), " ok"),
            "Is 4,5 OK",
            {"p": DecimalAnswer()(Message("", "", "4.5"))},
        ),
        (("a  b", A), "A B c", {"a": "c"}),
        ((" x ", A, "  y "), "X 1 Y", {"a": "1"}),
    ],
)
def test_what_is_held(pattern: tuple[str | Capture, ...], text: str, held: dict[str, Any] | None) -> None:
    assert TextPattern(*pattern).match(text) == held


def test_a_capture_is_read_at_the_instant_of_the_message() -> None:
    held = TextPattern("book ", Capture("day", DateAnswer()), " please").match(
        "Book tomorrow please", WEDNESDAY
    )
    assert str(held and held["day"]) == "2026-01-08"


def test_a_capture_that_its_reader_refuses_tries_longer() -> None:
    class Pairs:
        def __call__(self, message: Message, _at: Instant = 0, /) -> str | None:
            return message.text if message.text and message.text.count("x") == 2 else None

    assert TextPattern(Capture("p", Pairs()), "x", A).match("axbxcxd") == {"p": "axbxc", "a": "d"}


def test_a_text_that_is_too_long_does_not_match() -> None:
    assert TextPattern(A).match("x" * TEXT_MAX) is not None
    assert TextPattern(A).match("x" * (TEXT_MAX + 1)) is None
    assert TextPattern(NUMBER, " x").match("1" * 257 + " x") is None


# Spelling.

odd = st.text(
    "aA \t\u00a0\u00df\u0130\u1e9b\u0323\u0301\u0345\u0390\u03b1\ufb01\u212b"
    "\u1100\u1161\u11a8\uac00\u3000\u0f71\u0f72"
)


@given(st.text() | odd)
def test_the_pieces_fold_as_the_whole_does(text: str) -> None:
    spelling = Spelling(text)
    assert spelling.folded == fold(text)
    assert len(spelling.starts) == len(spelling.folded) + 1
    places = [start for start in spelling.starts if start >= 0]
    assert places == sorted(places)
    assert spelling.starts[0] == 0
    assert spelling.between(0, len(spelling.folded)) == spelling.shown


@given(st.text() | odd)
def test_what_stands_between_folds_to_what_was_matched(text: str) -> None:
    spelling = Spelling(text)
    ends = [index for index, start in enumerate(spelling.starts) if start >= 0]
    for start, end in pairwise(ends):
        assert fold(spelling.between(start, end)) == spelling.folded[start:end].strip()


# The same as a simple reading.

simple_parts = st.lists(
    st.sampled_from([A, B, C, NUMBER, OTHER, "x", " ", "1", "x y", " x "]), min_size=1, max_size=6
)


def by_expression(parts: list[str | Capture], text: str) -> dict[str, Any] | None:
    """What a backtracking expression, lazy in every capture, makes of it."""
    pattern, captures = "", list[Capture]()
    for part in parts:
        if isinstance(part, str):
            pattern += part
        else:
            pattern += "\0"
            captures.append(part)
    pattern = " ".join(pattern.strip(" ").split())
    body = re.escape(pattern).replace("\0", "\x01")
    for number, capture in enumerate(captures):
        group = r" ?[0-9]+? ?" if capture.reader else r".*?[^ ].*?"
        body = body.replace("\x01", f"(?P<g{number}>{group})", 1)
    found = re.fullmatch(body, text)
    if found is None:
        return None
    values = [found[f"g{number}"].strip() for number in range(len(captures))]
    return {
        capture.name: int(value) if capture.reader else value
        for capture, value in zip(captures, values, strict=True)
    }


@given(simple_parts, st.text("x1y ", max_size=12))
def test_it_holds_what_a_simple_reading_holds(parts: list[str | Capture], text: str) -> None:
    names = [part.name for part in parts if isinstance(part, Capture)]
    if len(set(names)) == len(names):
        text = " ".join(text.split())  # the expression knows no longer white space
        assert TextPattern(*parts).match(text) == by_expression(parts, text)


# Work.

LINEAR = 8
"""How many steps one capture may take for each code point."""


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ((A, " x ", NUMBER, " y ", C), "a x " * 16_384),
        ((A, "a", B, "a", C, "c", NUMBER, "b"), "a" * 65_535 + "b"),
        ((A, "a", B, "a", C, "a", NUMBER, "b"), "a" * 65_535 + "b"),
        ((NUMBER, "1", OTHER, "1", Capture("k", IntAnswer()), "x"), "1" * 65_535 + "x"),
        ((A, " ", NUMBER, " ", B, " ", OTHER, " ", C, "z"), "x " * 32_767 + "z"),
        ((A, " ", NUMBER, " ", B, " ", OTHER, " ", C, "z"), "1 " * 32_767 + "z"),
        ((A, "x", Capture("t", TextAnswer()), "x", B, "y", C, "z"), "x" * 65_535 + "z"),
        ((A, B, C, NUMBER), "x" * 65_536),
    ],
)
def test_the_longest_text_takes_work_in_proportion(pattern: tuple[str | Capture, ...], text: str) -> None:
    made = TextPattern(*pattern)
    captures = tuple([part for part in pattern if isinstance(part, Capture)])
    matching = Matching(captures, made._fixed, Spelling(text), 0)
    matching.run()
    assert matching.steps <= LINEAR * len(captures) * len(text)
    assert matching.readings <= READINGS_MAX
