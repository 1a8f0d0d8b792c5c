"""How a bot is: whether its store answers, how much it has at hand, and how late it is."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from flowrt.abc import Store
from flowrt.log import fault

ANSWERS_WITHIN = 5.0
"""How long, in seconds, a store may take to answer before it counts as gone."""

_NOBODY = "\x00health"


@dataclass(frozen=True, slots=True)
class Health:
    """How a bot is, at one moment.

    `fault` says why it cannot work, None where it can; `answered` is how long its store took to answer, in seconds.
    `events`, `deliveries` and `calls` are at hand in this process: events that wait or are handled, contacts to whom
    something is to be delivered, and actions that run. `late` is for how many seconds the oldest deadline that this
    process keeps has been due.
    """

    fault: str | None
    answered: float
    events: int
    deliveries: int
    calls: int
    late: float

    @property
    def ok(self) -> bool:
        """Whether the bot can take events."""
        return self.fault is None


async def asked(store: Store) -> tuple[str | None, float]:
    """Why `store` cannot be read, None where it can; and how many seconds that took."""
    begun = time.perf_counter()
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            await store.read(_NOBODY, None)
    except TimeoutError:
        return f"the store does not answer within {ANSWERS_WITHIN:g} seconds", time.perf_counter() - begun
    except Exception as error:  # whatever a store raises: it cannot be read
        return fault(error), time.perf_counter() - begun
    return None, time.perf_counter() - begun
