"""What comes after a commit: the next deadline is armed, replies are delivered, calls are run.

All of it is in the store too. So what was left undone, by a crash or by another worker, is taken up from there.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress

from flowrt.abc import Lane, Store
from flowrt.actions import Calls
from flowrt.delivery import Delivery
from flowrt.effects import Call
from flowrt.events import Due, Event
from flowrt.handling import Outcome, log_faults, next_due
from flowrt.log import fault, logger
from flowrt.metrics import Metrics
from flowrt.time import Instant
from flowrt.timer import Timer

TAKE_OVER_EVERY = 5.0
"""How often, in seconds, a worker looks for what workers of the same store have left behind that are gone."""


class Follower:
    """Sees to it that what was committed happens. Calls are begun only between `start` and `stop`."""

    def __init__(
        self,
        store: Store,
        timer: Timer,
        calls: Calls,
        deliveries: Mapping[Lane, Delivery],
        metrics: Metrics,
    ) -> None:
        self._metrics = metrics
        self._store = store
        self._timer = timer
        self._calls = calls
        self._deliveries = deliveries
        self._stopped = asyncio.Event()
        self._stopped.set()

    def start(self) -> None:
        """Begin calls from now on."""
        self._stopped = asyncio.Event()
        self._calls.go_on()

    def stop(self) -> None:
        """Begin no more calls, and no other try of one: they are left to whoever opens the store next."""
        self._stopped.set()
        self._calls.hold()

    @property
    def running(self) -> bool:
        """Whether calls are begun."""
        return not self._stopped.is_set()

    async def stops_within(self, seconds: float) -> bool:
        """Wait until `stop`, but no longer than this; return whether it has come."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        return not self.running

    def follow(self, outcome: Outcome, event: Event) -> None:
        """What `outcome`, just committed, asks for."""
        change = outcome.change
        for ended in outcome.ended:
            self._metrics.ended(ended.reason)
        log_faults(outcome)
        self._timer.arm(change.contact, change.due)
        for lane in dict(change.outbox):
            if lane in self._deliveries:
                self._deliveries[lane].wake(change.contact)
        if isinstance(event, Due) and change.calls_over != "all":
            for key in change.calls_over:
                self._calls.cancel(change.contact, key)
        self._start(outcome.calls)

    def _start(self, calls: list[Call]) -> None:
        """Run these calls; a bot that closes leaves them to the next."""
        if self.running:
            for call in calls:
                self._calls.start(call)

    def not_due(self, contact: str, due: Instant | None) -> None:
        """A deadline of `contact` came up too early. In a shared store it is that of whoever moved it on."""
        if not self._store.shared:
            self._timer.arm(contact, due)

    async def look(self, contact: str, session: str | None) -> None:
        """Whatever there is to do for `contact`, whose session this is; it is not known what was committed."""
        self._timer.arm_after_pause(contact, next_due(session, contact))
        self.wake(contact)
        await self._start_stored(contact)

    async def awaits(self, call: Call) -> bool:
        """Whether the result of `call` is still awaited, and this worker is the one that runs it."""
        return call.id in await self._start_stored(call.contact)

    async def _start_stored(self, contact: str) -> set[str]:
        """Run the calls that are stored for `contact`, but for those that run; return the keys of all of them."""
        rows = list(await self._store.calls(contact))
        for row in rows:
            if self.running:
                self._calls.start_stored(row)
        return {row.key for row in rows}

    def wake(self, contact: str) -> None:
        """There may be something to deliver to `contact`."""
        for delivery in self._deliveries.values():
            delivery.wake(contact)

    def forget(self, contact: str) -> None:
        """`contact` was erased: no deadline of it comes up, and no call goes on."""
        self._timer.arm(contact, None)
        self._calls.cancel_all(contact)

    async def take_up_deliveries(self) -> None:
        """Deliver what nobody delivers: after a crash, or of a worker that is gone."""
        for lane, delivery in self._deliveries.items():
            woken = set[str]()
            while found := [who for who in await self._store.undelivered(lane) if who not in woken]:
                for contact in found:
                    delivery.wake(contact)
                woken.update(found)

    async def take_up_calls(self) -> None:
        """Run the calls that nobody runs."""
        seen = set[tuple[str, str]]()
        while rows := [row for row in await self._store.calls() if (row.contact, row.key) not in seen]:
            for row in rows:
                seen.add((row.contact, row.key))
                if self.running:
                    self._calls.start_stored(row)


async def take_over(follower: Follower) -> None:
    """Take up what other workers leave behind, every few seconds until `follower` stops."""
    while not await follower.stops_within(TAKE_OVER_EVERY * random.uniform(0.5, 1.0)):  # noqa: S311
        try:
            await follower.take_up_deliveries()
            await follower.take_up_calls()
        except Exception as error:  # whatever it is, the next look is in a few seconds
            logger.error("what other workers left could not be taken over: %(why)s", {"why": fault(error)})
