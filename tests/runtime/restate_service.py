"""A bot as a Restate service, in a process of its own, for the tests.

Arguments: the module of the flow, the port, the file in which it records what it says and does, and options.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

import restate
from hypercorn.asyncio import serve
from hypercorn.config import Config

from flowrt import Reply
from flowrt.abc import Notice
from flowrt.actions import current_call
from flowrt.effects import Ended
from flowrt.engines.keeping import Kept
from flowrt.engines.restate import RestateEngine
from flowrt.errors import Again, Undeliverable
from flowrt.metrics import Metrics


class Record:
    """The file: each line is written at once, and stays if the process is killed."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.path = Path(path)

    def write(self, *line: object) -> None:
        os.write(self._file, json.dumps(line).encode() + b"\n")


class Channel:
    """Records replies. `away` says that it fails while there is a file of that name beside the record."""

    def __init__(self, record: Record) -> None:
        self.record = record

    async def send(self, reply: Reply) -> None:
        if self.record.path.with_suffix(".away").exists():
            raise ConnectionError("the channel is away")
        if self.record.path.with_suffix(".closed").exists():
            raise Undeliverable("the window is closed")
        self.record.write("reply", reply.contact, reply.id, reply.text)


class Listener:
    """Records how sessions end, and what the flow emits."""

    def __init__(self, record: Record) -> None:
        self.record = record

    async def told(self, notice: Notice) -> None:
        what = notice.reason if isinstance(notice, Ended) else type(notice).__name__
        self.record.write("notice", notice.contact, notice.id, what)


class Actions:
    """Records every call."""

    def __init__(self, record: Record) -> None:
        self.record = record

    async def save_feedback(self, name: str, rating: int, comment: str | None) -> None:
        call = current_call()
        self.record.write("call", call.contact, call.id, name, rating, comment)

    async def book(self, name: str) -> str:
        call = current_call()
        self.record.write("call", call.contact, call.id, name)
        if name == "slow":
            await asyncio.sleep(60)
        if name == "broken":
            raise RuntimeError("no seats")
        await self._while_busy()
        if name == "again" and call.attempt == 1:
            raise Again
        if name == "crash" and self.record.path.read_text().count('"crash"') == 1:
            os.kill(os.getpid(), 9)
        return f"{name}-1"

    async def log_in(self, pin: str) -> bool:
        call = current_call()
        self.record.write("call", call.contact, call.id)
        await self._while_busy()
        if pin == "crash":
            os.kill(os.getpid(), 9)
        return pin.startswith("1234")

    async def _while_busy(self) -> None:
        while self.record.path.with_suffix(".busy").exists():  # noqa: ASYNC110 - another process ends it
            await asyncio.sleep(0.01)

    def pause(self, name: str) -> str:
        if name == "raise":
            raise RuntimeError("a function that fails")
        return name


class Measured(Metrics):
    """Records what is measured."""

    def __init__(self, record: Record) -> None:
        self._write = partial(record.write, "metric", "-")

    def took(self, kind: str, outcome: str, seconds: float) -> None:
        self._write("took", kind, outcome, seconds)

    def fired(self, seconds: float) -> None:
        self._write("fired", seconds)

    def ended(self, reason: str) -> None:
        self._write("ended", reason)

    def delivered(self, lane: str, outcome: str) -> None:
        self._write("delivered", lane, outcome)

    def called(self, action: str, outcome: str, seconds: float) -> None:
        self._write("called", action, outcome, seconds)


def sealed(options: tuple[str, ...]) -> Any:
    """What encrypts all that Restate is given: of the module and with the key that an option names, if one does."""
    for option in options:
        if option.startswith("sealed="):
            path, key = option.removeprefix("sealed=").split("|")
            return load(path).Sealed(key.encode())
    return None


def load(path: str) -> Any:
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[Path(path).stem] = module
    spec.loader.exec_module(module)
    return module


def main(module: str, port: str, record: str, *options: str) -> None:
    if "forgetful" in options:
        Kept.knows = lambda self, mark: False  # type: ignore[method-assign]  # noqa: ARG005 - a mistake on purpose
    kept = Record(record)
    flow = load(module).flow
    engine = RestateEngine(
        flow,
        actions=Actions(kept),
        channel=Channel(kept),
        listener=Listener(kept),
        retry_after=0.05,
        metrics=Measured(kept) if "measured" in options else None,
    )
    app = restate.app(engine.services, journal_value_codec=sealed(options))
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.accesslog = None
    asyncio.run(serve(app, config))


if __name__ == "__main__":
    main(*sys.argv[1:])
