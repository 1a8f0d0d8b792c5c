"""A process that runs a bot: what it runs, what its clock says, and what arrived at it in which order."""

from __future__ import annotations

from contextvars import ContextVar

from flowrt.time import SECOND, Instant
from tests.simulation.flows import Version
from tests.simulation.loop import Process, SimulatedLoop

BEGIN: Instant = 1_800_000_000 * SECOND

ARRIVAL: ContextVar[int] = ContextVar("simulated_arrival", default=0)
"""The number of the arrival that is handled."""


class WorldTime:
    """The time that is right. It may leap: then everything stood still meanwhile, as in a night of sleep."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop
        self._leapt = 0

    def now(self) -> Instant:
        """The present instant."""
        return BEGIN + self._leapt + round(self._loop.time() * SECOND)

    def leap(self, seconds: float) -> None:
        """So much time passes at once."""
        self._leapt += round(seconds * SECOND)


class BotProcess(Process):
    """A process, which runs `version`. Its clock is wrong by `skew`, which may change at any moment."""

    def __init__(self, loop: SimulatedLoop, name: str, version: Version, right: WorldTime) -> None:
        super().__init__(loop, name)
        self.version = version
        self.skew = 0
        self.latest: Instant = 0
        self._right = right
        self._arrived: dict[str, dict[int, tuple[str, Instant]]] = {}
        self._arrivals = 0

    def now(self) -> Instant:
        """What its clock says: it is the clock of the bot."""
        now = self._right.now() + self.skew
        self.latest = max(self.latest, now)
        return now

    def arrives(self, contact: str, id: str) -> None:
        """An event arrives, and is handed to the bot in this very step."""
        self._arrivals += 1
        ARRIVAL.set(self._arrivals)
        self._arrived.setdefault(contact, {})[self._arrivals] = (id, self.now())

    def is_through(self, contact: str) -> None:
        """The bot has nothing to do with the event of this arrival any more."""
        here = self._arrived[contact]
        del here[ARRIVAL.get()]
        if not here:
            del self._arrived[contact]

    def arrived(self, contact: str) -> list[tuple[str, Instant]]:
        """The events of `contact` that came here up to the one that is handled, and when; it is the last of them."""
        here = self._arrived.get(contact, {})
        return [event for number, event in here.items() if number <= ARRIVAL.get()]
