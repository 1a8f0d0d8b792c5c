"""G3, all of an event or nothing of it, and G5, what an ended session leaves."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from flowrt.abc import Lane
from flowrt.bot import Bot
from flowrt.effects import Reply
from flowrt.errors import StoreError
from flowrt.stores.sqlite import SqliteStore
from tests.runtime.world import BreakingStore, SlowStore, StoreAround, World, until

GREETING = ["Hi! Three quick questions.", "What's your name?"]
NOTHING = {"sessions": 0, "deadlines": 0, "replies": 0, "notices": 0, "parked": 0, "calls": 0}


class Undeleting(StoreAround):
    """A store that cannot delete what was delivered, twice."""

    failures = 2
    deleted = 0

    async def delivered(self, contact: str, lane: Lane, seqs: Sequence[int]) -> bool:
        if self.failures:
            self.failures -= 1
            raise StoreError("the disk is full")
        more = await super().delivered(contact, lane, seqs)
        self.deleted += len(seqs)
        return more


async def never(_: Reply) -> None:
    """A channel that takes for ever."""
    await asyncio.Event().wait()


def test_a_commit_that_fails_changes_nothing_and_the_message_may_come_again(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
            world.store.broken = lambda _: True
            ada = world.message("Ada")
            for _ in range(3):
                with pytest.raises(StoreError, match="the disk is full"):
                    await bot.receive(ada)
            assert await world.say_nothing(bot) == []
            world.store.broken = lambda _: False
            assert await bot.receive(ada)
            assert not await bot.receive(ada)
            assert await world.say_nothing(bot) == ["How was it, from 1 to 5?"]

    world.run(main())


def test_a_commit_that_fails_for_one_holds_up_no_other(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            world.store.broken = lambda change: change.contact == "ada"
            broken = [asyncio.create_task(bot.receive(world.message("hi"))) for _ in range(3)]
            assert await world.say(bot, "hi", contact="bob") == GREETING
            failures = await asyncio.gather(*broken, return_exceptions=True)
            assert [type(failure) for failure in failures] == [StoreError] * 3

    world.run(main())


def test_what_was_committed_though_its_end_was_not_heard_goes_on(world: World) -> None:
    """A connection may break after the commit: the message counts, its reply is sent, its deadline runs."""

    async def main() -> None:
        async with world.bot(store=BreakingStore(world.new_store())) as bot:
            for text in ("hi", "Ada", "1", "late"):
                message = world.message(text)
                with pytest.raises(ConnectionError):
                    await bot.receive(message)
                assert not await bot.receive(message)
                await bot.idle()
            assert world.channel.said()[-1].startswith("Thanks, Ada!")
            assert len(world.actions.calls) == 1
            with pytest.raises(ConnectionError):
                await bot.receive(world.message("hi"))
            await bot.idle()
            world.clock.advance(901)
            assert await bot.fire_due() == 1
            await bot.idle()
            assert world.listener.ends() == ["ended", "expired"]

    world.run(main())


def test_a_caller_cancelled_in_the_commit_loses_nothing(world: World) -> None:
    async def main() -> None:
        slow = SlowStore(world.new_store(), "ada", when="commit")
        async with world.bot(store=slow) as bot:
            message = world.message("hi")
            caller = asyncio.create_task(bot.receive(message))
            await slow.waits.wait()  # the caller has come as far as the end of the commit
            assert (await slow.store.read("ada", message.id)).marked
            caller.cancel()
            slow.go.set()
            await asyncio.gather(caller, return_exceptions=True)
            assert await world.say_nothing(bot) == GREETING

    world.run(main())


def test_replies_committed_and_not_delivered_are_delivered_after_a_crash(world: World) -> None:
    async def scenario(bot: Bot) -> None:
        world.channel.before = never
        await bot.receive(world.message("hi"))
        await bot.receive(world.message("Ada"))

    world.crash_after(scenario)
    assert world.rows()["replies"] == 3
    world.channel.before = None

    async def after() -> None:
        async with world.bot() as bot:
            assert await world.say_nothing(bot) == [*GREETING, "How was it, from 1 to 5?"]

    world.run(after())
    assert world.rows()["replies"] == 0


def test_a_crash_between_two_replies_repeats_at_most_what_has_the_same_id(world: World) -> None:
    async def second_waits(reply: Reply) -> None:
        if reply.id == "m1#1":
            await never(reply)

    async def scenario(bot: Bot) -> None:
        world.channel.before = second_waits
        await bot.receive(world.message("hi"))
        await until(lambda: bool(world.channel.sent))

    world.crash_after(scenario)
    world.channel.before = None

    async def after() -> None:
        async with world.bot() as bot:
            await bot.idle()

    world.run(after())
    ids = [reply.id for reply in world.channel.sent]
    assert list(dict.fromkeys(ids)) == ["m1#0", "m1#1"]


def test_notices_are_delivered_after_a_crash_too(world: World) -> None:
    async def scenario(bot: Bot) -> None:
        world.listener.failures = 10**9
        await bot.receive(world.message("hi"))
        await bot.receive(world.message("stop"))
        await until(lambda: len(world.channel.sent) == 3)

    world.crash_after(scenario, retry_after=60.0)
    world.listener.failures = 0

    async def after() -> None:
        async with world.bot() as bot:
            await bot.idle()

    world.run(after())
    assert {notice.id for notice in world.listener.notices} == {"m2#1"}
    assert world.rows() == NOTHING


def test_a_reply_delivered_whose_row_cannot_be_deleted_is_not_sent_twice(world: World) -> None:
    async def main() -> None:
        store = Undeleting(world.new_store())
        async with world.bot(store=store) as bot:
            assert await bot.receive(world.message("hi"))
            await until(lambda: store.deleted == len(GREETING))
            assert await world.say_nothing(bot) == GREETING

    world.run(main())
    assert world.rows()["replies"] == 0


def test_an_ended_session_leaves_marks_and_nothing_else(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi", "Ada", "1", "it was late")
            await world.say(bot, "hi", "stop")
            await world.say(bot, "hi")
            world.clock.advance(901)
            await bot.fire_due()

    world.run(main())
    assert world.rows() == NOTHING
    assert world.listener.ends() == ["ended", "ended", "expired"]


def test_an_ended_session_keeps_what_is_not_delivered_yet(world: World) -> None:
    async def scenario(bot: Bot) -> None:
        world.channel.before = never
        world.listener.failures = 10**9
        await bot.receive(world.message("hi"))
        await bot.receive(world.message("stop"))

    world.crash_after(scenario, retry_after=60.0)
    assert world.rows() == NOTHING | {"replies": 3, "notices": 1}


def test_every_row_of_the_file_is_accounted_for(world: World, tmp_path: Path) -> None:
    async def main() -> None:
        async with world.bot(store=SqliteStore(tmp_path / "whole.db")) as bot:
            await world.say(bot, "hi", "Ada", "1", "it was late")

    world.run(main())
    database = sqlite3.connect(tmp_path / "whole.db")
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    count = "SELECT count(*) FROM "
    left = {table: database.execute(count + table).fetchone()[0] for table in tables}
    database.close()
    assert left == {"session": 0, "outbox": 0, "parked": 0, "letter": 0, "call": 0, "mark": 4}


def test_without_a_channel_replies_stay_until_there_is_one(world: World) -> None:
    async def main() -> None:
        async with world.bot(channel=None) as bot:
            assert await world.say(bot, "hi") == []
        async with world.bot() as bot:
            assert await world.say_nothing(bot) == GREETING

    world.run(main())


def test_without_a_listener_notices_are_not_kept(world: World) -> None:
    async def main() -> None:
        async with world.bot(listener=None) as bot:
            await world.say(bot, "hi", "stop")

    world.run(main())
    assert world.rows() == NOTHING
