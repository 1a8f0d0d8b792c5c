"""A world for a bot to live in: a flow, a store, a clock that stands still, and everyone it talks to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any

from flowrt.abc import (
    CallRow,
    Change,
    Lane,
    LetterRow,
    Notice,
    OutboxRow,
    ParkedRow,
    SessionRow,
    Store,
    Stored,
)
from flowrt.actions import current_call
from flowrt.bot import Bot
from flowrt.effects import Ended, Reply
from flowrt.errors import StoreError
from flowrt.events import Message
from flowrt.flow import Flow
from flowrt.time import FakeClock, Instant
from flowrt.values import INT_MAX
from tests.runtime.mortal import MortalStore

SECONDS_A_TEST_MAY_TAKE = 30


async def until(condition: Callable[[], bool]) -> None:
    """Let the others run until `condition` holds."""
    while not condition():  # noqa: ASYNC110 - no event stands for what only the test wants to know
        await asyncio.sleep(0)


class Channel:
    """Records what is sent. `before` may raise, or wait, for a reply that comes in."""

    def __init__(self) -> None:
        self.sent: list[Reply] = []
        self.before: Callable[[Reply], Awaitable[None]] | None = None

    async def send(self, reply: Reply) -> None:
        if self.before is not None:
            await self.before(reply)
        self.sent.append(reply)

    def said(self, contact: str = "ada") -> list[str]:
        """The texts sent to `contact` since the last look."""
        texts = [reply.text for reply in self.sent if reply.contact == contact]
        self.sent = [reply for reply in self.sent if reply.contact != contact]
        return texts


class Listener:
    """Records what the host is told."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.failures = 0

    async def told(self, notice: Notice) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the host is away")
        self.notices.append(notice)

    def ends(self) -> list[str]:
        """The reasons of the sessions that ended, in order."""
        return [notice.reason for notice in self.notices if isinstance(notice, Ended)]


class Actions:
    """Records calls. `answer` may raise, wait, or return something."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answer: Callable[[], Awaitable[object]] | None = None

    async def save_feedback(self, name: str, rating: int, comment: str | None) -> object:
        self.calls.append((current_call().id, {"name": name, "rating": rating, "comment": comment}))
        return await self.answer() if self.answer is not None else None


class StoreAround:
    """A store that hands everything on to another: the base of those that misbehave."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def shared(self) -> bool:
        return self.store.shared

    async def open(self) -> None:
        await self.store.open()

    async def close(self) -> None:
        await self.store.close()

    async def read(self, contact: str, mark: str | None) -> Stored:
        return await self.store.read(contact, mark)

    async def commit(self, change: Change) -> None:
        await self.store.commit(change)

    async def deadlines(self, before: Instant = INT_MAX) -> Iterable[tuple[str, Instant]]:
        return await self.store.deadlines(before)

    async def undelivered(self, lane: Lane) -> Iterable[str]:
        return await self.store.undelivered(lane)

    async def outbox(self, contact: str, lane: Lane, limit: int) -> Sequence[OutboxRow]:
        return await self.store.outbox(contact, lane, limit)

    async def delivered(self, contact: str, lane: Lane, seqs: Sequence[int]) -> bool:
        return await self.store.delivered(contact, lane, seqs)

    async def park(self, contact: str, lane: Lane, seq: int, why: str, at: Instant) -> None:
        await self.store.park(contact, lane, seq, why, at)

    async def parked(self, contact: str | None, after: int, limit: int) -> Sequence[ParkedRow]:
        return await self.store.parked(contact, after, limit)

    async def unpark(self, contact: str, seqs: Sequence[int], *, again: bool) -> int:
        return await self.store.unpark(contact, seqs, again=again)

    async def letters(self, contact: str | None, after: int, limit: int) -> Sequence[LetterRow]:
        return await self.store.letters(contact, after, limit)

    async def discard_letters(self, contact: str, seqs: Sequence[int]) -> int:
        return await self.store.discard_letters(contact, seqs)

    async def forget_letters(self, before: Instant, keep: int) -> int:
        return await self.store.forget_letters(before, keep)

    async def calls(self, contact: str | None = None) -> Iterable[CallRow]:
        return await self.store.calls(contact)

    async def forget_marks(self, before: Instant) -> int:
        return await self.store.forget_marks(before)

    async def sessions(self, after: str | None, limit: int) -> Sequence[SessionRow]:
        return await self.store.sessions(after, limit)

    async def erase(self, contact: str) -> int:
        return await self.store.erase(contact)


class FragileStore(StoreAround):
    """A store whose commits fail while `broken` says so."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.broken: Callable[[Change], bool] = lambda _: False

    async def commit(self, change: Change) -> None:
        if self.broken(change):
            raise StoreError("the disk is full")
        await self.store.commit(change)


class BreakingStore(StoreAround):
    """A store whose connection breaks after each commit of a message."""

    async def commit(self, change: Change) -> None:
        await super().commit(change)
        if change.mark is not None:
            raise ConnectionError("the line went dead")


class SlowStore(StoreAround):
    """A store that makes one contact wait, before it reads or after it has committed, until `go`; `waits` says
    that it does."""

    def __init__(self, store: Store, contact: str, *, when: str) -> None:
        super().__init__(store)
        self.contact, self.when = contact, when
        self.go, self.waits = asyncio.Event(), asyncio.Event()

    async def read(self, contact: str, mark: str | None) -> Stored:
        if contact == self.contact and self.when == "read":
            self.waits.set()
            await self.go.wait()
        return await super().read(contact, mark)

    async def commit(self, change: Change) -> None:
        await super().commit(change)
        if change.contact == self.contact and self.when == "commit":
            self.waits.set()
            await self.go.wait()


class World:
    """All that outlives one bot."""

    def __init__(self, flow: Flow[Any], new_store: Callable[[], Store]) -> None:
        self.flow = flow
        self.new_store = new_store
        self.store = FragileStore(new_store())
        self.clock = FakeClock()
        self.channel = Channel()
        self.listener = Listener()
        self.actions = Actions()
        self._ids = 0

    def bot(self, **other: Any) -> Bot:
        """A bot of this world; `other` are parts that differ."""
        self.store = FragileStore(self.new_store())
        parts: dict[str, Any] = {
            "store": self.store,
            "actions": self.actions,
            "channel": self.channel,
            "listener": self.listener,
            "clock": self.clock,
            "retry_after": 0.0,
            "grace": 5.0,
        }
        return Bot(self.flow, **(parts | other))

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` to its end; one that hangs fails."""

        async def limited() -> None:
            async with asyncio.timeout(SECONDS_A_TEST_MAY_TAKE):
                await work

        asyncio.run(limited())

    def crash_after(self, scenario: Callable[[Bot], Awaitable[None]], retry_after: float = 0.0) -> None:
        """Run a bot through `scenario`, then let its process end as if it were killed: nothing is closed."""
        bot = self.bot(retry_after=retry_after)

        async def until_killed() -> None:
            await bot.__aenter__()
            await scenario(bot)
            if isinstance(self.store.store, MortalStore):
                await self.store.store.die()

        self.run(until_killed())
        asyncio.run(self.store.close())  # what the system does for a dead process: its files are closed

    def message(self, text: str | None, contact: str = "ada", id: str | None = None) -> Message:
        """A message, with a new id unless one is given."""
        self._ids += 1
        return Message(id or f"m{self._ids}", contact, text)

    async def say(self, bot: Bot, *texts: str, contact: str = "ada") -> list[str]:
        """Say `texts`, one after the other, and return all that is answered."""
        for text in texts:
            assert await bot.receive(self.message(text, contact))
        await bot.idle()
        return self.channel.said(contact)

    async def say_and_wait(self, bot: Bot, *texts: str) -> None:
        """Say `texts`, the last of which leads to a call, and wait until its action has begun and all is said."""
        begun = len(self.actions.calls)
        for text in texts:
            await bot.receive(self.message(text))
        await until(lambda: len(self.actions.calls) > begun and not bot._follower._deliveries["reply"]._news)

    async def say_nothing(self, bot: Bot) -> list[str]:
        """What ada was told since the last look."""
        return await self.say(bot)

    def rows(self) -> dict[str, int]:
        """How many rows of each kind there are: of ada, and all deadlines and calls."""

        async def count() -> dict[str, int]:
            store = self.new_store()
            await store.open()
            try:
                session = (await store.read("ada", None)).session
                return {
                    "sessions": int(session is not None),
                    "deadlines": len(list(await store.deadlines())),
                    "replies": len(await store.outbox("ada", "reply", 100)),
                    "notices": len(await store.outbox("ada", "notice", 100)),
                    "parked": len(await store.parked(None, 0, 100)),
                    "calls": len(list(await store.calls())),
                }
            finally:
                await store.close()

        return asyncio.run(count())
