"""G7: actions run at least once, outside the transaction, with a stable key and a limit of time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from flowrt.actions import Calls, current_call, find_actions
from flowrt.bot import Bot
from flowrt.effects import Call
from flowrt.errors import Again, MissingAction, StoreError
from flowrt.events import Result
from flowrt.flow import Flow
from flowrt.kinds import TEXT, Kind, list_of
from flowrt.metrics import Metrics
from flowrt.stores.memory import MemoryStore
from flowrt.values import TEXT_MAX
from flowrt.waiting import Tasks
from tests.compiler.programs import flow
from tests.runtime.world import World, until

CALL = ["hi", "Ada", "1", "it was late"]
NOTED = "I couldn't save that just now, but I've noted it."
THANKS = "Thanks, Ada! Your feedback has been received. You can message us again anytime."
GREETING = ["Hi! Three quick questions.", "What's your name?"]


async def never() -> None:
    """An action that takes for ever."""
    await asyncio.Event().wait()


def test_an_action_runs_once_with_its_arguments_by_name(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            assert (await world.say(bot, *CALL))[-1] == THANKS
            arguments = {"name": "Ada", "rating": 1, "comment": "it was late"}
            assert world.actions.calls == [("m4#0", arguments)]

    world.run(main())


def test_an_action_that_raises_takes_the_failed_branch(world: World) -> None:
    async def fails() -> None:
        raise ConnectionError("no network")

    async def main() -> None:
        world.actions.answer = fails
        async with world.bot() as bot:
            assert (await world.say(bot, *CALL))[-2:] == [NOTED, THANKS]

    world.run(main())


def test_an_action_beyond_its_limit_has_failed_and_its_late_result_is_nobodys(world: World) -> None:
    cancelled: list[bool] = []

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            return  # a late result

    async def main() -> None:
        world.actions.answer = stubborn
        async with world.bot() as bot:
            await world.say_and_wait(bot, *CALL)
            world.channel.said()
            world.clock.advance(29)
            assert await bot.fire_due() == 0
            world.clock.advance(1)
            assert await bot.fire_due() == 1
            assert await world.say_nothing(bot) == [NOTED, THANKS]
            assert cancelled == [True]
            assert world.listener.ends() == ["ended"]

    world.run(main())
    assert world.rows()["calls"] == 0


def test_a_call_runs_again_after_a_crash_with_the_same_key(world: World) -> None:
    async def before(bot: Bot) -> None:
        world.actions.answer = never
        await world.say_and_wait(bot, *CALL)
        world.channel.said()

    world.crash_after(before)
    assert world.rows()["calls"] == 1
    world.actions.answer = None

    async def after() -> None:
        async with world.bot() as bot:
            assert await world.say_nothing(bot) == [THANKS]
        [(first, _), (second, _)] = world.actions.calls
        assert first == second == "m4#0"

    world.run(after())
    assert world.rows()["calls"] == 0


def test_a_call_whose_limit_passed_while_nothing_ran_has_failed(world: World) -> None:
    async def before(bot: Bot) -> None:
        world.actions.answer = never
        await world.say_and_wait(bot, *CALL)
        world.channel.said()

    world.crash_after(before)
    world.clock.advance(31)

    async def after() -> None:
        async with world.bot() as bot:
            assert await world.say_nothing(bot) == [NOTED, THANKS]
        assert len(world.actions.calls) == 1

    world.run(after())


def test_a_result_after_the_session_has_ended_is_dropped(world: World) -> None:
    async def main() -> None:
        go = asyncio.Event()
        world.actions.answer = go.wait
        async with world.bot() as bot:
            await world.say_and_wait(bot, *CALL)
            await bot.receive(world.message("stop"))
            go.set()
            await bot.idle()
            assert world.channel.said()[-1] == "Okay, cancelled."
            assert world.listener.ends() == ["ended"]
            world.actions.answer = None
            assert (await world.say(bot, *CALL))[-1] == THANKS

    world.run(main())


def test_a_result_of_the_session_before_does_not_reach_the_next(world: World) -> None:
    async def main() -> None:
        go = asyncio.Event()
        world.actions.answer = go.wait
        async with world.bot() as bot:
            await world.say_and_wait(bot, *CALL)
            await bot.receive(world.message("stop"))
            world.actions.answer = never
            await world.say_and_wait(bot, *CALL)
            world.channel.said()
            go.set()
            await until(lambda: len(bot._calls._running) == 1)
            assert world.channel.said() == []
            world.clock.advance(30)
            await bot.fire_due()
            assert await world.say_nothing(bot) == [NOTED, THANKS]

    world.run(main())


ASIDE = """\
timeout 1 hour
action save()
action look()
anytime on "help"
  -> call look()
      failed -> reply "Nothing."
  -> ask topic "With what?"
  -> reply "Noted."
on message
  -> call save()
      failed -> reply "Not saved."
  -> reply "Saved."
  -> end session
"""
"""A call that an `anytime` leaves, which calls and asks itself."""


class Aside:
    """The actions of `ASIDE`: `save` goes on when `look` runs, which asks for another try once `save` is `over`."""

    def __init__(self, over: Callable[[], bool]) -> None:
        self.calls: list[str] = []
        self.over = over
        self.go = asyncio.Event()

    async def save(self) -> None:
        self.calls.append("save")
        await self.go.wait()

    async def look(self) -> None:
        self.calls.append("look")
        if current_call().attempt == 1:
            self.go.set()
            await until(self.over)
            raise Again("it is busy")


def test_a_call_whose_result_came_while_an_anytime_had_left_it_does_not_run_again(world: World) -> None:
    """Neither beside another try of a call, nor in the next bot."""
    world.flow = flow(f"flow aside\n\n{ASIDE}")
    actions = Aside(lambda: len(bot._calls) == 1)
    bot = world.bot(actions=actions)

    async def main() -> None:
        async with bot:
            for text in ("hi", "help"):
                await bot.receive(world.message(text))
            await bot.idle(tries=True)
            assert world.channel.said() == ["With what?"]
        async with world.bot(actions=actions) as another:
            assert await world.say(another, "that") == ["Noted.", "Saved."]

    world.run(main())
    assert actions.calls == ["save", "look", "look"]
    assert world.rows()["calls"] == 0


def test_messages_during_a_call_are_kept_and_taken_in_order_after_it(world: World) -> None:
    async def main() -> None:
        go = asyncio.Event()
        world.actions.answer = go.wait
        async with world.bot() as bot:
            await world.say_and_wait(bot, *CALL)
            for text in ("hello again", "Grace", "help", "nine"):
                await bot.receive(world.message(text))
            await until(lambda: len(world.channel.sent) >= 5)
            assert world.channel.said()[-1] == "I'm collecting feedback on your order."
            go.set()
            await bot.idle()
            rating = "How was it, from 1 to 5?"
            wrong = "A whole number from 1 to 5, please."
            assert world.channel.said() == [THANKS, *GREETING, rating, wrong]

    world.run(main())


def test_messages_kept_survive_a_crash(world: World) -> None:
    async def before(bot: Bot) -> None:
        world.actions.answer = never
        await world.say_and_wait(bot, *CALL)
        await bot.receive(world.message("hello again"))
        await bot.receive(world.message("Grace"))
        world.channel.said()

    world.crash_after(before)
    world.actions.answer = None

    async def after() -> None:
        async with world.bot() as bot:
            assert await world.say_nothing(bot) == [THANKS, *GREETING, "How was it, from 1 to 5?"]

    world.run(after())


def test_a_result_that_cannot_be_committed_is_kept_until_it_can(world: World) -> None:
    failures = iter([True] * 3)

    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, *CALL[:-1])
            world.store.broken = lambda change: change.mark is None and next(failures, False)
            await bot.receive(world.message(CALL[-1]))
            await until(lambda: any(reply.text == THANKS for reply in world.channel.sent))
            assert len(world.actions.calls) == 1

    world.run(main())


def test_closing_waits_for_an_action_at_hand(world: World) -> None:
    async def main() -> None:
        go = asyncio.Event()
        world.actions.answer = go.wait
        async with world.bot() as bot:
            await world.say_and_wait(bot, *CALL)
            asyncio.get_running_loop().call_soon(go.set)
        assert world.channel.said()[-1] == THANKS

    world.run(main())


def test_closing_leaves_an_action_that_takes_longer_to_the_next_bot(world: World) -> None:
    async def main() -> None:
        world.actions.answer = never
        async with world.bot(grace=0.0) as bot:
            await world.say_and_wait(bot, *CALL)
        world.actions.answer = None
        async with world.bot() as bot:
            assert (await world.say_nothing(bot))[-1] == THANKS
        assert len(world.actions.calls) == 2

    world.run(main())


def test_an_action_may_be_an_ordinary_function_and_runs_in_a_thread(world: World) -> None:
    class Plain:
        def save_feedback(self, **arguments: object) -> None:
            assert threading.current_thread() is not threading.main_thread()
            world.actions.calls.append((current_call().id, arguments))

    async def main() -> None:
        async with world.bot(actions=Plain()) as bot:
            assert (await world.say(bot, *CALL))[-1] == THANKS
        assert [key for key, _ in world.actions.calls] == ["m4#0"]

    world.run(main())


def test_a_bot_that_lacks_actions_is_told_which(feedback_flow: Flow[Any]) -> None:
    class Misspelt:
        def save_feedbak(self) -> None: ...

    with pytest.raises(MissingAction, match=r"what Misspelt lacks: `save_feedback` \(has `save_feedbak`\)"):
        Bot(feedback_flow, store="memory:", actions=Misspelt())
    with pytest.raises(MissingAction, match=r"what a bot without `actions=` lacks: `save_feedback`"):
        Bot(feedback_flow, store="memory:")
    with pytest.raises(MissingAction, match=r"lacks: `one`, `two`"):
        find_actions(object(), ["one", "two"], "orders")
    with pytest.raises(StoreError, match="name the store"):
        Bot(feedback_flow, actions=Misspelt())


# The runner of calls alone: whatever an action does, one result comes of it.


def result_of(action: Callable[..., Any], limit: float = 5.0, returning: Kind[Any] | None = None) -> Result:
    """What is reported of a call that `action` answers."""

    async def main() -> Result:
        reported: list[Result] = []

        async def report(result: Result) -> None:
            reported.append(result)

        tasks = Tasks(0.0)
        calls = Calls({"act": action}, {"act": returning}, report, tasks, {}, Metrics())
        calls.start(Call("1#0", "ada", "act", {}, limit))
        calls.start(Call("1#0", "ada", "act", {}, limit))
        await tasks.idle()
        calls.stop()
        [result] = reported
        return result

    return asyncio.run(main())


async def later(value: object) -> object:
    """`value`, as a coroutine gives it."""
    return value


@pytest.mark.parametrize("value", [None, "text", 7, True, "x" * TEXT_MAX, 2**63 - 1])
@pytest.mark.parametrize("kind", [lambda value: value, later], ids=["function", "coroutine"])
def test_a_value_of_the_language_is_the_result(kind: Callable[[object], object], value: object) -> None:
    assert result_of(partial(kind, value)) == Result("1#0", "ada", value=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [1.5, b"x", {1}, {}, object(), "x" * (TEXT_MAX + 1), 2**63])
def test_any_other_value_is_a_failure_in_words(value: object) -> None:
    result = result_of(partial(later, value))
    assert result.failure is not None
    assert result.failure.startswith("the action returned ")


def test_a_value_of_another_type_than_is_declared_is_a_failure_in_words() -> None:
    assert (
        result_of(partial(later, 42), returning=TEXT).failure
        == "the action returned int, not of the type text"
    )
    wrong = result_of(partial(later, ["1", 2]), returning=list_of(TEXT))
    assert wrong.failure == "the action returned list, not of the type list of text"
    assert result_of(partial(later, ["1", "2"]), returning=list_of(TEXT)).value == ("1", "2")


def test_what_an_action_returned_wrongly_is_said_to_who_looks_after_the_bot(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shop = flow(
        """\
flow shop
timeout 1 hour
action find() returns text
on message
  -> call find() as found
      failed -> reply "Not now." -> end session
  -> reply "{found}" -> end session
"""
    )

    class Actions:
        def find(self) -> int:
            return 42

    world = World(shop, MemoryStore)

    async def main() -> None:
        async with world.bot(actions=Actions()) as bot:
            assert await world.say(bot, "hi") == ["Not now."]

    world.run(main())
    [record] = [record for record in caplog.records if record.levelname == "WARNING"]
    assert "the action returned int, not of the type text" in record.getMessage()


def raises(error: BaseException) -> None:
    """Raise `error`."""
    raise error


async def raises_later(error: BaseException) -> None:
    """Raise `error`, as a coroutine does."""
    raise error


class Unspeakable(Exception):
    """An error that cannot even be printed."""

    def __str__(self) -> str:
        raise ValueError("no words")


ERRORS = [
    ValueError("no such order"),
    TimeoutError("the server is slow"),
    asyncio.CancelledError(),
    StopIteration(),
    SystemExit(3),
    Unspeakable(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("kind", [raises, raises_later])
def test_whatever_an_action_raises_is_a_failure(kind: Callable[..., object], error: BaseException) -> None:
    failure = result_of(partial(kind, error)).failure
    assert failure is not None
    assert failure != "it took longer than it may"


def test_an_action_called_with_the_wrong_arguments_has_failed() -> None:
    assert "TypeError" in str(result_of(lambda unexpected: None).failure)  # noqa: ARG005


def test_a_function_that_returns_a_coroutine_is_awaited() -> None:
    assert result_of(lambda: later("done")).value == "done"


class CallableObject:
    """An object that is called like a coroutine function."""

    async def __call__(self) -> str:
        return "done"


def test_an_object_can_be_an_action() -> None:
    assert result_of(CallableObject()).value == "done"


def test_an_action_that_overstays_by_the_clock_on_the_wall_is_cancelled() -> None:
    assert result_of(never, limit=0.01).failure == "it took longer than it may"


def test_a_thread_that_overstays_is_not_waited_for() -> None:
    go = threading.Event()
    began = time.monotonic()
    assert result_of(go.wait, limit=0.01).failure == "it took longer than it may"
    assert time.monotonic() - began < 5
    go.set()
