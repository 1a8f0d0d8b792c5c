"""A bot that embeds the flow `shared`: each line of standard input is a message, each reply a line of output.

Build the flow first: `flowc build examples/shared/shared.flow`, then run this file. What the flow imports is in its
module.
"""

from __future__ import annotations

import asyncio
import sys
import uuid

from actions import PostActions
from shared_flow import Actions, flow

from flowrt import Bot, Message, Reply


class Terminal:
    """A channel: whatever can send a reply."""

    async def send(self, reply: Reply) -> None:
        print(reply.text, *(f"[{label}]" for label in reply.buttons), flush=True)


async def main() -> None:
    actions: Actions = PostActions()
    async with Bot(flow, actions=actions, store="sqlite:///shared.db", channel=Terminal()) as bot:
        while line := await asyncio.to_thread(sys.stdin.readline):
            await bot.receive(Message(id=str(uuid.uuid4()), contact="terminal", text=line.strip()))


if __name__ == "__main__":
    asyncio.run(main())
