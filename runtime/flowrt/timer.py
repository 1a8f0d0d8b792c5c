"""Keeping the time of a bot: it fires deadlines when they are due, and deletes marks that have had theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from flowrt.abc import MARKS_LIVE, Clock, Store
from flowrt.deadlines import Deadlines
from flowrt.log import fault, hashed, logger
from flowrt.time import SECOND, Instant, Period
from flowrt.values import INT_MAX

LONGEST_SLEEP: Period = 60 * SECOND
"""How long the timer sleeps at most, so that a system clock that was put forward is noticed."""

SWEEP_EVERY: Period = 60 * 60 * SECOND
"""How often marks are looked through for those that are too old."""


class Timer:
    """Calls `fire` for each contact that is due. Where that raises, the contact comes up again."""

    def __init__(
        self, clock: Clock, store: Store, fire: Callable[[str], Awaitable[object]], retry_after: float
    ) -> None:
        self._clock = clock
        self._store = store
        self._fire_one = fire
        self._retry_after: Period = max(1, round(retry_after * SECOND))
        self._deadlines = Deadlines()
        self._firing = asyncio.Lock()
        self._alarm = asyncio.Event()
        self._wakes_at: Instant = INT_MAX
        self._swept: Instant = 0
        self._stopped = False

    def start(self, deadlines: Iterable[tuple[str, Instant]]) -> None:
        """Begin with these deadlines, on the event loop that runs."""
        self._firing = asyncio.Lock()
        self._alarm = asyncio.Event()
        self._stopped = False
        self._deadlines.load(deadlines)

    def arm(self, contact: str, due: Instant | None) -> None:
        """The next deadline of `contact` is now `due`; None where it has none."""
        self._deadlines.arm(contact, due)
        if due is not None and due < self._wakes_at:
            self._alarm.set()

    def arm_after_pause(self, contact: str, due: Instant | None) -> None:
        """As `arm`, after something has failed: not before a pause, or it would fail at once again."""
        self.arm(contact, None if due is None else max(due, self._clock.now() + self._retry_after))

    def stop(self) -> None:
        """Fire nothing more, and let `run` return."""
        self._stopped = True
        self._alarm.set()

    async def run(self) -> None:
        """Sleep until the next deadline and fire it, until `stop`."""
        while not self._stopped:
            try:
                await self._sleep()
                await self.fire_due()
            except Exception as error:  # a clock that fails once must not stop it for ever
                logger.error("the timer stumbled: %s", fault(error))
                logger.debug("it stumbled here", exc_info=error)
                await asyncio.sleep(1)

    async def _sleep(self) -> None:
        """Sleep until the next deadline, or until an earlier one is armed."""
        self._alarm.clear()
        now = self._clock.now()
        self._wakes_at = min(self._deadlines.next or INT_MAX, now + LONGEST_SLEEP)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0, self._wakes_at - now) / SECOND):
                await self._alarm.wait()

    async def fire_due(self) -> int:
        """Fire all that is due now, and return how many contacts that were."""
        async with self._firing:  # who asks while another fires has it all done, too, when this returns
            await self._sweep_marks()
            fired = 0
            while not self._stopped and (self._deadlines.next or INT_MAX) <= self._clock.now():
                due = self._deadlines.take_due(self._clock.now())
                await asyncio.gather(*[self._fire(contact) for contact in due])
                fired += len(due)
            return fired

    async def _fire(self, contact: str) -> None:
        try:
            await self._fire_one(contact)
        except Exception as error:  # the deadline is safe in the store, and the others must not wait for it
            logger.error("a deadline of contact %s comes up again: %s", hashed(contact), fault(error))
            logger.debug("it failed here", exc_info=error)
            self.arm_after_pause(contact, 0)

    async def _sweep_marks(self) -> None:
        now = self._clock.now()
        if now - self._swept < SWEEP_EVERY:
            return
        self._swept = now
        try:
            await self._store.forget_marks(now - MARKS_LIVE)
        except Exception as error:  # they are only in the way; in an hour will do
            logger.error("old marks could not be deleted: %s", fault(error))
