"""A bot that embeds the sign-up: each line of standard input is a message, each reply a line of output.

Build the flow first: `flowc build examples/signup/signup.flow`, then run this file. What is stored and what the
listener hears is printed too: the code is in neither.
"""

from __future__ import annotations

import asyncio
import sys
import uuid

from actions import SignupActions
from signup_flow import Actions, flow

from flowrt import Bot, Dropped, Emitted, Ended, Message, Reply


class Terminal:
    """A channel, and a listener that prints what the session held when it ends."""

    async def send(self, reply: Reply) -> None:
        print(reply.text, flush=True)

    async def told(self, notice: Ended | Emitted | Dropped) -> None:
        if isinstance(notice, Ended):
            print(f"({notice.reason}: {', '.join(notice.values)})", flush=True)


async def main() -> None:
    actions: Actions = SignupActions()
    here = Terminal()
    async with Bot(flow, actions=actions, store="sqlite:///signup.db", channel=here, listener=here) as bot:
        while line := await asyncio.to_thread(sys.stdin.readline):
            await bot.receive(Message(id=str(uuid.uuid4()), contact="terminal", text=line.strip()))


if __name__ == "__main__":
    asyncio.run(main())
