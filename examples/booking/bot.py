"""A bot that embeds the booking flow: each line of standard input is a message, each reply a line of output.

Build the flow first: `flowc build examples/booking/booking.flow`, then run this file. The line `:remind` does what a
scheduler would do the day before: it tells the flow that an appointment is near.
"""

from __future__ import annotations

import asyncio
import sys
import uuid

from actions import BookingActions
from booking_flow import Actions, flow

from flowrt import Bot, Message, Reply

CONTACT = "terminal"


class Terminal:
    """A channel: whatever can send a reply."""

    async def send(self, reply: Reply) -> None:
        print(reply.text, *(f"[{label}]" for label in reply.buttons), flush=True)


async def main() -> None:
    salon = BookingActions()
    actions: Actions = salon
    async with Bot(flow, actions=actions, store="memory:", channel=Terminal()) as bot:
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip() == ":remind":
                for each in tuple(salon.appointments.values()):
                    await bot.event(CONTACT, "appointment_near", {"id": each.id, "at": each.at})
            else:
                await bot.receive(Message(id=str(uuid.uuid4()), contact=CONTACT, text=line.strip()))


if __name__ == "__main__":
    asyncio.run(main())
