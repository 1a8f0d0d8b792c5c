"""What a bot says of itself: its health, and measurements through OpenTelemetry's API."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint

from flowrt import Again, Bot, FakeClock, Message, Undeliverable, current_call
from flowrt.effects import Reply
from flowrt.flow import Flow
from flowrt.stores.memory import MemoryStore
from flowrt.telemetry import OpenTelemetry
from tests.runtime.world import World, until

Points = dict[tuple[str, ...], float]


class Measured:
    """A meter in memory."""

    def __init__(self) -> None:
        self._reader = InMemoryMetricReader()
        self._provider = MeterProvider([self._reader], shutdown_on_exit=False)
        self.metrics = OpenTelemetry(self._provider)

    def read(self) -> dict[str, Points]:
        """Of each metric, by the values of its attributes: its value, or how often a histogram was given one."""
        data = self._reader.get_metrics_data()
        found: dict[str, Points] = {}
        for resource in [] if data is None else data.resource_metrics:
            for scope in resource.scope_metrics:
                assert scope.scope.name == "flowrt"
                for metric in scope.metrics:
                    found[metric.name] = {
                        tuple(str(value) for value in (point.attributes or {}).values()): _number(point)
                        for point in metric.data.data_points
                    }
        return found

    def sum(self, name: str) -> float:
        """The sum of all that a histogram was given."""
        data = self._reader.get_metrics_data()
        assert data is not None
        points = [
            point
            for scope in data.resource_metrics[0].scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]
        return sum(point.sum for point in points if isinstance(point, HistogramDataPoint))


def _number(point: object) -> float:
    if isinstance(point, HistogramDataPoint):
        return point.count
    assert isinstance(point, NumberDataPoint)
    return point.value


@pytest.fixture
def world(feedback_flow: Flow[Any]) -> World:
    """A world in memory."""
    kept = MemoryStore()
    return World(feedback_flow, lambda: kept)


def test_a_conversation_is_measured(world: World) -> None:
    measured = Measured()

    async def main() -> None:
        async with world.bot(metrics=measured.metrics) as bot:
            await world.say(bot, "hi", "Ada", "5", "nice")
            await bot.receive(Message("m1", "ada", "hi"))
            await world.say(bot, "hi", contact="bob")
            world.clock.advance(903)
            await bot.fire_due()
            await bot.idle()

    world.run(main())
    found = measured.read()
    assert found["flowrt.events"] == {
        ("Message", "handled"): 5,
        ("Message", "known"): 1,
        ("Result", "handled"): 1,
        ("Due", "handled"): 1,
    }
    assert found["flowrt.event.duration"] == found["flowrt.events"]
    assert found["flowrt.sessions.ended"] == {("ended",): 1, ("expired",): 1}
    assert found["flowrt.deliveries"] == {("reply", "delivered"): 8, ("notice", "delivered"): 2}
    assert found["flowrt.action.duration"] == {("save_feedback", "answered"): 1}
    assert measured.sum("flowrt.deadline.lateness") == 3.0
    assert "flowrt.backlog" not in found or found["flowrt.backlog"] == {}


def test_what_goes_wrong_is_measured(world: World) -> None:
    measured = Measured()

    async def refuse(reply: Reply) -> None:
        if reply.contact == "eve":
            raise Undeliverable("no such number")

    async def fail() -> None:
        raise ValueError("the server is away")

    async def main() -> None:
        world.channel.before, world.actions.answer = refuse, fail
        async with world.bot(metrics=measured.metrics) as bot:
            await world.say(bot, "hi", "Ada", "5", "nice")
            await world.say(bot, "hi", contact="eve")

    world.run(main())
    found = measured.read()
    assert found["flowrt.action.duration"] == {("save_feedback", "failed"): 1}
    assert found["flowrt.deliveries"]["reply", "parked"] == 2


def test_each_try_of_an_action_is_measured(world: World) -> None:
    measured = Measured()

    async def ask_twice() -> None:
        if current_call().attempt < 3:
            raise Again("busy")

    async def main() -> None:
        world.actions.answer = ask_twice
        async with world.bot(metrics=measured.metrics) as bot:
            for text in ("hi", "Ada", "5", "nice"):
                await bot.receive(world.message(text))
            await until(lambda: world.listener.ends() == ["ended"])
            world.actions.answer = asyncio.Event().wait
            await world.say_and_wait(bot, "hi", "Ada", "5", "nice")
            world.clock.advance(30)
            await bot.fire_due()
            await bot.idle()
            await world.say_and_wait(bot, "hi", "Ada", "5", "nice")
            await bot.erase("ada")
            await bot.idle()

    world.run(main())
    assert measured.read()["flowrt.action.duration"] == {
        ("save_feedback", "again"): 2,
        ("save_feedback", "answered"): 1,
        ("save_feedback", "failed"): 1,
        ("save_feedback", "cancelled"): 1,
    }


def test_the_backlog_is_what_is_at_hand(world: World) -> None:
    measured = Measured()

    async def main() -> None:
        go = asyncio.Event()
        world.actions.answer = go.wait
        async with world.bot(metrics=measured.metrics) as bot:
            await world.say_and_wait(bot, "hi", "Ada", "5", "nice")
            health = await bot.health()
            assert (health.ok, health.events, health.deliveries, health.calls) == (True, 0, 0, 1)
            assert measured.read()["flowrt.backlog"] == {
                ("feedback", "events"): 0,
                ("feedback", "deliveries"): 0,
                ("feedback", "calls"): 1,
            }
            go.set()
            await bot.idle()
            assert (await bot.health()).calls == 0

    world.run(main())
    assert "flowrt.backlog" not in measured.read()


def test_a_deadline_that_nobody_serves_makes_a_bot_late(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            await world.say(bot, "hi")
            assert (await bot.health()).late == 0
            world.clock.advance(500)
            assert await bot.fire_due() == 0  # which looks ahead
            world.clock.advance(407)
            assert (await bot.health()).late == 907 - 900
            await bot.fire_due()
            assert (await bot.health()).late == 0

    world.run(main())


def test_a_store_that_cannot_be_read_is_a_fault_in_words(feedback_flow: Flow[Any]) -> None:
    class Away(MemoryStore):
        async def read(self, contact: str, mark: str | None) -> Any:
            raise ConnectionError(f"cannot look for {contact} and {mark}")

    async def main() -> None:
        bot = Bot(
            feedback_flow, store=Away(), actions=World(feedback_flow, MemoryStore).actions, clock=FakeClock()
        )
        assert (await bot.health()).fault == "the bot is not open"
        async with bot:
            health = await bot.health()
            assert not health.ok
            assert health.fault is not None
            assert health.fault.startswith("ConnectionError at ")

    asyncio.run(main())


def test_nothing_measured_names_a_contact_or_repeats_a_text(world: World) -> None:
    measured = Measured()

    async def main() -> None:
        async with world.bot(metrics=measured.metrics) as bot:
            await world.say(bot, "hi", "Ada Lovelace", "5", "nice widget", contact="31612345678")

    world.run(main())
    said = repr(measured._reader.get_metrics_data()) + repr(measured.read())
    assert "flowrt.events" in said
    assert not [text for text in ("31612345678", "Ada", "widget") if text in said]


WITHOUT = """
import sys
sys.modules["opentelemetry"] = None
from flowrt.metrics import Metrics, default_metrics
print(type(default_metrics()) is Metrics)
"""


def test_without_opentelemetry_nothing_is_measured_and_nothing_breaks() -> None:
    command = [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}\n{WITHOUT}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "True\n"


def test_a_bot_alone_does_not_load_the_sdk() -> None:
    report = f"import sys; sys.path[:] = {sys.path!r}; import flowrt.telemetry; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    assert "opentelemetry.metrics" in done.stdout.split()
    assert "opentelemetry.sdk" not in done.stdout.split()
