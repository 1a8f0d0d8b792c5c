"""The drill: workers and their server are killed again and again while messages come, and then all is counted.

What was not acknowledged is delivered again, to whichever worker, and some of what was is delivered twice.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

WORKER = Path(__file__).parent / "drill_worker.py"


@dataclass(frozen=True)
class Plan:
    """What a drill does. A worker is killed each `kill_every` messages, the server each `crash_every`; when all is
    acknowledged, the next reply may take `patience` seconds.
    """

    module: Path
    store: str
    workers: int
    contacts: int = 10
    messages: int = 300
    in_flight: int = 48
    kill_every: int = 40
    crash_every: int = 0
    twice: float = 0.1
    patience: float = 15.0
    mistake: str = "none"
    seed: int = 1


class Worker:
    """A process, and what it was given and has not acknowledged."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.open = asyncio.Event()
        self.given: list[str] = []

    def give(self, id: str) -> None:
        """Hand it a message; one that is dead takes it and never answers."""
        assert self.process.stdin is not None
        contact, _, _ = id.partition("/")
        self.given.append(id)
        self.process.stdin.write(json.dumps({"id": id, "contact": contact, "text": "x"}).encode() + b"\n")


class Drill:
    """One drill. `said` is what the channel carried, in order: contact, id and text of each reply."""

    def __init__(self, plan: Plan, folder: Path, crash: Callable[[], None] | None = None) -> None:
        self.plan, self.socket, self.crash = plan, folder / "channel", crash
        self.random = random.Random(plan.seed)  # noqa: S311 - no secret hangs on it
        self.said: list[tuple[str, str, str]] = []
        self.ids = [f"c{number % plan.contacts}/{number}" for number in range(plan.messages)]
        self.waiting = list(reversed(self.ids))
        self.acknowledged: set[str] = set()
        self.workers: list[Worker] = []
        self.kills = self.crashes = 0
        self.news = asyncio.Event()

    async def run(self, count: Callable[[], Awaitable[list[str]]]) -> list[str]:
        """Run it to the end, and return what is wrong: by what was said, and by what `count` finds stored."""
        server = await asyncio.start_unix_server(self._carry, str(self.socket))
        readers = [asyncio.ensure_future(self._keep_one()) for _ in range(self.plan.workers)]
        try:
            await self._deliver_all()
            await self._wait_for_replies()
        finally:
            self.closing = True
            for worker in self.workers:
                assert worker.process.stdin is not None
                worker.process.stdin.close()
            await asyncio.wait(readers, timeout=30)
            for worker in self.workers:
                if worker.process.returncode is None:
                    worker.process.kill()
            server.close()
        return [*self.wrong(), *await count()]

    closing = False

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Write down what one worker says, then tell it that it was."""
        async for line in reader:
            key, contact, id, text = json.loads(line)
            self.said.append((contact, id, text))
            writer.write(json.dumps(key).encode() + b"\n")
            self.news.set()
        writer.close()

    async def _keep_one(self) -> None:
        """Keep one worker running: another process when it dies."""
        while not self.closing:
            arguments = [str(self.plan.module), self.plan.store, str(self.socket), self.plan.mistake]
            pipe = asyncio.subprocess.PIPE
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(WORKER),
                *arguments,
                stdin=pipe,
                stdout=pipe,
                env=environment,
                stderr=asyncio.subprocess.DEVNULL,
            )
            worker = Worker(process)
            self.workers.append(worker)
            assert process.stdout is not None
            async for line in process.stdout:
                self._hear(worker, line.decode().strip())
            await process.wait()
            self.workers.remove(worker)
            self.waiting += worker.given
            self.news.set()

    def _hear(self, worker: Worker, line: str) -> None:
        if line == "open":
            worker.open.set()
        else:
            worker.given.remove(line)
            self.acknowledged.add(line)
            if self.random.random() < self.plan.twice:
                self.waiting.append(line)
        self.news.set()

    async def _deliver_all(self) -> None:
        """Give every message to a worker until each is acknowledged, and kill meanwhile."""
        done = 0
        while sum(worker.open.is_set() for worker in self.workers) < self.plan.workers:
            await self._news()
        while len(self.acknowledged) < len(self.ids) or self.waiting:
            await self._news()
            ready = [
                worker
                for worker in self.workers
                if worker.open.is_set() and worker.process.returncode is None
            ]
            while ready and self.waiting and sum(len(worker.given) for worker in ready) < self.plan.in_flight:
                self.random.choice(ready).give(self.waiting.pop())
            if len(self.acknowledged) == done:
                continue
            before, done = done, len(self.acknowledged)
            if ready and before // self.plan.kill_every != done // self.plan.kill_every:
                self.random.choice(ready).process.kill()
                self.kills += 1
            every = self.plan.crash_every
            if self.crash is not None and every and before // every != done // every:
                self.crash()
                self.crashes += 1

    async def _wait_for_replies(self) -> None:
        while len({(contact, id) for contact, id, _ in self.said}) < len(self.ids):
            try:
                await asyncio.wait_for(self._news(), self.plan.patience)
            except TimeoutError:
                return  # what is missing is told by `wrong`

    async def _news(self) -> None:
        if not self.waiting:
            await self.news.wait()
        else:
            try:
                await asyncio.wait_for(self.news.wait(), 0.05)
            except TimeoutError:
                return
        self.news.clear()

    def wrong(self) -> list[str]:
        """What is wrong with what was said: each contact is to be told each number once, in order."""
        found: list[str] = []
        expected = Counter(id.partition("/")[0] for id in self.ids)
        texts: dict[tuple[str, str], str] = {}
        for contact, id, text in self.said:
            if texts.setdefault((contact, id), text) != text:
                found.append(f"{contact} was told {text} as {id}, and {texts[contact, id]} before")
        for contact, count in sorted(expected.items()):
            told = [text for (whose, _), text in texts.items() if whose == contact]
            if told != [str(number + 1) for number in range(count)]:
                found.append(f"{contact} was told {', '.join(told)}, and not 1 to {count}")
        return found
