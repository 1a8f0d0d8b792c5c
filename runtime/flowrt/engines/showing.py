"""What an engine keeps of one contact, as JSON for whoever looks after the sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flowrt.abc import SessionRow
from flowrt.engines.keeping import Kept, ParkedEffect
from flowrt.flow import Flow
from flowrt.letters import DeadLetter, load_letter
from flowrt.values import to_json
from flowrt.viewing import SessionView, view_of


def shown(kept: Kept, contact: str, flow: Flow[Any]) -> dict[str, object]:
    """All that is `kept` of `contact`, as `flow` takes it; instants are microseconds since 1970.

    >>> from flowrt.generated import Variables
    >>> nothing = Flow(name="a", source="a.flow", format=1, compiler="0.1.0", initial="start",
    ...     states=[{"name": "start"}], transitions=[], variables=Variables, actions=())
    >>> shown(Kept({"session": "garbage", "marks.0": '["m1"]'}), "ada", nothing)["session"]["standing"]
    'unreadable'
    """
    row = None if kept.session is None else SessionRow(contact, kept.session, kept.due)
    return {
        "contact": contact,
        "session": None if row is None else _session(view_of(row, flow)),
        "due": kept.due,
        "waiting": len(kept.outbox.rows),
        "underway": [{"lane": one.lane, "since": one.since} for one in kept.outbox.underway],
        "parked": parked(kept.outbox.parked),
        "letters": [_letter(load_letter(row)) for row in kept.letters(contact)],
        "marks": kept.marks,
        "unreadable": sorted(kept.unreadable),
    }


def parked(effects: Sequence[ParkedEffect]) -> list[dict[str, object]]:
    """What could not be delivered."""
    return [
        {"number": one.seq, "lane": one.lane, "why": one.why, "at": one.at, "effect": one.body}
        for one in effects
    ]


def _letter(letter: DeadLetter) -> dict[str, object]:
    return {
        "number": letter.number,
        "at": letter.at,
        "session": letter.session,
        "reason": letter.reason,
        "state": letter.state,
        "cause": letter.cause,
    }


def _session(view: SessionView) -> dict[str, object]:
    return {
        "standing": view.standing,
        "why": view.why,
        "flow": view.flow,
        "id": view.id,
        "state": view.state,
        "interrupted": view.interrupted,
        "at": view.at,
        "values": {name: to_json(value) for name, value in (view.values or {}).items()},
        "unread": view.unread,
        "deadlines": [{"trigger": one.trigger, "due": one.due} for one in view.deadlines],
        "pending": view.pending,
        "held": [{"id": held.id, "text": held.text} for held in view.held],
        "team": view.team,
        "name": view.name,
    }
