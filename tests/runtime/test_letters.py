"""G6: that a session ended by a fault is stored with its end, for whoever looks; and nothing that it held."""

from __future__ import annotations

from typing import Any

import pytest

from flowrt import BlockingBot, Bot, DeadLetter, Operations
from flowrt import timer as timer_module
from flowrt.abc import LETTERS_LIVE, Change, LetterRow, Store
from flowrt.effects import Ended
from flowrt.errors import Conflict, StoreError
from flowrt.flow import Flow
from flowrt.letters import CAUSE_MAX, dump_letter, load_letter
from flowrt.time import SECOND
from tests.compiler.programs import flow
from tests.runtime.mortal import MortalStore
from tests.runtime.world import World

PROGRAM = """\
timeout 1 hour -> end session
function shout(name: text) returns text
on message
  -> ask name "Your name?"
  -> reply "{shout(name)}"
  -> end session
"""
DAY = 24 * 60 * 60


class Functions:
    """A function that fails, unless it is told not to."""

    why = "no words"

    def shout(self, name: str) -> str:
        if self.why:
            raise ValueError(self.why)
        return name.upper()


@pytest.fixture
def feedback_flow() -> Flow[Any]:
    """The flow of this page, in place of that of the others."""
    return flow(PROGRAM)


@pytest.fixture
def functions(world: World) -> Functions:
    """The functions of the world's bots."""
    world.actions = functions = Functions()  # type: ignore[assignment]  # the world hands them on, whatever they are
    return functions


def operations(world: World) -> Operations:
    """Somebody who looks after the sessions of `world`, where no bot runs."""
    return Operations(world.new_store(), world.flow, actions=world.actions, clock=world.clock)


async def fail(world: World, bot: Bot, *contacts: str) -> None:
    """Let the sessions of these contacts fail."""
    for contact in contacts:
        await world.say(bot, "hi", "Ada Lovelace", contact=contact)


async def letters(store: Store) -> list[LetterRow]:
    """All that the store holds of sessions that failed."""
    return list(await store.letters(None, 0, 100))


@pytest.mark.usefixtures("functions")
def test_a_session_that_failed_is_remembered_also_after_a_crash(world: World) -> None:
    async def before(bot: Bot) -> None:
        await fail(world, bot, "ada")

    world.crash_after(before)
    failed_at = world.clock.now()
    world.clock.advance(3 * DAY)

    async def after() -> None:
        async with world.bot() as bot:
            [letter] = await bot.dead_letters()
        assert letter == DeadLetter(
            "ended",
            "ada",
            "ValueError: no words",
            failed_at,
            letter.number,
            reason="failed",
            session="m1",
            state="ask_name",
        )
        async with operations(world) as looking:
            assert await looking.dead_letters() == [letter]

    world.run(after())


@pytest.mark.usefixtures("functions")
def test_it_is_stored_with_the_end_of_the_session_or_not_at_all(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
            world.store.broken = lambda change: bool(change.letters)
            with pytest.raises(StoreError):
                await bot.receive(world.message("Ada"))
            assert await bot.dead_letters() == []
            assert await bot.session("ada") is not None

    world.run(main())


def test_what_ended_in_good_order_leaves_no_letter(world: World, functions: Functions) -> None:
    functions.why = ""

    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi", "Ada")
            await world.say(bot, "hi")
            await bot.end("ada")
            await world.say(bot, "hi")
            world.clock.advance(3600)
            await bot.fire_due()
            await bot.idle()
            assert world.listener.ends() == ["ended", "ended by host", "expired"]
            assert await letters(world.store) == []

    world.run(main())


@pytest.mark.usefixtures("functions")
def test_no_value_of_the_session_is_kept(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await fail(world, bot, "ada")
            [row] = await letters(world.store)
            assert "Lovelace" not in row.body
            [ended] = world.listener.notices
            assert isinstance(ended, Ended)
            assert ended.values == {"name": "Ada Lovelace"}  # which its host was told

    world.run(main())


def test_an_outdated_session_is_remembered_with_its_state(world: World, functions: Functions) -> None:
    async def before(bot: Bot) -> None:
        await world.say(bot, "hi")
        await world.say(bot, "hi", contact="bob")

    world.crash_after(before)
    world.flow = flow(PROGRAM.replace("ask name", "ask who: text").replace("shout(name)", "shout(who)"))
    functions.why = ""

    async def after() -> None:
        async with operations(world) as looking:
            assert await looking.end("bob")
        async with world.bot() as bot:
            await world.say(bot, "hello")
            found = await bot.dead_letters()
            assert [(one.contact, one.reason, one.session, one.state) for one in found] == [
                ("bob", "outdated", "m2", "ask_name"),
                ("ada", "outdated", "m1", "ask_name"),
            ]
            assert all("has no state 'ask_name'" in one.cause for one in found)

    world.run(after())


@pytest.mark.usefixtures("functions")
def test_letters_are_discarded_by_number_or_all_of_a_contact(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await fail(world, bot, "ada", "bob", "ada", "ada")
            first, bobs, *_ = [one.number for one in await bot.dead_letters()]
            assert first is not None
            assert bobs is not None
            assert await bot.retry("ada", first) == 0
            assert await bot.discard("ada", first, bobs) == 1
            assert [one.contact for one in await bot.dead_letters()] == ["bob", "ada", "ada"]
            assert await bot.discard("ada") == 2
            assert await bot.discard("ada") == 0
        async with operations(world) as looking:
            assert await looking.discard("bob", bobs) == 1
            assert await looking.dead_letters() == []

    world.run(main())


@pytest.mark.usefixtures("functions")
def test_the_dead_letters_of_one_contact_are_listed_alone(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await fail(world, bot, "ada", "bob")
            await world.store.commit(Change("ada", 1, "garbage"))
            await world.store.commit(Change("cleo", 1, "garbage"))
            found = await bot.dead_letters("ada")
            assert [(one.what, one.contact) for one in found] == [("session", "ada"), ("ended", "ada")]
            assert [one.what for one in await bot.dead_letters("cleo")] == ["session"]
            assert await bot.dead_letters("eve") == []

    world.run(main())


@pytest.mark.usefixtures("functions")
def test_of_who_is_erased_no_letter_is_left(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await fail(world, bot, "ada", "bob")
            await bot.erase("ada")
            assert [one.contact for one in await bot.dead_letters()] == ["bob"]

    world.run(main())


@pytest.mark.usefixtures("functions")
def test_letters_are_kept_for_thirty_days(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await fail(world, bot, "ada")
            world.clock.advance(LETTERS_LIVE / SECOND)
            await bot.fire_due()
            await fail(world, bot, "bob")
            assert [one.contact for one in await bot.dead_letters()] == ["ada", "bob"]
            world.clock.advance(3600)
            await bot.fire_due()
            assert [one.contact for one in await bot.dead_letters()] == ["bob"]

    world.run(main())


@pytest.mark.usefixtures("functions")
def test_of_too_many_letters_the_last_are_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timer_module, "LETTERS_MAX", 2)

    async def main() -> None:
        async with world.bot() as bot:
            await fail(world, bot, "ada", "bob", "cleo", "dan")
            world.clock.advance(3600)
            await bot.fire_due()
            assert [one.contact for one in await bot.dead_letters()] == ["cleo", "dan"]

    world.run(main())


@pytest.mark.parametrize(
    "garbage", ["", "[]", '{"version":9}', '{"version":1,"cause":"c","session":"s","state":"s","reason":[]}']
)
def test_a_letter_that_cannot_be_read_says_so_and_can_be_discarded(world: World, garbage: str) -> None:
    async def main() -> None:
        store = world.new_store()
        await store.open()
        await store.commit(Change("ada", 5, letters=[garbage]))
        await store.close()
        async with Operations(world.new_store()) as looking:
            [letter] = await looking.dead_letters()
            assert (letter.what, letter.contact, letter.at, letter.reason) == ("ended", "ada", 5, None)
            assert letter.cause
            assert await looking.discard("ada") == 1

    world.run(main())


def test_a_cause_has_a_bound() -> None:
    stored = dump_letter(Ended("1#0", "ada", "1", "outdated", {}, "x" * 5000), "menu")
    assert load_letter(LetterRow("ada", 1, stored, 1)).cause == "x" * CAUSE_MAX


def test_a_blocking_bot_lists_and_discards_them(feedback_flow: Flow[Any]) -> None:
    world = World(feedback_flow, lambda: MortalStore(""))
    with BlockingBot(feedback_flow, store="memory:", actions=Functions(), clock=world.clock) as bot:
        bot.receive(world.message("hi"))
        bot.receive(world.message("Ada"))
        assert [one.cause for one in bot.dead_letters()] == ["ValueError: no words"]
        assert bot.discard("ada") == 1
        assert bot.dead_letters() == []


@pytest.mark.xdist_group("postgres")
def test_a_worker_that_came_second_leaves_no_letter(postgres: str, feedback_flow: Flow[Any]) -> None:
    world = World(feedback_flow, lambda: MortalStore(postgres))

    async def main() -> None:
        store = MortalStore(postgres)
        await store.open()
        await store.commit(Change("ada", 1, "s1", mark="m1"))
        for change in (
            Change("ada", 2, letters=["late"], expects=0),
            Change("ada", 2, letters=["late"], mark="m1"),
        ):
            with pytest.raises(Conflict):
                await store.commit(change)
        assert await letters(store) == []
        await store.commit(Change("ada", 2, letters=["first", "second"]))
        assert [row.body for row in await letters(store)] == ["first", "second"]
        await store.close()

    world.run(main())
