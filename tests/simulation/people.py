"""People who talk, and the network that brings what they say: late, twice, in another order, until it is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random

from flowc.transcript.entries import Happens, Opens, Sends, User
from flowc.transcript.literals import bound
from flowrt.events import EndedByHost, GivenBack, HostEvent, Message, Opened
from tests.simulation.chance import Weather
from tests.simulation.flows import Version
from tests.simulation.oracle import Oracle
from tests.simulation.workers import Outer, Worker

NOISE = ("hello", "", "  ", "7", "none", "\u0000", "\uff33\uff34\uff2f\uff30", "a" * 300, "{x}", "\ud800")


class Network:
    """Brings events to the workers."""

    def __init__(self, workers: Sequence[Worker], weather: Weather, oracle: Oracle) -> None:
        self._workers = workers
        self._weather = weather
        self._oracle = oracle
        self._under_way: dict[asyncio.Task[None], None] = {}
        self.events = 0

    def send(self, event: Outer) -> None:
        """Bring `event`, once or more, until it is acknowledged."""
        self.events += 1
        self._oracle.sent[event.contact, event.id] = event
        copies = 1 + self._weather.hits("message came twice")
        for _ in range(copies):
            task = asyncio.get_running_loop().create_task(self._bring(event))
            self._under_way[task] = None
            task.add_done_callback(lambda task: self._under_way.pop(task, None))

    @property
    def left(self) -> int:
        """How many are under way."""
        return len(self._under_way)

    async def _bring(self, event: Outer) -> None:
        weather, pause = self._weather, 0.2
        while True:
            if weather.hits("message was delayed"):
                await asyncio.sleep(weather.random.expovariate(0.5))
            if not weather.hits("message was lost") and await self._hand(event):
                return
            await asyncio.sleep(pause * weather.random.uniform(0.5, 1.0))
            pause = min(2 * pause, 20.0)

    async def _hand(self, event: Outer) -> bool:
        up = [worker for worker in self._workers if worker.is_up]
        if not up:
            return False
        patience = None
        if self._weather.hits("caller gave up"):
            patience = self._weather.random.random() * 0.2
        taken = await self._weather.random.choice(up).hand(event, patience)
        return taken and not self._weather.hits("acknowledgement was lost")


class Person:
    """Someone who talks, and what the host does about them."""

    def __init__(self, contact: str, random: Random, oracle: Oracle) -> None:
        self.contact = contact
        self._random = random
        self._oracle = oracle
        self._said = 0

    async def talk(self, network: Network, version: Version, moves: int) -> None:
        """Say `moves` things, with pauses."""
        await asyncio.sleep(self._random.random() * 20.0)
        for _ in range(moves):
            network.send(self._move(version))
            await asyncio.sleep(self._pause())

    def _pause(self) -> float:
        draw = self._random.random()
        if draw < 0.15:
            return 0.0
        return self._random.expovariate(1.0) if draw < 0.97 else self._random.uniform(5.0, 60.0)

    def _move(self, version: Version) -> Outer:
        self._said += 1
        id, contact, draw = f"{self.contact}/{self._said}", self.contact, self._random.random()
        if draw < 0.02:
            return EndedByHost(id, contact)
        if draw < 0.04:
            return GivenBack(id, contact)
        if draw < 0.05:
            return HostEvent(id, contact, "unheard")
        if draw < 0.07:
            return Opened(id, contact)
        if draw < 0.11:
            return Message(id, contact, self._random.choice(NOISE))
        return self._deed(version, id)

    def _deed(self, version: Version, id: str) -> Outer:
        """Something that may make a difference where the contact is, as far as one knows."""
        state = self._oracle.of(self.contact).state
        deeds: list[User | Sends | Opens | Happens] = list(version.inputs.messages(state))
        if self._random.random() < 0.2:
            deeds += version.inputs.events(state)
        deed = self._random.choice(deeds)
        match deed:
            case User(text):
                name = self._random.choice([None, "Ada"])
                return Message(id, self.contact, text, self._random.random() < 0.1, name=name)
            case Sends(media, caption):
                return Message(id, self.contact, caption, media=media)
            case Opens():
                return Opened(id, self.contact)
            case Happens(name, values):
                records = version.flow.records
                return HostEvent(
                    id, self.contact, name, {key: bound(value, records) for key, value in values}
                )
