"""Faults of the store: whoever looks after it meets one, the disk is full, the server refuses."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest

from flowrt.abc import Lane, LetterRow, ParkedRow, SessionRow
from flowrt.bot import Bot, NotOpen
from flowrt.effects import Reply
from flowrt.errors import StoreError, Undeliverable
from flowrt.events import Message
from flowrt.flow import Flow
from flowrt.stores.sqlite import SqliteStore
from flowrt.time import Instant
from tests.feedback import SAID, TEXTS
from tests.runtime.counting import counting
from tests.runtime.mortal import MortalStore, run
from tests.runtime.test_every_fault import Failing
from tests.runtime.world import StoreAround, World, until

T = TypeVar("T")

GREETING = ["Hi! Three quick questions.", "What's your name?"]
EXPIRED = "Let's pick this up another time."


class FailingEverywhere(Failing):
    """As `Failing`, in what looks after the store, too."""

    async def undelivered(self, lane: Lane) -> Iterable[str]:
        return await self._may_fail(lambda: super(Failing, self).undelivered(lane))

    async def park(self, contact: str, lane: Lane, seq: int, why: str, at: Instant) -> None:
        await self._may_fail(lambda: super(Failing, self).park(contact, lane, seq, why, at))

    async def parked(self, contact: str | None, after: int, limit: int) -> Sequence[ParkedRow]:
        return await self._may_fail(lambda: super(Failing, self).parked(contact, after, limit))

    async def unpark(self, contact: str, seqs: Sequence[int], *, again: bool) -> int:
        return await self._may_fail(lambda: super(Failing, self).unpark(contact, seqs, again=again))

    async def letters(self, contact: str | None, after: int, limit: int) -> Sequence[LetterRow]:
        return await self._may_fail(lambda: super(Failing, self).letters(contact, after, limit))

    async def discard_letters(self, contact: str, seqs: Sequence[int]) -> int:
        return await self._may_fail(lambda: super(Failing, self).discard_letters(contact, seqs))

    async def forget_letters(self, before: Instant, keep: int) -> int:
        return await self._may_fail(lambda: super(Failing, self).forget_letters(before, keep))

    async def forget_marks(self, before: Instant) -> int:
        return await self._may_fail(lambda: super(Failing, self).forget_marks(before))

    async def sessions(self, after: str | None, limit: int) -> Sequence[SessionRow]:
        return await self._may_fail(lambda: super(Failing, self).sessions(after, limit))

    async def erase(self, contact: str) -> int:
        return await self._may_fail(lambda: super(Failing, self).erase(contact))


async def again(work: Callable[[], Awaitable[T]]) -> T:
    """What somebody does who is told that it did not work."""
    for _ in range(4):
        try:
            return await work()
        except (StoreError, ConnectionError):
            continue
    return await work()


async def a_day(world: World, store: FailingEverywhere) -> None:
    """A bot is opened, looked after, and closed again."""
    refused: list[str] = []
    closed = asyncio.Event()

    async def refuse(reply: Reply) -> None:
        if reply.text == GREETING[1] and reply.contact == "ada" and not closed.is_set():
            refused.append(reply.id)
            raise Undeliverable("outside of the window")

    world.channel.before = refuse
    bot = world.bot(store=store)
    await again(bot.__aenter__)
    for contact in ("ada", "bob"):
        hi = world.message("hi", contact)
        await again(lambda hi=hi: bot.receive(hi))  # type: ignore[misc]
    await until(lambda: bool(refused) and not bot._backlog()["deliveries"])
    [parked] = await again(bot.parked)
    assert parked.why == "outside of the window"
    assert {view.contact for view in await again(bot.sessions)} == {"ada", "bob"}
    assert [letter.number for letter in await again(bot.dead_letters)] == [parked.number]
    closed.set()
    assert await again(lambda: bot.retry("ada")) in (0, 1)  # none, where the answer was lost
    bot._follower.wake("ada")  # as the next reply would
    assert await again(lambda: bot.discard("ada")) == 0
    await again(lambda: bot.erase("bob"))
    world.clock.advance(9 * 24 * 3600)
    for _ in range(3):  # a deadline that was not committed comes up again
        await again(bot.fire_due)
        world.clock.advance(1)
    await until(lambda: bool(world.listener.notices) and not bot._backlog()["deliveries"])
    await bot.idle()
    await bot.__aexit__(None, None, None)


FAULTS: tuple[tuple[bool, type[Exception]], ...] = ((False, StoreError), (True, ConnectionError))
"""Whether the call has done its work when it raises, and what."""


@pytest.mark.parametrize("first", [0, pytest.param(1, marks=pytest.mark.soak)])
def test_whichever_call_of_a_day_fails_it_comes_out_the_same(world: World, first: int) -> None:
    """Every other one with its answer lost."""
    fails, whole = 1, False
    while not whole:
        world.channel.sent.clear()
        world.listener.notices.clear()
        after, error = FAULTS[(first + fails) % 2]
        store = FailingEverywhere(world.new_store(), fails, after=after, error=error)
        world.run(a_day(world, store))
        whole = store.calls_made < fails
        sent = {(reply.contact, reply.id): reply.text for reply in world.channel.sent}
        for contact, said in (("ada", [*GREETING, EXPIRED]), ("bob", GREETING)):
            assert [text for (who, _), text in sent.items() if who == contact] == said, f"call {fails}"
        assert list(dict.fromkeys(world.listener.ends())) == ["expired"], f"call {fails}"
        fails += 1
    assert fails > 20
    assert set(world.rows().values()) == {0}


class Closed(StoreAround):
    """A store that cannot be opened at first, and not be closed either."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.opens, self.closes = 0, 0

    async def open(self) -> None:
        self.opens += 1
        if self.opens == 1:
            raise StoreError("the disk is not there yet")
        await super().open()

    async def close(self) -> None:
        self.closes += 1
        await super().close()
        if self.closes == 1:
            raise StoreError("the disk is not there any more")


def test_a_store_that_cannot_be_opened_or_closed_says_so_and_can_be_tried_again(world: World) -> None:
    async def main() -> None:
        bot = world.bot(store=Closed(world.new_store()))
        with pytest.raises(StoreError, match="not there yet"):
            await bot.__aenter__()
        with pytest.raises(NotOpen):
            await bot.receive(world.message("hi"))
        assert (await bot.health()).fault == "the bot is not open"
        with pytest.raises(StoreError, match="not there any more"):
            async with bot:
                await bot.receive(world.message("hi"))
        async with bot:
            assert await world.say(bot, "Ada") == [*GREETING, SAID[2]]

    world.run(main())


# The disk is full, and then there is room again.


@contextmanager
def full_disk() -> Iterator[None]:
    """No file grows, and none is written anew: what a process sees of a disk without room."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("full_at", range(len(TEXTS)))
def test_a_disk_that_is_full_in_the_midst_of_a_conversation(
    full_at: int, tmp_path: Path, feedback_flow: Flow[Any]
) -> None:
    world = World(feedback_flow, lambda: SqliteStore(tmp_path / "s.db"))

    async def main() -> None:
        async with world.bot() as bot:
            for number, text in enumerate(TEXTS):
                message = world.message(text)
                if number == full_at:
                    with full_disk():
                        for _ in range(3):
                            with pytest.raises(
                                StoreError, match=r"cannot be written: (database or disk is full|disk I/O)"
                            ):
                                await bot.receive(message)
                        assert await bot.session("bob") is None  # reading goes on
                        assert (await bot.health()).fault is None
                assert await bot.receive(message)
                assert not await bot.receive(message)
            await until(lambda: world.listener.ends() == ["ended"] and len(world.channel.sent) >= len(SAID))
            await bot.idle()
        assert list({reply.id: reply.text for reply in world.channel.sent}.values()) == SAID
        assert len(world.actions.calls) == 1

    world.run(main())
    assert set(world.rows().values()) == {0}


def test_a_disk_that_is_full_while_replies_are_delivered_and_deadlines_come(
    tmp_path: Path, feedback_flow: Flow[Any]
) -> None:
    world = World(feedback_flow, lambda: SqliteStore(tmp_path / "s.db"))
    go = asyncio.Event()

    async def wait(_: Reply) -> None:
        await go.wait()

    async def main() -> None:
        world.channel.before = wait
        async with world.bot() as bot:
            await bot.receive(world.message("hi"))
            with full_disk():
                go.set()
                await until(lambda: len(world.channel.sent) == 2)
                world.clock.advance(900)
                assert await bot.fire_due() == 0
            world.clock.advance(1)
            assert await bot.fire_due() == 1
            await until(lambda: not bot._backlog()["deliveries"])
        assert world.channel.said() == [*GREETING, EXPIRED]

    world.run(main())
    assert set(world.rows().values()) == {0}


# PostgreSQL has no room, may not be written, or has no connection left.

FULL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file "base/5/1": No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room BEFORE INSERT OR UPDATE OR DELETE ON flowrt_session EXECUTE FUNCTION no_room()"""
ROOM = "DROP TRIGGER no_room ON flowrt_session; DROP FUNCTION no_room"
CUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"""
READ_ONLY = f"ALTER DATABASE postgres SET default_transaction_read_only = on; {CUT}"
WRITABLE = f"BEGIN READ WRITE; ALTER DATABASE postgres RESET default_transaction_read_only; COMMIT; {CUT}"


@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize(
    ("fault", "mended", "said"),
    [
        pytest.param(FULL, ROOM, "No space left on device", id="full"),
        pytest.param(READ_ONLY, WRITABLE, "read-only transaction", id="read only"),
    ],
)
def test_a_database_that_cannot_be_written_loses_and_doubles_nothing(
    fault: str, mended: str, said: str, postgres: str
) -> None:
    world = World(counting(), lambda: MortalStore(postgres, patience=0.1))
    world.actions = None  # type: ignore[assignment]  # the flow calls nothing

    async def main() -> None:
        async with world.bot() as bot:
            assert await world.say(bot, "x", "x") == ["1", "2"]
            await run(postgres, fault)
            try:
                third = world.message("x")
                for _ in range(2):
                    with pytest.raises(StoreError, match=said):
                        await bot.receive(third)
                view = await bot.session("ada")
                assert view is not None
                assert view.values == {"total": 2}
                world.clock.advance(3600)
                with suppress(StoreError):
                    assert await bot.fire_due() == 0
                world.clock.advance(-1800)
            finally:
                await run(postgres, mended)
            assert await again(lambda: bot.receive(third))
            assert not await bot.receive(third)
            await bot.idle()
            assert world.channel.said() == ["3"]

    world.run(main())


@pytest.mark.xdist_group("postgres")
def test_a_server_with_one_connection_left_serves_all_in_turn(postgres: str) -> None:
    limited = postgres.replace("postgres@", "limited@")
    world = World(counting(), lambda: MortalStore(limited, patience=10))
    world.actions = None  # type: ignore[assignment]  # the flow calls nothing
    made = """DROP ROLE IF EXISTS limited; CREATE ROLE limited LOGIN CONNECTION LIMIT 1;
              GRANT ALL ON SCHEMA public TO limited"""

    async def insist_on(bot: Bot, contact: str, number: int) -> None:
        message = Message(str(number), contact, "x")
        while True:
            try:
                await bot.receive(message)
            except StoreError:
                await asyncio.sleep(0)
            else:
                return

    async def main() -> None:
        await run(postgres, made)
        async with world.bot() as bot:
            for number in range(3):
                await asyncio.gather(*[insist_on(bot, f"c{each}", number) for each in range(8)])
            await until(lambda: len({(reply.contact, reply.id) for reply in world.channel.sent}) == 24)
            await bot.idle()
        for each in range(8):
            assert list(dict.fromkeys(world.channel.said(f"c{each}"))) == ["1", "2", "3"]
        connection = await asyncpg.connect(postgres)
        await connection.execute("DROP OWNED BY limited; DROP ROLE limited")
        await connection.close()

    world.run(main())
