"""The world of one run: people talk to workers while all that can goes wrong; then all must settle."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from flowrt.bot import NotOpen
from flowrt.errors import StoreError
from flowrt.time import SECOND
from tests.simulation.chance import Weather, pinned
from tests.simulation.database import Database
from tests.simulation.journal import Journal, Violation
from tests.simulation.loop import SimulatedLoop
from tests.simulation.oracle import Oracle
from tests.simulation.people import Network, Person
from tests.simulation.plans import Plan
from tests.simulation.sessions import overdue
from tests.simulation.workers import Site, Worker

LATEST = 75 * SECOND
"""How late a deadline may be when nothing goes wrong any more."""

LEAPS = (1.0, 5.0, 61.0, 310.0, 1000.0, 4000.0)
"""How many seconds may pass at once. All together are less than ids of messages are remembered for."""


@dataclass(frozen=True)
class Report:
    """What came of a run."""

    seed: int
    digest: str
    ended: Counter[str]
    """Conversations, by how they ended."""
    events: int
    steps: int
    processes: int
    faults: Counter[str]
    repeats: int
    violations: tuple[str, ...]

    @property
    def conversations(self) -> int:
        """How many were held."""
        return self.ended.total()


class World:
    """Everything there is."""

    def __init__(
        self,
        plan: Plan,
        write: Callable[[str], object] | None = None,
        new_database: Callable[..., Database] = Database,
    ) -> None:
        self._plan = plan
        self._random = Random(f"world {plan.seed}")  # noqa: S311 - no secret
        self._weather = Weather(f"weather {plan.seed}", plan.faults)
        self._loop = SimulatedLoop(lambda: self._weather.random.random() * 2.0)
        self._journal = Journal(self._loop.time, write)
        self._database = new_database(self._loop.time, shared=plan.shared)
        self._oracle = Oracle(self._database, self._journal)
        self._contacts = [f"c{number}" for number in range(plan.contacts)]
        self._poisoned = frozenset(self._contacts[: plan.poisoned])
        self._site = Site(
            self._loop, self._database, self._weather, self._journal, self._oracle, self._poisoned
        )
        self._workers = [Worker(f"w{number}", plan.versions[0], self._site) for number in range(plan.workers)]
        self._network = Network(self._workers, self._weather, self._oracle)
        self._version = plan.versions[0]
        self._over = False

    def run(self) -> Report:
        """Let it all happen."""
        loop, journal = self._loop, self._journal
        try:
            journal.stop = loop.stop
            main = loop.create_task(self._live())
            main.add_done_callback(lambda _: loop.stop())
            loop.run_forever()
            if not journal.violations and main.done():
                main.result()
            return self._report()
        finally:
            loop.end()

    def _report(self) -> Report:
        return Report(
            self._plan.seed,
            self._journal.digest,
            self._oracle.ended,
            self._network.events,
            self._loop.steps,
            sum(worker.processes for worker in self._workers),
            self._weather.seen,
            self._oracle.repeats,
            tuple(self._journal.violations),
        )

    async def _live(self) -> None:
        running = [asyncio.create_task(worker.run()) for worker in self._workers]
        fate = asyncio.create_task(self._fate())
        people = [
            Person(contact, Random(f"{self._plan.seed} {contact}"), self._oracle)  # noqa: S311 - no secret
            for contact in self._contacts
        ]
        await asyncio.gather(
            *[person.talk(self._network, self._plan.versions[0], self._plan.moves) for person in people]
        )
        self._over = True
        await fate
        await self._settle()
        for worker in self._workers:
            worker.rest()
        await asyncio.gather(*running)

    # While it storms.

    async def _fate(self) -> None:
        """What goes wrong at large."""
        weather = self._weather
        while not self._over:
            await asyncio.sleep(weather.random.uniform(1.0, 5.0))
            if weather.hits("time leapt"):
                self._site.time.leap(weather.random.choice(LEAPS))
            if weather.hits("another version was brought out"):
                self._version = weather.random.choice(self._plan.versions)
            worker = weather.random.choice(self._workers)
            process = worker.process
            if worker.version is not self._version:
                worker.version = self._version
                worker.stop()
            elif process is not None and weather.hits("process froze"):
                process.freeze(weather.random.choice([0.5, 5.0, 40.0]))
            if process is not None and weather.hits("clock was put wrong"):
                process.skew = round(weather.random.choice([0.0, 3.0, -3.0, 100.0, -100.0]) * SECOND)
            self._garble()
            await self._operate(worker)

    def _garble(self) -> None:
        """Something that is no session, effect or call stands where one was."""
        weather, database = self._weather, self._database
        if (self._plan.shared or not database.alive) and weather.hits("session was garbled"):
            contact = weather.random.choice(self._contacts)
            row = database.sessions.get(contact)
            if row is not None:
                row.body = weather.random.choice(
                    ["garbage", row.body[:-1], row.body.replace("state", "stat")]
                )
                row.version = database.next()
                self._oracle.garbled(contact, row.body)
        if database.outbox_rows and weather.hits("effect was garbled"):
            (contact, _), rows = weather.random.choice(list(database.outbox_rows.items()))
            seq = weather.random.choice(list(rows))
            rows[seq] = "garbage"
            self._oracle.spoilt(contact, seq)
        if database.pending and weather.hits("call was garbled"):
            for call in weather.random.choice(list(database.pending.values())).values():
                call.body = "garbage"

    async def _operate(self, worker: Worker) -> None:
        """Somebody looks after the bot."""
        bot, process, weather = worker.bot, worker.process, self._weather
        if not worker.is_up or bot is None or process is None:
            return
        contact = weather.random.choice(self._contacts)

        async def look() -> None:
            try:
                for parked in await bot.parked(limit=5):
                    take = bot.discard if weather.random.random() < 0.2 else bot.retry
                    await take(parked.contact, parked.number)
                await bot.sessions(limit=3)
                await bot.health()
                if weather.hits("contact was erased"):
                    await bot.erase(contact)
            except (StoreError, NotOpen):
                weather.seen["operator could not look"] += 1

        if weather.hits("operator looked"):
            process.spawn(look())

    # When it is over.

    async def _settle(self) -> None:
        """Nothing goes wrong any more: whatever is left must be done, and in time."""
        self._weather.calm()
        for worker in self._workers:
            if worker.process is not None:
                worker.process.skew = 0
                worker.process.steps_left = None
        await asyncio.sleep(150.0)
        for _ in range(30):
            await self._retry()
            await asyncio.sleep(LATEST / SECOND)
            late = overdue(self._database, self._site.time.now() - LATEST)
            if late:
                self._journal.fails(f"G4: deadlines are overdue: {late}")
            dues = [row.due for row in self._database.sessions.values() if row.due is not None]
            if not dues:
                break
            self._site.time.leap(max(0.0, (max(dues) - self._site.time.now()) / SECOND))
        await self._retry()
        await asyncio.sleep(LATEST / SECOND)
        self._hold_settled()

    async def _retry(self) -> None:
        """Deliver what was parked."""
        for worker in self._workers[:1]:
            bot, process = worker.bot, worker.process
            if bot is None or process is None:
                self._journal.fails(f"{worker.name} is not up again")
                return
            for contact in sorted({row.contact for row in self._database.parked_rows.values()}):
                await process.spawn(bot.retry(contact))

    def _hold_settled(self) -> None:
        """Nothing is left but what must be."""
        fails = self._journal.fails
        if not self._plan.faults and self._oracle.repeats:
            fails("G3: something was delivered again, and nothing had gone wrong")
        if self._network.left:
            fails(f"G2: {self._network.left} events were never acknowledged")
        if self._database.pending:
            fails(f"G7: calls are left: {self._database.pending}")
        for contact, truth in self._oracle.contacts.items():
            for lane, there in truth.lanes.items():
                if (there.waiting or there.parked) and (lane, contact in self._poisoned) != ("reply", True):
                    fails(f"G3: {contact} was never given {there.waiting} {there.parked}")
        for contact, lane in self._database.outbox_rows:
            if (lane, contact in self._poisoned) != ("reply", True):
                fails(f"G3: something is left in the outbox of {contact}")


def run(
    plan: Plan,
    write: Callable[[str], object] | None = None,
    new_database: Callable[..., Database] = Database,
) -> Report:
    """What comes of `plan`; `write` gets what happens, line by line."""
    with pinned(plan.seed):
        return World(plan, write, new_database).run()


def hold(plan: Plan, report: Report) -> None:
    """Raise `Violation`, which says how to see it again, where something did not hold."""
    if report.violations:
        raise Violation(f"seed {plan.seed}: {report.violations[0]}\nreplay it with: {plan.command}")
