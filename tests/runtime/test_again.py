"""G7: an action that asks for another try has one, with the same key, for as long as its limit leaves room."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, Protocol, assert_type

import pytest

from flowrt import Again, Bot, Operations, again_on, current_call
from flowrt.actions import Runner, Unwanted
from flowrt.effects import Call, Reply
from flowrt.events import Result
from flowrt.flow import Flow
from flowrt.metrics import Metrics
from flowrt.waiting import LONGEST_PAUSE, Backoff
from tests.runtime.mortal import MortalStore
from tests.runtime.world import StoreAround, World, until

CALL = ["hi", "Ada", "1", "it was late"]
NOTED = "I couldn't save that just now, but I've noted it."
THANKS = "Thanks, Ada! Your feedback has been received. You can message us again anytime."
GREETING = ["Hi! Three quick questions.", "What's your name?"]
LONG = 20.0
"""A pause, in seconds, that no test waits for; the call of the flow may take 30."""


class Asking:
    """What an action does that asks for another try for so many times, and notes the numbers of its tries."""

    def __init__(self, times: int = 10**9, after: float = 0.0) -> None:
        self.times, self.after = times, after
        self.attempts: list[int] = []

    async def __call__(self) -> None:
        self.attempts.append(current_call().attempt)
        if len(self.attempts) <= self.times:
            raise Again("the shop is busy", after=self.after)


async def say_until(world: World, bot: Bot, text: str, *texts: str) -> list[str]:
    """Say `texts`, and return what ada was told, once `text` is among it: a bot that pauses is idle."""
    for said in texts:
        await bot.receive(world.message(said))
    await until(lambda: any(reply.text == text for reply in world.channel.sent))
    return world.channel.said()


def keys(world: World) -> list[str]:
    """The key of each try, in order."""
    return [key for key, _ in world.actions.calls]


def test_an_action_that_asks_for_it_runs_again_with_the_same_key(world: World) -> None:
    async def main() -> None:
        world.actions.answer = asking = Asking(2)
        async with world.bot() as bot:
            assert (await say_until(world, bot, THANKS, *CALL))[-1] == THANKS
        assert asking.attempts == [1, 2, 3]
        assert keys(world) == ["m4#0"] * 3

    world.run(main())
    assert world.rows()["calls"] == 0


def test_who_waits_until_a_bot_is_idle_may_wait_for_all_tries(world: World) -> None:
    async def main() -> None:
        world.actions.answer = Asking(1, after=0.01)
        async with world.bot() as bot:
            for text in CALL:
                await bot.receive(world.message(text))
            await bot.idle(tries=True)
            assert world.channel.said()[-1] == THANKS
            await bot.idle(tries=True)

    world.run(main())


def test_any_other_exception_fails_at_once_also_after_a_try(world: World) -> None:
    async def main() -> None:
        errors = iter([Again("busy"), ConnectionError("no network")])

        async def fails() -> None:
            raise next(errors)

        world.actions.answer = fails
        async with world.bot() as bot:
            assert (await say_until(world, bot, THANKS, *CALL))[-2:] == [NOTED, THANKS]
        assert len(world.actions.calls) == 2

    world.run(main())


def test_where_the_limit_leaves_no_room_it_fails_without_the_pause(world: World) -> None:
    async def main() -> None:
        world.actions.answer = Asking(after=31.0)
        async with world.bot() as bot:
            assert (await world.say(bot, *CALL))[-2:] == [NOTED, THANKS]
        assert len(world.actions.calls) == 1

    world.run(main())


def test_the_limit_that_passes_in_a_pause_ends_it(world: World) -> None:
    async def main() -> None:
        world.actions.answer = Asking(after=LONG)
        async with world.bot() as bot:
            await world.say(bot, *CALL)
            world.clock.advance(30)
            assert await bot.fire_due() == 1
            assert await world.say_nothing(bot) == [NOTED, THANKS]
            assert (await bot.health()).calls == 0
        assert len(world.actions.calls) == 1

    world.run(main())
    assert world.rows()["calls"] == 0


def test_messages_in_a_pause_are_kept_and_taken_in_order_after_it(world: World) -> None:
    async def main() -> None:
        world.actions.answer = Asking(after=LONG)
        async with world.bot() as bot:
            await world.say(bot, *CALL)
            assert await world.say(bot, "hello again", "Grace", "nine") == []
            world.clock.advance(30)
            await bot.fire_due()
            rating, wrong = "How was it, from 1 to 5?", "A whole number from 1 to 5, please."
            assert await world.say_nothing(bot) == [NOTED, THANKS, *GREETING, rating, wrong]

    world.run(main())


def test_messages_between_the_tries_are_kept_and_taken_in_order_after_the_last(world: World) -> None:
    async def main() -> None:
        gates = [asyncio.Event() for _ in range(3)]

        async def each_at_its_gate() -> None:
            attempt = current_call().attempt
            await gates[attempt - 1].wait()
            if attempt < 3:
                raise Again

        world.actions.answer = each_at_its_gate
        async with world.bot() as bot:
            await world.say_and_wait(bot, *CALL)
            for attempt, text in enumerate(["hello again", "Grace", "nine"], start=1):
                await until(lambda attempt=attempt: len(world.actions.calls) == attempt)  # type: ignore[misc]
                await bot.receive(world.message(text))
                gates[attempt - 1].set()
            rating, wrong = "How was it, from 1 to 5?", "A whole number from 1 to 5, please."
            assert (await say_until(world, bot, wrong))[-5:] == [THANKS, *GREETING, rating, wrong]

    world.run(main())


def test_no_other_try_is_made_for_a_session_that_has_ended(world: World) -> None:
    async def main() -> None:
        go = asyncio.Event()

        async def asks_late() -> None:
            await go.wait()
            raise Again

        world.actions.answer = asks_late
        async with world.bot() as bot:
            await world.say_and_wait(bot, *CALL)
            await bot.receive(world.message("stop"))
            go.set()
            assert (await say_until(world, bot, "Okay, cancelled."))[-1] == "Okay, cancelled."
            await until(lambda: not bot._calls._running)
        assert len(world.actions.calls) == 1
        assert world.listener.ends() == ["ended"]

    world.run(main())


def test_who_is_erased_in_a_pause_is_left_alone(world: World) -> None:
    async def main() -> None:
        world.actions.answer = Asking(after=LONG)
        async with world.bot() as bot:
            await world.say(bot, *CALL)
            await bot.erase("ada")
            await until(lambda: not bot._calls._running)
            assert await world.say(bot, "hi") == GREETING
        assert len(world.actions.calls) == 1

    world.run(main())


def test_a_call_in_a_pause_runs_again_after_a_crash_counted_anew(world: World) -> None:
    async def before(bot: Bot) -> None:
        world.actions.answer = Asking(1, after=LONG)
        await world.say(bot, *CALL)

    world.crash_after(before)
    assert world.rows()["calls"] == 1
    world.actions.answer = asking = Asking(0)

    async def after() -> None:
        async with world.bot() as bot:
            assert await world.say_nothing(bot) == [THANKS]

    world.run(after())
    assert asking.attempts == [1]
    assert keys(world) == ["m4#0"] * 2


def test_closing_waits_for_no_pause_and_leaves_the_call_to_the_next_bot(world: World) -> None:
    async def main() -> None:
        world.actions.answer = Asking(1, after=LONG)
        async with world.bot(grace=3600) as bot:
            await world.say(bot, *CALL)
        assert keys(world) == ["m4#0"]
        async with world.bot() as bot:
            assert await world.say_nothing(bot) == [THANKS]
        assert keys(world) == ["m4#0"] * 2

    world.run(main())


def test_a_bot_that_closes_makes_no_other_try(world: World) -> None:
    """Not even while it waits for other work."""

    async def main() -> None:
        go, delivers = asyncio.Event(), asyncio.Event()
        asking = Asking(1)

        async def at_the_gate() -> None:
            await go.wait()
            await asking()

        async def hold_bob(reply: Reply) -> None:
            if reply.contact == "bob":
                go.set()
                await until(lambda: bool(asking.attempts))
                for _ in range(50):  # time enough for another try
                    await asyncio.sleep(0)
                delivers.set()

        world.actions.answer = at_the_gate
        async with world.bot(grace=3600) as bot:
            await world.say_and_wait(bot, *CALL)
            world.channel.before = hold_bob
            await bot.receive(world.message("hi", "bob"))
        assert delivers.is_set()
        assert asking.attempts == [1]
        async with world.bot() as bot:
            assert (await world.say_nothing(bot))[-1] == THANKS
        assert asking.attempts == [1, 1]

    world.run(main())


def test_an_ordinary_function_asks_from_its_thread(world: World) -> None:
    class Plain:
        attempts: list[int] = []  # noqa: RUF012 - of this test alone

        def save_feedback(self, **_: object) -> None:
            assert threading.current_thread() is not threading.main_thread()
            self.attempts.append(current_call().attempt)
            if len(self.attempts) < 3:
                raise Again("busy")

    async def main() -> None:
        async with world.bot(actions=Plain()) as bot:
            await say_until(world, bot, THANKS, *CALL)
        assert Plain.attempts == [1, 2, 3]

    world.run(main())


def test_a_store_that_cannot_be_read_before_a_try_is_asked_again(world: World) -> None:
    class Away(StoreAround):
        failures = 3

        async def calls(self, contact: str | None = None) -> Iterable[Any]:
            if contact is not None and self.failures:
                self.failures -= 1
                raise ConnectionError("away")
            return await super().calls(contact)

    async def main() -> None:
        world.actions.answer = Asking(1)
        store = Away(world.new_store())
        async with world.bot(store=store) as bot:
            await say_until(world, bot, THANKS, *CALL)
        assert store.failures == 0
        assert len(world.actions.calls) == 2

    world.run(main())


@pytest.mark.xdist_group("postgres")
def test_a_session_ended_by_another_worker_in_a_pause_has_no_other_try(
    postgres: str, feedback_flow: Flow[Any]
) -> None:
    world = World(feedback_flow, lambda: MortalStore(postgres))

    async def main() -> None:
        go = asyncio.Event()

        async def asks_late() -> None:
            await go.wait()
            raise Again

        world.actions.answer = asks_late
        async with world.bot() as bot:
            await world.say_and_wait(bot, *CALL)
            async with Operations(MortalStore(postgres), world.flow, clock=world.clock) as operations:
                assert await operations.end("ada")
            go.set()
            await until(lambda: not bot._calls._running)
        assert len(world.actions.calls) == 1

    world.run(main())


@pytest.mark.xdist_group("postgres")
def test_a_worker_that_lost_a_call_to_another_says_nothing_of_it(
    postgres: str, feedback_flow: Flow[Any]
) -> None:
    world = World(feedback_flow, lambda: MortalStore(postgres))

    async def main() -> None:
        goes = [asyncio.Event(), asyncio.Event()]

        async def each_at_its_gate() -> None:
            number = len(world.actions.calls) - 1
            await goes[number].wait()
            if number == 0:
                raise Again

        world.actions.answer = each_at_its_gate
        slow = MortalStore(postgres)
        async with world.bot(store=slow) as first, world.bot() as second:
            await world.say_and_wait(first, *CALL)
            await slow.lose_lease()
            await second._follower.take_up_calls()
            await until(lambda: len(world.actions.calls) == 2)
            goes[0].set()
            await until(lambda: not first._calls._running)
            await first.idle()
            assert NOTED not in world.channel.said()
            goes[1].set()
            await second.idle()
            await first._follower.take_up_deliveries()
            await first.idle()
            assert world.channel.said() == [THANKS]
        assert keys(world) == ["m4#0"] * 2

    world.run(main())


# The runner alone: how long it pauses, what it says in the end, what it measures.


class Noted(Metrics):
    """Metrics that note the outcome of each try."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def called(self, action: str, outcome: str, seconds: float) -> None:
        assert (action, seconds >= 0) == ("act", True)
        self.outcomes.append(outcome)


def run(
    action: Callable[..., Any], *, limit: float = 3600.0, wanted: bool = True, first: float = 1.0
) -> tuple[Result, list[float], list[str]]:
    """What comes of a call that `action` answers, how long it paused, and what was measured."""
    pauses: list[float] = []
    metrics = Noted()

    async def rest(call: Call, seconds: float) -> bool:
        assert call.id == "1#0"
        pauses.append(seconds)
        return wanted

    async def main() -> Result:
        runner = Runner(
            {"act": action}, {"act": None}, metrics=metrics, pauses=partial(Backoff, first), rest=rest
        )
        try:
            return await runner.result(Call("1#0", "ada", "act", {}, limit))
        finally:
            runner.stop()

    return asyncio.run(main()), pauses, metrics.outcomes


def failing(error: Exception, times: int, answer: object = "done") -> Callable[[], Awaitable[object]]:
    """An action that raises `error` for so many times, and then answers."""

    async def action() -> object:
        if current_call().attempt <= times:
            raise error
        return answer

    return action


def test_pauses_grow_and_are_never_in_step() -> None:
    result, pauses, outcomes = run(failing(Again(), 8))
    assert result.value == "done"
    longest = [min(2.0**number, LONGEST_PAUSE) for number in range(8)]
    assert all(0.5 * most <= pause <= most for pause, most in zip(pauses, longest, strict=True))
    assert run(failing(Again(), 8))[1] != pauses
    assert outcomes == ["again"] * 8 + ["answered"]


def test_after_is_the_least_and_the_rest_keeps_them_out_of_step() -> None:
    _, pauses, _ = run(failing(Again(after=5.0), 3))
    assert [
        low <= pause <= high for pause, low, high in zip(pauses, (5.5, 6, 7), (6, 7, 9), strict=True)
    ] == [True] * 3


@pytest.mark.parametrize("after", [-1.0, float("nan")])
def test_an_after_that_is_none_is_refused(after: float) -> None:
    with pytest.raises(ValueError, match="`after` is for how many seconds to pause at least"):
        Again(after=after)


def test_the_last_cause_is_told() -> None:
    async def because() -> None:
        try:
            raise ConnectionError("no network")
        except ConnectionError as error:
            raise Again from error

    assert run(failing(Again("the shop is busy"), 9), limit=0.5)[0].failure == "Again: the shop is busy"
    result, _, outcomes = run(because, limit=0.5)
    assert (result.failure, outcomes) == ("ConnectionError: no network", ["failed"])
    result, _, outcomes = run(failing(Again("busy", after=40.0), 9), limit=40.0)
    assert (result.failure, outcomes) == ("Again: busy", ["failed"])
    result, _, outcomes = run(failing(ValueError("no"), 9))
    assert (result.failure, outcomes) == ("ValueError: no", ["failed"])


def test_nothing_comes_of_a_call_that_nobody_wants_tried_again() -> None:
    with pytest.raises(Unwanted):
        run(failing(Again(), 9), wanted=False)


def test_a_try_beyond_the_limit_says_what_went_before() -> None:
    async def hangs_at_last() -> None:
        if current_call().attempt == 2:
            await asyncio.Event().wait()
        raise Again("busy")

    result, pauses, outcomes = run(hangs_at_last, limit=0.05, first=0.0)
    assert len(pauses) == 1
    assert result.failure == "it took longer than it may, and before that: Again: busy"
    assert outcomes == ["again", "failed"]


def test_what_an_action_says_of_a_contact_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "flowrt")
    run(failing(Again("Ada Lovelace is unknown"), 1))
    run(failing(Again("Ada Lovelace is unknown", after=9), 1), limit=5)
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]
    assert "try 2 of action act" in caplog.text
    assert "Ada" not in caplog.text
    assert "ada" not in caplog.text


# The decorator.


class Shop:
    """Actions that fail in ordinary ways, for so many `times`."""

    def __init__(self, times: int) -> None:
        self.left = times

    def fail(self, error: Exception) -> None:
        if self.left:
            self.left -= 1
            raise error

    @again_on(ConnectionError, TimeoutError, tries=4)
    async def later(self, number: int) -> str:
        """Order so many, later."""
        self.fail(TimeoutError("slow"))
        return f"{number} ordered"

    @again_on(ConnectionError, TimeoutError, tries=4, after=7.0)
    def now(self, number: int) -> str:
        self.fail(ConnectionError("refused"))
        return f"{number} ordered"

    @again_on(ConnectionError)
    def either(self, number: int) -> Awaitable[str]:
        return Shop.later(self, number)

    @again_on(ConnectionError)
    def coroutine_of_another(self, number: int) -> Awaitable[str]:
        async def fetch() -> str:
            self.fail(ConnectionError("refused"))
            return f"{number} ordered"

        return fetch()


@pytest.mark.parametrize("name", ["later", "now", "coroutine_of_another"])
def test_the_exceptions_named_are_tried_again(name: str) -> None:
    result, pauses, _ = run(partial(getattr(Shop(3), name), number=7))
    assert (result.value, len(pauses)) == ("7 ordered", 3)


@pytest.mark.parametrize(
    ("name", "why"), [("later", "TimeoutError: slow"), ("now", "ConnectionError: refused")]
)
def test_after_so_many_tries_it_fails_with_the_error_itself(name: str, why: str) -> None:
    result, pauses, outcomes = run(partial(getattr(Shop(9), name), number=7))
    assert (result.failure, len(pauses)) == (f"{why} (try 4)", 3)
    assert outcomes == ["again"] * 3 + ["failed"]


def test_other_exceptions_are_not_tried_again() -> None:
    @again_on(ConnectionError)
    async def action() -> None:
        raise ValueError("no such order")

    result, pauses, _ = run(action)
    assert (result.failure, pauses) == ("ValueError: no such order", [])


def test_the_least_pause_of_the_decorator_is_kept() -> None:
    _, pauses, _ = run(partial(Shop(1).now, number=7))
    assert 7.5 <= pauses[0] <= 8.0


def test_called_by_nobody_a_method_raises_what_it_raises() -> None:
    with pytest.raises(ConnectionError, match="refused"):
        Shop(1).now(7)
    with pytest.raises(TimeoutError, match="slow"):
        asyncio.run(Shop(1).later(7))


class Ordering(Protocol):
    """What a type checker is to find in `Shop`."""

    async def later(self, number: int) -> str: ...

    def now(self, number: int) -> str: ...


def test_an_action_keeps_its_signature_and_its_name() -> None:
    async def main() -> None:
        shop: Ordering = Shop(0)
        assert assert_type(await Shop(0).later(7), str) == "7 ordered"
        assert assert_type(shop.now(number=7), str) == "7 ordered"

    asyncio.run(main())
    assert (Shop.later.__name__, Shop.later.__doc__) == ("later", "Order so many, later.")


@pytest.mark.parametrize(
    "errors", [(), (len,), (int,), (KeyboardInterrupt,), (ConnectionError("an instance"),)]
)
def test_what_is_no_exception_is_refused_where_it_is_written(errors: Any) -> None:
    with pytest.raises(TypeError, match=r"as in @again_on\(ConnectionError, tries=5\)"):
        again_on(*errors)


def test_numbers_that_make_no_sense_are_refused_where_they_are_written() -> None:
    with pytest.raises(ValueError, match="`tries` is how often an action is tried in all"):
        again_on(ConnectionError, tries=0)
    with pytest.raises(ValueError, match="`after` is for how many seconds"):
        again_on(ConnectionError, after=-1)
