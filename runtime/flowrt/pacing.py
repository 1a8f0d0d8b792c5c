"""How fast replies may go out: on a channel as a whole, and to one contact."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

_SWEEP_AT = 1024
"""At how many contacts those are forgotten that have not been sent anything for long enough."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many replies a second a channel takes: all of them together, and for one contact; None for no limit.

    `burst` is how many may go at once, before the limit is felt. Each process counts for itself: divide by their
    number what a channel grants to all.

    >>> Rate(channel=30, contact=1)
    Rate(channel=30, contact=1, burst=1)
    """

    channel: float | None = None
    contact: float | None = None
    burst: int = 1

    def __post_init__(self) -> None:
        for name in ("channel", "contact"):
            rate = getattr(self, name)
            if rate is not None and not rate > 0:
                raise ValueError(f"the rate of a {name} is a number of replies a second, and not {rate!r}")
        if self.burst < 1:
            raise ValueError(f"the burst of a rate is at least 1, and not {self.burst!r}")


class Pacer:
    """Says who may send when: each asks, and waits as long as the answer says.

    >>> pacer = Pacer(2.0)
    >>> [pacer.delay(now=100.0) for _ in range(3)]
    [0.0, 0.5, 1.0]
    >>> pacer.delay(now=200.0)
    0.0
    """

    __slots__ = ("_ahead", "_free", "_interval")

    def __init__(self, per_second: float, burst: int = 1) -> None:
        self._interval = 1.0 / per_second
        self._ahead = (burst - 1) * self._interval
        self._free = float("-inf")

    def delay(self, now: float) -> float:
        """How many seconds to wait from `now` before the next one goes; its place is taken."""
        at = max(self._free, now - self._ahead)
        self._free = at + self._interval
        return max(0.0, at - now)

    def is_idle(self, now: float) -> bool:
        """Whether it could be forgotten: a new one would say the same."""
        return self._free <= now - self._ahead


class Pacers:
    """The pace of a channel, and of each of its contacts."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._channel = None if rate.channel is None else Pacer(rate.channel, rate.burst)
        self._contacts: dict[str, Pacer] = {}

    async def wait(self, contact: str) -> None:
        """Wait until something may be sent to `contact`.

        It waits for the contact first: only who may send takes a place in the line of the channel.
        """
        loop = asyncio.get_running_loop()
        if self._rate.contact is not None:
            await _sleep(self._pacer_of(contact, self._rate.contact, loop.time()).delay(loop.time()))
        if self._channel is not None:
            await _sleep(self._channel.delay(loop.time()))

    def _pacer_of(self, contact: str, per_second: float, now: float) -> Pacer:
        pacer = self._contacts.get(contact)
        if pacer is None:
            if len(self._contacts) >= _SWEEP_AT and not len(self._contacts) & (len(self._contacts) - 1):
                self._contacts = {who: one for who, one in self._contacts.items() if not one.is_idle(now)}
            pacer = self._contacts[contact] = Pacer(per_second, self._rate.burst)
        return pacer


async def _sleep(seconds: float) -> None:
    if seconds > 0:
        await asyncio.sleep(seconds)
