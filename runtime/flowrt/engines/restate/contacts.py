"""The objects of the contacts: each takes the events of one contact, one at a time, and keeps its session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from restate import ObjectContext, ObjectSharedContext, RunOptions, TerminalError, VirtualObject
from restate.server_context import DisconnectedException

from flowrt import fields as read
from flowrt.codec import dump_effect
from flowrt.effects import Call
from flowrt.engines.acting import Acting
from flowrt.engines.handing import Handing
from flowrt.engines.keeping import Kept
from flowrt.engines.measuring import Measuring
from flowrt.engines.requests import BadRequest, contact_of, fields_of, load_event
from flowrt.engines.restate.visits import (
    BYTES,
    FORGET,
    LONGEST_ACTION,
    NEVER_GIVE_UP,
    Visit,
    encode,
    load,
    visit,
)
from flowrt.engines.showing import parked, shown
from flowrt.errors import Busy
from flowrt.events import Due, Event, Result
from flowrt.fields import Unreadable
from flowrt.flow import Flow
from flowrt.handling import Outcome, log_faults
from flowrt.log import fault, logger
from flowrt.time import Instant
from flowrt.waiting import longest_pause

Work = Callable[[ObjectContext, bytes], Awaitable[bytes]]
"""What a handler of the object does: a request in, an answer out."""

Look = Callable[[Kept, str], object]
"""What a handler that changes nothing makes of what is kept of a contact."""


class Contacts:
    """The contacts of `flow`, as the service `name`. `handler` says what an event comes to."""

    def __init__(
        self,
        name: str,
        flow: Flow[Any],
        handler: Callable[[str, str | None, Event, Instant], Outcome],
        handing: Handing,
        acting: Acting,
        measuring: Measuring,
        retry_after: float,
    ) -> None:
        self._name = name
        self._flow = flow
        self._handler = handler
        self._handing = handing
        self._acting = acting
        self._measuring = measuring
        self._retry_after = retry_after

    @property
    def helpers(self) -> str:
        """The name of the service that delivers and runs actions for them."""
        return f"{self._name}.work"

    def service(self) -> VirtualObject:
        """They as a service."""
        contacts = VirtualObject(
            self._name,
            journal_retention=FORGET,
            idempotency_retention=FORGET,
            inactivity_timeout=LONGEST_ACTION,
            abort_timeout=LONGEST_ACTION,
            invocation_retry_policy=NEVER_GIVE_UP,
        )
        for handler in ("message", "event", "open", "end", "give_back"):
            _handle(contacts, handler, partial(self._event, handler))
        _handle(contacts, "result", partial(self._event, "result"), private=True)
        _handle(contacts, "wake", self._wake, private=True)
        _handle(contacts, "delivered", self._delivered, private=True)
        _handle(contacts, "retry", partial(self._unpark, again=True))
        _handle(contacts, "discard", partial(self._unpark, again=False))
        _handle(contacts, "erase", self._erase)
        _look(contacts, "parked", lambda kept, _: parked(kept.outbox.parked))
        _look(contacts, "show", lambda kept, contact: shown(kept, contact, self._flow))
        return contacts

    # What happens to a contact: compute first, then send, and set last.

    async def _event(self, handler: str, ctx: ObjectContext, body: bytes) -> bytes:
        event, at = load_event(handler, contact_of(ctx.key()), body, self._flow.records)
        with self._measuring.event(type(event).__name__) as timed:
            seen = await visit(ctx)
            mark = None if isinstance(event, Due | Result) else event.id
            if mark is not None and seen.kept.knows(mark):
                timed.outcome = "known"
            else:
                await self._take(seen, event, seen.now if at is None else min(at, seen.now), mark)
        return encode({"handled": timed.outcome == "handled"})

    async def _wake(self, ctx: ObjectContext, body: bytes) -> bytes:
        """The timer rings. One that was replaced is not heard; one that rings early is set for the rest."""
        name = fields_of(body).text("id")
        with self._measuring.event("Due") as timed:
            seen = await visit(ctx)
            kept = seen.kept
            if kept.alarm is None or kept.alarm.name != name:
                timed.outcome = "not due"
                return b""
            kept.alarm = None
            kept.forget_old(seen.now)
            if kept.due is not None and kept.due <= seen.now:
                self._measuring.fired(kept.due, seen.now)
                await self._take(seen, Due(seen.contact), seen.now)
            else:
                timed.outcome = "not due"
                await self._commit(seen)
        return b""

    async def _take(self, seen: Visit, event: Event, at: Instant, mark: str | None = None) -> None:
        """Step, commit, and run at once the calls that may not be stored."""
        outcome = self._handler(seen.contact, seen.kept.session, event, at)
        outcome.change.mark = mark
        seen.kept.take(outcome.change, seen.now)
        log_faults(outcome)
        await self._commit(seen, [call for call in outcome.calls if not call.secret])
        self._measuring.ended(outcome.ended)
        for call in outcome.calls:
            if call.secret:
                result = await self._run_secretly(seen, call)
                await self._take(seen, result, seen.now)

    async def _run_secretly(self, seen: Visit, call: Call) -> Event:
        """Run `call` from the memory of this process: Restate is given a ticket for it, and what came of it."""
        options = RunOptions(serde=BYTES)
        ticket = (await seen.ctx.run_typed("keep", self._acting.keep, options, call)).decode("ascii")
        body = await seen.ctx.run_typed("act", self._acting.run_kept, options, ticket, call.contact, call.id)
        self._acting.forget(ticket)
        await seen.look_at_clock()
        result, _ = load_event("result", seen.contact, body, self._flow.records)
        return result

    async def _commit(self, seen: Visit, calls: Sequence[Call] = (), pause: timedelta | None = None) -> None:
        """Send what follows from what is kept now, and keep it."""
        for call in calls:
            body = {"contact": seen.contact, "call": dump_effect(call)}
            seen.ctx.generic_send(self.helpers, "act", encode(body))
        await self._begin_deliveries(seen, pause)
        await seen.set_alarm(self._name)
        seen.keep()

    # Delivering.

    async def _begin_deliveries(self, seen: Visit, pause: timedelta | None) -> None:
        ctx, kept = seen.ctx, seen.kept
        for lane in self._handing.lanes:
            name = str(ctx.uuid())
            rows = kept.begin_delivery(lane, name, seen.now)
            if not rows:
                continue
            batch = {"name": name, "contact": seen.contact, "rows": rows, "tries": seen.tries}
            sent = ctx.generic_send(self.helpers, "deliver", encode(batch), send_delay=pause)
            if pause is not None:
                kept.begins_later(name, await sent.invocation_id())

    async def _delivered(self, ctx: ObjectContext, body: bytes) -> bytes:
        fields, seen = fields_of(body), await visit(ctx)
        parked = {int(seq): read.text(why) for seq, why in fields.read("parked", read.obj).items()}
        taken = fields.each("taken", read.whole)
        if seen.kept.end_delivery(fields.text("name"), taken, parked, seen.now):
            seen.tries = fields.whole("tries")
            await self._commit(seen, pause=self._pause(ctx, seen.tries))
        return b""

    def _pause(self, ctx: ObjectContext, tries: int) -> timedelta | None:
        """How long to pause after so many failures: what failed together is not tried again together."""
        if not tries:
            return None
        return timedelta(seconds=longest_pause(self._retry_after, tries - 1) * ctx.random().uniform(0.5, 1.0))

    async def _unpark(self, ctx: ObjectContext, body: bytes, *, again: bool) -> bytes:
        seen = await visit(ctx)
        numbers = fields_of(body).each("numbers", read.whole)
        found = seen.kept.unpark(numbers, again=again)
        if not again:
            found += seen.kept.discard_letters(numbers)
        await self._commit(seen)
        return encode({"found": found})

    # Looking after contacts.

    async def _erase(self, ctx: ObjectContext, body: bytes) -> bytes:  # noqa: ARG002 - nothing is asked
        """Forget all of a contact. What was sent for it and comes back finds nothing that it belongs to."""
        return encode({"erased": (await visit(ctx)).erase()})


def _handle(contacts: VirtualObject, name: str, work: Work, *, private: bool = False) -> None:
    """Give `contacts` a handler. Nothing that it raises is tried again: that would block the contact's queue."""

    @contacts.handler(name, input_serde=BYTES, output_serde=BYTES, ingress_private=private)
    async def handler(ctx: ObjectContext, body: bytes) -> bytes:
        return await _guarded(name, work(ctx, body))


def _look(contacts: VirtualObject, name: str, look: Look) -> None:
    """Give `contacts` a handler that changes nothing, and waits for nobody."""

    @contacts.handler(name, kind="shared", input_serde=BYTES, output_serde=BYTES)
    async def handler(ctx: ObjectSharedContext, body: bytes) -> bytes:  # noqa: ARG001 - nothing is asked
        async def work() -> bytes:
            contact = contact_of(ctx.key())
            return encode(look(Kept(await load(ctx)), contact))

        return await _guarded(name, work())


async def _guarded(name: str, work: Awaitable[bytes]) -> bytes:
    try:
        return await work
    except (TerminalError, DisconnectedException):  # the latter means that Restate begins another attempt
        raise
    except Busy as why:
        raise TerminalError(str(why), status_code=503) from None
    except (BadRequest, Unreadable) as why:
        raise TerminalError(str(why).replace("the stored text", "the request"), status_code=400) from None
    except Exception as error:
        logger.error("handling %(name)s did not work: %(why)s", {"name": name, "why": fault(error)})
        logger.debug("it failed here", exc_info=error)
        raise TerminalError(f"{name} did not work: {fault(error)}") from None
