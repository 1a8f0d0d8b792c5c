"""A bot that embeds the support desk: each line of standard input is a message, each reply a line of output.

Build the flow first: `flowc build examples/support/support.flow`, then run this file. Where the desk hands over to
the team, the next line gives the contact back.
"""

from __future__ import annotations

import asyncio
import sys
import uuid

from actions import SupportActions
from support_flow import Actions, flow

from flowrt import Bot, Dropped, Emitted, Ended, Message, Reply

CONTACT = "terminal"


class Terminal:
    """A channel, and a listener: it hears when the team takes over."""

    def __init__(self) -> None:
        self.with_team = False

    async def send(self, reply: Reply) -> None:
        buttons = "".join(f"\n  [{label}]" for label in reply.buttons)
        print(f"{reply.text}{buttons}", flush=True)

    async def told(self, notice: Ended | Emitted | Dropped) -> None:
        if isinstance(notice, Ended) and notice.reason == "handed off":
            self.with_team = True
            print("(The team has it now.)", flush=True)


async def main() -> None:
    actions: Actions = SupportActions()
    here = Terminal()
    async with Bot(flow, actions=actions, store="sqlite:///support.db", channel=here, listener=here) as bot:
        while line := await asyncio.to_thread(sys.stdin.readline):
            if here.with_team:
                await bot.give_back(CONTACT)
                here.with_team = False
            await bot.receive(Message(id=str(uuid.uuid4()), contact=CONTACT, text=line.strip()))


if __name__ == "__main__":
    asyncio.run(main())
