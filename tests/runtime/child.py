"""A bot in a process of its own, for tests that kill it: messages as JSON lines in, what happens out.

Arguments: the module of the flow, the file of the store, and an instant before which it does not open.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
import threading
from dataclasses import asdict

from flowrt import Bot, Message, Reply, SystemClock
from flowrt.abc import Notice
from flowrt.time import SECOND


class Printer:
    """Prints what it is given; the reply or notice counts as delivered once it is in the pipe."""

    async def send(self, reply: Reply) -> None:
        self.say("reply", asdict(reply))

    async def told(self, notice: Notice) -> None:
        self.say("notice", asdict(notice))

    def save_feedback(self, **arguments: object) -> None:
        self.say("call", arguments)

    def say(self, kind: str, data: dict[str, object]) -> None:
        sys.stdout.write(json.dumps({**data, "kind": kind}) + "\n")
        sys.stdout.flush()


async def main(module: str, store: str, opens_at: int) -> None:
    spec = importlib.util.spec_from_file_location("feedback_flow", module)
    assert spec is not None
    assert spec.loader is not None
    feedback = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(feedback)
    printer, clock = Printer(), SystemClock()
    threading.Event().wait(max(0, opens_at - clock.now()) / SECOND)
    url = f"sqlite:///{store}"
    bot = Bot(feedback.flow, store=url, actions=printer, channel=printer, listener=printer, clock=clock)
    async with bot:
        printer.say("open", {"at": clock.now()})
        while line := await asyncio.to_thread(sys.stdin.readline):
            handled = await bot.receive(Message(**json.loads(line)))
            printer.say("handled", {"handled": handled})


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
