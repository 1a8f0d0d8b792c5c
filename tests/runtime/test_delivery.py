"""What cannot be delivered is parked, and what is delivered goes no faster than the channel takes it."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Coroutine
from typing import Any

import pytest

from flowrt import Rate, Undeliverable, taking
from flowrt.effects import Reply
from flowrt.errors import Busy
from flowrt.pacing import Pacer, Pacers
from tests.runtime.world import SlowStore, World, until

GREETING = ["Hi! Three quick questions.", "What's your name?"]
RATING = "How was it, from 1 to 5?"
OUTSIDE = "outside the 24-hour window"


async def closed_to_ada(reply: Reply) -> None:
    """A channel that takes nothing for ada any more."""
    if reply.contact == "ada":
        raise Undeliverable(OUTSIDE)


def test_what_cannot_be_delivered_is_parked_and_holds_up_nothing(world: World) -> None:
    async def main() -> None:
        world.channel.before = closed_to_ada
        async with world.bot() as bot:
            assert await world.say(bot, "hi") == []
            assert await world.say(bot, "hi", contact="bob") == GREETING
            parked = await bot.parked("ada")
            assert [(one.contact, one.why, one.at) for one in parked] == [
                ("ada", OUTSIDE, world.clock.now())
            ] * 2
            assert [one.effect for one in parked] == [
                Reply("m1#0", "ada", GREETING[0]),
                Reply("m1#1", "ada", GREETING[1]),
            ]
            world.channel.before = None
            assert await world.say(bot, "Ada") == [RATING]
        async with world.bot() as bot:
            assert await bot.parked() == parked
            assert await bot.retry("ada", parked[1].number) == 1
            await bot.idle()
            assert world.channel.said() == [GREETING[1]]
            assert await bot.retry("bob") == 0
            assert await bot.retry("ada") == 1
            await bot.idle()
            assert world.channel.said() == [GREETING[0]]
            assert await bot.parked() == []

    world.run(main())


def test_what_is_tried_again_in_vain_is_parked_again_and_can_be_forgotten(world: World) -> None:
    async def main() -> None:
        world.channel.before = closed_to_ada
        async with world.bot() as bot:
            await world.say(bot, "hi")
            assert await bot.retry("ada") == 2
            await bot.idle()
            parked = await bot.parked(limit=1)
            assert [one.effect for one in parked] == [Reply("m1#0", "ada", GREETING[0])]
            assert [one.effect.id for one in await bot.parked(after=parked[0].number) if one.effect] == [
                "m1#1"
            ]
            assert await bot.discard("ada", parked[0].number) == 1
            assert await bot.discard("ada") == 1
            assert await bot.parked() == []

    world.run(main())


def test_a_reply_is_parked_in_its_turn(world: World) -> None:
    """What is delivered before and after it keeps its order."""

    async def second_is_impossible(reply: Reply) -> None:
        if reply.id == "m1#1":
            raise Undeliverable

    async def main() -> None:
        world.channel.before = second_is_impossible
        async with world.bot() as bot:
            assert await world.say(bot, "hi", "Ada") == [GREETING[0], RATING]
            assert [one.why for one in await bot.parked()] == [""]

    world.run(main())


def test_a_log_says_that_something_is_parked_and_not_what(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async def quotes(reply: Reply) -> None:
        raise Undeliverable(f"{reply.contact} will not have {reply.text}")

    async def main() -> None:
        world.channel.before = quotes
        async with world.bot() as bot:
            await world.say(bot, "hi", contact="+31612345678")

    with caplog.at_level(logging.DEBUG, "flowrt"):
        world.run(main())
    assert "is parked: it cannot be delivered" in caplog.text
    assert "31612345678" not in caplog.text
    assert "Hi!" not in caplog.text


# How fast.


class Jumping(asyncio.SelectorEventLoop):
    """An event loop that does not wait: where nothing is to do before an instant, that instant has come."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0

    def time(self) -> float:
        return self.ahead

    def _run_once(self) -> None:
        ready: Any = self._ready  # type: ignore[attr-defined] # what the base class has, and typeshed does not say
        scheduled: Any = self._scheduled  # type: ignore[attr-defined]
        if not ready and scheduled:
            self.ahead = max(self.ahead, scheduled[0].when())
        super()._run_once()  # type: ignore[misc]


def jump(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` without waiting for anything."""
    with asyncio.Runner(loop_factory=Jumping) as runner:
        runner.run(work)


def test_each_contact_and_the_whole_channel_keep_their_pace() -> None:
    async def main() -> None:
        pacers = Pacers(Rate(channel=4, contact=1))
        sent: list[tuple[float, str]] = []

        async def send(contact: str) -> None:
            for _ in range(3):
                await pacers.wait(contact)
                sent.append((asyncio.get_running_loop().time(), contact))

        await asyncio.gather(*[send(contact) for contact in "abcdef"])
        times = [at for at, _ in sent]
        assert all(later - earlier >= 0.25 for earlier, later in itertools.pairwise(times))
        for contact in "abcdef":
            own = [at for at, who in sent if who == contact]
            assert all(later - earlier >= 1.0 for earlier, later in itertools.pairwise(own))
        assert times[-1] <= 18 * 0.25 + 1.0  # the channel is never idle for a contact that has to wait

    jump(main())


def test_a_burst_may_go_at_once() -> None:
    pacer = Pacer(1.0, burst=3)
    assert [pacer.delay(100.0) for _ in range(5)] == [0.0, 0.0, 0.0, 1.0, 2.0]
    assert not pacer.is_idle(103.0)
    assert pacer.is_idle(105.0)
    assert pacer.delay(105.0) == 0.0


def test_contacts_that_have_been_quiet_are_forgotten() -> None:
    async def main() -> None:
        pacers = Pacers(Rate(contact=10))
        for number in range(5000):
            await pacers.wait(f"contact {number}")
            await asyncio.sleep(1)
        assert len(pacers._contacts) <= 1024

    jump(main())


@pytest.mark.parametrize(
    "numbers", [{"channel": 0}, {"contact": -1}, {"channel": float("nan")}, {"burst": 0}]
)
def test_a_rate_that_is_none_is_refused(numbers: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="of a"):
        Rate(**numbers)


def test_a_bot_keeps_the_rate_of_its_channel(world: World) -> None:
    async def main() -> None:
        async with world.bot(rate=Rate(contact=100)) as bot:
            began = asyncio.get_running_loop().time()
            assert await world.say(bot, "hi", "Ada", "2") == [
                *GREETING,
                RATING,
                "Sorry to hear that, Ada. What went wrong?",
            ]
            assert asyncio.get_running_loop().time() - began >= 0.03

    world.run(main())


def test_a_slow_contact_slows_no_other(world: World) -> None:
    """Ada's reply takes for ever; a hundred others are answered meanwhile."""
    go = asyncio.Event()

    async def slow_for_ada(reply: Reply) -> None:
        if reply.contact == "ada":
            await go.wait()

    async def main() -> None:
        world.channel.before = slow_for_ada
        async with world.bot() as bot:
            await bot.receive(world.message("hi"))
            others = [f"c{number}" for number in range(100)]
            await asyncio.gather(*[bot.receive(world.message("hi", contact)) for contact in others])
            await until(lambda: len(world.channel.sent) == 200)
            assert all(world.channel.said(contact) == GREETING for contact in others)
            go.set()
            await bot.idle()
            assert world.channel.said() == GREETING

    world.run(main())


# How long a line may be.


def test_the_line_of_one_contact_has_a_bound_and_the_others_do_not_feel_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "LINE_MAX", 40)  # what is done at a thousand takes long and is the same

    async def main() -> None:
        slow = SlowStore(world.new_store(), "ada", when="read")
        async with world.bot(store=slow) as bot:
            texts = ["hi", *["help"] * 60]
            waiting = [asyncio.create_task(bot.receive(world.message(text))) for text in texts]
            await slow.waits.wait()
            await asyncio.wait(waiting[-20:], timeout=5)
            refused = [task for task in waiting if task.done()]
            assert refused == waiting[-20:]
            for task in refused:
                with pytest.raises(Busy, match="40 events of this contact wait already: send it again later"):
                    await task
            await bot.receive(world.message("hi", "bob"))
            await until(
                lambda: world.channel.sent[-1:] == [Reply(f"m{len(texts) + 1}#1", "bob", GREETING[1])]
            )
            slow.go.set()
            assert all(await asyncio.gather(*waiting[:-20]))
            await bot.idle()
            assert len(world.channel.said()) == 2 + 2 * 40

    world.run(main())
