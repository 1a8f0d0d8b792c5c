"""Stored sessions as they are shown to whoever looks after them: what each holds, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flowrt.abc import SessionRow
from flowrt.codec import Outdated, Saved, load_session, restore
from flowrt.events import Message
from flowrt.fields import Unreadable
from flowrt.flow import Flow
from flowrt.session import INITIAL, Deadline, Session
from flowrt.time import Instant
from flowrt.values import Value, from_json

Standing = Literal["open", "kept", "handed off", "outdated", "unreadable"]
"""How it stands with what is stored of a contact: a session is open; there is none, but values are kept; the contact
is a team's; the flow has no place for the session any more; what is stored cannot be read. The last two end, with a
word to the contact and the host, at their next event."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """What a store holds for `contact`.

    `why` says what is wrong with one that is outdated or unreadable. `flow` saved it, `id` names the session, which
    rests in `state`, where an `anytime` may have led it from the wait `interrupted`; `at` is the instant of its last
    event. `values` are its variables, no secrets among them, and `unread` the names of those that only their flow can
    read. `deadlines` are the clocks that run, `pending` is the key of the call or wait that is awaited, `held` are
    the messages that came meanwhile, `team` is whom the contact was handed to, and `name` what it calls itself.
    """

    contact: str
    standing: Standing
    why: str = ""
    flow: str = ""
    id: str = ""
    state: str = ""
    interrupted: str | None = None
    at: Instant | None = None
    values: Mapping[str, Value] | None = None
    unread: tuple[str, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    pending: str | None = None
    held: tuple[Message, ...] = ()
    team: str | None = None
    name: str | None = None


def view_of(row: SessionRow, flow: Flow[Any] | None = None) -> SessionView:
    """What the store has in `row`; with a `flow`, as that takes it: under its present names.

    >>> view_of(SessionRow("ada", "garbage", None)).standing
    'unreadable'
    """
    contact = row.contact
    try:
        saved = load_session(row.body, contact)
        if flow is None:
            return _as_saved(saved, contact, _standing(saved.team, saved.state))
        return _restored(restore(flow, contact, row.body), flow)
    except Unreadable as error:
        return SessionView(contact, "unreadable", str(error))
    except Outdated as error:
        return _as_saved(error.saved, contact, "outdated", str(error), flow)


def _standing(team: str | None, state: str) -> Standing:
    return "handed off" if team is not None else "kept" if state == INITIAL else "open"


def _restored(session: Session[Any], flow: Flow[Any]) -> SessionView:
    return SessionView(
        contact=session.contact,
        standing=_standing(session.team, session.state),
        flow=flow.name,
        id=session.id,
        state=session.state,
        interrupted=None if session.interrupted is None else session.interrupted.state,
        at=session.at,
        values=session.vars.held(),
        deadlines=session.deadlines,
        pending=session.pending,
        held=session.held,
        team=session.team,
        name=session.name,
    )


def _as_saved(
    saved: Saved, contact: str, standing: Standing, why: str = "", flow: Flow[Any] | None = None
) -> SessionView:
    values: dict[str, Value] = {}
    for name, data in saved.vars.items():
        try:
            values[name] = from_json(data, None if flow is None else flow.records)
        except ValueError:
            continue
    return SessionView(
        contact=contact,
        standing=standing,
        why=why,
        flow=saved.flow,
        id=saved.id,
        state=saved.state,
        interrupted=None if saved.interrupted is None else saved.interrupted.state,
        at=saved.at,
        values=values,
        unread=tuple(name for name in saved.vars if name not in values),
        deadlines=saved.deadlines,
        pending=saved.pending,
        held=saved.held,
        team=saved.team,
        name=saved.name,
    )
