"""Dead letters: what went wrong for good, with its cause, for whoever looks after the sessions.

What is left of a session that ended by a fault is stored with its end, as versioned JSON. None of its values is:
they are gone as those of any session that has ended.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from flowrt import fields as read
from flowrt.abc import LetterRow
from flowrt.codec import end_reason
from flowrt.effects import Effect, Ended, EndReason
from flowrt.fields import Unreadable
from flowrt.time import Instant

VERSION = 1
"""The version of what is stored."""

CAUSE_MAX = 1_000
"""The longest cause that is stored, in code points; of a longer one the rest is left out."""

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Something that went wrong for good, with its cause.

    `what` is "session" for one that is stored and cannot go on, "ended" for one that has ended as failed or outdated,
    "parked" for an effect that could not be delivered. `number` names the latter two: for `discard`, and for `retry`
    of what is parked. `at` is None where it is not known when it was, `session` and `state` are empty where it is not
    known which that was, and in which state it rested before.
    """

    what: Literal["session", "ended", "parked"]
    contact: str
    cause: str
    at: Instant | None = None
    number: int | None = None
    effect: Effect | None = None
    reason: EndReason | None = None
    session: str = ""
    state: str = ""


def dump_letter(ended: Ended, state: str) -> str:
    """What is stored of a session that has ended by a fault, and had rested in `state`.

    >>> dump_letter(Ended("1#0", "ada", "m1", "failed", {"name": "Ada"}, "OutOfBounds: too much"), "menu")
    '{"version":1,"session":"m1","reason":"failed","state":"menu","cause":"OutOfBounds: too much"}'
    """
    cause = (ended.cause or "")[:CAUSE_MAX]
    parts = {"session": ended.session, "reason": ended.reason, "state": state, "cause": cause}
    return _encode({"version": VERSION, **parts})


def load_letter(row: LetterRow) -> DeadLetter:
    """The letter in `row`; one that cannot be read says so in place of its cause.

    >>> load_letter(LetterRow("ada", 7, "garbage", 5)).cause
    'the stored text is not a JSON object'
    """
    try:
        fields = read.parsed(row.body)
        if fields.whole("version") != VERSION:
            raise Unreadable(f"the letter has another version than {VERSION}, which this runtime reads")
        return DeadLetter(
            "ended",
            row.contact,
            fields.text("cause"),
            row.at,
            row.seq,
            reason=fields.read("reason", end_reason),
            session=fields.text("session"),
            state=fields.text("state"),
        )
    except Unreadable as why:
        return DeadLetter("ended", row.contact, str(why), row.at, row.seq)
