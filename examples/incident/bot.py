"""A bot that embeds the incident flow: each line of standard input is a message, each reply a line of output.

Build the flow first: `flowc build examples/incident/incident.flow`, then run this file. A terminal has no camera and
no map: the line `:photo https://example.com/a.jpg` sends a photo, `:place 52.37 4.89` a location.
"""

from __future__ import annotations

import asyncio
import sys
import uuid
from decimal import Decimal, InvalidOperation

from actions import IncidentActions
from incident_flow import Actions, flow

from flowrt import Bot, Message, Reply
from flowrt.values import Media


class Terminal:
    """A channel: whatever can send a reply."""

    async def send(self, reply: Reply) -> None:
        print(reply.text, *(f"[{label}]" for label in reply.buttons), flush=True)


def message_of(line: str) -> Message:
    """What a line says, as a message of the one contact that a terminal has."""
    id = str(uuid.uuid4())
    match line.split():
        case [":photo", url]:
            return Message(id, "terminal", media=Media("image", url=url))
        case [":place", latitude, longitude]:
            try:
                place = Media("location", latitude=Decimal(latitude), longitude=Decimal(longitude))
            except InvalidOperation:
                return Message(id, "terminal", text=line)
            return Message(id, "terminal", media=place)
        case _:
            return Message(id, "terminal", text=line)


async def main() -> None:
    actions: Actions = IncidentActions()
    async with Bot(flow, actions=actions, store="sqlite:///incident.db", channel=Terminal()) as bot:
        while line := await asyncio.to_thread(sys.stdin.readline):
            await bot.receive(message_of(line.strip()))


if __name__ == "__main__":
    asyncio.run(main())
