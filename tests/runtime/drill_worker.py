"""A worker of the drill, in a process of its own: messages as JSON lines in, those that were accepted out.

Arguments: the module of the flow, the store, the socket to which replies go, and which mistake the store makes.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from typing import Any

import flowrt.following
from flowrt import Bot, Message, Reply, Store
from flowrt.abc import Change
from flowrt.stores import open_store
from flowrt.stores.postgres import PostgresStore
from flowrt.stores.sqlite import SqliteStore

LEASE = 1.0


class Careless(PostgresStore):
    """It replaces whatever session is there."""

    async def commit(self, change: Change) -> None:
        change.expects = None
        await super().commit(change)


class Hasty(SqliteStore):
    """It answers first and writes a moment later."""

    async def commit(self, change: Change) -> None:
        asyncio.get_running_loop().call_later(
            0.02, lambda: asyncio.ensure_future(super(Hasty, self).commit(change))
        )


def store_of(name: str, mistake: str) -> Store:
    match mistake:
        case "careless":
            return Careless(name, connections=4, lease=LEASE)
        case "hasty":
            return Hasty(name.removeprefix("sqlite:///"))
        case _:
            if name.startswith("sqlite"):
                return open_store(name)
            return PostgresStore(name, connections=4, lease=LEASE, patience=30.0)


def say(line: str) -> None:
    """Tell the drill."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Channel:
    """Sends each reply over a socket, and waits until it is written down there."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.waiting: dict[str, asyncio.Future[None]] = {}

    async def send(self, reply: Reply) -> None:
        key = f"{reply.contact} {reply.id}"
        self.waiting[key] = asyncio.get_running_loop().create_future()
        self.writer.write(json.dumps([key, reply.contact, reply.id, reply.text]).encode() + b"\n")
        await self.waiting[key]

    async def listen(self) -> None:
        async for line in self.reader:
            self.waiting.pop(json.loads(line)).set_result(None)


async def main(module: str, store: str, socket: str, mistake: str) -> None:
    spec = importlib.util.spec_from_file_location("counting_flow", module)
    assert spec is not None
    assert spec.loader is not None
    counting: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(counting)
    flowrt.following.TAKE_OVER_EVERY = 0.2
    channel = Channel(*await asyncio.open_unix_connection(socket))
    listening = asyncio.ensure_future(channel.listen())
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    bot = Bot(counting.flow, store=store_of(store, mistake), channel=channel, retry_after=0.05)
    tasks: set[asyncio.Task[None]] = set()

    async def take(line: bytes) -> None:
        message = Message(**json.loads(line))
        await bot.receive(message)
        say(message.id)

    async with bot:
        say("open")
        async for line in lines:
            task = asyncio.ensure_future(take(line))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)
    listening.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
