"""G1, each message once, and G2, one at a time in order of arrival."""

from __future__ import annotations

import asyncio

import pytest

from flowrt.bot import Bot, NotOpen
from flowrt.effects import Dropped, Reply
from flowrt.events import Message
from flowrt.limits import MESSAGE_MAX, NAME_MAX
from tests.runtime.world import SlowStore, World

GREETING = ["Hi! Three quick questions.", "What's your name?"]
RATING = "How was it, from 1 to 5?"


def test_a_message_that_comes_again_is_handled_once(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            hi = world.message("hi")
            assert await bot.receive(hi) is True
            assert await bot.receive(hi) is False
            await bot.idle()
            assert world.channel.said() == GREETING

    world.run(main())


def test_it_is_known_again_after_a_restart_and_after_the_session(world: World) -> None:
    async def main() -> None:
        hi, stop = world.message("hi"), world.message("stop")
        async with world.bot() as bot:
            assert await bot.receive(hi)
            assert await bot.receive(stop)
        async with world.bot() as bot:
            assert not await bot.receive(stop)
            assert not await bot.receive(hi)
        assert world.channel.said() == [*GREETING, "Okay, cancelled."]

    world.run(main())


def test_the_same_message_many_times_at_once_is_handled_once(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            hi = world.message("hi")
            handled = await asyncio.gather(*[bot.receive(hi) for _ in range(50)])
            assert handled == [True] + [False] * 49
            await bot.idle()
            assert world.channel.said() == GREETING

    world.run(main())


def test_one_id_from_two_contacts_is_two_messages(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            assert await bot.receive(Message("1", "ada", "hi"))
            assert await bot.receive(Message("1", "bob", "hi"))
            await bot.idle()
            assert world.channel.said("ada") == world.channel.said("bob") == GREETING

    world.run(main())


def test_an_id_is_remembered_for_eight_days(world: World) -> None:
    day = 24 * 3600

    async def main() -> None:
        async with world.bot() as bot:
            await bot.receive(world.message("hi", id="old"))
            world.clock.advance(7.9 * day)
            await bot.fire_due()
            assert not await bot.receive(world.message("hi", id="old"))
            world.clock.advance(0.2 * day)
            await bot.fire_due()
            assert await bot.receive(world.message("hi", id="old"))

    world.run(main())


def test_two_hundred_messages_at_once_are_taken_in_order(world: World) -> None:
    """Each of them is another wrong answer, or a call for help, which tells them apart by what is said."""

    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
            texts = ["help" if number % 3 else None for number in range(200)]
            handled = await asyncio.gather(*[bot.receive(world.message(text)) for text in texts])
            assert all(handled)
            await bot.idle()
            helped = ["I'm collecting feedback on your order.", "What's your name?"]
            expected = [helped if text else ["Please answer with a text."] for text in texts]
            assert world.channel.said() == [line for lines in expected for line in lines]

    world.run(main())


def test_the_conversations_of_many_contacts_never_mix(world: World) -> None:
    contacts = [f"contact {number}" for number in range(20)]

    async def talk(bot: Bot, contact: str) -> None:
        for text in ("hi", f"name of {contact}", "1", "it was late"):
            await bot.receive(world.message(text, contact))

    async def main() -> None:
        async with world.bot() as bot:
            await asyncio.gather(*[talk(bot, contact) for contact in contacts])
            await bot.idle()
        for contact in contacts:
            name = f"name of {contact}"
            assert world.channel.said(contact) == [
                *GREETING,
                RATING,
                f"Sorry to hear that, {name}. What went wrong?",
                f"Thanks, {name}! Your feedback has been received. You can message us again anytime.",
            ]
        assert sorted(arguments["name"] for _, arguments in world.actions.calls) == sorted(
            f"name of {contact}" for contact in contacts
        )

    world.run(main())


def test_a_contact_that_waits_holds_up_no_other_and_keeps_its_order(world: World) -> None:
    async def main() -> None:
        slow = SlowStore(world.new_store(), "ada", when="read")
        async with world.bot(store=slow) as bot:
            texts = ["hi", "Ada", "nine", "help"]
            waiting = [asyncio.create_task(bot.receive(world.message(text))) for text in texts]
            assert await bot.receive(world.message("hi", "bob"))
            slow.go.set()
            assert await asyncio.gather(*waiting) == [True] * 4
            await bot.idle()
            assert world.channel.said("bob") == GREETING
            wrong = "A whole number from 1 to 5, please."
            helped = ["I'm collecting feedback on your order.", RATING]
            assert world.channel.said() == [*GREETING, RATING, wrong, *helped]

    world.run(main())


def test_a_caller_that_gives_up_in_the_line_leaves_it_whole(world: World) -> None:
    async def main() -> None:
        slow = SlowStore(world.new_store(), "ada", when="read")
        async with world.bot(store=slow) as bot:
            first, second, third = [
                asyncio.create_task(bot.receive(world.message(text))) for text in ("hi", "help", "Ada")
            ]
            await bot.receive(world.message("hi", "bob"))  # by now all three stand in line
            second.cancel()
            slow.go.set()
            assert await first
            assert await third
            assert second.cancelled()
            await bot.idle()
            assert world.channel.said() == [*GREETING, RATING]

    world.run(main())


def test_replies_have_stable_ids_of_their_own(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            for text in ("hi", "Ada", "help"):
                await bot.receive(world.message(text))
            await bot.idle()
            ids = [reply.id for reply in world.channel.sent]
            assert ids == ["m1#0", "m1#1", "m2#0", "m3#0", "m3#1"]

    world.run(main())


def test_the_host_opens_ends_and_tells(world: World) -> None:
    """The feedback flow takes neither an opening nor an event: both are dropped, and the host is told."""

    async def main() -> None:
        async with world.bot() as bot:
            assert await bot.open("ada", id="o1")
            assert not await bot.open("ada", id="o1")
            assert await bot.event("ada", "paid", {"amount": 3}, id="e1")
            assert await bot.event("ada", "paid")
            await world.say(bot, "hi")
            assert await bot.end("ada")
            await bot.idle()
            names = [notice.name for notice in world.listener.notices if isinstance(notice, Dropped)]
            assert names == ["start", "paid", "paid"]
            assert world.listener.ends() == ["ended by host"]

    world.run(main())
    assert world.rows() == {
        "sessions": 0,
        "deadlines": 0,
        "replies": 0,
        "notices": 0,
        "parked": 0,
        "calls": 0,
    }


def test_a_text_too_long_is_taken_as_no_text(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
            assert await world.say(bot, "x" * (MESSAGE_MAX + 1)) == ["Please answer with a text."]
            assert await world.say(bot, "x" * MESSAGE_MAX) == [RATING]

    world.run(main())


@pytest.mark.parametrize("name", ["", "x" * (NAME_MAX + 1)])
def test_names_have_bounds(world: World, name: str) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            with pytest.raises(ValueError, match="1 to 512"):
                await bot.receive(Message(name, "ada", "hi"))
            with pytest.raises(ValueError, match="1 to 512"):
                await bot.receive(Message("1", name, "hi"))
            with pytest.raises(ValueError, match="no value of the language"):
                await bot.event("ada", "paid", {"amount": 1.5})  # type: ignore[dict-item]

    world.run(main())


def test_any_contact_id_and_text_will_do(world: World) -> None:
    odd = "a\0b \ud800 🎉"

    async def main() -> None:
        async with world.bot() as bot:
            for text in ("hi", odd):
                assert await bot.receive(Message(text + odd, odd, text))
            await bot.receive(Message("3" + odd, odd, "1"))
            await bot.idle()
            assert world.channel.sent[-1] == Reply(
                f"3{odd}#0", odd, f"Sorry to hear that, {odd}. What went wrong?"
            )

    world.run(main())


def test_a_bot_that_is_not_open_says_so(world: World) -> None:
    async def main() -> None:
        bot = world.bot()
        for _ in range(2):
            with pytest.raises(NotOpen, match="async with"):
                await bot.receive(world.message("hi"))
            async with bot:
                assert await bot.receive(world.message("hi"))

    world.run(main())
