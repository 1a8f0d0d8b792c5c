"""A bot that embeds the parcel flow: each line of standard input is a message, each reply a line of output.

Build the flow first: `flowc build examples/parcel/parcel.flow`, then run this file. What drivers do is written by
hand: `:open` announces the parcel NL7, `:near 3`, `:delivered behind the bin` and `:stored B4` tell of it. Its code
is 4711.
"""

from __future__ import annotations

import asyncio
import sys
import uuid
from datetime import UTC, datetime, timedelta

from actions import ParcelActions
from parcel_flow import Actions, Parcel, flow

from flowrt import Bot, Dropped, Emitted, Ended, Message, Reply

CONTACT = "terminal"


class Terminal:
    """A channel, and a listener: what the flow tells the carrier is shown in brackets."""

    async def send(self, reply: Reply) -> None:
        print(reply.text, *(f"[{label}]" for label in reply.buttons), flush=True)

    async def told(self, notice: Ended | Emitted | Dropped) -> None:
        if isinstance(notice, Emitted):
            print(f"({notice.name} {dict(notice.values)})", flush=True)


async def take(bot: Bot, line: str) -> None:
    """Hand on what a line says: something that a driver has done, or a message."""
    command, _, rest = line.partition(" ")
    match command:
        case ":open":
            await bot.open(CONTACT)
        case ":near" if rest.isdecimal():
            await bot.event(CONTACT, "near", {"stops": int(rest)})
        case ":delivered":
            await bot.event(CONTACT, "delivered", {"at": rest})
        case ":stored":
            until = datetime.now(UTC).date() + timedelta(days=5)
            await bot.event(CONTACT, "stored", {"locker": rest, "until": until})
        case _:
            await bot.receive(Message(id=str(uuid.uuid4()), contact=CONTACT, text=line))


async def main() -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    parcel = Parcel(number="NL7", addressee="Ada", sender="Book Barn", due=tomorrow)
    actions: Actions = ParcelActions({"NL7": parcel}, {CONTACT: "NL7"}, {"NL7": "4711"})
    terminal = Terminal()
    store = "sqlite:///parcel.db"
    async with Bot(flow, actions=actions, store=store, channel=terminal, listener=terminal) as bot:
        while line := await asyncio.to_thread(sys.stdin.readline):
            await take(bot, line.strip())


if __name__ == "__main__":
    asyncio.run(main())
