"""Stopping gracefully: what is at hand is finished, and what is not finished in time is left in the store."""

from __future__ import annotations

import asyncio
import logging

import pytest

from flowrt.bot import NotOpen
from flowrt.effects import Reply
from tests.runtime.world import SlowStore, World

GREETING = ["Hi! Three quick questions.", "What's your name?"]
RATING = "How was it, from 1 to 5?"
WRONG = "A whole number from 1 to 5, please."


def test_all_messages_that_wait_for_their_turn_are_taken_and_answered(world: World) -> None:
    async def main() -> None:
        slow = SlowStore(world.new_store(), "ada", when="read")
        texts = ["hi", "Ada", "nine", "nine", "2", "late"]
        async with world.bot(store=slow, grace=60) as bot:
            waiting = [asyncio.create_task(bot.receive(world.message(text))) for text in texts]
            await slow.waits.wait()
            asyncio.get_running_loop().call_soon(slow.go.set)
        assert [task.result() for task in waiting] == [True] * len(texts)
        assert world.channel.said()[:5] == [*GREETING, RATING, WRONG, WRONG]

    world.run(main())


def test_what_comes_after_it_has_begun_to_close_is_refused(world: World) -> None:
    async def main() -> None:
        begun, go = asyncio.Event(), asyncio.Event()

        async def hold(_: Reply) -> None:
            begun.set()
            await go.wait()

        world.channel.before = hold
        bot = await world.bot(grace=60).__aenter__()
        await bot.receive(world.message("hi"))
        await begun.wait()
        closing = asyncio.create_task(bot.__aexit__(None, None, None))
        await asyncio.sleep(0)
        for refused in (bot.receive(world.message("Ada")), bot.end("ada"), bot.dead_letters()):
            with pytest.raises(NotOpen):
                await refused
        assert not (await bot.health()).ok
        assert not closing.done()
        go.set()
        await closing
        assert world.channel.said() == GREETING

    world.run(main())
    assert world.rows()["replies"] == 0


def test_what_is_not_finished_in_time_is_left_to_the_next_bot(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async def hang(_: Reply) -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        world.channel.before = hang
        async with world.bot(grace=0.01) as bot:
            await bot.receive(world.message("hi"))
        world.channel.before = None
        async with world.bot() as bot:
            assert await world.say_nothing(bot) == GREETING

    with caplog.at_level(logging.WARNING, "flowrt"):
        world.run(main())
    assert "closing after 0.0 s: what is not finished stays in the store" in caplog.text


def test_a_delivery_that_pauses_before_another_try_is_not_waited_for(world: World) -> None:
    async def refuse(_: Reply) -> None:
        raise ConnectionError("away")

    async def main() -> None:
        world.channel.before = refuse
        async with world.bot(grace=3600, retry_after=3600) as bot:
            await world.say(bot, "hi")
        world.channel.before = None
        async with world.bot() as bot:
            assert await world.say_nothing(bot) == GREETING

    world.run(main())
