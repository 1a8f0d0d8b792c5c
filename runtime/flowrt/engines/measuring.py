"""What an engine measures of itself: through `flowrt.metrics`, and what is at hand in this process."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Literal

from flowrt.effects import Ended
from flowrt.errors import Busy
from flowrt.metrics import Metrics
from flowrt.time import SECOND, Instant

Work = Literal["events", "deliveries", "calls"]


class Timed:
    """A piece of work that is measured: the `outcome` it ends with, and how many `seconds` it has taken so far."""

    __slots__ = ("_begun", "outcome")

    def __init__(self, outcome: str) -> None:
        self.outcome = outcome
        self._begun = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.perf_counter() - self._begun


class Measuring:
    """Measures into `metrics`, as a bot does, for an engine of `flow`.

    `cut_off` is what the engine raises where an attempt is to be made again.

    >>> measuring = Measuring(Metrics(), "feedback")
    >>> with measuring.event("Message") as timed:
    ...     timed.outcome = "known"
    ...     measuring.at_hand()
    {'events': 1, 'deliveries': 0, 'calls': 0}
    """

    def __init__(self, metrics: Metrics, flow: str, cut_off: type[Exception] | None = None) -> None:
        self._metrics = metrics
        self._cut_off = cut_off or ()
        self._at_hand: dict[Work, int] = {"events": 0, "deliveries": 0, "calls": 0}
        metrics.watch(flow, self.at_hand)

    def at_hand(self) -> dict[str, int]:
        """How much is at hand in this process and not done."""
        return {what: count for what, count in self._at_hand.items()}  # noqa: C416 - for any `str`

    @contextmanager
    def doing(self, what: Work) -> Generator[None, None, None]:
        """Something is at hand meanwhile."""
        self._at_hand[what] += 1
        try:
            yield
        finally:
            self._at_hand[what] -= 1

    @contextmanager
    def event(self, kind: str) -> Generator[Timed, None, None]:
        """An event of this kind is handled. An attempt that is cut off, to be made again, is not measured."""
        timed = Timed("handled")
        with self.doing("events"):
            try:
                yield timed
            except Busy:
                self._metrics.took(kind, "refused", timed.seconds)
                raise
            except Exception as error:
                if not isinstance(error, self._cut_off):
                    self._metrics.took(kind, "failed", timed.seconds)
                raise
        self._metrics.took(kind, timed.outcome, timed.seconds)

    def fired(self, due: Instant, now: Instant) -> None:
        """The deadline of the instant `due` is served `now`; one of 0 is not known."""
        if due:
            self._metrics.fired((now - due) / SECOND)

    def ended(self, sessions: Sequence[Ended]) -> None:
        """These sessions have ended."""
        for ended in sessions:
            self._metrics.ended(ended.reason)

    def delivered(self, lane: str, outcome: str) -> None:
        """A reply or notice was handed over, or could not be."""
        self._metrics.delivered(lane, outcome)
