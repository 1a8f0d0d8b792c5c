"""Looking after sessions: what is shown of them, what is done to them from outside, and what is erased."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flowrt import Operations, Undeliverable
from flowrt.abc import Change, Store
from flowrt.effects import Ended, Reply
from flowrt.errors import StoreError
from flowrt.events import Message
from flowrt.flow import Flow
from flowrt.operations import NoFlow
from flowrt.session import Deadline
from flowrt.stores.sqlite import SqliteStore
from flowrt.time import SECOND
from tests.compiler.programs import flow
from tests.runtime.world import World, until

GREETING = ["Hi! Three quick questions.", "What's your name?"]


def operations(world: World, **other: Any) -> Operations:
    """Somebody who looks after the sessions of `world`, where no bot runs."""
    parts: dict[str, Any] = {"flow": world.flow, "clock": world.clock}
    return Operations(world.new_store(), **(parts | other))


def test_a_session_is_shown_with_what_it_holds(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi", "Ada")
            [view] = await bot.sessions()
            assert view == await bot.session("ada")
            assert await bot.session("bob") is None
        assert (view.contact, view.standing, view.why) == ("ada", "open", "")
        assert (view.flow, view.id, view.state, view.at) == (
            "feedback",
            "m1",
            "ask_rating",
            world.clock.now(),
        )
        assert view.values == {"name": "Ada"}
        assert view.deadlines == (Deadline("expire", world.clock.now() + 900 * SECOND, 900 * SECOND),)
        assert (view.pending, view.held, view.team, view.unread) == (None, (), None, ())
        async with operations(world) as looking:
            assert await looking.session("ada") == view
        async with operations(world, flow=None) as looking:
            assert await looking.sessions() == [view]

    world.run(main())


def test_messages_held_and_the_call_awaited_are_shown(world: World) -> None:
    async def main() -> None:
        go = asyncio.Event()
        world.actions.answer = go.wait
        async with world.bot() as bot:
            await world.say_and_wait(bot, "hi", "Ada", "5", "nice")
            await bot.receive(Message("late", "ada", "are you there?"))
            view = await bot.session("ada")
            assert view is not None
            assert [message.text for message in view.held] == ["are you there?"]
            assert view.pending == world.actions.calls[0][0]
            go.set()

    world.run(main())


def test_sessions_come_in_pages(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            for number in range(5):
                await world.say(bot, "hi", contact=f"c{number}")
            assert [view.contact for view in await bot.sessions(limit=2)] == ["c0", "c1"]
            assert [view.contact for view in await bot.sessions("c1", 2)] == ["c2", "c3"]
            assert [view.contact for view in await bot.sessions("c3", 2)] == ["c4"]

    world.run(main())


def test_a_session_is_ended_from_outside_and_the_bot_tells_of_it(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi", "Ada")
        async with operations(world) as looking:
            assert await looking.end("ada")
            assert not await looking.end("ada")
            assert await looking.session("ada") is None
        assert world.listener.notices == []
        async with world.bot() as bot:
            await bot.idle()
            assert [type(notice) for notice in world.listener.notices] == [Ended]
            assert world.listener.ends() == ["ended by host"]
            assert await world.say(bot, "hi") == GREETING

    world.run(main())


def test_nobody_is_told_where_that_was_asked_for(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
        async with operations(world, notices=False) as looking:
            assert await looking.end("ada")
        async with world.bot() as bot:
            await bot.idle()
        assert world.listener.notices == []

    world.run(main())


def test_without_the_flow_a_session_is_not_changed(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
        async with operations(world, flow=None) as looking:
            with pytest.raises(NoFlow, match="its flow is needed"):
                await looking.end("ada")
            assert await looking.session("ada") is not None

    world.run(main())


HANDED_OVER = """\
timeout 1 hour
anytime on "agent" -> handoff "support"
on start -> reply "Shall we go on?" -> goto asking
on message -> goto asking
state asking
  -> ask name "Your name?"
  -> end session
"""


def test_a_session_is_restarted_and_a_contact_given_back_from_outside(world: World) -> None:
    world.flow = flow(HANDED_OVER)

    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
            await world.say(bot, "hi", "agent", contact="bob")
        world.channel.sent.clear()
        async with operations(world) as looking:
            assert await looking.restart("ada")
            assert not await looking.give_back("ada")
            assert await looking.give_back("bob")
            assert not await looking.give_back("bob")
            assert await looking.restart("cleo")
        async with world.bot() as bot:
            await bot.idle()
            for contact in ("ada", "cleo"):
                assert world.channel.said(contact) == ["Shall we go on?", "Your name?"]
            assert await world.say(bot, "hello", contact="bob") == ["Your name?"]
        assert world.listener.ends() == ["handed off", "superseded"]

    world.run(main())


def test_what_no_flow_opens_is_not_restarted(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
        async with operations(world) as looking:
            assert not await looking.restart("ada")
            view = await looking.session("ada")
            assert view is not None
            assert view.state == "ask_name"

    world.run(main())


@pytest.mark.parametrize("name", ["", "x" * 513])
def test_who_can_be_no_contact_is_refused(world: World, name: str) -> None:
    async def main() -> None:
        async with operations(world) as looking:
            for change in (looking.end, looking.restart, looking.give_back):
                with pytest.raises(ValueError, match="a contact has 1 to 512 characters"):
                    await change(name)

    world.run(main())


def test_what_was_parked_is_retried_from_outside(world: World) -> None:
    async def refuse(_: Reply) -> None:
        raise Undeliverable("outside the 24-hour window")

    async def main() -> None:
        world.channel.before = refuse
        async with world.bot() as bot:
            await world.say(bot, "hi")
        world.channel.before = None
        async with operations(world) as looking:
            first, second = await looking.parked("ada")
            assert await looking.discard("ada", second.number) == 1
            assert await looking.retry("ada") == 1
            assert await looking.parked() == []
        async with world.bot() as bot:
            await bot.idle()
        assert world.channel.said() == [GREETING[0]]
        assert isinstance(first.effect, Reply)

    world.run(main())


def test_dead_letters_are_what_went_wrong_for_good(world: World) -> None:
    async def refuse(reply: Reply) -> None:
        if reply.contact == "ada":
            raise Undeliverable("no such number")

    async def main() -> None:
        world.channel.before = refuse
        async with world.bot() as bot:
            assert await bot.dead_letters() == []
            await world.say(bot, "hi")
            await world.store.commit(Change("eve", 1, "garbage"))
            await world.store.commit(Change("bob", 1, "garbage"))
            await world.say(bot, "hi", contact="bob")
            letters = await bot.dead_letters()
            shown = [(one.what, one.contact, one.reason) for one in letters]
            assert shown == [
                ("session", "eve", None),
                ("ended", "bob", "outdated"),
                ("parked", "ada", None),
                ("parked", "ada", None),
            ]
            assert [one.cause for one in letters[2:]] == ["no such number"] * 2
            assert "JSON" in letters[0].cause
            assert "JSON" in letters[1].cause
            assert letters[1].at == world.clock.now()
            await bot.erase("ada")
            await bot.erase("bob")
            assert [one.contact for one in await bot.dead_letters()] == ["eve"]

    world.run(main())


def test_who_is_erased_leaves_nothing_and_begins_anew(world: World) -> None:
    async def main() -> None:
        async with world.bot(channel=None) as bot:
            await world.say(bot, "hi", "Ada")
            await world.say(bot, "hi", contact="bob")
            assert await bot.erase("ada") == 1 + 3 + 2  # a session, the replies, the marks
            assert await bot.erase("ada") == 0
            assert [view.contact for view in await bot.sessions()] == ["bob"]
            world.clock.advance(900)
            assert await bot.fire_due() == 1

    async def again() -> None:
        async with world.bot() as bot:
            assert await bot.receive(Message("m1", "ada", "hi"))  # an id that was handled before
            await bot.idle()
            assert world.channel.said() == GREETING

    world.run(main())
    assert set(world.rows().values()) == {0}
    world.run(again())


def test_the_call_of_who_is_erased_is_cancelled_and_its_result_is_nobodys(world: World) -> None:
    async def main() -> None:
        ended = list[str]()

        async def never() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("cancelled")

        world.actions.answer = never
        async with world.bot() as bot:
            await world.say_and_wait(bot, "hi", "Ada", "5", "nice")
            await bot.erase("ada")
            await until(lambda: bool(ended))
            await bot.idle()
        assert world.listener.notices == []

    world.run(main())
    assert set(world.rows().values()) == {0}


SAID = ["Ada Lovelace", "it was an abomination of a widget"]


@pytest.mark.parametrize("by", ["bot", "operations"])
def test_of_who_is_erased_no_text_is_left_in_the_file(
    feedback_flow: Flow[Any], tmp_path: Path, by: str
) -> None:
    world = World(feedback_flow, lambda: SqliteStore(tmp_path / "sessions.db"))

    def left(*texts: str) -> list[str]:
        """Those of `texts` that stand in any file of the database."""
        data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        return [text for text in texts if text.encode() in data]

    async def main() -> None:
        world.actions.answer = asyncio.Event().wait
        async with world.bot(channel=None, grace=0.0) as bot:
            for contact in ("contact-of-ada", "contact-of-bob"):
                for text in ("hi", SAID[0], "2", SAID[1], "held for later"):
                    await bot.receive(world.message(text, contact))
            everything = ["contact-of-ada", "held for later", *SAID]
            assert left(*everything) == everything
            await bot.erase("contact-of-bob")
            assert left("contact-of-bob") == []
            if by == "bot":
                await bot.erase("contact-of-ada")
                assert left(*everything) == []
        if by == "operations":
            async with Operations(world.new_store()) as looking:
                assert await looking.erase("contact-of-ada") > 0
                assert left(*everything) == []
        assert left(*everything) == []

    world.run(main())


def test_a_file_that_a_bot_has_open_is_refused(world: World, new_store: Callable[[], Store]) -> None:
    async def main() -> None:
        async with world.bot():
            if new_store().shared:
                async with operations(world) as looking:
                    assert await looking.sessions() == []
                return
            with pytest.raises(StoreError, match="use"):
                await operations(world).__aenter__()

    world.run(main())
