"""Reading dates, times and datetimes: in figures by this module, in words by `dateparser` where it is installed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from flowrt.answers.dates import DateWords, Order
from flowrt.answers.extras import MissingExtra
from flowrt.answers.plain import figures, trimmed
from flowrt.events import Message
from flowrt.text import fold
from flowrt.time import Instant, moment

_LONGEST = 100
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_TWO_FIGURES = re.compile(r"(?<![0-9])([0-9]{1,2})[-/]([0-9]{1,2})(?![0-9:])")
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})"
    r"(?:(?P<mark>[:.h])(?P<minute>[0-5][0-9])?(?:[:.](?P<second>[0-5][0-9])(?:\.0+)?)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?"
)
_NAMED = {"noon": time(12), "midnight": time(0)}
_JOINED = re.compile(
    r"(?P<day>[0-9./-]+)(?:t|,? at |,? )(?P<clock>.+?)(?P<offset> ?z| ?[+-][0-9]{2}:?[0-9]{2})?"
)
_MONTHS, _HALF_DAY = 12, 12


class DateAnswer:
    """A date, within `low` and `high` where they are given.

    In figures: `2026-01-31`, `31.1.2026`; `31/1/2026` and `1/31/2026` where only one reading is possible, or where
    `order` says which: "DMY" or "MDY". In words ("tomorrow", "5 march", "next friday"), where the package
    `dateparser` is installed: in English, or in the `language` that is given, which then needs the package.
    Words are relative to the instant of the message, in the time zone `zone` (a name such as "Europe/Paris");
    they must say one day, which "next week" and "5pm" do not.

    Raises `MissingExtra` where `language` is given without the package, `ValueError` for a zone or a language
    that does not exist.

    >>> DateAnswer()(Message("1", "ada", text="2026-01-31"))
    datetime.date(2026, 1, 31)
    """

    __slots__ = ("_high", "_low", "_order", "_words", "_zone")

    def __init__(
        self,
        low: date | None = None,
        high: date | None = None,
        *,
        language: str | None = None,
        order: Order | None = None,
        zone: str = "UTC",
    ) -> None:
        self._low = date.min if low is None else low
        self._high = date.max if high is None else high
        self._order: Order | None = order
        self._zone = zone_named(zone)
        self._words = words_in(language, order, zone)

    def __call__(self, message: Message, at: Instant = 0, /) -> date | None:
        """The day that `message`, which came at the instant `at`, says."""
        text = fold(figures(trimmed(message)))
        day = read_date(text, self._order) if len(text) <= _LONGEST else None
        if day is None and self._words is not None and not _is_unclear(text, self._order):
            day = self._in_words(self._words, text, at)
        return day if day is not None and self._low <= day <= self._high else None

    def _in_words(self, words: DateWords, text: str, at: Instant) -> date | None:
        found = words.read(text, _wall(at, self._zone))
        if found is None:
            return None
        meant, exactness = found
        counted = exactness == "week" and any(character.isdecimal() for character in text)  # in 2 weeks
        return meant.astimezone(self._zone).date() if exactness == "day" or counted else None


class TimeAnswer:
    """A time of day, within `low` and `high` where they are given.

    `14:30`, `14.30`, `14h30`, `14h`, `2:30 pm`, `2pm`, `noon`, `midnight`. A number alone is no answer.

    >>> TimeAnswer()(Message("1", "ada", text="2:30 pm"))
    datetime.time(14, 30)
    """

    __slots__ = ("_high", "_low")

    def __init__(self, low: time | None = None, high: time | None = None) -> None:
        self._low = time.min if low is None else low
        self._high = time.max if high is None else high

    def __call__(self, message: Message, _at: Instant = 0, /) -> time | None:
        """The time that `message` says."""
        text = fold(figures(trimmed(message)))
        clock = read_time(text) if len(text) <= _LONGEST else None
        return clock if clock is not None and self._low <= clock <= self._high else None


class DatetimeAnswer:
    """A day with a time, within `low` and `high` where they are given; the value is in UTC.

    In figures: a date and a time as `DateAnswer` and `TimeAnswer` read them, and after them `Z` or an offset
    such as `+02:00`; without one the time is that of `zone`. In words as with `DateAnswer`, and they must say a
    time: "tomorrow at 5pm", "in 2 hours". Raises what `DateAnswer` does.

    >>> DatetimeAnswer(zone="Europe/Paris")(Message("1", "ada", text="2026-01-31 14:30")).isoformat()
    '2026-01-31T13:30:00+00:00'
    """

    __slots__ = ("_high", "_low", "_order", "_words", "_zone")

    def __init__(
        self,
        low: datetime | None = None,
        high: datetime | None = None,
        *,
        language: str | None = None,
        order: Order | None = None,
        zone: str = "UTC",
    ) -> None:
        self._low = datetime.min.replace(tzinfo=UTC) if low is None else low
        self._high = datetime.max.replace(tzinfo=UTC) if high is None else high
        self._order: Order | None = order
        self._zone = zone_named(zone)
        self._words = words_in(language, order, zone)

    def __call__(self, message: Message, at: Instant = 0, /) -> datetime | None:
        """The moment that `message`, which came at the instant `at`, says."""
        text = fold(figures(trimmed(message)))
        if len(text) > _LONGEST:
            return None
        meant = read_datetime(text, self._order, self._zone)
        if meant is None and self._words is not None and not _is_unclear(text, self._order):
            found = self._words.read(text, _wall(at, self._zone))
            meant = found[0] if found is not None and found[1] == "time" else None
        if meant is None:
            return None
        try:
            meant = meant.astimezone(UTC)
        except OverflowError:
            return None
        return meant if self._low <= meant <= self._high else None


# Figures. Texts are folded and their digits those of ASCII.


def read_date(text: str, order: Order | None = None) -> date | None:
    """The day that figures say, or None where they say none, or it is not clear which.

    >>> read_date("31/1/2026"), read_date("1/2/2026"), read_date("1/2/2026", "DMY")
    (datetime.date(2026, 1, 31), None, datetime.date(2026, 2, 1))
    """
    found = _YEAR_FIRST.fullmatch(text)
    if found is not None:
        return _date(found[1], found[3], found[4])
    found = _YEAR_LAST.fullmatch(text)
    if found is None:
        return None
    first, mark, second, year = found.groups()
    order = order or ("DMY" if mark == "." else None)  # points are written where the day comes first
    if order == "MDY" or (order != "DMY" and int(second) > _MONTHS):
        return _date(year, first, second)
    if order == "DMY" or int(first) > _MONTHS or int(first) == int(second):
        return _date(year, second, first)
    return None


def read_time(text: str) -> time | None:
    """The time of day that `text` says, or None.

    >>> read_time("12 am"), read_time("14h30"), read_time("14")
    (datetime.time(0, 0), datetime.time(14, 30), None)
    """
    if text in _NAMED:
        return _NAMED[text]
    found = _CLOCK.fullmatch(text)
    if found is None or not (found["minute"] or found["half"] or found["mark"] == "h"):
        return None
    if found["mark"] and found["mark"] != "h" and not found["minute"]:
        return None
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= _HALF_DAY:
            return None
        hour = hour % _HALF_DAY + (_HALF_DAY if found["half"] == "p" else 0)
    try:
        return time(hour, int(found["minute"] or 0), int(found["second"] or 0))
    except ValueError:
        return None


def read_datetime(text: str, order: Order | None, zone: tzinfo) -> datetime | None:
    """The moment that figures say, in `zone` unless they say their offset; None where they say none.

    >>> read_datetime("2026-01-31t14:30+02:00", None, UTC).isoformat()
    '2026-01-31T14:30:00+02:00'
    """
    found = _JOINED.fullmatch(text)
    if found is None:
        return None
    day, clock = read_date(found["day"], order), read_time(found["clock"])
    offset = zone if found["offset"] is None else _offset(found["offset"].strip())
    return None if day is None or clock is None or offset is None else datetime.combine(day, clock, offset)


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _offset(said: str) -> tzinfo | None:
    if said == "z":
        return UTC
    hours, minutes = int(said[1:3]), int(said[-2:])
    if hours > 14 or minutes > 59:  # noqa: PLR2004 — no place on Earth is further
        return None
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if said[0] == "-" else ahead)


def _is_unclear(text: str, order: Order | None) -> bool:
    """Whether a text has figures in it that may be day and month or month and day."""
    found = _TWO_FIGURES.search(text)
    return order is None and found is not None and max(int(found[1]), int(found[2])) <= _MONTHS


# Settings.


def words_in(language: str | None, order: Order | None, zone: str) -> DateWords | None:
    """What reads words of `language`; where none is given, English if the package is there, else nothing."""
    try:
        return DateWords(language or "en", order, zone)
    except MissingExtra:
        if language is not None:
            raise
        return None


def zone_named(name: str) -> tzinfo:
    """The time zone of a name such as "Europe/Paris". Raises `ValueError` where there is none.

    >>> zone_named("UTC")
    datetime.timezone.utc
    """
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415 — a bot in UTC does without

    try:
        return ZoneInfo(name)
    except (OSError, KeyError, ValueError):
        raise ValueError(
            f"there is no time zone {name!r}, or its rules (package tzdata) are missing"
        ) from None


def _wall(at: Instant, zone: tzinfo) -> datetime:
    """What a clock on the wall of `zone` shows at `at`, without a zone."""
    return moment(at).astimezone(zone).replace(tzinfo=None)
