"""Running the actions that a flow calls, for an engine; those with secrets from the memory of this process alone."""

from __future__ import annotations

import asyncio
import secrets

from flowrt.actions import Runner, lost_secret
from flowrt.effects import Call
from flowrt.engines.measuring import Measuring
from flowrt.engines.requests import dump_event

KEPT = 600.0
"""How long, in seconds beyond its limit, a call with a secret and its result are kept for whoever asks again."""


class Acting:
    """Runs actions, each within its limit. What comes of one is the event to send on, as JSON.

    A call with a secret is kept here under a ticket, which tells nothing and may be stored. It runs once, however
    often it is asked for. In another process, or after this one was killed, nothing is known of it: it has failed.
    """

    def __init__(self, runner: Runner, measuring: Measuring) -> None:
        self._runner = runner
        self._measuring = measuring
        self._kept: dict[str, Call] = {}
        self._running: dict[str, asyncio.Task[bytes]] = {}

    async def run(self, call: Call) -> bytes:
        """Run `call`."""
        with self._measuring.doing("calls"):
            return dump_event(await self._runner.result(call))

    async def keep(self, call: Call) -> bytes:
        """Keep `call`, which holds a secret, in memory; the ticket for it."""
        ticket = secrets.token_hex(8)
        self._kept[ticket] = call
        asyncio.get_running_loop().call_later(call.limit + KEPT, self.forget, ticket)
        return ticket.encode("ascii")

    async def run_kept(self, ticket: str, contact: str, id: str) -> bytes:
        """Run what was kept under `ticket`: the call of this id, unless it has been lost, or runs already."""
        call = self._kept.pop(ticket, None)
        if call is not None:
            self._running[ticket] = asyncio.create_task(self.run(call))
        if ticket not in self._running:
            return dump_event(lost_secret(contact, id))
        return await asyncio.shield(self._running[ticket])

    def forget(self, ticket: str) -> None:
        """What came of it is stored: nobody asks again."""
        self._kept.pop(ticket, None)
        self._running.pop(ticket, None)
