"""Reading lengths of time."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from flowrt.answers.plain import figures, trimmed
from flowrt.events import Message
from flowrt.text import fold
from flowrt.time import Instant
from flowrt.values import DURATION_MAX

_LONGEST = 100
_SECONDS = {
    1: ("s", "sec", "secs", "second", "seconds"),
    60: ("m", "min", "mins", "minute", "minutes"),
    3_600: ("h", "hr", "hrs", "hour", "hours"),
    86_400: ("d", "day", "days"),
    604_800: ("w", "wk", "wks", "week", "weeks"),
}
_UNITS = {name: seconds for seconds, names in _SECONDS.items() for name in names}
_WORDS = {
    **dict.fromkeys(("half an", "half a", "a half"), Decimal("0.5")),
    **dict.fromkeys(("an", "a", "one"), Decimal(1)),
    **{
        name: Decimal(count)
        for count, name in enumerate(
            ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 2
        )
    },
}
_AMOUNT = "|".join([r"[0-9]{1,9}(?:[.,][0-9]{1,6})?", *_WORDS])
_PART = re.compile(rf"(?P<amount>{_AMOUNT}) ?(?P<unit>[a-z]+)(?: and a (?P<half>half))?")
_BETWEEN = re.compile(r",? and |, ?| |")
_HOURS_ONLY = re.compile(r"([0-9]{1,9}) ?h ?([0-5][0-9])")  # 1h30
_ISO = re.compile(
    r"p(?:(?P<w>[0-9]{1,9})w)?(?:(?P<d>[0-9]{1,9})d)?"
    r"(?:t(?:(?P<h>[0-9]{1,9})h)?(?:(?P<m>[0-9]{1,9})m)?(?:(?P<s>[0-9]{1,9})s)?)?"
)


class DurationAnswer:
    """A length of time with its units, within `low` and `high` where they are given, at most `DURATION_MAX`.

    Weeks, days, hours, minutes and seconds, in English or by the usual letters (`90 minutes`, `1h30`, `2 days and
    4 hours`, `1.5 h`, `half an hour`), or ISO 8601 (`PT90M`). A number without a unit is no answer, nor are months
    and years, whose length is not fixed.

    >>> DurationAnswer()(Message("1", "ada", text="1h30"))
    datetime.timedelta(seconds=5400)
    """

    __slots__ = ("_high", "_low")

    def __init__(self, low: timedelta | None = None, high: timedelta | None = None) -> None:
        self._low = timedelta(0) if low is None else low
        self._high = DURATION_MAX if high is None else high

    def __call__(self, message: Message, _at: Instant = 0, /) -> timedelta | None:
        """The duration that `message` says."""
        text = fold(figures(trimmed(message)))
        duration = read_duration(text) if len(text) <= _LONGEST else None
        return duration if duration is not None and self._low <= duration <= self._high else None


def read_duration(text: str) -> timedelta | None:
    """The duration that the folded `text` says, or None.

    >>> read_duration("2 days and 4 hours")
    datetime.timedelta(days=2, seconds=14400)
    """
    iso = _ISO.fullmatch(text)
    if iso is not None:
        parts = [(Decimal(amount), _UNITS[unit]) for unit, amount in iso.groupdict().items() if amount]
        return _sum(parts) if parts and not text.endswith("t") else None
    clock = _HOURS_ONLY.fullmatch(text)
    if clock is not None:
        return _sum([(Decimal(clock[1]), 3_600), (Decimal(clock[2]), 60)])
    return _sum(_parts(text))


def _parts(text: str) -> list[tuple[Decimal, int]]:
    """Amounts with the seconds of their units, from the longest unit to the shortest; none if `text` is else."""
    parts: list[tuple[Decimal, int]] = []
    start = 0
    while start < len(text):
        part = _PART.match(text, start)
        seconds = _UNITS.get(part["unit"], 0) if part else 0
        if part is None or not seconds or (parts and parts[-1][1] <= seconds):
            return []
        parts.append((_amount(part["amount"]) + (Decimal("0.5") if part["half"] else 0), seconds))
        between = _BETWEEN.match(text, part.end())
        start = between.end() if between else part.end()
        if start == len(text) and start > part.end():
            return []  # something was to follow
    return parts


def _amount(said: str) -> Decimal:
    return _WORDS[said] if said in _WORDS else Decimal(said.replace(",", "."))


def _sum(parts: list[tuple[Decimal, int]]) -> timedelta | None:
    total = sum((amount * seconds for amount, seconds in parts), Decimal(0))
    if not parts or total > int(DURATION_MAX.total_seconds()):
        return None
    return timedelta(microseconds=int(total * 1_000_000))
