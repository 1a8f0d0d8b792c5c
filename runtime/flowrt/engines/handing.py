"""Handing one effect over to the channel or the listener, with an outcome that is data whatever happens."""

from __future__ import annotations

import asyncio
from typing import Literal, NamedTuple

from flowrt.abc import Channel, Lane, Listener
from flowrt.codec import load_effect
from flowrt.delivery import SEND_LIMIT, log_parked, why_parked
from flowrt.effects import Dropped, Effect, Emitted, Ended, Reply
from flowrt.engines.measuring import Measuring
from flowrt.errors import Undeliverable
from flowrt.fields import Unreadable
from flowrt.log import fault, hashed, logger
from flowrt.values import Records
from flowrt.waiting import being_cancelled

How = Literal["taken", "later", "parked"]

_IN_METRICS: dict[How, str] = {"taken": "delivered", "later": "failed", "parked": "parked"}


class Handed(NamedTuple):
    """What came of it: `taken`; to be tried again `later`; or to be `parked`, and why."""

    how: How
    why: str = ""


class Handing:
    """Hands replies to `channel` and notices to `listener`, each within `flowrt.delivery.SEND_LIMIT`."""

    def __init__(
        self,
        channel: Channel | None,
        listener: Listener | None,
        records: Records,
        measuring: Measuring,
    ) -> None:
        self._measuring = measuring
        self._channel = channel
        self._listener = listener
        self._records = records
        self.lanes: tuple[Lane, ...] = (*self._lane("reply", channel), *self._lane("notice", listener))

    @staticmethod
    def _lane(lane: Lane, receiver: object) -> tuple[Lane, ...]:
        return () if receiver is None else (lane,)

    async def hand_over(self, contact: str, lane: Lane, body: str) -> Handed:
        """Hand over what `body` holds for `contact`. Raises nothing, but when this task is cancelled."""
        with self._measuring.doing("deliveries"):
            handed = await self._outcome(contact, lane, body)
        self._measuring.delivered(lane, _IN_METRICS[handed.how])
        return handed

    async def _outcome(self, contact: str, lane: Lane, body: str) -> Handed:
        try:
            await self._hand(load_effect(body, contact, self._records))
        except (Unreadable, Undeliverable) as error:
            log_parked(error, lane, contact)
            return Handed("parked", why_parked(error))
        except (Exception, asyncio.CancelledError) as error:  # whatever is raised means: not taken
            if isinstance(error, asyncio.CancelledError) and being_cancelled():
                raise
            facts = {"lane": lane, "contact": hashed(contact), "why": fault(error)}
            logger.warning("delivery of a %(lane)s to contact %(contact)s did not work: %(why)s", facts)
            return Handed("later")
        return Handed("taken")

    async def _hand(self, effect: Effect) -> None:
        async with asyncio.timeout(SEND_LIMIT):
            match effect:
                case Reply():
                    if self._channel is not None:
                        await self._channel.send(effect)
                case Ended() | Emitted() | Dropped():
                    if self._listener is not None:
                        await self._listener.told(effect)
                case _:
                    raise Unreadable("what was to be delivered is a call")
