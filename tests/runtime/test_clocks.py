"""G4 under clocks that jump: rules 3 and 4 of the language, sentence by sentence, on every store.

Each scenario is walked by one bot that is there all the time, by a bot that is started anew for each step, and with a
clock that goes astray before each step. What is said is the same each time.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, NamedTuple

import pytest

from flowrt.abc import Change, Store
from flowrt.bot import Bot
from flowrt.events import Message
from flowrt.flow import Flow
from flowrt.stores.memory import MemoryStore
from flowrt.time import EARLIEST, LATEST, SECOND, FakeClock, Instant
from flowrt.timer import LONGEST_SLEEP
from tests.compiler.programs import flow
from tests.runtime.mortal import MortalStore
from tests.runtime.world import Channel, World, until

DAY, YEAR = 24 * 60, 365 * 24 * 60

CLOCKS = """\
flow clocks
timeout 15 minutes -> reply "Bye."
action look()
anytime on "help" -> reply "Help." -> again
anytime on event ping() -> reply "Pong."

on "ask"
  -> ask n: int "Number?"
      after 5 minutes -> reply "Still here."
      timeout 10 minutes -> reply "Too slow." -> goto menu
  -> reply "{n}."
  -> end session
on "wait" -> wait 10 minutes -> reply "Waited." -> goto menu
on "call"
  -> call look() within 2 minutes
      failed -> reply "Failed."
  -> goto menu
on "dialog" -> run asking() -> end session
on "menu" -> goto menu
on "sent" -> reply "{message.sent or now}" -> end session
on "even"
  -> before: wait 5 minutes
  -> ask k: int "Even?"
      timeout 10 minutes -> reply "Never said." -> end session
  -> end session

state menu
  -> reply "Menu."
  on message -> reply "Menu?"
  after 5 minutes -> reply "Menu still."
  timeout 12 minutes -> reply "Closed." -> end session

dialog asking()
  -> ask m: int "In a dialog?"
      after 4 minutes -> reply "Dialog still."
"""
SILENT = """\
flow silent
timeout 15 minutes
on message -> ask n: int "Number?" -> end session
"""


class Step(NamedTuple):
    """What happens so many minutes after the step before, and what is said then.

    `what` is a message; "…" stands for a bot that looks at its clock, "" for nobody who does.
    """

    minutes: float
    what: str
    said: str


class Scenario(NamedTuple):
    """A sentence of the language, and a conversation that shows it."""

    rule: str
    sentence: str
    steps: list[Step]
    program: str = CLOCKS


def walk(*steps: tuple[float, str, str]) -> list[Step]:
    return [Step(*step) for step in steps]


ASK = (0, "ask", "Number?")
SCENARIOS = [
    Scenario(
        "3a",
        "`timeout` of the flow: silent that long in the session → its chain; the session has expired",
        walk(
            (0, "dialog", "In a dialog?"),
            (3, "x", "Please answer with a whole number."),
            (14.9, "…", "Dialog still."),
            (0.1, "…", "Bye."),
            (0, "x", ""),
        ),
    ),
    Scenario(
        "3b",
        "or with no chain a silent end",
        walk((0, "x", "Number?"), (15, "…", ""), (0, "x", "Number?")),
        SILENT,
    ),
    Scenario(
        "3c",
        "`timeout` of one state or ask: silent that long in this wait → take this branch",
        walk(ASK, (9, "…", "Still here."), (1, "…", "Too slow. Menu."), (4.9, "…", ""), (0.1, "…", "Bye.")),
    ),
    Scenario(
        "3d",
        "`after`: say something, once per visit of the wait; `again`, a retry and the way back continue it",
        walk(
            *(ASK, (5, "…", "Still here."), (1, "x", "Please answer with a whole number."), (5, "…", "")),
            *(
                (1, "help", "Help. Number?"),
                (5, "…", ""),
                (1, "7", "7."),
                (0, "ask", "Number?"),
                (5, "…", "Still here."),
            ),
        ),
    ),
    Scenario(
        "3e",
        "Every message from the user re-arms them all, also a wrong one and one that `anytime` takes",
        walk(
            *(
                ASK,
                (4.9, "x", "Please answer with a whole number."),
                (4.9, "help", "Help. Number?"),
                (4.9, "…", ""),
            ),
            *((0.1, "…", "Still here."), (4.9, "x", "Please answer with a whole number."), (9.9, "…", "")),
            (0.1, "…", "Too slow. Menu."),
        ),
    ),
    Scenario(
        "3f",
        "reminders and host events do not",
        walk(
            ASK,
            (4, "ping", "Pong."),
            (1, "…", "Still here."),
            (4, "ping", "Pong."),
            (1, "…", "Too slow. Menu."),
        ),
    ),
    Scenario(
        "3g",
        "A flow's clock counts from the last message; a wait's from the later of that and its entry",
        walk((0, "wait", ""), (10, "…", "Waited. Menu."), (4.9, "…", ""), (0.1, "…", "Bye.")),
    ),
    Scenario(
        "3h",
        "They run side by side, in dialogs too",
        walk((0, "dialog", "In a dialog?"), (4, "…", "Dialog still."), (11, "…", "Bye.")),
    ),
    Scenario(
        "3i",
        "in a `wait` or `call` only the flow's runs",
        walk((0, "wait", ""), (5, "…", ""), (4.9, "…", ""), (0.1, "…", "Waited. Menu.")),
    ),
    Scenario(
        "13a",
        "The end of a `wait` and of `within` are instants that no message moves; what came is handled after it",
        walk(
            (0, "wait", ""),
            (9, "x", ""),
            (0.5, "y", ""),
            (0.5, "…", "Waited. Menu. Menu? Menu?"),
            (14.9, "z", "Bye."),
        ),
    ),
    Scenario(
        "13b", "and of `within`", walk((0, "call", ""), (1.9, "x", ""), (0.1, "…", "Failed. Menu. Menu?"))
    ),
    Scenario(
        "4a",
        "a message that arrives after a deadline meets a session in which the timeout has already happened",
        walk(ASK, (10.5, "7", "Too slow. Menu. Menu?"), (15.5, "ask", "Bye. Number?")),
    ),
    Scenario(
        "4b",
        "At the same instant the deadline goes first",
        walk(
            ASK,
            (5, "x", "Still here. Please answer with a whole number."),
            (10, "7", "Too slow. Menu. Menu?"),
        ),
    ),
    Scenario(
        "4c",
        "and the flow's before a wait's",
        walk((0, "even", ""), (5, "…", "Even?"), (9.9, "…", ""), (0.1, "…", "Bye.")),
    ),
    Scenario(
        "4d",
        "an expired session is only expired: no reminders and no prompt timeouts are replayed before it",
        walk(
            ASK,
            (3, "", ""),
            (12, "", ""),
            (YEAR, "…", "Bye."),
            (0, "ask", "Number?"),
            (YEAR, "ask", "Bye. Number?"),
        ),
    ),
    Scenario(
        "4e",
        "of one wait only the last is served, and the clocks of the wait it leads to count from when it was served",
        walk(ASK, (10, "", ""), (1, "…", "Too slow. Menu."), (3.9, "…", ""), (0.1, "…", "Bye.")),
    ),
    Scenario(
        "4f",
        "the provider's time is only a value",
        walk((0, "sent", "2001-09-09T01:46:40Z"), ASK, (5, "…", "Still here."), (5, "…", "Too slow. Menu.")),
    ),
]


@cache
def compiled(program: str) -> Flow[Any]:
    return flow(program)


class Nothing:
    """An action that never answers."""

    async def look(self) -> None:
        await asyncio.Event().wait()


def world_of(program: str, new_store: Callable[[], Store]) -> World:
    world = World(compiled(program), new_store)
    world.actions = Nothing()  # type: ignore[assignment]  # of these flows
    return world


async def take(world: World, bot: Bot, rule: str, step: Step) -> None:
    """Take one step, and look at what is said."""
    if step.what == "ping":
        await bot.event("ada", "ping")
    elif step.what not in ("", "…"):
        message = world.message(step.what)
        await bot.receive(Message(message.id, "ada", step.what, sent=10**15))
    elif step.what:
        await bot.fire_due()
    await settled(bot)
    assert " ".join(world.channel.said()) == step.said, (rule, step)


async def settled(bot: Bot) -> None:
    """Until all is delivered; a call may be under way, which never ends."""
    await until(lambda: len(bot._tasks._tasks) == len(bot._calls) and not len(bot._taker.line))


Trouble = Callable[[World, Bot], Awaitable[None]]


async def none(_: World, __: Bot) -> None:
    """The clock goes as it should."""


def astray(minutes: float) -> Trouble:
    """The clock is back by so much for a while, in which a bot looks at it."""

    async def trouble(world: World, bot: Bot) -> None:
        before = world.clock.now()
        world.clock.advance(-60 * minutes)
        assert await bot.fire_due() == 0
        world.clock.set(before)

    return trouble


TROUBLES = {
    "steady": none,
    "a minute back": astray(1),
    "a day back": astray(DAY),
    "years back": astray(60 * YEAR),
}


async def walk_all(world: World, way: Callable[[World, Scenario], Awaitable[None]]) -> None:
    """Walk every scenario in a way; nothing is left of one when the next begins."""
    for scenario in SCENARIOS:
        world.flow = compiled(scenario.program)
        await way(world, scenario)
        async with world.bot(grace=0.0) as bot:
            await bot.erase("ada")


@pytest.mark.parametrize(
    "name",
    [name if name == "a day back" else pytest.param(name, marks=pytest.mark.soak) for name in TROUBLES],
)
def test_what_the_clocks_mean(name: str, new_store: Callable[[], Store]) -> None:
    trouble = TROUBLES[name]

    async def way(world: World, scenario: Scenario) -> None:
        async with world.bot(grace=0.0) as bot:
            seen = True
            for step in scenario.steps:
                if seen:  # else something is due by any clock
                    await trouble(world, bot)
                seen = bool(step.what)
                world.clock.advance(step.minutes * 60)
                await take(world, bot, scenario.rule, step)

    world = world_of(CLOCKS, new_store)
    world.run(walk_all(world, way))


def test_what_the_clocks_mean_when_a_bot_is_there_only_now_and_then(new_store: Callable[[], Store]) -> None:
    """It is started anew for each step, and does at the start what was to be done."""

    async def way(world: World, scenario: Scenario) -> None:
        for step in scenario.steps:
            world.clock.advance(step.minutes * 60)
            if step.what:
                async with world.bot(grace=0.0) as bot:
                    await take(world, bot, scenario.rule, step)

    world = world_of(CLOCKS, new_store)
    world.run(walk_all(world, way))


def test_a_bot_that_starts_with_a_clock_that_is_behind_fires_nothing_and_loses_nothing(
    new_store: Callable[[], Store],
) -> None:
    world = world_of(CLOCKS, new_store)

    async def main() -> None:
        for minutes, said in (
            (0, ["Number?"]),
            (-1, []),
            (-DAY, []),
            (DAY + 6, ["Still here."]),
            (5, ["Too slow.", "Menu."]),
        ):
            world.clock.advance(60 * minutes)
            async with world.bot() as bot:
                if said == ["Number?"]:
                    await bot.receive(world.message("ask"))
                await bot.idle()
                assert world.channel.said() == said

    world.run(main())


# The instant of a message is never before that of the contact's previous event.


@pytest.mark.parametrize("back", [1, DAY * 60])
def test_a_message_of_before_counts_as_one_of_the_event_before_it(
    back: float, new_store: Callable[[], Store]
) -> None:
    world = world_of(CLOCKS, new_store)

    async def main() -> None:
        async with world.bot() as bot:
            assert await world.say(bot, "ask") == ["Number?"]
            first = world.clock.now()
            world.clock.advance(-back)
            assert await world.say(bot, "x") == ["Please answer with a whole number."]
            view = await bot.session("ada")
            assert view is not None
            assert view.at == first
            assert {one.due - first for one in view.deadlines} == {
                minutes * 60 * SECOND for minutes in (5, 10, 15)
            }
            world.clock.advance(back + 299)
            assert await bot.fire_due() == 0
            world.clock.advance(1)
            assert await world.say(bot, "y") == ["Still here.", "Please answer with a whole number."]

    world.run(main())


def test_a_clock_that_was_ahead_for_a_message_does_not_hold_the_contact_for_ever(
    new_store: Callable[[], Store],
) -> None:
    """Its session goes by the instants it knows; when it has ended, all is as it was."""
    world = world_of(CLOCKS, new_store)

    async def main() -> None:
        async with world.bot() as bot:
            world.clock.advance(YEAR * 60)
            assert await world.say(bot, "ask") == ["Number?"]
            world.clock.advance(-YEAR * 60)
            assert await world.say(bot, "x") == ["Please answer with a whole number."]
            world.clock.advance(3600)
            assert await bot.fire_due() == 0
            assert await world.say(bot, "7") == ["7."]
            assert await world.say(bot, "ask") == ["Number?"]
            world.clock.advance(300)
            assert await bot.fire_due() == 1
            assert await world.say(bot) == ["Still here."]

    world.run(main())


@pytest.mark.parametrize("begin", [0, -900 * SECOND, EARLIEST, LATEST, -(2**70), 2**70])
def test_a_clock_may_show_anything(world: World, begin: int) -> None:
    """A machine that lost the time begins at 0; one with a broken clock anywhere."""
    world.clock.set(begin)
    greeting = ["Hi! Three quick questions.", "What's your name?"]

    async def main() -> None:
        async with world.bot() as bot:
            assert await world.say(bot, "hi") == greeting
            assert await world.say(bot, "hi", contact="bob") == greeting
            world.clock.advance(900)
            await bot.fire_due()
            stands = (
                begin >= LATEST or begin + 900 * SECOND <= EARLIEST
            )  # no calendar shows it, and no time passes
            expected = (
                ["How was it, from 1 to 5?"] if stands else ["Let's pick this up another time.", *greeting]
            )
            assert await world.say(bot, "Ada") == expected

    world.run(main())


@pytest.mark.parametrize("due", [0, 1, -5])
def test_a_deadline_at_the_beginning_of_time_does_not_stop_all_others(world: World, due: int) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi", contact="bob")
        store = world.new_store()
        await store.open()
        stored = await store.read("bob", None)
        assert stored.session is not None
        moved = stored.session.replace(str(world.clock.now() + 900 * SECOND), str(due))
        await store.commit(Change("ada", 1, moved, due))
        await store.close()
        async with world.bot() as bot:
            await bot.idle()
            assert world.channel.said("ada") == ["Let's pick this up another time."]
            world.clock.advance(900)
            assert await bot.fire_due() == 1
            await bot.idle()
            assert world.channel.said("bob")[-1] == "Let's pick this up another time."
            assert (await bot.health()).late == 0

    world.run(main())


# Two workers whose clocks differ.


@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("ahead", [1, 300, 7200])
def test_workers_whose_clocks_differ_agree_on_one_order(ahead: int, postgres: str) -> None:
    world = world_of(CLOCKS, lambda: MortalStore(postgres))
    clocks = [FakeClock(), FakeClock()]
    clocks[1].advance(ahead)

    def advance(seconds: float) -> None:
        for clock in clocks:
            clock.advance(seconds)

    async def main() -> None:
        slow, fast = (world.bot(store=MortalStore(postgres), clock=clock) for clock in clocks)
        async with slow, fast:
            instants: list[Instant] = []
            for bot, text in ((fast, "ask"), (slow, "x"), (fast, "x"), (slow, "help"), (slow, "x")):
                await world.say(bot, text)
                view = await slow.session("ada")
                assert view is not None
                assert view.at is not None
                instants.append(view.at)
                advance(1)
            assert instants == sorted(instants)
            world.channel.said()
            left = instants[-1] + 300 * SECOND - clocks[1].now()
            advance(left / SECOND - 0.001)
            assert [await slow.fire_due(), await fast.fire_due()] == [0, 0]
            advance(0.001)
            assert [await slow.fire_due(), await fast.fire_due()] == [0, 1]
            assert await world.say(fast) == ["Still here."]
            advance(ahead)
            assert [await fast.fire_due() for _ in range(2)] == [1 if ahead >= 300 else 0, 0]
            assert await slow.fire_due() == 0

    world.run(main())


# The timer itself, while the clock of the system is moved under it.


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes when nobody has anything to do, at once."""

    def __init__(self) -> None:
        super().__init__(selectors.SelectSelector())
        self.passed = 0.0
        select = self._selector.select  # type: ignore[attr-defined]  # there is no other place to take hold of it

        def wait(timeout: float | None) -> Any:
            self.passed += timeout or 0
            return select(0)

        self._selector.select = wait  # type: ignore[attr-defined]

    def time(self) -> float:
        return self.passed


class WallClock:
    """The clock on the wall: it goes with the loop's, until somebody puts it elsewhere."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.loop, self.offset = loop, 1_700_000_000.0

    def now(self) -> Instant:
        return round((self.loop.time() + self.offset) * SECOND)


@pytest.mark.parametrize(
    ("puts", "hears_after"),
    [
        pytest.param([], (300, 300), id="as it should"),
        pytest.param([(100, -3600)], (3900, 3900), id="an hour back"),
        pytest.param([(100, -86400)], (86700, 86700), id="a day back"),
        pytest.param([(100, 150)], (150, 210), id="a little forward"),
        pytest.param([(100, 150), (120, -150)], (300, 300), id="forward and back"),
        pytest.param([(100, -3600), (200, 3600)], (300, 300), id="back and forward"),
        pytest.param([(299, -1), (300, -1), (301, -1)], (303, 303), id="held at the last moment"),
    ],
)
def test_the_timer_goes_by_the_clock_on_the_wall(
    puts: list[tuple[float, float]], hears_after: tuple[float, float]
) -> None:
    """A deadline five minutes ahead comes when the wall shows it; where that was put forward beyond it, within the
    longest sleep of the timer."""
    loop = VirtualLoop()
    clock, channel, store = WallClock(loop), Channel(), MemoryStore()
    at: list[float] = []

    async def hears(_: object) -> None:
        at.append(loop.time())

    async def main() -> None:
        channel.before = hears
        bot = Bot(compiled(CLOCKS), store=store, actions=Nothing(), channel=channel, clock=clock)
        async with bot:
            begun = loop.time()
            await bot.receive(Message("1", "ada", "ask"))
            await bot.idle()
            for after, seconds in puts:
                await asyncio.sleep(begun + after - loop.time())
                clock.offset += seconds
            while len(at) < 2:  # noqa: ASYNC110 - of the time of the loop, which is none
                await asyncio.sleep(30)
            first, last = hears_after
            assert first <= at[1] - begun <= last + 1
            assert last - first <= LONGEST_SLEEP / SECOND

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(main())
    assert [reply.text for reply in channel.sent] == ["Number?", "Still here."]


@pytest.mark.parametrize("moved", [-86400, -60, 60, 86400, 365 * 86400])
def test_what_is_armed_after_the_clock_was_moved_comes_in_its_time(moved: float) -> None:
    loop = VirtualLoop()
    clock, channel, store = WallClock(loop), Channel(), MemoryStore()

    async def main() -> None:
        async with Bot(compiled(CLOCKS), store=store, actions=Nothing(), channel=channel, clock=clock) as bot:
            await asyncio.sleep(10)
            clock.offset += moved
            begun = loop.time()
            await bot.receive(Message("1", "ada", "ask"))
            while len(channel.sent) < 2:  # noqa: ASYNC110 - as above
                await asyncio.sleep(30)
            assert 300 <= loop.time() - begun <= 331

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(main())
    assert channel.said() == ["Number?", "Still here."]
