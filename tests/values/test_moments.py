"""Dates in figures and in words; words are relative to the message and to nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowrt.answers import DateAnswer, DatetimeAnswer
from flowrt.time import instant
from tests.values.reading import WEDNESDAY, read

JAN = [date(2026, 1, day) if day else date(2026, 1, 1) for day in range(32)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *[
            ("2026-01-31", JAN[31]),
            ("2026-1-31", JAN[31]),
            ("2026/01/31", JAN[31]),
            (" 2026.01.31 ", JAN[31]),
        ],
        *[
            ("31/1/2026", JAN[31]),
            ("1/31/2026", JAN[31]),
            ("31-01-2026", JAN[31]),
            ("5/5/2026", date(2026, 5, 5)),
        ],
        *[("1.2.2026", date(2026, 2, 1)), ("\u0662\u0660\u0662\u0666-01-31", JAN[31])],
        *[
            (text, None)
            for text in ("1/2/2026", "2026-02-30", "31/2/2026", "1/2/26", "0000-01-01", "2026-01/31", "")
        ],
    ],
)
def test_a_date_in_figures(text: str, day: date | None) -> None:
    assert read(DateAnswer(), text) == day


def test_the_order_settles_which_is_the_month() -> None:
    assert read(DateAnswer(order="DMY"), "1/2/2026") == date(2026, 2, 1)
    assert read(DateAnswer(order="MDY"), "1/2/2026") == date(2026, 1, 2)
    assert read(DateAnswer(order="MDY"), "31/1/2026") is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *[("today", JAN[7]), ("Tomorrow", JAN[8]), ("yesterday", JAN[6]), ("day after tomorrow", JAN[9])],
        *[("friday", JAN[9]), ("next friday", JAN[9]), ("wednesday", JAN[14]), ("in 3 days", JAN[10])],
        *[("in 2 weeks", JAN[21]), ("31 january", JAN[31]), ("January 31, 2026", JAN[31])],
        *[("5 march", date(2026, 3, 5)), ("5 january", date(2027, 1, 5))],
        *[
            (text, None)
            for text in ("hello", "march", "next week", "next month", "5pm", "now", "10", "a", "30 february")
        ],
        *[
            (text, None)
            for text in ("1/2/2026 please", "tomorrow" * 20, "99999999999 days", "in 9999999 days")
        ],
    ],
)
def test_a_date_in_words(text: str, day: date | None) -> None:
    assert read(DateAnswer(), text) == day


def test_words_of_another_language() -> None:
    assert read(DateAnswer(language="de"), "morgen") == JAN[8]
    assert read(DateAnswer(language="fr"), "5 mars") == date(2026, 3, 5)
    assert read(DateAnswer(language="de"), "tomorrow") is None
    assert read(DateAnswer(language="en-GB"), "tomorrow") == JAN[8]


def test_the_day_is_that_of_the_zone() -> None:
    assert read(DateAnswer(zone="Asia/Tokyo"), "today") == JAN[8]
    assert read(DateAnswer(zone="America/New_York"), "today") == JAN[7]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31 14:30", "2026-01-31T13:30:00+00:00"),
        ("2026-01-31T14:30:15", "2026-01-31T13:30:15+00:00"),
        ("2026-07-31 14:30", "2026-07-31T12:30:00+00:00"),
        ("31/1/2026 at 2:30 pm", "2026-01-31T13:30:00+00:00"),
        ("2026-01-31T14:30Z", "2026-01-31T14:30:00+00:00"),
        ("2026-01-31T14:30:00+02:00", "2026-01-31T12:30:00+00:00"),
        ("2026-01-31 14:30 -0530", "2026-01-31T20:00:00+00:00"),
        ("tomorrow at 5pm", "2026-01-08T16:00:00+00:00"),
        ("in 2 hours", "2026-01-08T00:30:00+00:00"),
        ("friday 14:00", "2026-01-09T13:00:00+00:00"),
        ("friday 14:00 EST", "2026-01-09T19:00:00+00:00"),
        *[
            (text, None)
            for text in ("2026-01-31", "tomorrow", "hello", "14:30:99", "2026-02-30 14:30", "1/2/2026 9:00")
        ],
        *[
            (text, None)
            for text in ("9999-12-31 23:59-12:00", "0001-01-01 00:00+12:00", "2026-01-31 14:30+15:00")
        ],
    ],
)
def test_a_datetime(text: str, moment: str | None) -> None:
    answer = read(DatetimeAnswer(zone="Europe/Paris"), text)
    assert (None if answer is None else answer.isoformat()) == moment
    assert answer is None or answer.tzinfo is UTC


def test_bounds_of_a_datetime() -> None:
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    reader = DatetimeAnswer(noon, noon + timedelta(hours=1))
    said = ("2026-01-31 11:59", "2026-01-31 12:00", "2026-01-31 13:00", "2026-01-31 13:01")
    assert [read(reader, text) is not None for text in said] == [False, True, True, False]


@pytest.mark.parametrize("make", [DateAnswer, DatetimeAnswer])
def test_what_does_not_exist_is_an_error_at_once(make: type[DateAnswer] | type[DatetimeAnswer]) -> None:
    for zone in ("Mars/Base", "../etc/passwd", ""):
        with pytest.raises(ValueError, match="there is no time zone"):
            make(zone=zone)
    with pytest.raises(ValueError, match="there is no language 'xx'"):
        make(language="xx")


# Never the system's clock, never its zone.

SAID = ["tomorrow", "friday", "5 march", "in 3 days", "31 december"]
ASK = f"""
from flowrt.answers import DateAnswer, DatetimeAnswer
from flowrt.events import Message
for text in {SAID!r}:
    print(DateAnswer()(Message("1", "ada", text=text), {WEDNESDAY}))
for text in ("tomorrow at 5pm", "friday 14:00 EST", "in 2 hours", "5pm"):
    print(DatetimeAnswer()(Message("1", "ada", text=text), {WEDNESDAY}))
"""

LYING = """
import datetime as module, sys
class Meta(type):
    def __instancecheck__(cls, value): return isinstance(value, module.datetime)
class Lying(module.datetime, metaclass=Meta):
    @classmethod
    def now(cls, tz=None): return module.datetime(1987, 6, 5, 4, 3, tzinfo=tz)
    @classmethod
    def utcnow(cls): return module.datetime(1987, 6, 5, 4, 3)
    @classmethod
    def today(cls): return module.datetime(1987, 6, 5, 4, 3)
import dateparser.date
for name, loaded in list(sys.modules.items()):
    if name.startswith("dateparser") and getattr(loaded, "datetime", None) is module.datetime:
        loaded.datetime = Lying
assert sys.modules["dateparser.freshness_date_parser"].datetime.now().year == 1987
"""
"""A clock that lies. (The parser asks it for the year where it reads a day alone, and uses the day.)"""


def answers_in(zone: str, before: str = "") -> str:
    """What a fresh Python answers on a machine in `zone`."""
    path = f"import sys; sys.path[:] = {sys.path!r}\n"
    command = [sys.executable, "-W", "error", "-c", path + before + ASK]
    environment = {**os.environ, "TZ": zone}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


def test_the_machine_it_runs_on_changes_nothing() -> None:
    first = answers_in("UTC")
    assert first.splitlines()[0] == "2026-01-08"
    assert "None" not in first
    assert answers_in("Pacific/Auckland") == first
    assert answers_in("America/Los_Angeles", LYING) == first


@given(st.integers(0, 3_000_000_000), st.sampled_from(["tomorrow", "next friday", "in 3 days"]))
def test_a_phrase_moves_with_the_message(seconds: int, text: str) -> None:
    at = seconds * 1_000_000
    today = datetime.fromtimestamp(seconds, UTC).date()
    day = read(DateAnswer(), text, at)
    assert day is not None
    ahead = (day - today).days
    assert ahead == {"tomorrow": 1, "in 3 days": 3}.get(text, ahead)
    assert 1 <= ahead <= 7
    assert read(DateAnswer(), text, at) == day
    assert instant(datetime.fromtimestamp(seconds, UTC)) == at
