"""Sessions and effects as versioned JSON text, and back.

The text is ASCII: whatever a contact sends, NUL and lone surrogates too, is escaped and survives every store.
(Two lone surrogates that happen to make a pair come back as the one character they mean.) What is read is
checked field by field and never executed; text that is not of this module's making raises `Unreadable` and
nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

from flowrt import fields as read
from flowrt.effects import Call, Dropped, Effect, Emitted, Ended, EndReason, Reply
from flowrt.errors import FlowrtError
from flowrt.events import Message, Result
from flowrt.fields import Fields, Mismatch, Unreadable
from flowrt.flow import Flow
from flowrt.session import INITIAL, Deadline, Interrupted, Session, V, slot_of
from flowrt.time import Instant
from flowrt.values import Value, to_json

VERSION = 1
"""The version of the stored format that this module writes, and the only one it reads."""

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_REASONS = frozenset(get_args(EndReason))


class Outdated(FlowrtError):
    """A stored session is sound, but the flow has no place for it. `saved` is what it held."""

    def __init__(self, why: str, saved: Saved) -> None:
        super().__init__(why)
        self.saved = saved


@dataclass(frozen=True, slots=True)
class Saved:
    """A session as it was stored, before it is known whether the flow has a place for it."""

    flow: str
    id: str
    at: Instant
    state: str
    vars: Mapping[str, Value]
    deadlines: tuple[Deadline, ...]
    tries: int
    reminded: tuple[str, ...]
    interrupted: Interrupted | None
    pending: str | None
    held: tuple[Message, ...]
    team: str | None


# Sessions.


def dump_session(flow: Flow[V], session: Session[V]) -> str:
    """`session`, of `flow`, as text. The contact is not in it: a store keeps it beside the text."""
    left = session.interrupted
    data = {
        "version": VERSION,
        "flow": flow.name,
        "id": session.id,
        "at": session.at,
        "state": session.state,
        "vars": _plain(session.vars.held()),
        "deadlines": session.deadlines,
        "tries": session.tries,
        "reminded": session.reminded,
        "interrupted": None if left is None else _plain_interrupted(left),
        "pending": session.pending,
        "team": session.team,
        "held": [[message.id, message.text, message.button] for message in session.held],
    }
    return _encode(data)


def load_session(text: str, contact: str) -> Saved:
    """What `dump_session` wrote for `contact`.

    Raises `Unreadable` where `text` is anything else, or of another version.
    """
    fields = _parsed(text)
    left = fields.optional("interrupted", read.obj)
    return Saved(
        flow=fields.text("flow"),
        id=fields.text("id"),
        at=fields.whole("at"),
        state=fields.text("state"),
        vars=fields.values("vars"),
        deadlines=fields.each("deadlines", _deadline),
        tries=fields.whole("tries"),
        reminded=fields.each("reminded", read.text),
        interrupted=None if left is None else _interrupted(Fields(left, "interrupted."), contact),
        pending=fields.optional("pending", read.text),
        team=fields.optional("team", read.text),
        held=fields.each("held", lambda data: _message(data, contact)),
    )


def restore(flow: Flow[V], contact: str, text: str) -> Session[V]:
    """The session of `contact` that `text` holds, ready for a step of `flow`.

    Raises `Unreadable` where `text` is no session, and `Outdated` where the flow has not the state it is in,
    or not the variables it has.
    """
    saved = load_session(text, contact)
    misfit = _misfit(flow, saved)
    if misfit is not None:
        raise Outdated(misfit, saved)
    session = flow.session(contact)
    session.id, session.at, session.state = saved.id, saved.at, saved.state
    session.deadlines, session.tries, session.reminded = saved.deadlines, saved.tries, saved.reminded
    session.interrupted, session.pending, session.held = saved.interrupted, saved.pending, saved.held
    session.team = saved.team
    slots = flow.variables.__slots__
    for name, value in saved.vars.items():
        if slot_of(name) in slots:
            setattr(session.vars, slot_of(name), value)
    return session


def _misfit(flow: Flow[Any], saved: Saved) -> str | None:
    """Why `flow` has no place for `saved`, or None where it has one."""
    if saved.flow != flow.name:
        return f"the session was saved by the flow {saved.flow!r}, and this is {flow.name!r}"
    states = [saved.state] if saved.interrupted is None else [saved.state, saved.interrupted.state]
    if saved.state == INITIAL and not saved.id:
        return None  # no session, only what is kept of the contact
    gone = [state for state in states if state not in flow.state_names or state == INITIAL]
    if gone:
        return f"the flow {flow.name!r} has no state {gone[0]!r} where a session can be"
    slots = flow.variables.__slots__
    unknown = [name for name in saved.vars if slot_of(name) not in slots]
    return f"the flow {flow.name!r} has no variable {unknown[0]!r}" if unknown else None


def _plain(values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: to_json(value) for name, value in values.items()}


def _plain_interrupted(left: Interrupted) -> dict[str, Any]:
    result = left.result
    return {
        "state": left.state,
        "tries": left.tries,
        "reminded": left.reminded,
        "fixed": left.fixed,
        "pending": left.pending,
        "result": None if result is None else [result.key, to_json(result.value), result.failure],
    }


def _interrupted(fields: Fields, contact: str) -> Interrupted:
    return Interrupted(
        state=fields.text("state"),
        tries=fields.whole("tries"),
        reminded=fields.each("reminded", read.text),
        fixed=fields.each("fixed", _deadline),
        pending=fields.optional("pending", read.text),
        result=fields.optional("result", lambda data: _result(data, contact)),
    )


def _message(data: object, contact: str) -> Message:
    id, text, button = read.row(data, 3)
    return Message(read.text(id), contact, None if text is None else read.text(text), read.flag(button))


def _result(data: object, contact: str) -> Result:
    key, value, failure = read.row(data, 3)
    return Result(read.text(key), contact, read.value(value), None if failure is None else read.text(failure))


def _deadline(data: object) -> Deadline:
    trigger, due, period = read.row(data, 3)
    return Deadline(read.text(trigger), read.whole(due), read.whole(period))


# Effects.


def dump_effect(effect: Effect) -> str:
    """`effect` as text, without its contact.

    >>> load_effect(dump_effect(Reply("1#0", "ada", "Hi!")), "ada")
    Reply(id='1#0', contact='ada', text='Hi!', buttons=())
    """
    data: dict[str, Any] = {"version": VERSION, "kind": type(effect).__name__, "id": effect.id}
    match effect:
        case Reply():
            data.update(text=effect.text, buttons=effect.buttons)
        case Call():
            data.update(name=effect.name, arguments=_plain(effect.arguments), limit=effect.limit)
        case Ended():
            values = _plain(effect.values)
            data.update(
                session=effect.session,
                reason=effect.reason,
                values=values,
                cause=effect.cause,
                team=effect.team,
            )
        case Emitted():
            data.update(name=effect.name, values=_plain(effect.values))
        case Dropped():
            data.update(name=effect.name)
    return _encode(data)


def load_effect(text: str, contact: str) -> Effect:
    """What `dump_effect` wrote, for `contact`.

    Raises `Unreadable` where `text` is anything else, or of another version.
    """
    fields = _parsed(text)
    id, kind = fields.text("id"), fields.text("kind")
    match kind:
        case "Reply":
            return Reply(id, contact, fields.text("text"), fields.each("buttons", read.text))
        case "Call":
            limit = fields.read("limit", read.number)
            return Call(id, contact, fields.text("name"), fields.values("arguments"), limit)
        case "Ended":
            reason, cause = fields.read("reason", _reason), fields.optional("cause", read.text)
            team = fields.optional("team", read.text)
            return Ended(id, contact, fields.text("session"), reason, fields.values("values"), cause, team)
        case "Emitted":
            return Emitted(id, contact, fields.text("name"), fields.values("values"))
        case "Dropped":
            return Dropped(id, contact, fields.text("name"))
        case _:
            raise Unreadable("the stored text is an effect of no kind that this runtime knows")


def _parsed(text: str) -> Fields:
    """The fields of `text`, if it is of a version that is read here."""
    fields = read.parsed(text)
    version = fields.whole("version")
    if version != VERSION:
        raise Unreadable(f"the stored text has version {version}: this runtime reads version {VERSION}")
    return fields


def _reason(data: object) -> EndReason:
    if not isinstance(data, str) or data not in _REASONS:
        raise Mismatch("a reason to end")
    return cast("EndReason", data)
