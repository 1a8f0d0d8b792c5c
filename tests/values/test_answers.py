"""What each type accepts as an answer, and what it does not."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowrt import answers
from flowrt.answers import (
    BoolAnswer,
    ChoiceAnswer,
    DateAnswer,
    DatetimeAnswer,
    DecimalAnswer,
    DurationAnswer,
    EmailAnswer,
    IntAnswer,
    MediaAnswer,
    PhoneAnswer,
    Reader,
    SecretAnswer,
    TextAnswer,
    TimeAnswer,
    UrlAnswer,
)
from flowrt.events import Message
from flowrt.text import said
from flowrt.values import INT_MAX, TEXT_MAX, Media
from tests.values.kinds import decimals
from tests.values.reading import read

D = Decimal
LONG = "9" * (TEXT_MAX + 1)


def test_text_and_secrets_are_trimmed_and_not_empty() -> None:
    for reader in (TextAnswer(), SecretAnswer()):
        assert read(reader, "\u00a0 Ada \n") == "Ada"
        assert [read(reader, text) for text in ("", " \n", None, LONG)] == [None] * 4


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("4", 4), (" -4 ", -4), ("+4", 4), ("\u22124", -4), ("\u0664\u0662", 42), ("\uff14", 4)],
        *[(str(INT_MAX), INT_MAX), (str(-INT_MAX), -INT_MAX), (str(INT_MAX + 1), None)],
        *[
            ("4.0", None),
            ("1 000", None),
            ("four", None),
            ("", None),
            ("-", None),
            (LONG, None),
            ("4_0", None),
        ],
    ],
)
def test_int(text: str, number: int | None) -> None:
    assert read(IntAnswer(), text) == number


DECIMALS: list[tuple[str, str | None]] = [
    ("4,5", "4.5"),
    ("4.5", "4.5"),
    (" 42 ", "42"),
    ("-3", "-3"),
    ("\u22123", "-3"),
    (".5", "0.5"),
    ("0,125", "0.125"),
    ("1,234.5", "1234.5"),
    ("1.234,5", "1234.5"),
    ("1,234,567", "1234567"),
    ("1.234.567", "1234567"),
    ("1 234", "1234"),
    ("1\u202f234,50", "1234.5"),
    ("1\u2019234.50", "1234.5"),
    ("12,34,567", "1234567"),
    ("12345.678", "12345.678"),
    ("1234,567", "1234.567"),
    ("\u0661\u0662\u066b\u0665", "12.5"),
    ("9" * 28, "9" * 28),
    # What is not clear, or no number.
    *[("1,234", None), ("1.234", None), ("999.999", None), ("9" * 29, None), ("0." + "1" * 29, None)],
    *[
        ("12 34 567", None),
        ("1.2.3", None),
        ("1,2.3,4", None),
        ("1,234 567", None),
        ("5.", None),
        (".", None),
    ],
    *[("", None), ("1e5", None), ("NaN", None), ("inf", None), ("--1", None), ("$5", None), (LONG, None)],
]


@pytest.mark.parametrize(("text", "number"), DECIMALS)
def test_decimal(text: str, number: str | None) -> None:
    assert read(DecimalAnswer(), text) == (None if number is None else D(number))


def test_a_mark_settles_what_is_not_clear() -> None:
    point, comma = DecimalAnswer(mark="."), DecimalAnswer(mark=",")
    assert (read(point, "1,234"), read(point, "1.234")) == (D(1234), D("1.234"))
    assert (read(comma, "1,234"), read(comma, "1.234")) == (D("1.234"), D(1234))
    assert (read(point, "4,5"), read(comma, "4.5")) == (None, None)


@given(decimals)
def test_a_decimal_as_it_is_said_is_read_back(number: D) -> None:
    words = said(number)
    if len(words) <= 60:
        assert read(DecimalAnswer(mark="."), words) == number


@pytest.mark.parametrize("text", ["yes", "Y", " OK ", "true", "1"])
def test_yes(text: str) -> None:
    assert read(BoolAnswer(), text) is True


@pytest.mark.parametrize(("text", "answer"), [("No", False), ("n", False), ("0", False), ("maybe", None)])
def test_no(text: str, answer: bool | None) -> None:
    assert read(BoolAnswer(), text) is answer


def test_a_choice_is_stored_as_written() -> None:
    assert read(ChoiceAnswer("Café", "Tea"), " CAFE\u0301 ") == "Café"
    assert read(ChoiceAnswer("Café", "Tea"), "milk") is None


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90 minutes", timedelta(minutes=90)),
        ("90min", timedelta(minutes=90)),
        ("1h30", timedelta(minutes=90)),
        ("1h 30m", timedelta(minutes=90)),
        ("1H30M20S", timedelta(minutes=90, seconds=20)),
        ("1,5 h", timedelta(minutes=90)),
        ("an hour and a half", timedelta(minutes=90)),
        ("one hour, 30 minutes", timedelta(minutes=90)),
        ("PT90M", timedelta(minutes=90)),
        ("half an hour", timedelta(minutes=30)),
        ("2 days", timedelta(days=2)),
        ("2 days and 4 hours", timedelta(days=2, hours=4)),
        ("\u0662 weeks", timedelta(weeks=2)),
        ("P1W2DT3H", timedelta(days=9, hours=3)),
        ("0 s", timedelta(0)),
        *[
            (text, None)
            for text in ("90", "", "hour", "2 months", "1 year", "30m 1h", "1h 2h", "1 hour,", "P", "PT")
        ],
        *[(text, None) for text in ("-1 h", "1:30", "40000 days", "999999999 weeks", "1h60", LONG)],
    ],
)
def test_duration(text: str, duration: timedelta | None) -> None:
    assert read(DurationAnswer(), text) == duration


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        *[("9:30", time(9, 30)), ("09.30", time(9, 30)), ("9h30", time(9, 30)), ("9h", time(9))],
        *[("9pm", time(21)), ("9:30 p.m.", time(21, 30)), ("12am", time(0)), ("12 PM", time(12))],
        *[
            ("noon", time(12)),
            ("Midnight", time(0)),
            ("21:30:15", time(21, 30, 15)),
            ("\u0669:\u0663\u0660", time(9, 30)),
        ],
        *[
            (text, None)
            for text in ("9", "24:00", "7:60", "13pm", "0am", "9:3", "9.", "T9:30", "", "soon", LONG)
        ],
    ],
)
def test_time(text: str, clock: time | None) -> None:
    assert read(TimeAnswer(), text) == clock


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://Example.com/Menu?a=B#c", "https://example.com/Menu?a=B#c"),
        ("HTTP://example.com", "http://example.com"),
        ("Example.com/Menu", "https://example.com/Menu"),
        ("example.com:8080", "https://example.com:8080"),
        ("www.m\u00fcnchen.de", "https://www.m\u00fcnchen.de"),
        ("http://localhost:8080/x", "http://localhost:8080/x"),
        ("http://1.2.3.4/", "http://1.2.3.4/"),
        ("http://[::1]/", "http://[::1]/"),
        *[(text, None) for text in ("", "hello", "hello there", "3.5", "localhost", "a.b.c.1", "e.g.")],
        *[
            (text, None)
            for text in ("ftp://x.org", "javascript:alert(1)", "mailto:a@b.com", "http://", "https:///x")
        ],
        *[
            (text, None)
            for text in ("http://bank.com@evil.com", "http://a:b@c.com", "http://x.org:99999", "http://[x]/")
        ],
        *[
            (text, None)
            for text in ("http://999.1.1.1", "http://-x.org", "http://x..org", "http://x.org/\u0000")
        ],
        *[
            (text, None)
            for text in ("http://x.org/" + "a" * 2048, "http://x.org/<b>", "http:\\\\x.org", "x.org/\u200b ")
        ],
    ],
)
def test_url(text: str, address: str | None) -> None:
    assert read(UrlAnswer(), text) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        *[(" Ada@Example.COM ", "Ada@example.com"), ("ada+x@example.co.uk", "ada+x@example.co.uk")],
        *[
            ("ada", None),
            ("ada@", None),
            ("ada@localhost", None),
            ("Ada <ada@example.com>", None),
            ("", None),
        ],
        *[
            ("a b@example.com", None),
            (LONG, None),
            ("a@b.com\na@c.com", None),
        ],
    ],
)
def test_email(text: str, address: str | None) -> None:
    assert read(EmailAnswer(), text) == address


@pytest.mark.parametrize(
    ("region", "text", "number"),
    [
        ("NL", "06 1234 5678", "+31612345678"),
        ("NL", "+1 (650) 253-0000", "+16502530000"),
        ("NL", "\u0660\u0666\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "+31612345678"),
        (None, "+31 6 1234 5678", "+31612345678"),
        *[
            (None, text, None)
            for text in ("06 1234 5678", "", "hello", "+", "+31 12", "call +31612345678", LONG)
        ],
    ],
)
def test_phone(region: str | None, text: str, number: str | None) -> None:
    assert read(PhoneAnswer(region), text) == number


def test_a_region_that_does_not_exist_is_an_error_at_once() -> None:
    with pytest.raises(ValueError, match="there is no region 'XX'"):
        PhoneAnswer("XX")


class WithMedia(Message):
    """A message as it will be: with media."""

    media: Media | None = Media("image", url="https://example.com/a.png")


def test_media_of_the_kind_that_is_asked_for() -> None:
    sent = WithMedia("1", "ada")
    assert MediaAnswer("image")(sent) == sent.media
    assert MediaAnswer("video")(sent) is None
    assert read(MediaAnswer("image"), "a text") is None


@pytest.mark.parametrize(
    ("reader", "inside", "outside"),
    [
        (IntAnswer(1, 5), ["1", "5"], ["0", "6"]),
        (DecimalAnswer(D("0.5"), 5), ["0.5", "5", "5,0"], ["0.49", "5.01"]),
        (DecimalAnswer(low=1), ["1", "1000"], ["0.9"]),
        (
            DateAnswer(date(2026, 1, 1), date(2026, 12, 31)),
            ["2026-01-01", "2026-12-31"],
            ["2025-12-31", "2027-01-01"],
        ),
        (TimeAnswer(time(9), time(17)), ["9:00", "17:00"], ["8:59", "17:00:01"]),
        (DurationAnswer(timedelta(hours=1), timedelta(hours=2)), ["1 h", "120 min"], ["59 min", "121 min"]),
    ],
)
def test_bounds_belong_to_what_is_accepted(
    reader: Reader[Any], inside: list[str], outside: list[str]
) -> None:
    assert None not in [read(reader, text) for text in inside]
    assert [read(reader, text) for text in outside] == [None] * len(outside)


EVERY: list[Reader[Any]] = [
    TextAnswer(),
    SecretAnswer(),
    IntAnswer(),
    DecimalAnswer(),
    BoolAnswer(),
    ChoiceAnswer("a"),
    DurationAnswer(),
    TimeAnswer(),
    DateAnswer(),
    DatetimeAnswer(),
    UrlAnswer(),
    EmailAnswer(),
    PhoneAnswer("NL"),
    MediaAnswer("image"),
]


@given(st.text() | st.text("0123456789.,:-/ hm+@aptz\u0661\u00b2\ud800", max_size=12))
def test_no_text_makes_a_reader_raise(text: str) -> None:
    for reader in EVERY:
        assert read(reader, text) == read(reader, text), "the same text, read twice, gives the same"


@pytest.mark.parametrize("reader", EVERY, ids=lambda reader: type(reader).__name__)
def test_a_message_without_text_is_no_answer(reader: Reader[Any]) -> None:
    assert read(reader, None) is None
    assert reader(Message("1", "ada")) is None


def test_every_reader_is_there_by_name() -> None:
    for name in answers.__all__:
        assert getattr(answers, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'ListAnswer'"):
        answers.ListAnswer  # noqa: B018
