"""What an engine keeps of one contact, as texts under a few keys, and what each event makes of that.

Nothing here awaits or imports an engine: an engine loads the texts, has them changed, and sets those that differ.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from flowrt import fields as read
from flowrt.abc import LETTERS_LIVE, MARKS_LIVE, Change, Lane, LetterRow
from flowrt.fields import Mismatch
from flowrt.log import logger
from flowrt.time import SECOND, Instant, Period

BATCH = 20
"""How many replies are delivered in one go."""

LETTERS = 20
"""How many sessions of a contact that ended by a fault are remembered, the last ones."""

OVERDUE: Period = 60 * SECOND
"""A timer that is so long overdue is lost: another is set."""

LOST: Period = 60 * 60 * SECOND
"""A delivery of which nothing was heard for so long is lost: another begins."""

T = TypeVar("T")

_DAY: Period = 24 * 60 * 60 * SECOND
_MARKS = "marks."
_UNREADABLE = "unreadable."

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class Row(NamedTuple):
    """An effect that waits to be delivered."""

    seq: int
    lane: Lane
    body: str


class ParkedEffect(NamedTuple):
    """An effect that could not be delivered: why, in words, and when that was found."""

    seq: int
    lane: Lane
    body: str
    why: str
    at: Instant


class Letter(NamedTuple):
    """What is left of a session that ended by a fault, as text, and when it did."""

    seq: int
    body: str
    at: Instant


class Alarm(NamedTuple):
    """The one timer of a contact: when it rings, the name that only it has, and how the engine knows it."""

    at: Instant
    name: str
    invocation: str


class Underway(NamedTuple):
    """The one delivery of a lane: the name that only it has, since when it is under way, and how the engine knows it
    where it is to begin later."""

    lane: Lane
    name: str
    since: Instant
    invocation: str = ""


@dataclass(slots=True)
class Outbox:
    """What waits to be delivered, in order, what could not be, and the deliveries under way, one in each lane."""

    seq: int
    rows: list[Row]
    underway: list[Underway]
    parked: list[ParkedEffect]


class Kept:
    """All that is kept of one contact. `unreadable` is what was put aside, by key.

    >>> kept = Kept({})
    >>> kept.take(Change("ada", at=5, session="{}", due=9, mark="m1", outbox=[("reply", "Hi!")]), now=6)
    >>> kept.dump()
    {'session': '{}', 'due': '9', 'outbox': '[1,[[1,"reply","Hi!"]],[],[]]', 'marks.0': '["m1"]'}
    >>> kept.knows("m1"), kept.wanted, Kept(kept.dump()).outbox.rows
    (True, 9, [Row(seq=1, lane='reply', body='Hi!')])
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = keys
        self.unreadable = {key: text for key, text in keys.items() if key.startswith(_UNREADABLE)}
        self.session = keys.get("session")
        self.due = self._read("due", read.whole)
        self.alarm = self._read("timer", _alarm)
        self.outbox = self._read("outbox", _outbox) or Outbox(0, [], [], [])
        self._letters = self._read("letters", _letters) or []
        self._marks: dict[int, list[str]] = {}
        for key in sorted(keys):
            day = key.removeprefix(_MARKS)
            if key.startswith(_MARKS) and day.isdecimal() and day.isascii():
                self._marks[int(day)] = self._read(key, _texts) or []
        if self.session is not None and self.due is None and "due" in keys:
            self.due = 0  # it is looked at at once, and set anew by what comes of that

    def _read(self, key: str, reader: Callable[[object], T]) -> T | None:
        """What `reader` makes of the text under `key`; one that it cannot read is put aside under another key."""
        text = self._keys.get(key)
        if text is None:
            return None
        try:
            return reader(json.loads(text))
        except (ValueError, RecursionError, Mismatch):
            logger.error("what is kept under %(key)r cannot be read: it is put aside", {"key": key})
            self.unreadable[_UNREADABLE + key] = text
            return None

    def dump(self) -> dict[str, str]:
        """What is kept, by key. A contact of whom nothing is left has no keys."""
        keys = dict(self.unreadable)
        if self.session is not None:
            keys["session"] = self.session
        if self.due is not None:
            keys["due"] = _encode(self.due)
        if self.alarm is not None:
            keys["timer"] = _encode(self.alarm)
        outbox = self.outbox
        if outbox.rows or outbox.underway or outbox.parked or self._letters:  # for the sake of its numbers
            keys["outbox"] = _encode([outbox.seq, outbox.rows, outbox.underway, outbox.parked])
        if self._letters:
            keys["letters"] = _encode(self._letters)
        return keys | {f"{_MARKS}{day}": _encode(ids) for day, ids in self._marks.items()}

    def knows(self, mark: str) -> bool:
        """Whether the event with this id was handled."""
        return any(mark in ids for ids in self._marks.values())

    @property
    def marks(self) -> int:
        """How many ids of events are known."""
        return sum(map(len, self._marks.values()))

    def take(self, change: Change, now: Instant) -> None:
        """Make `change` true. Its calls are the engine's own affair.

        The life of its mark begins `now`: the event may have been accepted long before.
        """
        self.session, self.due = change.session, change.due
        if change.mark is not None:
            self._marks.setdefault(now // _DAY, []).append(change.mark)
        self._append(change.outbox)
        for body in change.letters:
            self.outbox.seq += 1
            self._letters = [*self._letters, Letter(self.outbox.seq, body, now)][-LETTERS:]

    def _append(self, rows: Sequence[tuple[Lane, str]]) -> None:
        outbox = self.outbox
        for lane, body in rows:
            outbox.seq += 1
            outbox.rows.append(Row(outbox.seq, lane, body))

    def forget_old(self, now: Instant) -> None:
        """Forget the marks of days that lie long enough back, and letters."""
        self._marks = {day: ids for day, ids in self._marks.items() if _expiry(day) > now}
        self._letters = [letter for letter in self._letters if letter.at + LETTERS_LIVE > now]

    def letters(self, contact: str) -> list[LetterRow]:
        """What is left of sessions of `contact` that ended by a fault."""
        return [LetterRow(contact, *letter) for letter in self._letters]

    def discard_letters(self, seqs: Collection[int]) -> int:
        """Forget these letters, or all where none are given, and return how many there were."""
        kept = [letter for letter in self._letters if seqs and letter.seq not in seqs]
        found, self._letters = len(self._letters) - len(kept), kept
        return found

    @property
    def wanted(self) -> Instant | None:
        """When there is something to do even if nothing comes: a deadline, or what is to be forgotten."""
        moments = [_expiry(day) for day in self._marks]
        moments += [letter.at + LETTERS_LIVE for letter in self._letters]
        return min(moments if self.due is None else [self.due, *moments], default=None)

    def needs_alarm(self, now: Instant) -> Instant | None:
        """For when a timer must be set, None where the one that is set rings in time."""
        wanted, alarm = self.wanted, self.alarm
        if wanted is None or (alarm is not None and alarm.at <= wanted and alarm.at > now - OVERDUE):
            return None
        return wanted

    # Delivering.

    def begin_delivery(self, lane: Lane, name: str, now: Instant) -> list[Row]:
        """The rows to deliver now, under this name; none where the lane is empty, or a delivery is under way."""
        outbox = self.outbox
        if any(other.lane == lane and other.since > now - LOST for other in outbox.underway):
            return []
        outbox.underway = [other for other in outbox.underway if other.lane != lane]
        rows = [row for row in outbox.rows if row.lane == lane][:BATCH]
        if rows:
            outbox.underway.append(Underway(lane, name, now))
        return rows

    def begins_later(self, name: str, invocation: str) -> None:
        """The delivery of this name has yet to begin, and is known to the engine as `invocation`."""
        self.outbox.underway = [
            one._replace(invocation=invocation) if one.name == name else one for one in self.outbox.underway
        ]

    def end_delivery(
        self, name: str, taken: Collection[int], parked: Mapping[int, str], now: Instant
    ) -> bool:
        """The delivery is over: these rows were taken, and those could not be, for the reasons given. Returns whether
        it was under way; one that was given up for lost is not heard."""
        outbox = self.outbox
        ended = [one for one in outbox.underway if one.name == name]
        for one in ended:
            outbox.underway.remove(one)
            rows = [row for row in outbox.rows if row.lane == one.lane]
            outbox.parked += [ParkedEffect(*row, parked[row.seq], now) for row in rows if row.seq in parked]
            over = [row for row in rows if row.seq in parked or row.seq in taken]
            outbox.rows = [row for row in outbox.rows if row not in over]
        return bool(ended)

    @property
    def scheduled(self) -> list[str]:
        """What the engine is to begin later: the timer, and deliveries that are tried again after a pause."""
        timers = [] if self.alarm is None else [self.alarm.invocation]
        return timers + [one.invocation for one in self.outbox.underway if one.invocation]

    def unpark(self, seqs: Collection[int], *, again: bool) -> int:
        """Take these, or all where none are given, away from what could not be delivered; with `again` they go to
        the end of the outbox. Returns how many there were."""
        outbox = self.outbox
        chosen = [effect for effect in outbox.parked if not seqs or effect.seq in seqs]
        outbox.parked = [effect for effect in outbox.parked if effect not in chosen]
        if again:
            self._append([(effect.lane, effect.body) for effect in chosen])
        return len(chosen)


def _expiry(day: int) -> Instant:
    return (day + 1) * _DAY + MARKS_LIVE


# Readers: each returns what `data` is, or raises `Mismatch`.


def _texts(data: object) -> list[str]:
    return [read.text(id) for id in read.row(data)]


def _letters(data: object) -> list[Letter]:
    return [_letter(letter) for letter in read.row(data)]


def _letter(data: object) -> Letter:
    seq, body, at = read.row(data, 3)
    return Letter(read.whole(seq), read.text(body), read.whole(at))


def _alarm(data: object) -> Alarm:
    at, name, invocation = read.row(data, 3)
    return Alarm(read.whole(at), read.text(name), read.text(invocation))


def _outbox(data: object) -> Outbox:
    seq, rows, underway, parked = read.row(data, 4)
    return Outbox(
        read.whole(seq),
        [row_of(row) for row in read.row(rows)],
        [_underway(one) for one in read.row(underway)],
        [_parked(effect) for effect in read.row(parked)],
    )


def row_of(data: object) -> Row:
    """A row of the outbox. Raises `Mismatch`."""
    seq, lane, body = read.row(data, 3)
    return Row(read.whole(seq), lane_of(lane), read.text(body))


def lane_of(data: object) -> Lane:
    """A lane of the outbox. Raises `Mismatch`."""
    match data:
        case "reply":
            return "reply"
        case "notice":
            return "notice"
        case _:
            raise Mismatch("a lane of the outbox")


def _underway(data: object) -> Underway:
    lane, name, since, invocation = read.row(data, 4)
    return Underway(lane_of(lane), read.text(name), read.whole(since), read.text(invocation))


def _parked(data: object) -> ParkedEffect:
    seq, lane, body, why, at = read.row(data, 5)
    return ParkedEffect(read.whole(seq), lane_of(lane), read.text(body), read.text(why), read.whole(at))
