"""The service beside the contacts: it delivers, and runs actions."""

from __future__ import annotations

import json

from restate import Context, RunOptions, Service

from flowrt import fields as read
from flowrt.codec import load_effect
from flowrt.effects import Call
from flowrt.engines.acting import Acting
from flowrt.engines.handing import Handing
from flowrt.engines.keeping import Row, row_of
from flowrt.engines.requests import fields_of, key_of
from flowrt.engines.restate.visits import BYTES, FORGET, LONGEST_ACTION, NEVER_GIVE_UP, encode
from flowrt.values import Records


class Helpers:
    """What reports to the objects of the service `contacts`."""

    def __init__(self, contacts: str, handing: Handing, acting: Acting, records: Records) -> None:
        self._contacts = contacts
        self._handing = handing
        self._acting = acting
        self._records = records

    def service(self, name: str) -> Service:
        """It as a service, which nobody outside may call."""
        helpers = Service(
            name,
            journal_retention=FORGET,
            inactivity_timeout=LONGEST_ACTION,
            abort_timeout=LONGEST_ACTION,
            ingress_private=True,
            invocation_retry_policy=NEVER_GIVE_UP,
        )

        @helpers.handler("act", input_serde=BYTES, output_serde=BYTES)
        async def act(ctx: Context, body: bytes) -> bytes:
            await self._act(ctx, body)
            return b""

        @helpers.handler("deliver", input_serde=BYTES, output_serde=BYTES)
        async def deliver(ctx: Context, body: bytes) -> bytes:
            await self._deliver(ctx, body)
            return b""

        return helpers

    async def _act(self, ctx: Context, body: bytes) -> None:
        fields = fields_of(body)
        contact = fields.text("contact")
        call = load_effect(fields.text("call"), contact, self._records)
        if isinstance(call, Call):
            result = await ctx.run_typed("act", self._acting.run, RunOptions(serde=BYTES), call)
            ctx.generic_send(self._contacts, "result", result, key=key_of(contact))

    async def _deliver(self, ctx: Context, body: bytes) -> None:
        """Hand over a batch, up to the first that is to be tried again, and report to the object."""
        fields = fields_of(body)
        contact, tries = fields.text("contact"), fields.whole("tries")
        taken, parked = list[int](), dict[str, str]()
        failed = False
        for row in fields.each("rows", row_of):
            handed = await ctx.run_typed("deliver", self._hand_over, RunOptions(serde=BYTES), contact, row)
            how, why = [read.text(part) for part in read.row(json.loads(handed))]
            if how == "later":
                failed = True
                break
            tries = 0
            if how == "parked":
                parked[str(row.seq)] = why
            else:
                taken.append(row.seq)
        report: dict[str, object] = {"name": fields.text("name"), "taken": taken, "parked": parked}
        report |= {"tries": tries + 1 if failed else 0}
        ctx.generic_send(self._contacts, "delivered", encode(report), key=key_of(contact))

    async def _hand_over(self, contact: str, row: Row) -> bytes:
        return encode(await self._handing.hand_over(contact, row.lane, row.body))
