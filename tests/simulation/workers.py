"""Workers: each runs one process after the other, because processes die, or are stopped for a new version."""

from __future__ import annotations

import asyncio
from typing import Any

from flowrt.bot import Bot, NotOpen
from flowrt.errors import Busy, StoreError
from flowrt.events import EndedByHost, GivenBack, HostEvent, Message, Opened
from flowrt.metrics import Metrics
from tests.simulation.chance import Weather
from tests.simulation.database import Database
from tests.simulation.flows import Version
from tests.simulation.journal import Journal
from tests.simulation.loop import SimulatedLoop
from tests.simulation.oracle import Oracle
from tests.simulation.outside import Actions, Outside
from tests.simulation.processes import BotProcess, WorldTime
from tests.simulation.store import SimulatedStore

Outer = Message | Opened | HostEvent | EndedByHost | GivenBack
"""What comes to a bot from outside."""

MEAN_LIFE = 4_000
"""After how many steps a process dies, on average, where processes die."""


class Site:
    """What all workers have in common."""

    def __init__(
        self,
        loop: SimulatedLoop,
        database: Database,
        weather: Weather,
        journal: Journal,
        oracle: Oracle,
        poisoned: frozenset[str],
    ) -> None:
        self.loop = loop
        self.time = WorldTime(loop)
        self.database = database
        self.weather = weather
        self.journal = journal
        self.oracle = oracle
        self.poisoned = poisoned


class Worker:
    """One place where a process runs. `version` is what the next process will run."""

    def __init__(self, name: str, version: Version, site: Site) -> None:
        self.name = name
        self.version = version
        self.bot: Bot | None = None
        self.process: BotProcess | None = None
        self._site = site
        self._stopping = asyncio.Event()
        self._resting = False
        self.processes = 0

    @property
    def is_up(self) -> bool:
        """Whether its bot takes events."""
        return self.bot is not None and self.process is not None and self.process.alive

    async def run(self) -> None:
        """Run a process, and another when it is gone, until `rest`."""
        weather = self._site.weather
        while not self._resting:
            self.processes += 1
            self._stopping = asyncio.Event()
            process = BotProcess(
                self._site.loop, f"{self.name}.{self.processes}", self.version, self._site.time
            )
            if weather.hits("process is doomed"):
                process.steps_left = 1 + round(weather.random.expovariate(1.0 / MEAN_LIFE))
            self.process, gone = process, asyncio.Event()
            process.at_death(self, gone.set)
            process.spawn(self._serve(process, self._stopping))
            await gone.wait()
            self.bot = self.process = None
            if process.steps_left is not None and process.steps_left <= 0:
                weather.seen["process killed at one of its steps"] += 1
            self._site.journal.says(f"{process.name} is gone", None)
            if not weather.is_calm:
                await asyncio.sleep(weather.random.expovariate(0.3))

    def stop(self) -> None:
        """Ask the process to stop; another comes."""
        self._stopping.set()

    def rest(self) -> None:
        """Ask the process to stop; no other comes."""
        self._resting = True
        self._stopping.set()

    async def _serve(self, process: BotProcess, stopping: asyncio.Event) -> None:
        site = self._site
        site.journal.says(f"{process.name} runs {process.version.name}", None)
        outside = Outside(process, site.weather, site.oracle, site.poisoned)
        while True:
            store = SimulatedStore(site.database, process, site.weather, site.oracle)
            try:
                async with Bot(
                    process.version.watched,
                    store=store,
                    actions=Actions(process, site.weather, site.oracle),
                    channel=outside,
                    listener=outside,
                    clock=process,
                    metrics=Metrics(),
                ) as bot:
                    self.bot = bot
                    await stopping.wait()
                    self.bot = None
                break
            except StoreError:
                site.weather.seen["bot could not be opened"] += 1
                await asyncio.sleep(1.0)
            except Exception as error:
                site.journal.fails(f"the bot of {process.name} raised {error!r}")
                raise
        process.die()

    # Handing over what came from outside.

    async def hand(self, event: Outer, patience: float | None) -> bool:
        """Hand `event` to the bot; whether it was acknowledged, and that within so many seconds."""
        bot, process = self.bot, self.process
        assert bot is not None
        assert process is not None
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        process.at_death(answer, lambda: _set(answer, value=False))
        task = process.spawn(self._receive(process, bot, event, answer))
        task.add_done_callback(lambda _: _set(answer, value=False))  # one that never began has nothing to say
        if patience is not None:
            await asyncio.wait([answer], timeout=patience)
            task.cancel()
        taken = await answer
        process.forget(answer)
        return taken

    async def _receive(
        self, process: BotProcess, bot: Bot, event: Outer, answer: asyncio.Future[bool]
    ) -> None:
        taken = False
        process.arrives(event.contact, event.id)
        try:
            await _tell(bot, event)
            taken = True
            self._site.oracle.acknowledged(event.contact, event.id)
        except (StoreError, Busy, NotOpen) as error:
            self._site.weather.seen[f"event refused as {type(error).__name__}"] += 1
        except Exception as error:
            self._site.journal.fails(f"G6: {event} raised {error!r}")
        finally:
            process.is_through(event.contact)
            _set(answer, value=taken)


async def _tell(bot: Bot, event: Outer) -> Any:
    match event:
        case Message():
            return await bot.receive(event)
        case Opened(id, contact):
            return await bot.open(contact, id=id)
        case HostEvent(id, contact, name, values):
            return await bot.event(contact, name, values, id=id)
        case EndedByHost(id, contact):
            return await bot.end(contact, id=id)
        case GivenBack(id, contact):
            return await bot.give_back(contact, id=id)


def _set(answer: asyncio.Future[bool], *, value: bool) -> None:
    if not answer.done():
        answer.set_result(value)
