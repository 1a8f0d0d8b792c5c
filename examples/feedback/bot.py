"""A bot that embeds the feedback flow: each line of standard input is a message, each reply a line of output.

Build the flow first: `flowc build examples/feedback/feedback.flow`, then run this file.
"""

from __future__ import annotations

import asyncio
import sys
import uuid

from actions import FeedbackActions
from feedback_flow import Actions, flow

from flowrt import Bot, Message, Reply


class Terminal:
    """A channel: whatever can send a reply."""

    async def send(self, reply: Reply) -> None:
        print(reply.text, flush=True)


async def main() -> None:
    actions: Actions = FeedbackActions()
    async with Bot(flow, actions=actions, store="sqlite:///feedback.db", channel=Terminal()) as bot:
        while line := await asyncio.to_thread(sys.stdin.readline):
            # A message's id is its own for ever: one that the bot has seen is not handled again.
            await bot.receive(Message(id=str(uuid.uuid4()), contact="terminal", text=line.strip()))


if __name__ == "__main__":
    asyncio.run(main())
