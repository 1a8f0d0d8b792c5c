"""What one event does to what is stored: a stored session and an event in, a change of the store out.

Between the pure step and the shell. Nothing here awaits, so every engine, whatever its store, handles an
event alike.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flowrt import sentences
from flowrt.abc import Change, Lane
from flowrt.codec import Outdated, dump_effect, dump_session, load_session, restore, salvage
from flowrt.effects import Call, Effect, Ended, Reply
from flowrt.errors import Busy, SessionFailure, in_words
from flowrt.events import Due, Event, Result, event_key
from flowrt.fields import Unreadable
from flowrt.flow import Flow
from flowrt.letters import dump_letter
from flowrt.limits import HELD_MAX
from flowrt.log import hashed, logger
from flowrt.session import Lost, Session
from flowrt.time import Instant
from flowrt.turn import Functions

SESSION_MAX = 262_144
"""The longest stored session, in characters of JSON. One that grows beyond it ends as failed."""

_FAULTS = ("failed", "outdated")


@dataclass(slots=True)
class Outcome:
    """What an event comes to: the `change` to commit, the `calls` to run after that, and the sessions it ended."""

    change: Change
    calls: list[Call]
    ended: list[Ended]

    @property
    def faults(self) -> list[Ended]:
        """The sessions that ended because something went wrong."""
        return [ended for ended in self.ended if ended.reason in _FAULTS]


class Oversized(SessionFailure):
    """A session has grown beyond `SESSION_MAX`."""


def handle(
    flow: Flow[Any],
    contact: str,
    stored: str | None,
    event: Event,
    at: Instant,
    *,
    notices: bool = True,
    functions: Functions | None = None,
) -> Outcome:
    """Take `event`, at the instant `at`, for the session that `stored` holds; None where there is none.

    Never raises for what is stored or for what the flow does: a session that cannot go on ends, as outdated
    or as failed, with the cause. Raises `Busy`, and nothing has changed, for a message that would be kept until
    something awaited has come, where the session has no room for it. With `notices` false nobody listens, and what
    a host would be told is left out.
    """
    found = _find(flow, contact, stored, event, at, functions)
    before, held = found.awaited, len(found.session.held)
    try:
        effects = [*found.effects, *flow.step(found.session, event, at, functions=functions)]
        session, body = found.session, _body(flow, found.session, held)
        rows = _rows(effects, notices=notices)
    except Busy:
        raise
    except Exception as cause:  # whatever it is, it ends this session and troubles no other
        found = _find(flow, contact, stored, event, at, functions)
        session, body = flow.session(contact), None
        session.at = max(at, found.session.at)
        effects = [*found.effects, *_failed(found.session, event_key(event, at), cause)]
        with suppress(Exception):  # what was held meets the entry handlers, unless that fails as well
            fresh = flow.session(contact)
            fresh.at, fresh.held = session.at, found.session.held
            more = flow.step(fresh, Due(contact), at, functions=functions)
            session, body, effects = fresh, _body(flow, fresh, held), [*effects, *more]
        rows = _rows(effects, notices=notices)
    now = awaited(session)
    calls = [effect for effect in effects if isinstance(effect, Call) and effect.id in now]
    finished = {event.key} if isinstance(event, Result) else set[str]()
    change = Change(
        contact=contact,
        at=session.at,
        session=body,
        due=None if body is None else session.due,
        outbox=rows,
        calls=[(call.id, dump_effect(call)) for call in calls],
        calls_over="all" if before is None else tuple(sorted((before | finished) - now)),
    )
    outcome = Outcome(change, calls, [effect for effect in effects if isinstance(effect, Ended)])
    change.letters = [dump_letter(ended, _rested_in(stored, contact)) for ended in outcome.faults]
    return outcome


def log_faults(outcome: Outcome) -> None:
    """Say which sessions ended because something went wrong, and not what an error has said of it."""
    for ended in outcome.faults:
        why = ended.cause if ended.reason == "outdated" else (ended.cause or "").partition(":")[0]
        facts = {"contact": hashed(ended.contact), "reason": ended.reason, "why": why}
        logger.error("a session of contact %(contact)s is %(reason)s: %(why)s", facts)


def awaited(session: Session[Any]) -> set[str]:
    """The keys of the calls whose results `session` awaits: its own, and that of a wait an `anytime` left, until it
    has come.
    """
    left = session.interrupted
    keys = session.pending, None if left is None or left.result is not None else left.pending
    return {key for key in keys if key is not None}


def _rested_in(stored: str | None, contact: str) -> str:
    """The state of a stored session, empty where there is none or it cannot be read."""
    try:
        return "" if stored is None else load_session(stored, contact).state
    except Unreadable:
        return ""


def next_due(stored: str | None, contact: str) -> Instant | None:
    """The next deadline of a stored session, None without one; one that cannot be read is due at once."""
    if stored is None:
        return None
    try:
        return min([deadline.due for deadline in load_session(stored, contact).deadlines], default=None)
    except Unreadable:
        return 0


@dataclass(slots=True)
class _Found:
    """A session as it was found, what restoring it caused, and the calls it awaited, None if unknown."""

    session: Session[Any]
    effects: list[Effect]
    awaited: set[str] | None


def _find(
    flow: Flow[Any],
    contact: str,
    stored: str | None,
    event: Event,
    at: Instant,
    functions: Functions | None,
) -> _Found:
    if stored is None:
        return _Found(flow.session(contact), [], set())
    try:
        session = restore(flow, contact, stored)
    except Unreadable as cause:
        session, lost = flow.session(contact), Lost("", {}, str(cause))
    except Outdated as cause:
        session, lost = salvage(flow, contact, cause.saved), cause.lost(flow)
    else:
        return _Found(session, [], awaited(session))
    return _Found(session, flow.outdate(session, lost, event, at, functions=functions), None)


def _body(flow: Flow[Any], session: Session[Any], held: int) -> str | None:
    """`session` as text, None where it is over. It kept `held` messages before; for one more there must be room."""
    if not session.leaves_something:
        return None
    body = dump_session(flow, session)
    if len(session.held) > held and (len(body) > SESSION_MAX or len(session.held) > HELD_MAX):
        kept = f"{held} messages are kept until what is awaited has come"
        raise Busy(f"{kept}, and there is no room for this one: send it again later")
    if len(body) > SESSION_MAX:
        raise Oversized(f"the session is {len(body)} characters of JSON long: the limit is {SESSION_MAX}")
    return body


def _failed(session: Session[Any], key: str, cause: Exception) -> list[Effect]:
    """What follows from a session that cannot be carried on or stored: it ends as it was before the event."""
    why, contact = in_words(cause), session.contact
    ended = Ended(f"{key}#failed1", contact, session.id or key, "failed", session.vars.held(), why)
    return [Reply(f"{key}#failed0", contact, sentences.FAILED), ended]


def _rows(effects: list[Effect], *, notices: bool) -> list[tuple[Lane, str]]:
    """What goes to the outbox, in order. Calls have a place of their own."""
    rows: list[tuple[Lane, str]] = []
    for effect in effects:
        if isinstance(effect, Reply):
            rows.append(("reply", dump_effect(effect)))
        elif notices and not isinstance(effect, Call):
            rows.append(("notice", dump_effect(effect)))
    return rows
