"""Delivering what the outbox holds: in order for one contact, apart from the others, until it is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from flowrt.abc import Clock, Lane, OutboxRow, Store
from flowrt.codec import load_effect
from flowrt.effects import Effect
from flowrt.errors import FlowrtError, Undeliverable, in_words
from flowrt.fields import Unreadable
from flowrt.log import hashed, logger
from flowrt.pacing import Pacers
from flowrt.values import Records
from flowrt.waiting import Backoff, Tasks, being_cancelled

BATCH = 100
"""How many rows of the outbox are read at once."""

SEND_LIMIT = 60.0
"""How long, in seconds, one delivery may take before it counts as failed."""


class NotDelivered(FlowrtError):
    """The one to whom something was handed gave up on its own."""


def why_parked(error: Unreadable | Undeliverable) -> str:
    """Why an effect is parked, in words: those of the channel where it has said any.

    >>> why_parked(Undeliverable("no such number")), why_parked(Unreadable("the stored text is not a JSON object"))
    ('no such number', 'the stored text is not a JSON object')
    """
    return str(error) if isinstance(error, Unreadable) else in_words(error).partition(": ")[2]


def log_parked(error: Unreadable | Undeliverable, lane: Lane, contact: str) -> None:
    """Say that an effect is parked, and not what its receiver has said of it."""
    verb = "read" if isinstance(error, Unreadable) else "delivered"
    facts = {"lane": lane, "contact": hashed(contact), "verb": verb}
    logger.error("a %(lane)s to contact %(contact)s is parked: it cannot be %(verb)s", facts)


class _Round:
    """How far the delivery to one contact has come."""

    __slots__ = ("backoff", "contact", "taken")

    def __init__(self, contact: str, backoff: Backoff) -> None:
        self.contact = contact
        self.backoff = backoff
        self.taken: list[int] = []  # delivered, and still to be deleted


class Delivery:
    """Empties one lane of the outbox into `hand_over`, as fast as `pacers` let it.

    What cannot be delivered, because its receiver raises `Undeliverable` or because it cannot be read, is parked,
    and what comes after it goes on.
    """

    def __init__(
        self,
        store: Store,
        lane: Lane,
        hand_over: Callable[[Effect], Awaitable[None]],
        tasks: Tasks,
        records: Records,
        clock: Clock,
        pacers: Pacers | None = None,
    ) -> None:
        self._records = records
        self._store = store
        self._lane: Lane = lane
        self._hand_over = hand_over
        self._tasks = tasks
        self._clock = clock
        self._pacers = pacers
        # Who is being delivered to, and whether more has come since the last look.
        self._news: dict[str, bool] = {}

    def __len__(self) -> int:
        """To how many contacts something is to be delivered."""
        return len(self._news)

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
        rows = await self._store.outbox(round.contact, self._lane, BATCH)
        more = len(rows) == BATCH
        try:
            for row in rows:
                more |= await self._deliver(row, round)
        finally:
            more |= await self._delete(round)
        return more or self._news[round.contact]

    async def _deliver(self, row: OutboxRow, round: _Round) -> bool:
        """Deliver `row`, and return whether it had to be parked."""
        try:
            await self._hand(load_effect(row.body, round.contact, self._records))
        except (Unreadable, Undeliverable) as error:
            await self._store.park(round.contact, self._lane, row.seq, why_parked(error), self._clock.now())
            log_parked(error, self._lane, round.contact)
            return True
        round.taken.append(row.seq)
        round.backoff.reset()
        return False

    async def _hand(self, effect: Effect) -> None:
        if self._pacers is not None:
            await self._pacers.wait(effect.contact)
        try:
            async with asyncio.timeout(SEND_LIMIT):
                await self._hand_over(effect)
        except asyncio.CancelledError:
            if being_cancelled():
                raise
            raise NotDelivered("the receiver cancelled the delivery") from None

    async def _delete(self, round: _Round) -> bool:
        """Delete what was delivered, and return whether more may have come.

        Where that fails it is tried again, and nothing is sent twice for it.
        """
        if not round.taken:
            return False
        more = await self._store.delivered(round.contact, self._lane, round.taken)
        round.taken.clear()
        return more
