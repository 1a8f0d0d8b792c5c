"""G6: one bad message, channel, listener, session or row never stops the others; its cause is recorded."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest

from flowrt.abc import Change
from flowrt.bot import Bot
from flowrt.codec import dump_effect
from flowrt.effects import Call, Ended, Reply
from flowrt.handling import SESSION_MAX
from flowrt.sentences import FAILED as SAY_FAILED
from flowrt.sentences import OUTDATED as SAY_OUTDATED
from tests.runtime.world import World, until

GREETING = ["Hi! Three quick questions.", "What's your name?"]
RATING = "How was it, from 1 to 5?"


def put(world: World, change: Change) -> None:
    """Write `change` straight into the store, as a hand or a fault might."""

    async def main() -> None:
        store = world.new_store()
        await store.open()
        await store.commit(change)
        await store.close()

    asyncio.run(main())


def endings(world: World) -> list[tuple[str, str | None]]:
    """How sessions ended, and why."""
    return [(notice.reason, notice.cause) for notice in world.listener.notices if isinstance(notice, Ended)]


def test_a_channel_that_fails_is_tried_again_and_holds_up_no_other(world: World) -> None:
    tries: list[str] = []

    async def down_for_ada(reply: Reply) -> None:
        if reply.contact == "ada" and len(tries) < 5:
            tries.append(reply.id)
            raise ConnectionError("no network")

    async def main() -> None:
        world.channel.before = down_for_ada
        async with world.bot() as bot:
            await bot.receive(world.message("hi"))
            await bot.receive(world.message("Ada"))
            assert await world.say(bot, "hi", contact="bob") == GREETING
            await until(lambda: len(world.channel.sent) == 3)
            assert world.channel.said() == [*GREETING, RATING]
            assert tries == ["m1#0"] * 5

    world.run(main())


def test_a_channel_that_hangs_holds_up_no_other_and_no_message(world: World) -> None:
    async def hangs_for_ada(reply: Reply) -> None:
        if reply.contact == "ada":
            await asyncio.Event().wait()

    async def main() -> None:
        world.channel.before = hangs_for_ada
        async with world.bot(grace=0.0) as bot:
            for text in ("hi", "Ada", "2"):
                assert await bot.receive(world.message(text))
            assert await bot.receive(world.message("hi", "bob"))
            await until(lambda: len(world.channel.sent) == 2)
            assert world.channel.said("bob") == GREETING

    world.run(main())
    assert world.rows()["replies"] == 4


@pytest.mark.parametrize("error", [asyncio.CancelledError(), TimeoutError(), StopAsyncIteration()])
def test_whatever_a_channel_raises_means_not_delivered(world: World, error: BaseException) -> None:
    errors = [error, error]

    async def main() -> None:
        async with world.bot() as bot:
            world.channel.before = raise_each(errors)
            await bot.receive(world.message("hi"))
            await until(lambda: len(world.channel.sent) == 2)
            assert world.channel.said() == GREETING

    world.run(main())


def raise_each(errors: list[BaseException]) -> Any:
    """A hook that raises these, one at a time, and then lets pass."""

    async def hook(_: Reply) -> None:
        if errors:
            raise errors.pop()

    return hook


def test_a_listener_that_fails_is_told_again_and_does_not_silence_the_bot(world: World) -> None:
    async def main() -> None:
        world.listener.failures = 3
        async with world.bot() as bot:
            await bot.receive(world.message("hi"))
            await bot.receive(world.message("stop"))
            await until(lambda: bool(world.listener.notices))
            await bot.idle()
            assert world.channel.said() == [*GREETING, "Okay, cancelled."]
            assert world.listener.ends() == ["ended"]

    world.run(main())


@pytest.mark.parametrize("garbage", ["", "\udcff", "{}", "null", '{"version": 99}', "[" * 10**5])
def test_a_session_that_cannot_be_read_ends_as_outdated(world: World, garbage: str) -> None:
    stored = garbage.encode("ascii", "replace").decode()
    put(
        world,
        Change("ada", 1, stored, 5, calls=[("k", dump_effect(Call("k", "ada", "save_feedback", {}, 1)))]),
    )
    world.clock.set(1)

    async def main() -> None:
        async with world.bot() as bot:
            assert await world.say(bot, "hi", contact="bob") == GREETING
            await bot.receive(world.message("hello"))
            await bot.idle()
            assert world.channel.said() == [SAY_OUTDATED, *GREETING]
            [(reason, cause)] = endings(world)
            assert reason == "outdated"
            assert "the stored text" in str(cause)
            assert await world.say(bot, "Ada") == [RATING]

    world.run(main())
    assert world.rows()["calls"] == 0


def test_a_session_of_another_flow_ends_as_outdated_with_its_values(world: World) -> None:
    async def before(bot: Bot) -> None:
        await world.say(bot, "hi", "Ada")

    world.crash_after(before)
    world.flow.name = "another"

    async def after() -> None:
        async with world.bot() as bot:
            assert await world.say(bot, "hello") == [SAY_OUTDATED, *GREETING]
        [ended] = world.listener.notices
        assert isinstance(ended, Ended)
        assert (ended.reason, ended.session, ended.values) == ("outdated", "m1", {"name": "Ada"})
        assert ended.cause == "the session was saved by the flow 'feedback', and this is 'another'"

    world.run(after())


def test_an_outdated_session_that_comes_due_ends_once(world: World) -> None:
    put(world, Change("ada", 1, "garbage", 5))

    async def main() -> None:
        for _ in range(2):
            async with world.bot() as bot:
                await bot.idle()
        assert world.channel.said() == [SAY_OUTDATED]
        assert world.listener.ends() == ["outdated"]

    world.run(main())


def test_messages_held_by_an_outdated_session_are_not_lost(world: World) -> None:
    async def before(bot: Bot) -> None:
        world.actions.answer = asyncio.Event().wait
        await world.say_and_wait(bot, "hi", "Ada", "1", "late")
        await bot.receive(world.message("Grace"))

    world.crash_after(before)
    world.flow.name = "another"

    async def after() -> None:
        async with world.bot() as bot:
            assert (await world.say(bot, "hello"))[-4:] == [SAY_OUTDATED, *GREETING, RATING]

    world.run(after())


def test_a_row_of_the_outbox_that_cannot_be_read_is_parked(world: World) -> None:
    reply = dump_effect(Reply("1#0", "ada", "said"))
    call = dump_effect(Call("1#1", "ada", "save_feedback", {}, 1))
    bodies = ["garbage", reply, "{}", call]
    put(world, Change("ada", 1, outbox=[*[("reply", body) for body in bodies], ("notice", reply)]))

    async def main() -> None:
        async with world.bot() as bot:
            assert await world.say_nothing(bot) == ["said"]
            assert await world.say(bot, "hi") == GREETING

    world.run(main())
    assert (world.rows()["replies"], world.rows()["notices"], world.rows()["parked"]) == (0, 0, 4)


def test_a_stored_call_that_cannot_be_read_stops_nothing(world: World) -> None:
    put(world, Change("ada", 1, calls=[("k", "garbage"), ("l", dump_effect(Reply("l", "ada", "x")))]))

    async def main() -> None:
        async with world.bot() as bot:
            assert await world.say(bot, "hi") == GREETING

    world.run(main())


def test_a_step_that_raises_ends_that_session_and_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = world.flow.step

    def stumbling(session: Any, event: Any, *rest: Any, **more: Any) -> Any:
        if getattr(event, "text", None) == "trip":
            raise RecursionError("too deep")
        return step(session, event, *rest, **more)

    monkeypatch.setattr(world.flow, "step", stumbling)

    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi", "Ada")
            assert await world.say(bot, "trip") == [SAY_FAILED]
            assert endings(world) == [("failed", "RecursionError: too deep")]
            [ended] = world.listener.notices
            assert isinstance(ended, Ended)
            assert (ended.session, ended.values) == ("m1", {"name": "Ada"})
            assert await world.say(bot, "hi") == GREETING

    world.run(main())


def test_a_session_that_outgrows_its_bound_ends_as_failed(world: World) -> None:
    """A text within its own bound can be longer than that in JSON."""

    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
            assert await world.say(bot, "\U0001f389" * 30_000) == [SAY_FAILED]
            [(reason, cause)] = endings(world)
            assert reason == "failed"
            assert f"the limit is {SESSION_MAX}" in str(cause)

    world.run(main())


def test_what_a_session_holds_is_versioned_json(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi", "Ada \0\ud800")
        store = world.new_store()
        await store.open()
        text = (await store.read("ada", None)).session
        await store.close()
        assert text is not None
        assert json.loads(text)["version"] == 1
        assert json.loads(text)["vars"] == {"name": "Ada \0\ud800"}

    world.run(main())


def test_logs_name_no_contact_and_repeat_no_text(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async def quotes(reply: Reply) -> None:
        if reply.id == "m2#0":
            world.channel.before = None
            raise ValueError(f"cannot send {reply.text} to {reply.contact}")

    async def fails() -> None:
        raise ValueError("my secret thought")

    async def main() -> None:
        world.channel.before = quotes
        world.actions.answer = fails
        async with world.bot() as bot:
            for text in ("hi", "my secret name", "1", "my secret thought"):
                await bot.receive(world.message(text, "+31612345678"))
            await until(lambda: world.listener.ends() == ["ended"])

    with caplog.at_level(logging.INFO, "flowrt"):
        world.run(main())
    assert len(caplog.records) >= 2
    assert "secret" not in caplog.text
    assert "31612345678" not in caplog.text
    assert "ValueError at " in caplog.text


def test_a_session_that_failed_is_logged_without_what_was_said(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    put(world, Change("+31612345678", 1, "garbage", 5))

    async def main() -> None:
        async with world.bot(listener=None) as bot:
            await bot.idle()

    world.run(main())
    assert "is outdated: the stored text is not a JSON object" in caplog.text
    assert "31612345678" not in caplog.text
