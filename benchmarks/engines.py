"""What a whole message costs with each engine: a bot on SQLite, on PostgreSQL, and the same flow on Restate.

    .venv/bin/python -m benchmarks.engines [--rounds 5] [--messages 500]

A message is handled, its reply is delivered, and all of it is durable. Engines take turns, and medians are printed:
messages a second, and the processor's time of the bot and of the server for each. Who sends runs on the same cores.
An engine whose server cannot be had is named as absent.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import NamedTuple, Protocol

from flowc.emit.python import emit_python
from flowrt import Bot, Message, Reply
from flowrt.engines.requests import request
from tests.compiler.programs import machine
from tests.restate import Restate
from tests.restate_bot import Service
from tests.runtime.counting import PROGRAM, counting
from tests.servers import NoServer, Postgres

IN_FLIGHT = (1, 64)
TICKS = os.sysconf("SC_CLK_TCK")

ids = itertools.count()


class Peer(Protocol):
    """An engine."""

    name: str

    async def handle(self, contact: str) -> None:
        """Handle one message of `contact`."""

    @property
    def said(self) -> int:
        """How many replies it has delivered."""
        ...

    def used(self) -> tuple[float, float]:
        """What bot and server have used of the processor, in seconds."""
        ...


class Counting:
    """A channel that counts."""

    said = 0

    async def send(self, reply: Reply) -> None:  # noqa: ARG002 - it is only counted
        """Take it."""
        self.said += 1


class InProcess:
    """A bot of this process; `server` are the processes of its store."""

    def __init__(self, name: str, store: str, server: Callable[[], list[int]]) -> None:
        self.name, self._server, self._channel = name, server, Counting()
        self.bot = Bot(counting(), store=store, channel=self._channel)

    async def handle(self, contact: str) -> None:
        """Handle one message."""
        await self.bot.receive(Message(f"m{next(ids)}", contact, "hi"))

    @property
    def said(self) -> int:
        """How many replies were delivered."""
        return self._channel.said

    def used(self) -> tuple[float, float]:
        """What bot and server have used of the processor, in seconds."""
        return time.process_time(), sum(map(used_by, self._server()))


class OnRestate:
    """A bot in a process of its own, which a server calls."""

    name = "Restate, one node"

    def __init__(self, service: Service) -> None:
        self._service = service
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def handle(self, contact: str) -> None:
        """Handle one message, by way of the server."""
        path, body = request(self._service.flow, Message(f"m{next(ids)}", contact, "hi"))
        port = self._service.restate.nodes[0].ingress
        reader, writer = self._free.pop() if self._free else await asyncio.open_connection("127.0.0.1", port)
        head = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json"]
        head.append(f"Content-Length: {len(body)}\r\n\r\n")
        writer.write("\r\n".join(head).encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
        [length] = [
            int(line.split(b":")[1])
            for line in answer.splitlines()
            if line.lower().startswith(b"content-length:")
        ]
        await reader.readexactly(length)
        self._free.append((reader, writer))

    @property
    def said(self) -> int:
        """How many replies were delivered."""
        return self._service.lines

    def used(self) -> tuple[float, float]:
        """What bot and server have used of the processor, in seconds."""
        server = self._service.restate.nodes[0].process
        assert server is not None
        return used_by(self._service.pid), used_by(server.pid)


def used_by(pid: int) -> float:
    """What a process has used of the processor, and its children that have ended, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def with_children(pid: int) -> list[int]:
    """A process and its children."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, listed)]


class Run(NamedTuple):
    """What one round took, for each message, in seconds."""

    wall: float
    bot: float
    server: float


async def round_of(peer: Peer, messages: int, in_flight: int) -> Run:
    """So many messages, and their replies."""

    async def talk(who: int) -> None:
        for number in range(messages // in_flight):
            await peer.handle(f"contact {who} {number % 10}")

    count = messages // in_flight * in_flight
    wanted = peer.said + count
    before, began = peer.used(), time.perf_counter()
    await asyncio.gather(*[talk(who) for who in range(in_flight)])
    while peer.said < wanted:  # noqa: ASYNC110 - another process delivers
        await asyncio.sleep(0.005)
    wall, after = time.perf_counter() - began, peer.used()
    return Run(*[part / count for part in (wall, after[0] - before[0], after[1] - before[1])])


async def peers(stack: AsyncExitStack, servers: ExitStack) -> list[Peer]:
    """Every engine there is here."""
    folder = Path(servers.enter_context(tempfile.TemporaryDirectory(prefix="flowc-benchmark-")))
    found: list[Peer] = []
    bots = [InProcess("SQLite", f"sqlite:///{folder}/s.db", list)]
    try:
        postgres = servers.enter_context(Postgres(durable=True))
        bots.append(InProcess("PostgreSQL", postgres.dsn, lambda: with_children(postgres.pid)))
    except NoServer as why:
        print(f"PostgreSQL is absent: {why}", file=sys.stderr)
    for one in bots:
        await stack.enter_async_context(one.bot)
        found.append(one)
    try:
        module = folder / "counted_flow.py"
        module.write_text(emit_python(machine(f"flow counted\n\n{PROGRAM}")), encoding="utf-8")
        restate = servers.enter_context(Restate())
        found.append(OnRestate(servers.enter_context(Service(restate, module, "counted"))))
    except NoServer as why:
        print(f"Restate is absent: {why}", file=sys.stderr)
    return found


async def measure(rounds: int, messages: int) -> Iterator[str]:
    """The rows of a table."""
    runs: dict[tuple[str, int], list[Run]] = {}
    with ExitStack() as servers:
        async with AsyncExitStack() as stack:
            there = await peers(stack, servers)
            for number, in_flight in itertools.product(range(rounds + 1), IN_FLIGHT):
                for peer in there:
                    run = await round_of(peer, messages if in_flight > 1 else messages // 4, in_flight)
                    if number:  # the first warms up
                        runs.setdefault((peer.name, in_flight), []).append(run)
    return (row(name, in_flight, found) for (name, in_flight), found in sorted(runs.items()))


def row(name: str, in_flight: int, runs: list[Run]) -> str:
    """One row of the table."""
    wall, bot, server = [statistics.median(column) for column in zip(*runs, strict=True)]
    return f"| {name} | {in_flight} | {1 / wall:,.0f} | {bot * 1000:.1f} ms | {server * 1000:.1f} ms |"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="What a whole message costs with each engine.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=500)
    arguments = parser.parse_args()
    rows = asyncio.run(measure(arguments.rounds, arguments.messages))
    print("| engine | in flight | messages/s | processor, bot | processor, server |")
    print("|---|---|---|---|---|")
    for line in rows:
        print(line)
    print(f"\nCPython {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
