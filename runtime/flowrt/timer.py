"""Keeping the time of a bot: it fires deadlines when they are due, and deletes marks and letters that are too old.

Only what is due soon is kept in memory. The store has the rest, and gives it when its time comes near; of a store
that several workers share, each keeps what it committed itself, and takes over what nobody has fired.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

from flowrt.abc import BUCKET, LETTERS_LIVE, LETTERS_MAX, MARKS_LIVE, Clock, Store
from flowrt.deadlines import Deadlines
from flowrt.log import fault, hashed, logger
from flowrt.time import SECOND, Instant, Period
from flowrt.values import INT_MAX

LONGEST_SLEEP: Period = 60 * SECOND
"""How long the timer sleeps at most, so that a system clock that was put forward is noticed."""

WINDOW: Period = 600 * SECOND
"""How far ahead deadlines are kept in memory, where the store is this bot's own; half of it is always left."""

TAKE_OVER_EVERY: Period = 5 * SECOND
"""How often a worker looks for deadlines of a shared store that nobody has fired."""

SWEEP_EVERY: Period = 60 * 60 * SECOND
"""How often marks and letters are looked through for those that are too old."""


class Timer:
    """Calls `fire` for each contact that is due. Where that raises, the contact comes up again.

    `fire` returns whether anything was due after all.
    """

    def __init__(
        self, clock: Clock, store: Store, fire: Callable[[str], Awaitable[bool]], retry_after: float
    ) -> None:
        self._clock = clock
        self._store = store
        self._fire_one = fire
        self._retry_after: Period = max(1, round(retry_after * SECOND))
        self._deadlines = Deadlines()
        self._firing = asyncio.Lock()
        self._alarm = asyncio.Event()
        self._wakes_at: Instant = INT_MAX
        self._horizon: Instant = -INT_MAX
        self._take_over_at: Instant = 0
        self._swept: Instant = 0
        self._stopped = False

    async def start(self) -> None:
        """Begin with the deadlines in the store, on the event loop that runs. Raises `StoreError`."""
        self._firing = asyncio.Lock()
        self._alarm = asyncio.Event()
        self._stopped = False
        self._deadlines = Deadlines()
        self._horizon = -INT_MAX
        await self._look_ahead()

    def arm(self, contact: str, due: Instant | None) -> None:
        """The next deadline of `contact` is now `due`; None where it has none."""
        if due is not None and due > self._horizon and not self._store.shared:
            due = None  # the store has it, and gives it in time
        self._deadlines.arm(contact, due)
        if due is not None and due < self._wakes_at:
            self._alarm.set()

    def arm_after_pause(self, contact: str, due: Instant | None) -> None:
        """As `arm`, after something has failed: not before a pause, or it would fail at once again."""
        self.arm(contact, None if due is None else max(due, self._clock.now() + self._retry_after))

    @property
    def late(self) -> Period:
        """For how long the oldest deadline in memory has been due."""
        return max(0, self._clock.now() - self._next)

    @property
    def _next(self) -> Instant:
        """When to look again. An instant may be 0: a clock that lost the time begins there."""
        due = self._deadlines.next
        return INT_MAX if due is None else due

    def stop(self) -> None:
        """Fire nothing more, and let `run` return."""
        self._stopped = True
        self._alarm.set()

    async def run(self) -> None:
        """Sleep until the next deadline and fire it, until `stop`."""
        while not self._stopped:
            try:
                await self._sleep()
                await self._fire_in_time()
            except Exception as error:  # a clock that fails once must not stop it for ever
                logger.error("the timer stumbled: %(why)s", {"why": fault(error)})
                logger.debug("it stumbled here", exc_info=error)
                await asyncio.sleep(1)

    async def _sleep(self) -> None:
        """Sleep until the next deadline, or until an earlier one is armed."""
        self._alarm.clear()
        now = self._clock.now()
        longest = TAKE_OVER_EVERY if self._store.shared else LONGEST_SLEEP
        self._wakes_at = min(self._next, now + longest)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0, self._wakes_at - now) / SECOND):
                await self._alarm.wait()

    async def fire_due(self) -> int:
        """Fire all that is due now, and return how many contacts that were."""
        async with self._firing:  # who asks while another fires has it all done, too, when this returns
            fired = await self._fire_known()
            return fired + await self._fire_others(self._clock.now())

    async def _fire_in_time(self) -> None:
        """Fire what is due now, but leave to other workers what they are just about to fire."""
        async with self._firing:
            await self._fire_known()
            now = self._clock.now()
            if not self._take_over_at - 2 * TAKE_OVER_EVERY <= now < self._take_over_at:
                self._take_over_at = now + round(TAKE_OVER_EVERY * random.uniform(0.5, 1.0))  # noqa: S311
                await self._fire_others(now // BUCKET * BUCKET - 1)

    async def _fire_known(self) -> int:
        """Fire what is due of the deadlines in memory."""
        await self._sweep()
        await self._look_ahead()
        fired = 0
        while not self._stopped and self._next <= self._clock.now():
            fired += await self._fire_all(self._deadlines.take_due(self._clock.now()))
        return fired

    async def _fire_others(self, before: Instant) -> int:
        """Fire what no worker of a shared store has fired, of the deadlines up to that instant."""
        fired = 0
        while self._store.shared and not self._stopped:
            overdue = list(await self._store.deadlines(before))
            if not overdue:
                break
            fired += await self._fire_all([contact for contact, _ in overdue])
        return fired

    async def _look_ahead(self) -> None:
        """Have in memory what is due soon."""
        now, before = self._clock.now(), self._horizon
        if self._store.shared or before - WINDOW <= now <= before - WINDOW // 2:
            return
        # What is armed from now on is kept, whatever the store says at this moment.
        self._horizon = now + WINDOW
        try:
            for contact, due in await self._store.deadlines(self._horizon):
                self._deadlines.hint(contact, due)
        except BaseException:
            self._horizon = before
            raise

    async def _fire_all(self, contacts: list[str]) -> int:
        return sum(await asyncio.gather(*[self._fire(contact) for contact in contacts]))

    async def _fire(self, contact: str) -> bool:
        try:
            return await self._fire_one(contact)
        except Exception as error:  # the deadline is safe in the store, and the others must not wait for it
            facts = {"contact": hashed(contact), "why": fault(error)}
            logger.error("a deadline of contact %(contact)s comes up again: %(why)s", facts)
            logger.debug("it failed here", exc_info=error)
            self.arm_after_pause(contact, 0)
            return False

    async def _sweep(self) -> None:
        now = self._clock.now()
        if 0 <= now - self._swept < SWEEP_EVERY:  # a clock that was put back has nothing to wait for
            return
        self._swept = now
        try:
            await self._store.forget_marks(now - MARKS_LIVE)
            await self._store.forget_letters(now - LETTERS_LIVE, LETTERS_MAX)
        except Exception as error:  # they are only in the way; in an hour will do
            logger.error("old marks and letters could not be deleted: %(why)s", {"why": fault(error)})
