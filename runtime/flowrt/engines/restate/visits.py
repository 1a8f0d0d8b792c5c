"""One look at the object of a contact: what it keeps is loaded, and what differs afterwards is set."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from restate import InvocationRetryPolicy, ObjectContext
from restate.serde import BytesSerde, Serde

from flowrt.engines.keeping import Alarm, Kept
from flowrt.engines.requests import contact_of
from flowrt.time import SECOND, Instant

LONGEST_ACTION = timedelta(days=1)
"""How long Restate waits for a service that is at work, before it takes the attempt for stalled."""

NEVER_GIVE_UP = InvocationRetryPolicy(
    initial_interval=timedelta(milliseconds=50),
    exponentiation_factor=2.0,
    max_interval=timedelta(seconds=10),
    max_attempts=2**31 - 1,
    on_max_attempts="pause",
)
FORGET = timedelta(0)
BYTES = BytesSerde()


def encode(data: object) -> bytes:
    """`data` as JSON."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).encode("ascii")


class _Keeper(Protocol):
    def state_keys(self) -> Awaitable[list[str]]: ...

    def get(self, name: str, serde: Serde[bytes]) -> Awaitable[bytes | None]: ...


async def load(ctx: _Keeper) -> dict[str, str]:
    """All that is kept in the object, by key; in what somebody else has written, bytes beyond ASCII are spelt out."""
    keys: dict[str, str] = {}
    for key in sorted(await ctx.state_keys()):
        text = await ctx.get(key, serde=BYTES)
        if text is not None:
            keys[key] = text.decode("ascii", "backslashreplace")
    return keys


@dataclass(slots=True)
class Visit:
    """What is kept, and the instant of the visit.

    `tries` is how often the delivery that begins now was tried before.
    """

    ctx: ObjectContext
    contact: str
    keys: dict[str, str]
    kept: Kept
    now: Instant
    tries: int = 0

    async def look_at_clock(self) -> None:
        """Let the instant be the present one; the same when the handler runs again."""
        self.now = await _now(self.ctx)

    def keep(self) -> None:
        """Set the keys that differ, and clear those that are gone."""
        after = self.kept.dump()
        for key, text in after.items():
            if self.keys.get(key) != text:
                self.ctx.set(key, text.encode("ascii"), serde=BYTES)
        for key in sorted(self.keys.keys() - after.keys()):
            self.ctx.clear(key)
        self.keys = after

    def erase(self) -> int:
        """Clear all keys, and return how many there were. What was to begin later does not."""
        for invocation in self.kept.scheduled:
            self.ctx.cancel_invocation(invocation)
        self.ctx.clear_all()
        return len(self.keys)

    async def set_alarm(self, service: str) -> None:
        """See to it that a timer rings when something is to be done, even if nothing comes."""
        kept, ctx = self.kept, self.ctx
        at = kept.needs_alarm(self.now)
        if at is None:
            return
        if kept.alarm is not None:
            ctx.cancel_invocation(kept.alarm.invocation)
        name = str(ctx.uuid())
        delay = timedelta(milliseconds=max(0, -(-(at - self.now) // 1000)))
        sent = ctx.generic_send(service, "wake", encode({"id": name}), key=ctx.key(), send_delay=delay)
        kept.alarm = Alarm(at, name, await sent.invocation_id())


async def visit(ctx: ObjectContext) -> Visit:
    """A look at the object that `ctx` is about. Raises `BadRequest` where its key is that of no contact."""
    contact = contact_of(ctx.key())
    keys = await load(ctx)
    return Visit(ctx, contact, keys, Kept(keys), await _now(ctx))


async def _now(ctx: ObjectContext) -> Instant:
    return round(await ctx.time() * SECOND)
