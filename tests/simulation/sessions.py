"""What is looked at of stored sessions: whether they wait for something that comes, and in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from flowrt.codec import load_session
from flowrt.fields import Unreadable
from flowrt.time import Instant
from tests.simulation.database import Database


class StoredWait(TypedDict):
    """The wait that an `anytime` left, as it is stored."""

    state: str
    pending: str | None
    fixed: list[tuple[str, int, int]]
    result: object


class StoredSession(TypedDict):
    """What is looked at of a stored session."""

    state: str
    pending: str | None
    deadlines: list[tuple[str, int, int]]
    interrupted: StoredWait | None


def stuck(saved: StoredSession, kinds: Mapping[str, str], pending: Mapping[str, object]) -> str | None:
    """Why a session waits for what will never come, or None where it does not."""
    left = saved["interrupted"]
    waits = [(saved["state"], saved["pending"], saved["deadlines"])]
    if left is not None and left["result"] is None:
        waits.append((left["state"], left["pending"], left["fixed"]))
    for state, key, deadlines in waits:
        triggers = {trigger for trigger, _, _ in deadlines}
        match kinds.get(state, "start"):
            case "call" if key not in pending and "result" not in triggers:
                return f"in {state} it awaits a result, and nothing will bring one"
            case "wait" if "elapsed" not in triggers:
                return f"in {state} it awaits an instant, and no clock runs"
            case "ask" | "state" if key is not None and key not in pending:
                return f"in {state} it keeps messages for a result that does not come"
            case _:
                pass
    return None


def overdue(database: Database, now: Instant) -> list[str]:
    """The contacts that have a deadline before `now`, one that is unreadable among them."""
    found: list[str] = []
    for contact, row in database.sessions.items():
        try:
            due = min((each.due for each in load_session(row.body, contact).deadlines), default=None)
        except Unreadable:
            due = row.due
        if due is not None and due < now:
            found.append(contact)
    return found
