"""A flow as a Restate service: one virtual object for each contact, which keeps its session and its timer.

The object takes the events of its contact one at a time, with the same step as `flowrt.Bot`. A second service
delivers and runs actions, so that neither holds up the contact's messages. docs/restate.md says which guarantee
comes from where.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from restate import (
    Context,
    InvocationRetryPolicy,
    ObjectContext,
    ObjectSharedContext,
    RunOptions,
    Service,
    TerminalError,
    VirtualObject,
)
from restate import app as restate_app
from restate.serde import BytesSerde
from restate.server_context import DisconnectedException
from restate.server_types import RestateAppT

from flowrt import fields as read
from flowrt.abc import Channel, Listener
from flowrt.actions import Runner, find_actions
from flowrt.codec import dump_effect, load_effect
from flowrt.effects import Call
from flowrt.engines.handing import Handing
from flowrt.engines.keeping import Alarm, Kept, Row, lane_of, row_of
from flowrt.engines.requests import (
    BadRequest,
    contact_of,
    dump_event,
    fields_of,
    key_of,
    load_event,
)
from flowrt.events import Due, Event, Result
from flowrt.fields import Unreadable
from flowrt.flow import Flow
from flowrt.handling import Outcome, handle
from flowrt.log import fault, hashed, logger
from flowrt.time import SECOND, Instant
from flowrt.waiting import LONGEST_PAUSE

LONGEST_ACTION = timedelta(days=1)
"""How long Restate waits for a service that is at work, before it takes the attempt for stalled."""

_NEVER_GIVE_UP = InvocationRetryPolicy(
    initial_interval=timedelta(milliseconds=50),
    exponentiation_factor=2.0,
    max_interval=timedelta(seconds=10),
    max_attempts=2**31 - 1,
    on_max_attempts="pause",
)
_FORGET = timedelta(0)
_BYTES = BytesSerde()
Work = Callable[[ObjectContext, bytes], Awaitable[bytes]]
"""What a handler of the object does: a request in, an answer out."""


class RestateEngine:
    """A flow as services for Restate, named after the flow, or `name`.

    `actions`, `channel` and `listener` are those of `flowrt.Bot`. `retry_after` is the first pause, in seconds,
    before a delivery that failed is tried again. `app` is to be served over HTTP/2, by hypercorn for instance, and
    registered with Restate.

    Raises `MissingAction` where `actions` lacks some that the flow calls.
    """

    def __init__(
        self,
        flow: Flow[Any],
        *,
        actions: object = None,
        channel: Channel | None = None,
        listener: Listener | None = None,
        retry_after: float = 1.0,
        name: str | None = None,
    ) -> None:
        self.name = name or flow.name
        self._work = f"{self.name}.work"
        self._records = flow.records
        self._runner = Runner(find_actions(actions, flow.actions, flow.name), flow.returning)
        functions = find_actions(actions, flow.functions, flow.name)
        self._handler = partial(handle, flow, functions=functions, notices=listener is not None)
        self._handing = Handing(channel, listener, flow.records)
        self._retry_after = retry_after
        self.services = (self._contacts(), self._helpers())

    @property
    def app(self) -> RestateAppT:
        """The services as an ASGI application."""
        return restate_app(self.services)

    # The services.

    def _contacts(self) -> VirtualObject:
        contacts = VirtualObject(
            self.name,
            journal_retention=_FORGET,
            inactivity_timeout=LONGEST_ACTION,
            abort_timeout=LONGEST_ACTION,
            invocation_retry_policy=_NEVER_GIVE_UP,
        )
        for handler in ("message", "event", "open", "end", "give_back"):
            _handle(contacts, handler, partial(self._event, handler))
        _handle(contacts, "result", partial(self._event, "result"), private=True)
        _handle(contacts, "wake", self._wake, private=True)
        _handle(contacts, "delivered", self._delivered, private=True)
        _handle(contacts, "retry", partial(self._unpark, again=True))
        _handle(contacts, "discard", partial(self._unpark, again=False))

        @contacts.handler("parked", kind="shared", input_serde=_BYTES, output_serde=_BYTES)
        async def parked(ctx: ObjectSharedContext, body: bytes) -> bytes:  # noqa: ARG001 - nothing is asked
            return await _parked(ctx)

        return contacts

    def _helpers(self) -> Service:
        helpers = Service(
            self._work,
            journal_retention=_FORGET,
            inactivity_timeout=LONGEST_ACTION,
            abort_timeout=LONGEST_ACTION,
            ingress_private=True,
            invocation_retry_policy=_NEVER_GIVE_UP,
        )

        @helpers.handler("act", input_serde=_BYTES, output_serde=_BYTES)
        async def act(ctx: Context, body: bytes) -> bytes:
            await self._act(ctx, body)
            return b""

        @helpers.handler("deliver", input_serde=_BYTES, output_serde=_BYTES)
        async def deliver(ctx: Context, body: bytes) -> bytes:
            await self._deliver(ctx, body)
            return b""

        return helpers

    # What happens to a contact: compute first, then send, and set last.

    async def _event(self, handler: str, ctx: ObjectContext, body: bytes) -> bytes:
        event, at = load_event(handler, contact_of(ctx.key()), body, self._records)
        visit = await _visit(ctx)
        mark = None if isinstance(event, Due | Result) else event.id
        if mark is not None and visit.kept.knows(mark):
            return _encode({"handled": False})
        await self._take(visit, event, visit.now if at is None else min(at, visit.now), mark)
        return _encode({"handled": True})

    async def _wake(self, ctx: ObjectContext, body: bytes) -> bytes:
        """The timer rings. One that was replaced is not heard; one that rings early is set for the rest."""
        visit = await _visit(ctx)
        kept, name = visit.kept, fields_of(body).text("id")
        if kept.alarm is None or kept.alarm.name != name:
            return b""
        kept.alarm = None
        kept.forget_marks(visit.now)
        if kept.due is not None and kept.due <= visit.now:
            await self._take(visit, Due(visit.contact), visit.now)
        else:
            await self._commit(visit)
        return b""

    async def _take(self, visit: _Visit, event: Event, at: Instant, mark: str | None = None) -> None:
        """Step, commit, and run at once the calls that may not be stored."""
        outcome = self._handler(visit.contact, visit.kept.session, event, at)
        outcome.change.mark = mark
        visit.kept.take(outcome.change)
        _log_faults(outcome)
        await self._commit(visit, [call for call in outcome.calls if not call.secret])
        for call in outcome.calls:
            if call.secret:
                body = await visit.ctx.run_typed("act", self._run, RunOptions(serde=_BYTES), call)
                visit.now = await _now(visit.ctx)
                result, _ = load_event("result", visit.contact, body, self._records)
                await self._take(visit, result, visit.now)

    async def _commit(
        self, visit: _Visit, calls: Sequence[Call] = (), pause: timedelta | None = None
    ) -> None:
        """Send what follows from what is kept now, and keep it."""
        ctx, kept = visit.ctx, visit.kept
        for call in calls:
            body = {"contact": visit.contact, "call": dump_effect(call)}
            ctx.generic_send(self._work, "act", _encode(body))
        for lane in self._handing.lanes:
            rows = kept.begin_delivery(lane)
            if rows:
                batch = {"contact": visit.contact, "lane": lane, "rows": rows, "tries": visit.tries}
                ctx.generic_send(self._work, "deliver", _encode(batch), send_delay=pause)
        await self._set_alarm(visit)
        visit.keep()

    async def _set_alarm(self, visit: _Visit) -> None:
        ctx, kept = visit.ctx, visit.kept
        at = kept.needs_alarm(visit.now)
        if at is None:
            return
        if kept.alarm is not None:
            ctx.cancel_invocation(kept.alarm.invocation)
        name = str(ctx.uuid())
        delay = timedelta(milliseconds=max(0, -(-(at - visit.now) // 1000)))
        sent = ctx.generic_send(self.name, "wake", _encode({"id": name}), key=ctx.key(), send_delay=delay)
        kept.alarm = Alarm(at, name, await sent.invocation_id())

    # Delivering.

    async def _deliver(self, ctx: Context, body: bytes) -> None:
        """Hand over a batch, up to the first that is to be tried again, and report to the object."""
        fields = fields_of(body)
        contact, lane = fields.text("contact"), fields.read("lane", lane_of)
        taken, parked, tries = list[int](), dict[str, str](), fields.whole("tries")
        failed = False
        for row in fields.each("rows", row_of):
            handed = await ctx.run_typed("deliver", self._hand_over, RunOptions(serde=_BYTES), contact, row)
            how, why = [read.text(part) for part in read.row(json.loads(handed))]
            if how == "later":
                failed = True
                break
            tries = 0
            if how == "parked":
                parked[str(row.seq)] = why
            else:
                taken.append(row.seq)
        report = {"lane": lane, "taken": taken, "parked": parked, "tries": tries + 1 if failed else 0}
        ctx.generic_send(self.name, "delivered", _encode(report), key=key_of(contact))

    async def _hand_over(self, contact: str, row: Row) -> bytes:
        return _encode(await self._handing.hand_over(contact, row.lane, row.body))

    async def _delivered(self, ctx: ObjectContext, body: bytes) -> bytes:
        fields, visit = fields_of(body), await _visit(ctx)
        parked = {int(seq): read.text(why) for seq, why in fields.read("parked", read.obj).items()}
        taken = fields.each("taken", read.whole)
        visit.kept.end_delivery(fields.read("lane", lane_of), taken, parked, visit.now)
        visit.tries = fields.whole("tries")
        await self._commit(visit, pause=self._pause(ctx, visit.tries))
        return b""

    def _pause(self, ctx: ObjectContext, tries: int) -> timedelta | None:
        """How long to pause after so many failures: what failed together is not tried again together."""
        if not tries:
            return None
        longest = min(self._retry_after * 2.0 ** min(tries - 1, 32), LONGEST_PAUSE)
        return timedelta(seconds=longest * ctx.random().uniform(0.5, 1.0))

    async def _unpark(self, ctx: ObjectContext, body: bytes, *, again: bool) -> bytes:
        visit = await _visit(ctx)
        found = visit.kept.unpark(fields_of(body).each("numbers", read.whole), again=again)
        await self._commit(visit)
        return _encode({"found": found})

    # Actions.

    async def _act(self, ctx: Context, body: bytes) -> None:
        fields = fields_of(body)
        contact = fields.text("contact")
        call = load_effect(fields.text("call"), contact, self._records)
        if isinstance(call, Call):
            result = await ctx.run_typed("act", self._run, RunOptions(serde=_BYTES), call)
            ctx.generic_send(self.name, "result", result, key=key_of(contact))

    async def _run(self, call: Call) -> bytes:
        return dump_event(await self._runner.result(call))


@dataclass(slots=True)
class _Visit:
    """One look at the object of a contact: what it keeps, and the instant of the visit.

    `tries` is how often the delivery that begins now was tried before.
    """

    ctx: ObjectContext
    contact: str
    keys: dict[str, str]
    kept: Kept
    now: Instant
    tries: int = 0

    def keep(self) -> None:
        """Set the keys that differ, and clear those that are gone."""
        after = self.kept.dump()
        for key, text in after.items():
            if self.keys.get(key) != text:
                self.ctx.set(key, text.encode("ascii"), serde=_BYTES)
        for key in sorted(self.keys.keys() - after.keys()):
            self.ctx.clear(key)
        self.keys = after


async def _visit(ctx: ObjectContext) -> _Visit:
    contact = contact_of(ctx.key())
    keys: dict[str, str] = {}
    for key in sorted(await ctx.state_keys()):
        text = await ctx.get(key, serde=_BYTES)
        if text is not None:
            keys[key] = text.decode("ascii", "replace")
    return _Visit(ctx, contact, keys, Kept(keys), await _now(ctx))


async def _now(ctx: ObjectContext) -> Instant:
    """The present instant; the same when the handler runs again."""
    return round(await ctx.time() * SECOND)


async def _parked(ctx: ObjectSharedContext) -> bytes:
    """What could not be delivered, for whoever looks at it."""
    text = await ctx.get("outbox", serde=_BYTES)
    kept = Kept({} if text is None else {"outbox": text.decode("ascii", "replace")})
    shown = [
        {"number": row.seq, "lane": row.lane, "why": row.why, "at": row.at, "effect": row.body}
        for row in kept.outbox.parked
    ]
    return _encode(shown)


def _handle(contacts: VirtualObject, name: str, work: Work, *, private: bool = False) -> None:
    """Give `contacts` a handler. Nothing that it raises is tried again: that would block the contact's queue."""

    @contacts.handler(name, input_serde=_BYTES, output_serde=_BYTES, ingress_private=private)
    async def handler(ctx: ObjectContext, body: bytes) -> bytes:
        try:
            return await work(ctx, body)
        except (TerminalError, DisconnectedException):  # the latter means that Restate begins another attempt
            raise
        except (BadRequest, Unreadable) as why:
            raise TerminalError(str(why).replace("the stored text", "the request"), status_code=400) from None
        except Exception as error:
            logger.error("handling %s did not work: %s", name, fault(error))
            logger.debug("it failed here", exc_info=error)
            raise TerminalError(f"{name} did not work: {fault(error)}") from None


def _log_faults(outcome: Outcome) -> None:
    for ended in outcome.faults:
        why = ended.cause if ended.reason == "outdated" else (ended.cause or "").partition(":")[0]
        logger.error("a session of contact %s is %s: %s", hashed(ended.contact), ended.reason, why)


def _encode(data: object) -> bytes:
    return json.dumps(data, separators=(",", ":"), allow_nan=False).encode("ascii")
