"""Taking an event: wait for the contact's turn, read, step, commit, and again where another worker was first."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from flowrt.abc import Clock, Store
from flowrt.errors import Busy, Conflict, StoreError, Unsure
from flowrt.events import Due, Event
from flowrt.following import Follower
from flowrt.handling import Outcome, next_due
from flowrt.log import hashed
from flowrt.metrics import Metrics
from flowrt.time import SECOND, Instant
from flowrt.waiting import LINE_MAX, Line, Tasks

T = TypeVar("T")

TRIES = 100
"""How often an event is handled again because another worker was first, before it is given up."""

DOUBTS = 5
"""How often it is tried again because the connection broke in a commit."""


class Taker:
    """Takes the events of a bot, one at a time for each contact. `handler` says what an event comes to."""

    def __init__(
        self,
        handler: Callable[[str, str | None, Event, Instant], Outcome],
        store: Store,
        clock: Clock,
        tasks: Tasks,
        follower: Follower,
        metrics: Metrics,
    ) -> None:
        self._metrics = metrics
        self._handler = handler
        self._store = store
        self._clock = clock
        self._tasks = tasks
        self._follower = follower
        self._unsure: set[str] = set()
        self.line = Line()

    async def take(self, event: Event, mark: str | None = None) -> bool:
        """Handle `event` when its turn has come; its instant is that of its arrival.

        Returns whether there was anything to handle: False for a mark that is known, and for a deadline that is
        not due after all. Raises `Busy` where too many events of the contact wait, but never for one of our own.
        """
        at, begun, outcome = self._clock.now(), time.perf_counter(), "failed"
        self._tasks.begin()
        try:
            await self.line.enter(event.contact, None if mark is None else LINE_MAX)
            try:
                handled = await self._handle(event, mark, at)
            finally:
                self.line.leave(event.contact)
            outcome = "handled" if handled else "not due" if isinstance(event, Due) else "known"
            return handled
        except Busy:
            outcome = "refused"
            raise
        finally:
            self._metrics.took(type(event).__name__, outcome, time.perf_counter() - begun)
            self._tasks.end()

    async def in_turn(self, contact: str, work: Callable[[], Awaitable[T]]) -> T:
        """Do `work` when the turn of `contact` has come: no event of it is handled meanwhile."""
        self._tasks.begin()
        try:
            await self.line.enter(contact)
            try:
                return await work()
            finally:
                self.line.leave(contact)
        finally:
            self._tasks.end()

    async def _handle(self, event: Event, mark: str | None, at: Instant) -> bool:
        """Try until it is known what came of `event`."""
        doubts = 0
        try:
            for tried in range(TRIES):
                await _pause(tried)
                try:
                    handled = await self._try(event, mark, at)
                except Conflict:
                    continue
                except Unsure:
                    doubts += 1
                    if doubts == DOUBTS:
                        raise
                    continue
                if doubts:
                    await self._look(event.contact)
                return handled or doubts > 0
        except BaseException:
            if doubts:
                self._look_again(event.contact)
            raise
        raise StoreError(f"other workers changed the session first, {TRIES} times in a row")

    async def _try(self, event: Event, mark: str | None, at: Instant) -> bool:
        """Read, step, commit, and see to what follows."""
        contact = event.contact
        stored = await self._store.read(contact, mark)
        if stored.marked:
            return False
        if isinstance(event, Due):
            due = next_due(stored.session, contact)
            if due is None or due > at:
                self._follower.not_due(contact, due)
                return False
            self._metrics.fired((at - due) / SECOND)
        outcome = self._handler(contact, stored.session, event, at)
        outcome.change.mark = mark
        outcome.change.expects = stored.version
        try:
            await self._store.commit(outcome.change)
        except (Conflict, Unsure):
            raise
        except BaseException:  # a cancelled caller, a store that says no more: it may have been committed
            self._look_again(contact)
            raise
        self._follower.follow(outcome, event)
        return True

    def _look_again(self, contact: str) -> None:
        """Read from the store, in the background, what has become of `contact`: its commit may have failed."""
        if contact not in self._unsure:
            self._unsure.add(contact)
            self._tasks.spawn(self._look_in_turn(contact))

    async def _look_in_turn(self, contact: str) -> None:
        async def look() -> None:
            await self.line.enter(contact)
            try:
                await self._look(contact)
            finally:
                self.line.leave(contact)

        try:
            await self._tasks.keep_trying(f"reading contact {hashed(contact)} again", look)
        finally:
            self._unsure.discard(contact)

    async def _look(self, contact: str) -> None:
        stored = await self._store.read(contact, None)
        await self._follower.look(contact, stored.session)


async def _pause(tried: int) -> None:
    """Give way, a little longer each time, to the worker that was first."""
    if tried > 1:
        await asyncio.sleep(min(tried, 20) * 0.002 * random.random())  # noqa: S311 - no secret hangs on it
