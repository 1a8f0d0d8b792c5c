"""Instants, durations and the clocks that tell them.

An instant is a whole number of microseconds since 1970-01-01T00:00Z; a period is a whole number of
microseconds. Whole numbers compare exactly, and order is what deadlines are about.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

Instant = int
"""Microseconds since the Unix epoch, UTC."""

Period = int
"""A length of time in microseconds."""

SECOND: Period = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

EARLIEST: Instant = (datetime(1, 1, 2, tzinfo=UTC) - _EPOCH) // _MICROSECOND
LATEST: Instant = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // _MICROSECOND
"""What a calendar can show, in every time zone: an instant beyond these counts as the nearest that it can."""


def on_the_calendar(at: Instant) -> Instant:
    """`at`, or the nearest instant between `EARLIEST` and `LATEST`.

    >>> on_the_calendar(5), on_the_calendar(2**63) == LATEST
    (5, True)
    """
    return min(max(at, EARLIEST), LATEST)


def instant(moment: datetime) -> Instant:
    """The instant of an aware datetime.

    >>> instant(datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC))
    2000000
    """
    return (moment - _EPOCH) // _MICROSECOND


def moment(at: Instant) -> datetime:
    """The aware datetime, in UTC, of an instant; of one that no calendar shows, that of the nearest.

    >>> moment(2_000_000).isoformat()
    '1970-01-01T00:00:02+00:00'
    """
    return _EPOCH + timedelta(microseconds=on_the_calendar(at))


class Clock(Protocol):
    """What tells a bot the time."""

    def now(self) -> Instant:
        """The present instant."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> Instant:
        """The present instant, from the system's wall clock."""
        return time.time_ns() // 1000


class CalendarClock:
    """Another clock, while it shows what a calendar can; else the nearest instant.

    >>> CalendarClock(FakeClock(at=2**70)).now() == LATEST
    True
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> Instant:
        """The present instant, on the calendar."""
        return on_the_calendar(self._clock.now())


class FakeClock:
    """A clock that stands still until it is moved: for tests and transcripts.

    >>> clock = FakeClock(at=0)
    >>> clock.advance(90)
    >>> clock.now()
    90000000
    """

    def __init__(self, at: Instant | datetime = datetime(2026, 1, 5, 9, tzinfo=UTC)) -> None:
        self._now = instant(at) if isinstance(at, datetime) else at

    def now(self) -> Instant:
        """The instant the clock stands at."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock on by `seconds`; a negative number moves it back."""
        self._now += round(seconds * SECOND)

    def set(self, at: Instant) -> None:
        """Put the clock to `at`."""
        self._now = at
