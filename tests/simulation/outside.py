"""What a bot speaks with besides its store: the channel, the host that listens, and the actions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from zlib import crc32

from flowrt.abc import Notice
from flowrt.actions import current_call
from flowrt.effects import Call, Reply
from flowrt.errors import Again, Undeliverable
from flowrt.forms import admitted
from flowrt.slots import slot_of
from flowrt.values import Value
from tests.simulation.chance import Weather
from tests.simulation.oracle import Oracle
from tests.simulation.processes import BotProcess

FOREVER = 10_000.0
"""Seconds; longer than anybody waits."""


class Outside:
    """The channel and the host, as one process reaches them. Nothing ever reaches those who are `poisoned`."""

    def __init__(
        self, process: BotProcess, weather: Weather, oracle: Oracle, poisoned: frozenset[str]
    ) -> None:
        self._process = process
        self._weather = weather
        self._oracle = oracle
        self._poisoned = poisoned

    async def send(self, reply: Reply) -> None:
        """Take a reply."""
        if reply.contact in self._poisoned:
            raise ConnectionError("this number does not answer")
        if self._weather.hits("channel called it undeliverable"):
            raise Undeliverable("the contact has blocked the number")
        await self._carry("channel", lambda: self._oracle.given("reply", reply))

    async def told(self, notice: Notice) -> None:
        """Take a notice."""
        await self._carry("host", lambda: self._oracle.given("notice", notice))

    async def _carry(self, who: str, give: Callable[[], None]) -> None:
        weather = self._weather
        if weather.hits(f"{who} was slow"):
            await asyncio.sleep(weather.random.random() * 3.0)
        if weather.hits(f"{who} refused"):
            raise ConnectionError("the line is dead")
        if weather.hits(f"{who} hung"):
            await asyncio.sleep(FOREVER)
        give()
        if weather.hits(f"process killed when the {who} had it"):
            self._process.die()
            await asyncio.sleep(FOREVER)
        if weather.hits(f"{who} had it and said that it had not"):
            raise ConnectionError("the line went dead")
        if weather.hits(f"{who} had it and hung"):
            await asyncio.sleep(FOREVER)
        await asyncio.sleep(0)


class Actions:
    """The actions and functions of the flow that a process runs. Half of the actions are no coroutines."""

    def __init__(self, process: BotProcess, weather: Weather, oracle: Oracle) -> None:
        self._process = process
        self._weather = weather
        self._oracle = oracle
        for name in process.version.returns:
            action = self._coroutine(name) if crc32(name.encode()) % 2 else self._function(name)
            setattr(self, slot_of(name), action)
        for name, function in process.version.functions.items():
            setattr(self, slot_of(name), function)

    def _coroutine(self, name: str) -> Callable[..., object]:
        weather = self._weather

        async def action(**_arguments: Value) -> object:
            call = current_call()
            self._oracle.begins(self._process, call)
            if weather.hits("action was slow"):
                await asyncio.sleep(weather.random.random() * call.limit * 1.2)
            if weather.hits("action hung"):
                await asyncio.sleep(FOREVER)
            value = self._answer(name, call)
            if weather.hits("process killed after an action"):
                self._process.die()
                await asyncio.sleep(FOREVER)
            if weather.hits("action did it and was late"):
                await asyncio.sleep(FOREVER)
            return value

        return action

    def _function(self, name: str) -> Callable[..., object]:
        def action(**_arguments: Value) -> object:
            call = current_call()
            self._oracle.begins(self._process, call)
            return self._answer(name, call)

        return action

    def _answer(self, name: str, call: Call) -> object:
        weather, values = self._weather, self._process.version.returns[name]
        if weather.hits("action asked for another try"):
            raise Again("the printer is busy", after=weather.random.random() * 3.0)
        if weather.hits("action raised"):
            raise RuntimeError("the printer is on fire")
        if not values:
            return None
        value: object = weather.random.choice(values)
        if weather.hits("action gave something else"):
            value = weather.random.choice([object(), (value, value)])
        with suppress(ValueError):
            self._oracle.gives(call, admitted(value))
        return value
