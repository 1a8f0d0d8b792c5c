"""Delivering what the outbox holds: in order for one contact, apart from the others, until it is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from flowrt.abc import Lane, OutboxRow, Store
from flowrt.codec import load_effect
from flowrt.effects import Effect
from flowrt.errors import FlowrtError
from flowrt.fields import Unreadable
from flowrt.log import fault, hashed, logger
from flowrt.values import Records
from flowrt.waiting import Backoff, Tasks, being_cancelled

BATCH = 100
"""How many rows of the outbox are read at once."""

SEND_LIMIT = 60.0
"""How long, in seconds, one delivery may take before it counts as failed."""


class NotDelivered(FlowrtError):
    """The one to whom something was handed gave up on its own."""


class _Round:
    """How far the delivery to one contact has come."""

    __slots__ = ("after", "backoff", "contact", "taken")

    def __init__(self, contact: str, backoff: Backoff) -> None:
        self.contact = contact
        self.backoff = backoff
        self.after = 0
        self.taken: list[int] = []  # delivered, and still to be deleted


class Delivery:
    """Empties one lane of the outbox into `hand_over`."""

    def __init__(
        self,
        store: Store,
        lane: Lane,
        hand_over: Callable[[Effect], Awaitable[None]],
        tasks: Tasks,
        records: Records,
    ) -> None:
        self._records = records
        self._store = store
        self._lane: Lane = lane
        self._hand_over = hand_over
        self._tasks = tasks
        self._news: dict[
            str, bool
        ] = {}  # who is being delivered to, and whether more has come since the last look

    def wake(self, contact: str) -> None:
        """There may be something for `contact`."""
        if contact in self._news:
            self._news[contact] = True
        else:
            self._news[contact] = False
            self._tasks.spawn(self._empty(contact))

    async def _empty(self, contact: str) -> None:
        round = _Round(contact, self._tasks.backoff())
        what = f"delivery of a {self._lane} to contact {hashed(contact)}"
        try:
            while await self._tasks.keep_trying(what, lambda: self._deliver_some(round), round.backoff):
                pass
        finally:
            del self._news[contact]

    async def _deliver_some(self, round: _Round) -> bool:
        """Deliver the next rows, and return whether there may be more. Raises what the receiver raises."""
        await self._delete(round)
        self._news[round.contact] = False
        rows = await self._store.outbox(round.contact, self._lane, round.after, BATCH)
        try:
            for row in rows:
                await self._deliver(row, round)
        finally:
            await self._delete(round)
        return len(rows) == BATCH or self._news[round.contact]

    async def _deliver(self, row: OutboxRow, round: _Round) -> None:
        try:
            effect = load_effect(row.body, round.contact, self._records)
        except Unreadable as error:
            logger.error("row %d of the outbox is passed over and stays: %s", row.seq, fault(error))
        else:
            await self._hand(effect)
            round.taken.append(row.seq)
            round.backoff.reset()
        round.after = row.seq

    async def _hand(self, effect: Effect) -> None:
        try:
            async with asyncio.timeout(SEND_LIMIT):
                await self._hand_over(effect)
        except asyncio.CancelledError:
            if being_cancelled():
                raise
            raise NotDelivered("the receiver cancelled the delivery") from None

    async def _delete(self, round: _Round) -> None:
        """Delete what was delivered. Where that fails it is tried again, and nothing is sent twice for it."""
        if round.taken:
            await self._store.delivered(round.contact, round.taken)
            round.taken.clear()
