"""Bots that serve a store before and while `flowc sessions` looks after it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from flowc.pipeline import compile_flow, load_flow
from flowc.source import load
from flowrt import Bot, FakeClock, Message, Reply, Undeliverable
from flowrt.flow import Flow
from flowrt.time import SECOND

BEGIN = 1_800_000_000 * SECOND


def flow() -> Flow[Any]:
    """The flow `orders.flow` of the working folder."""
    machine = compile_flow(load(Path("orders.flow"))).machine
    assert machine is not None
    return load_flow(machine)


class Recorder:
    """A channel and a listener that record, but for those who cannot be reached."""

    def __init__(self, out_of_reach: str = "") -> None:
        self.said: list[tuple[str, str]] = []
        self.told_of: list[object] = []
        self.out_of_reach = out_of_reach

    async def send(self, reply: Reply) -> None:
        if reply.contact == self.out_of_reach:
            raise Undeliverable("no such number")
        self.said.append((reply.contact, reply.text))

    async def told(self, notice: object) -> None:
        self.told_of.append(notice)


def bot_of(ears: Recorder, store: str = "sqlite:///sessions.db", actions: object = None) -> Bot:
    """A bot of the flow, with a clock that stands still."""
    return Bot(flow(), store=store, actions=actions, channel=ears, listener=ears, clock=FakeClock(BEGIN))


def serve(
    work: Callable[[Bot], Awaitable[None]], recorder: Recorder | None = None, actions: object = None
) -> Recorder:
    """Have a bot serve the store during `work`."""
    ears = recorder or Recorder()

    async def main() -> None:
        async with bot_of(ears, actions=actions) as bot:
            await work(bot)
            await bot.idle()

    asyncio.run(main())
    return ears


def talk(recorder: Recorder | None = None, actions: object = None, /, **said: list[str]) -> Recorder:
    """Have each contact say some things."""

    async def work(bot: Bot) -> None:
        for contact, texts in said.items():
            for number, text in enumerate(texts):
                await bot.receive(Message(f"{contact}{number}", contact, text))

    return serve(work, recorder, actions)


async def nothing(_: Bot) -> None:
    """What a bot does that only delivers."""
