"""A call with a secret runs from the memory of one process: once, or not at all."""

from __future__ import annotations

import asyncio
import json

from flowrt.actions import Runner
from flowrt.effects import Call
from flowrt.engines.acting import Acting
from flowrt.engines.measuring import Measuring
from flowrt.metrics import Metrics

CALL = Call("m1#0", "ada", "log_in", {"pin": "1234"}, 30.0, secret=True)


class Door:
    """An action that waits until somebody opens."""

    def __init__(self) -> None:
        self.pins: list[str] = []
        self.knocked, self.open = asyncio.Event(), asyncio.Event()

    async def log_in(self, pin: str) -> bool:
        self.pins.append(pin)
        self.knocked.set()
        await self.open.wait()
        return True


def acting(door: Door) -> Acting:
    return Acting(Runner({"log_in": door.log_in}, {"log_in": None}), Measuring(Metrics(), "visit"))


def test_a_call_that_is_kept_runs_once_however_often_it_is_asked_for() -> None:
    async def main() -> None:
        door = Door()
        process = acting(door)
        ticket = (await process.keep(CALL)).decode()
        assert "1234" not in ticket
        cut_off = asyncio.create_task(process.run_kept(ticket, "ada", "m1#0"))
        await door.knocked.wait()
        cut_off.cancel()
        await asyncio.wait([cut_off])
        door.open.set()
        answers = [await process.run_kept(ticket, "ada", "m1#0") for _ in range(2)]
        assert [json.loads(answer) for answer in answers] == [{"id": "m1#0", "value": True}] * 2
        assert door.pins == ["1234"]

    asyncio.run(main())


def test_of_a_call_that_is_kept_elsewhere_or_was_forgotten_is_said_that_it_has_failed() -> None:
    lost = {"id": "m1#0", "failure": "its secret argument was not stored, and the bot was stopped"}

    async def main() -> None:
        door = Door()
        process, other = acting(door), acting(door)
        ticket = (await process.keep(CALL)).decode()
        assert json.loads(await other.run_kept(ticket, "ada", "m1#0")) == lost
        process.forget(ticket)
        assert json.loads(await process.run_kept(ticket, "ada", "m1#0")) == lost
        assert door.pins == []

    asyncio.run(main())
