"""Sessions and effects as versioned JSON text, and back.

The text is ASCII: whatever a contact sends, NUL and lone surrogates too, is escaped and survives every store.
(Two lone surrogates that happen to make a pair come back as the one character they mean.) What is read is
checked field by field and never executed; text that is not of this module's making raises `Unreadable` and
nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast, get_args

from flowrt import fields as read
from flowrt.effects import Call, Dropped, Effect, Emitted, Ended, EndReason, Reply, ReplyKind
from flowrt.errors import FlowrtError
from flowrt.events import Message, Result
from flowrt.fields import Fields, Mismatch, Unreadable
from flowrt.flow import Flow
from flowrt.forms import UnknownRecord
from flowrt.kinds import WrongKind
from flowrt.renaming import Renaming
from flowrt.session import INITIAL, Deadline, Interrupted, Lost, Session, V, awaiting
from flowrt.time import Instant
from flowrt.values import Records, Value, from_json, to_json

VERSION = 1
"""The version of the stored format that this module writes, and the only one it reads."""

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_REASONS = frozenset(get_args(EndReason))
_REPLY_KINDS = frozenset(get_args(ReplyKind))


class Outdated(FlowrtError):
    """A stored session is sound, but the flow has no place for it. `saved` is what it held."""

    def __init__(self, why: str, saved: Saved) -> None:
        super().__init__(why)
        self.saved = saved

    def lost(self, flow: Flow[Any]) -> Lost:
        """The session that is lost with this, as far as `flow` has such values."""
        return Lost(self.saved.id, readable(flow, self.saved), str(self))


@dataclass(frozen=True, slots=True)
class StoredResult:
    """The result of a call as it was stored: its value as JSON holds it, for what it is only the flow can say."""

    key: str
    value: object
    failure: str | None


@dataclass(frozen=True, slots=True)
class Saved:
    """A session as it was stored, before it is known whether the flow has a place for it."""

    flow: str
    id: str
    at: Instant
    state: str
    vars: Mapping[str, object]
    """The variables as JSON holds them: what they are is for the flow to say."""
    deadlines: tuple[Deadline, ...]
    tries: int
    reminded: tuple[str, ...]
    interrupted: Interrupted | None
    result: StoredResult | None
    """What came for the wait that was interrupted; `interrupted` is without it."""
    pending: str | None
    held: tuple[Message, ...]
    team: str | None
    name: str | None


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
        "name": session.name,
        "held": [_plain_message(message) for message in session.held],
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
        at=fields.read("at", read.instant),
        state=fields.text("state"),
        vars=fields.read("vars", read.obj),
        deadlines=fields.each("deadlines", _deadline),
        tries=fields.whole("tries"),
        reminded=fields.each("reminded", read.text),
        interrupted=None if left is None else _interrupted(Fields(left, "interrupted.")),
        result=None if left is None else Fields(left, "interrupted.").optional("result", _stored_result),
        pending=fields.optional("pending", read.text),
        team=fields.optional("team", read.text),
        name=fields.optional("name", read.text),
        held=fields.each("held", lambda data: _message(data, contact)),
    )


def restore(flow: Flow[V], contact: str, text: str) -> Session[V]:
    """The session of `contact` that `text` holds, ready for a step of `flow`.

    What the flow has renamed since is found under its new name; what it needs no more, or has another type now, is
    let go. Raises `Unreadable` where `text` is no session, and `Outdated` where the flow has not the state it is in,
    or needs a variable there that the session does not hold.
    """
    saved = load_session(text, contact)
    if saved.state == INITIAL and not saved.id:
        # No session: what is kept of the contact, or the team that has it.
        return salvage(flow, contact, saved)
    if saved.flow != flow.name:
        raise Outdated(f"the session was saved by the flow {saved.flow!r}, and this is {flow.name!r}", saved)
    names = Renaming(flow.renamed)
    session = _bare(flow, contact, saved)
    session.id, session.state = saved.id, names.state(saved.state)
    session.deadlines, session.tries, session.reminded = saved.deadlines, saved.tries, saved.reminded
    session.interrupted, session.pending = saved.interrupted, saved.pending
    if session.interrupted is not None:
        session.interrupted.state = names.state(session.interrupted.state)
        session.interrupted.result = None if saved.result is None else _result(flow, contact, saved.result)
    misfit = _misplaced(flow, session)
    if misfit is not None:
        raise Outdated(misfit, saved)
    misfits: dict[str, str] = {}
    for stored, data in saved.vars.items():
        name = names.variable(stored)
        try:
            _give(flow, session, name, data)
        except _NoPlace as why:
            misfits[name] = str(why)
    lack = _lack(flow, session, misfits)
    if lack is not None:
        raise Outdated(lack, saved)
    return session


def salvage(flow: Flow[V], contact: str, saved: Saved) -> Session[V]:
    """What `flow` keeps of a contact whose session it has no place for: the variables of `keep` that still fit, the
    messages that were held, and the team that the contact was handed to.
    """
    names = Renaming(flow.renamed)
    session = _bare(flow, contact, saved)
    for stored, data in saved.vars.items():
        name = names.variable(stored)
        if flow.variables.slots().get(name) in flow.variables.kept:
            with suppress(_NoPlace, Unreadable):
                _give(flow, session, name, data)
    return session


def readable(flow: Flow[Any], saved: Saved) -> dict[str, Value]:
    """What a stored session held, under its old names, as far as `flow` has such values."""
    values: dict[str, Value] = {}
    for name, data in saved.vars.items():
        with suppress(ValueError):
            values[name] = from_json(data, flow.records)
    return values


def _bare(flow: Flow[V], contact: str, saved: Saved) -> Session[V]:
    session = flow.session(contact)
    session.at, session.held, session.team, session.name = saved.at, saved.held, saved.team, saved.name
    return session


def _misplaced(flow: Flow[Any], session: Session[Any]) -> str | None:
    """Why `flow` has no place for a session in this state, or None where it has one."""
    left = session.interrupted
    waits = [(session.state, session.pending, session.deadlines)]
    if left is not None:
        waits.append((left.state, left.pending, left.fixed))
    for state, pending, deadlines in waits:
        if state not in flow.resting:
            return f"the flow {flow.name!r} has no state {state!r} where a session can be"
        awaited = flow.awaiting.get(state)
        if awaited != awaiting(pending) or not _ends(deadlines, awaited):
            return (
                f"the state {state!r} of the flow {flow.name!r} does not await what the session awaits there"
            )
    return _led_elsewhere(flow, session)


def _led_elsewhere(flow: Flow[Any], session: Session[Any]) -> str | None:
    """Why a session cannot come back from where an `anytime` led it, or is where only one can lead, or None."""
    left = session.interrupted
    if left is not None and left.state in flow.aside:
        return f"in the flow {flow.name!r} no `anytime` comes back to the state {left.state!r}"
    if (session.state in flow.aside) != (left is not None):
        belongs = "belongs to no" if left is not None else "belongs to an"
        return f"the state {session.state!r} of the flow {flow.name!r} {belongs} `anytime`"
    return None


def _ends(deadlines: tuple[Deadline, ...], awaited: str | None) -> bool:
    """Whether one of `deadlines`, which no message moves, ends the wait for what is awaited, if anything is."""
    return awaited is None or any(not one.period and one.trigger == awaited for one in deadlines)


class _NoPlace(Exception):
    """A flow has no place for a stored variable; the message says why."""


def _give(flow: Flow[Any], session: Session[Any], name: str, data: object) -> None:
    """Give the session the variable `name`, as JSON holds it; one that the flow has no more is let go.

    Raises `_NoPlace`.
    """
    slot = flow.variables.slots().get(name)
    if slot is None:
        return
    kind = flow.variables.kinds.get(slot)
    try:
        value = from_json(data, flow.records)
        setattr(session.vars, slot, value if kind is None else kind.of(value))
    except UnknownRecord as why:
        raise _NoPlace(f"in the variable {name!r}: {why}") from None
    except WrongKind as why:
        raise _NoPlace(f"what the variable {name!r} holds is {why}") from None
    except ValueError:
        raise Unreadable(f"`vars.{name}` of the stored text is not a value of the language") from None


def _lack(flow: Flow[Any], session: Session[Any], misfits: Mapping[str, str]) -> str | None:
    """Give the session what newer variables begin with; what it lacks then that its state needs, in words."""
    for slot, value in flow.variables.defaults.items():
        if not hasattr(session.vars, slot):
            setattr(session.vars, slot, value)
    names = {slot: name for name, slot in flow.variables.slots().items()}
    left = session.interrupted
    for state in [session.state] if left is None else [session.state, left.state]:
        for slot, kind in flow.contracts.get(state, {}).items():
            name = names[slot]
            if not hasattr(session.vars, slot):
                none = f"the session has no variable {name!r}, which the state {state!r} needs"
                return misfits.get(name, none)
            if not kind.admits(getattr(session.vars, slot)):
                return f"what the variable {name!r} holds is not of the type {kind.name}, as {state!r} needs"
    return None


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


def _interrupted(fields: Fields) -> Interrupted:
    return Interrupted(
        state=fields.text("state"),
        tries=fields.whole("tries"),
        reminded=fields.each("reminded", read.text),
        fixed=fields.each("fixed", _deadline),
        pending=fields.optional("pending", read.text),
    )


def _plain_message(message: Message) -> list[object]:
    media = None if message.media is None else to_json(message.media)
    return [message.id, message.text, message.button, media, message.sent, message.name]


def _message(data: object, contact: str) -> Message:
    id, text, button, media, sent, name = read.row(data, 6)
    return Message(
        id=read.text(id),
        contact=contact,
        text=None if text is None else read.text(text),
        button=read.flag(button),
        media=None if media is None else read.media(media),
        sent=None if sent is None else read.whole(sent),
        name=None if name is None else read.text(name),
    )


def _stored_result(data: object) -> StoredResult:
    key, value, failure = read.row(data, 3)
    return StoredResult(read.text(key), value, None if failure is None else read.text(failure))


def _result(flow: Flow[Any], contact: str, stored: StoredResult) -> Result:
    """A stored result for `flow`; one of a record that the flow has no more has failed."""
    try:
        return Result(stored.key, contact, from_json(stored.value, flow.records), stored.failure)
    except UnknownRecord as why:
        return Result(stored.key, contact, failure=str(why))
    except ValueError:
        raise Unreadable("`interrupted.result` of the stored text is not a value of the language") from None


def _deadline(data: object) -> Deadline:
    trigger, due, period = read.row(data, 3)
    return Deadline(read.text(trigger), read.whole(due), read.period(period))


# Effects.


def dump_effect(effect: Effect) -> str:
    """`effect` as text, without its contact.

    >>> load_effect(dump_effect(Reply("1#0", "ada", "Hi!")), "ada")
    Reply(id='1#0', contact='ada', text='Hi!', buttons=(), kind='text', content=None, as_list=False)
    """
    data: dict[str, Any] = {"version": VERSION, "kind": type(effect).__name__, "id": effect.id}
    match effect:
        case Reply():
            data.update(text=effect.text, buttons=effect.buttons, as_list=effect.as_list)
            data.update({"reply": effect.kind, "content": effect.content})
        case Call():
            arguments = {} if effect.secret else _plain(effect.arguments)
            data.update(name=effect.name, arguments=arguments, limit=effect.limit, secret=effect.secret)
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


def load_effect(text: str, contact: str, records: Records | None = None) -> Effect:
    """What `dump_effect` wrote, for `contact`, by a flow that has these `records`.

    Raises `Unreadable` where `text` is anything else, or of another version.
    """
    fields = _parsed(text)
    id, kind = fields.text("id"), fields.text("kind")
    match kind:
        case "Reply":
            return Reply(
                id,
                contact,
                fields.text("text"),
                fields.each("buttons", read.text),
                fields.read("reply", _reply_kind),
                fields.optional("content", read.text),
                fields.read("as_list", read.flag),
            )
        case "Call":
            limit = fields.read("limit", read.number)
            arguments, secret = fields.values("arguments", records), fields.read("secret", read.flag)
            return Call(id, contact, fields.text("name"), arguments, limit, secret)
        case "Ended":
            reason, cause = fields.read("reason", end_reason), fields.optional("cause", read.text)
            team = fields.optional("team", read.text)
            values = fields.values("values", records)
            return Ended(id, contact, fields.text("session"), reason, values, cause, team)
        case "Emitted":
            return Emitted(id, contact, fields.text("name"), fields.values("values", records))
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


def end_reason(data: object) -> EndReason:
    """A reason to end. Raises `Mismatch`."""
    if not isinstance(data, str) or data not in _REASONS:
        raise Mismatch("a reason to end")
    return cast("EndReason", data)


def _reply_kind(data: object) -> ReplyKind:
    if not isinstance(data, str) or data not in _REPLY_KINDS:
        raise Mismatch("a kind of reply")
    return cast("ReplyKind", data)
