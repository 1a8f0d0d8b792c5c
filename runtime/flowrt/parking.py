"""What could not be delivered, as it is shown to whoever looks at it."""

from __future__ import annotations

from dataclasses import dataclass

from flowrt.abc import ParkedRow
from flowrt.codec import load_effect
from flowrt.effects import Effect
from flowrt.fields import Unreadable
from flowrt.time import Instant
from flowrt.values import Records


@dataclass(frozen=True, slots=True)
class Parked:
    """A reply, or a notice, that could not be delivered.

    `number` names it towards the bot, `why` is what the channel said, and `at` when it said so. `effect` is None
    where what is stored cannot be read.
    """

    number: int
    contact: str
    effect: Effect | None
    why: str
    at: Instant


def parked_of(row: ParkedRow, records: Records) -> Parked:
    """What the store has in `row`, with the records of the flow.

    >>> parked_of(ParkedRow("ada", 7, "reply", "garbage", "too late", 5), {}).effect is None
    True
    """
    try:
        effect = load_effect(row.body, row.contact, records)
    except Unreadable:
        effect = None
    return Parked(row.seq, row.contact, effect, row.why, row.at)
