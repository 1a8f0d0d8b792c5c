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


def instant(moment: datetime) -> Instant:
    """The instant of an aware datetime.

    >>> instant(datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC))
    2000000
    """
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(at: Instant) -> datetime:
    """The aware datetime, in UTC, of an instant.

    >>> moment(2_000_000).isoformat()
    '1970-01-01T00:00:02+00:00'
    """
    return _EPOCH + timedelta(microseconds=at)


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
