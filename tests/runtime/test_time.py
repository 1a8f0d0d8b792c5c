"""G4: deadlines survive restarts, fire once, and take effect in the order of their instants."""

from __future__ import annotations

import asyncio

import pytest

from flowrt.bot import Bot
from flowrt.errors import StoreError
from flowrt.time import Instant
from tests.runtime.world import StoreAround, World

GREETING = ["Hi! Three quick questions.", "What's your name?"]
EXPIRED = "Let's pick this up another time."
REMINDER = "Take your time, I'm still here."
UNHAPPY = ["hi", "Ada", "2"]


def test_silence_ends_the_session_once(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
            world.clock.advance(899)
            assert await bot.fire_due() == 0
            world.clock.advance(1)
            assert await bot.fire_due() == 1
            assert await bot.fire_due() == 0
            assert await world.say_nothing(bot) == [EXPIRED]
            assert world.listener.ends() == ["expired"]

    world.run(main())


def test_every_message_moves_the_deadline_on(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
            for text in ("help", None, "Ada"):
                world.clock.advance(800)
                await bot.receive(world.message(text))
                assert await bot.fire_due() == 0
            world.clock.advance(900)
            assert await bot.fire_due() == 1

    world.run(main())


def test_a_deadline_missed_while_nothing_ran_fires_at_the_start(world: World) -> None:
    async def scenario(bot: Bot) -> None:
        await world.say(bot, "hi")

    world.crash_after(scenario)
    world.clock.advance(10_000)

    async def after() -> None:
        for _ in range(2):
            async with world.bot() as bot:
                await bot.idle()
        assert world.channel.said() == [EXPIRED]
        assert world.listener.ends() == ["expired"]

    world.run(after())


def test_a_deadline_still_to_come_after_a_restart_fires_when_it_comes(world: World) -> None:
    async def scenario(bot: Bot) -> None:
        await world.say(bot, "hi")

    world.crash_after(scenario)
    world.clock.advance(500)

    async def after() -> None:
        async with world.bot() as bot:
            assert await world.say_nothing(bot) == []
            world.clock.advance(400)
            assert await bot.fire_due() == 1
            assert await world.say_nothing(bot) == [EXPIRED]

    world.run(after())


def test_a_message_after_the_deadline_meets_an_expired_session(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
            world.clock.advance(900)
            assert await world.say(bot, "Ada") == [EXPIRED, *GREETING]
            assert await bot.fire_due() == 0
            assert world.listener.ends() == ["expired"]

    world.run(main())


def test_a_message_before_the_deadline_is_an_answer_however_late_it_is_handled(world: World) -> None:
    """Its instant is that of its arrival: the clock moves on while it stands in line."""

    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
            world.clock.advance(899)
            await bot._taker.line.enter("ada")
            waiting = asyncio.create_task(bot.receive(world.message("Ada")))
            await asyncio.sleep(0)  # it stands in line
            world.clock.advance(10)
            bot._taker.line.leave("ada")
            assert await waiting
            assert await bot.fire_due() == 0
            assert await world.say_nothing(bot) == ["How was it, from 1 to 5?"]

    world.run(main())


def test_a_reminder_is_said_once_in_a_visit(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, *UNHAPPY)
            world.clock.advance(300)
            await bot.fire_due()
            assert await world.say_nothing(bot) == [REMINDER]
            await world.say(bot, "help")
            world.clock.advance(300)
            await bot.fire_due()
            assert await world.say_nothing(bot) == []

    world.run(main())


def test_a_reminder_survives_a_restart_and_is_not_said_again(world: World) -> None:
    async def before(bot: Bot) -> None:
        await world.say(bot, *UNHAPPY)

    world.crash_after(before)
    world.clock.advance(301)

    async def after() -> None:
        for expected in ([REMINDER], []):
            async with world.bot() as bot:
                assert await world.say_nothing(bot) == expected

    world.run(after())


def test_of_several_missed_only_the_end_is_told(world: World) -> None:
    async def before(bot: Bot) -> None:
        await world.say(bot, *UNHAPPY)

    world.crash_after(before)
    world.clock.advance(10_000)

    async def after() -> None:
        async with world.bot() as bot:
            assert await world.say_nothing(bot) == [EXPIRED]

    world.run(after())


def test_many_contacts_overdue_at_once_all_end(world: World) -> None:
    contacts = [f"contact {number}" for number in range(300)]

    async def main() -> None:
        async with world.bot() as bot:
            await asyncio.gather(*[bot.receive(world.message("hi", contact)) for contact in contacts])
            world.clock.advance(1000)
            assert await bot.fire_due() == len(contacts)
            await bot.idle()
            assert [world.channel.said(contact)[-1] for contact in contacts] == [EXPIRED] * len(contacts)

    world.run(main())


def test_a_deadline_that_cannot_be_committed_comes_up_again(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
            await bot.receive(world.message("hi", "bob"))
            world.clock.advance(900)
            world.store.broken = lambda change: change.contact == "ada"
            await bot.fire_due()
            await bot.idle()
            assert world.listener.ends() == ["expired"]  # bob's
            world.store.broken = lambda _: False
            world.clock.advance(1)
            assert await bot.fire_due() == 1
            assert await world.say_nothing(bot) == [EXPIRED]

    world.run(main())


def test_a_clock_put_back_does_not_move_a_session_back(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
            world.clock.advance(-5000)
            await world.say(bot, "Ada")
            world.clock.advance(5000 + 899)
            assert await bot.fire_due() == 0
            world.clock.advance(1)
            assert await bot.fire_due() == 1

    world.run(main())


class Unsweepable(StoreAround):
    """A store that cannot delete old marks."""

    async def forget_marks(self, before: Instant) -> int:
        raise StoreError(f"the marks before {before} cannot be deleted")


def test_marks_that_cannot_be_swept_stop_nothing(world: World) -> None:
    async def main() -> None:
        async with world.bot(store=Unsweepable(world.new_store())) as bot:
            await world.say(bot, "hi")
            world.clock.advance(10_000)
            assert await bot.fire_due() == 1

    world.run(main())


@pytest.mark.parametrize("seconds", [0, 1, 1e9])
def test_firing_without_sessions_does_nothing(world: World, seconds: float) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            world.clock.advance(seconds)
            assert await bot.fire_due() == 0

    world.run(main())
