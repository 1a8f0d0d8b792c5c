"""A process's way to the database: answers are slow, lost on the way there or back, or cut off by a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TypeVar

from flowrt.abc import CallRow, Change, Lane, LetterRow, OutboxRow, ParkedRow, SessionRow, Stored
from flowrt.errors import Conflict, StoreError, Unsure
from flowrt.time import Instant
from flowrt.values import INT_MAX
from tests.simulation.chance import Weather
from tests.simulation.database import LEASE, Database
from tests.simulation.oracle import Oracle
from tests.simulation.processes import BotProcess

T = TypeVar("T")

TRIES = 3
"""How often a worker of a shared store asks again by itself, where an answer was lost."""


class Killed(BaseException):
    """The process is dead: whatever it would still do is not done."""


class SimulatedStore:
    """The store as one process has it."""

    def __init__(self, database: Database, process: BotProcess, weather: Weather, oracle: Oracle) -> None:
        self._database = database
        self._process = process
        self._weather = weather
        self._oracle = oracle
        self._worker = 0
        self._seen: dict[tuple[str, Lane], tuple[int, set[int]]] = {}
        self._unheard: set[str] = set()
        self._beating: asyncio.Task[None] | None = None

    @property
    def shared(self) -> bool:
        """Whether several workers use it."""
        return self._database.shared

    async def open(self) -> None:
        """Join the workers."""
        self._seen.clear()
        self._unheard.clear()
        try:
            await self._ask(self._join)
        except StoreError:
            self._leave()
            raise
        if self.shared:
            self._beating = asyncio.get_running_loop().create_task(self._keep_beating())

    def _join(self) -> None:
        self._worker = self._database.join()
        if not self.shared:  # the system frees what a dead process had locked; a database waits for its word
            self._process.at_death(self, self._leave)

    def _leave(self) -> None:
        self._database.leave(self._worker)
        self._process.forget(self)

    async def close(self) -> None:
        """Leave them."""
        if self._beating is not None:
            self._beating.cancel()
            self._beating = None
        self._check()
        self._leave()

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(LEASE / 3)
            try:
                await self._ask(lambda: self._database.beat(self._worker))
            except StoreError:
                self._weather.seen["worker could not say that it lives"] += 1

    # The way there and back.

    def _check(self) -> None:
        if not self._process.alive:
            raise Killed

    async def _die(self) -> None:
        self._process.die()
        await asyncio.get_running_loop().create_future()  # it never comes

    async def _ask(self, work: Callable[[], T]) -> T:
        """The answer to a question that may be asked twice."""
        for tries_left in reversed(range(TRIES if self.shared else 1)):
            try:
                return await self._try(work)
            except Unsure as lost:
                if not tries_left:
                    raise StoreError("the database is away") from lost
                await asyncio.sleep(0.05)
        raise AssertionError

    async def _claim(self, what: str, work: Callable[[bool], T]) -> T:
        """What the database gives this worker, and what it gave when its answer was lost."""

        answer = await self._ask(lambda: work(self._unheard_of(what)))
        self._unheard.discard(what)
        return answer

    def _unheard_of(self, what: str) -> bool:
        again = what in self._unheard
        self._unheard.add(what)
        return again

    async def _try(self, work: Callable[[], T]) -> T:
        self._check()
        weather = self._weather
        await asyncio.sleep(weather.delay())
        if weather.hits("process killed on the way to the store"):
            await self._die()
        if weather.hits("store failed"):
            raise StoreError("the store is full")
        if weather.hits("question lost on the way to the store"):
            raise Unsure("the line went dead")
        answer = work()
        if weather.hits("process killed on the way back from the store"):
            await self._die()
        if weather.hits("answer of the store lost"):
            raise Unsure("the line went dead")
        if weather.hits("store answers late"):
            await asyncio.sleep(weather.delay())
        return answer

    # Sessions.

    async def read(self, contact: str, mark: str | None) -> Stored:
        """The session of `contact`."""
        stored = await self._ask(lambda: self._database.read(contact, mark))
        self._oracle.reads()
        return stored

    async def commit(self, change: Change) -> None:
        """Make `change` true."""
        commit = _Commit(self._database, self._oracle, self._process, self._worker, change)
        try:
            await self._try(commit.work)
        except Conflict:
            self._weather.seen["worker came second"] += 1
            raise
        except Unsure as lost:
            if self.shared:
                raise
            raise StoreError("it is not known whether the disk has it") from lost
        except asyncio.CancelledError:
            if not commit.is_done and self._weather.hits("commit goes on though its caller left"):
                with suppress(Conflict):
                    commit.work()
            raise

    async def deadlines(self, before: Instant = INT_MAX) -> Iterable[tuple[str, Instant]]:
        """Deadlines up to that instant."""
        return await self._ask(lambda: self._database.deadlines(before))

    # The outbox.

    async def undelivered(self, lane: Lane) -> Iterable[str]:
        """Those to whom nobody delivers."""
        return await self._claim(
            lane, lambda again: self._database.undelivered(lane, self._worker, again=again)
        )

    async def outbox(self, contact: str, lane: Lane, limit: int) -> Sequence[OutboxRow]:
        """The first rows of the lane; an empty one is let go."""
        while True:
            news, rows = await self._ask(lambda: self._database.outbox(contact, lane, limit, self._worker))
            if rows or news < 0 or not self.shared:
                self._seen[contact, lane] = (news if len(rows) < limit else -1, {row.seq for row in rows})
                return rows
            await self._delivered(contact, lane, [], news)

    async def delivered(self, contact: str, lane: Lane, seqs: Sequence[int]) -> bool:
        """Delete these rows, and let the lane go where they were all there is."""
        news, left = self._seen.get((contact, lane), (-1, set[int]()))
        left.difference_update(seqs)
        let_go = await self._delivered(contact, lane, list(seqs), -1 if left else news)
        if not left:
            self._seen.pop((contact, lane), None)
        return self.shared and not let_go

    async def _delivered(self, contact: str, lane: Lane, seqs: Sequence[int], news: int) -> bool:
        return await self._ask(lambda: self._database.delivered(contact, lane, seqs, self._worker, news))

    async def park(self, contact: str, lane: Lane, seq: int, why: str, at: Instant) -> None:
        """Move a row to what could not be delivered."""

        def work() -> None:
            self._database.park(contact, lane, seq, why, at)
            self._oracle.parked(contact, seq)

        await self._ask(work)

    async def parked(self, contact: str | None, after: int, limit: int) -> Sequence[ParkedRow]:
        """What could not be delivered."""
        return await self._ask(lambda: self._database.parked(contact, after, limit))

    async def unpark(self, contact: str, seqs: Sequence[int], *, again: bool) -> int:
        """Put these at the end of the outbox, or forget them."""

        def work() -> int:
            found = self._database.unpark(contact, seqs, self._worker, again=again)
            self._oracle.unparked(contact, found)
            return len(found)

        return await self._ask(work)

    async def letters(self, contact: str | None, after: int, limit: int) -> Sequence[LetterRow]:
        """What is left of sessions that ended by a fault."""
        return await self._ask(lambda: self._database.letters(contact, after, limit))

    async def discard_letters(self, contact: str, seqs: Sequence[int]) -> int:
        """Delete these."""
        return await self._ask(lambda: self._database.discard_letters(contact, seqs))

    async def forget_letters(self, before: Instant, keep: int) -> int:
        """Delete old ones."""
        return await self._ask(lambda: self._database.forget_letters(before, keep))

    # Calls, marks, and all of it.

    async def calls(self, contact: str | None = None) -> Iterable[CallRow]:
        """Calls to run."""
        return await self._claim(
            "calls", lambda again: self._database.calls(contact, self._worker, again=again)
        )

    async def forget_marks(self, before: Instant) -> int:
        """Delete old marks."""
        return await self._ask(lambda: self._database.forget_marks(before))

    async def sessions(self, after: str | None, limit: int) -> Sequence[SessionRow]:
        """Sessions in order of contacts."""

        def work() -> list[SessionRow]:
            behind = sorted(who for who in self._database.sessions if after is None or who > after)
            rows = [(who, self._database.sessions[who]) for who in behind[:limit]]
            return [SessionRow(who, row.body, row.due) for who, row in rows]

        return await self._ask(work)

    async def erase(self, contact: str) -> int:
        """Delete all that there is of `contact`."""

        def work() -> int:
            self._oracle.erased(contact)
            return self._database.erase(contact)

        return await self._ask(work)


class _Commit:
    """One commit, which the database does once."""

    def __init__(
        self, database: Database, oracle: Oracle, process: BotProcess, worker: int, change: Change
    ) -> None:
        self._database = database
        self._oracle = oracle
        self._process = process
        self._worker = worker
        self._change = change
        self._steps = oracle.stepped()
        self.is_done = False

    def work(self) -> None:
        """Do it. Raises `Conflict`."""
        before = self._database.sessions.get(self._change.contact)
        body = None if before is None else before.body
        seqs = self._database.commit(self._change, self._worker)
        self.is_done = True
        self._oracle.committed(self._process, self._change, self._steps, body, seqs)
