"""All extension points of the runtime, in one file: a store, a channel, a listener, a clock.

Each is a protocol: a class needs no base of ours, only the methods. Implementations live in modules of their
own, and only those import what they are built on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from flowrt.effects import Dropped, Emitted, Ended, Reply
from flowrt.errors import Undeliverable
from flowrt.time import SECOND, Clock, Instant, Period
from flowrt.values import INT_MAX

__all__ = [
    "BUCKET",
    "LETTERS_LIVE",
    "LETTERS_MAX",
    "MARKS_LIVE",
    "CallRow",
    "Change",
    "Channel",
    "Clock",
    "Lane",
    "LetterRow",
    "Listener",
    "Notice",
    "OutboxRow",
    "ParkedRow",
    "SessionRow",
    "Store",
    "Stored",
    "Undeliverable",
]

Lane = Literal["reply", "notice"]
"""The two queues of a contact's outbox: a host that cannot be told must not silence the bot."""

Notice = Ended | Emitted | Dropped
"""What a listener is told."""

MARKS_LIVE: Period = 8 * 24 * 60 * 60 * SECOND
"""How long a message id is remembered after it was handled. Web hooks repeat a message for up to 7 days."""

LETTERS_LIVE: Period = 30 * 24 * 60 * 60 * SECOND
"""How long it is remembered that a session ended by a fault."""

LETTERS_MAX = 100_000
"""Of how many sessions that is remembered, the last ones; what comes above it is deleted within the hour."""

BUCKET: Period = 32 * SECOND
"""How coarsely a store that indexes deadlines does so. Nearly every message moves a deadline on: an index on the
exact instant would be written each time, and this one only when the deadline comes to lie in another bucket."""


class Channel(Protocol):
    """What carries replies to the contacts."""

    async def send(self, reply: Reply) -> None:
        """Deliver `reply`, and return once the channel has taken it.

        Replies of one contact come one after the other, in order; those of different contacts at the same
        time. A reply whose delivery was cut short comes again with the same `reply.id`. Raises `Undeliverable`
        where sending it again would not help: the reply is parked, and the next one sent. Whatever else is
        raised means "not delivered": the reply is sent again, after a pause.
        """
        ...


class Listener(Protocol):
    """The host's ear: it learns how sessions end, what the flow tells it, and what the flow did not take."""

    async def told(self, notice: Notice) -> None:
        """Learn of `notice`: in order for one contact, at least once, each with a stable `notice.id`.

        Whatever is raised means "not understood": the notice comes again, after a pause; but for
        `Undeliverable`, with which it is parked.
        """
        ...


class Stored(NamedTuple):
    """What a store holds for one contact when an event comes."""

    session: str | None
    """The session as text, None where there is none."""
    marked: bool
    """Whether the event's id was handled before."""
    version: int = 0
    """What a shared store knows the session by, as it is now: another one after each change, 0 without one."""


class OutboxRow(NamedTuple):
    """An effect that waits to be delivered. `seq` grows from row to row of one contact."""

    seq: int
    body: str


class ParkedRow(NamedTuple):
    """An effect that could not be delivered: why, in words, and when that was found."""

    contact: str
    seq: int
    lane: Lane
    body: str
    why: str
    at: Instant


class LetterRow(NamedTuple):
    """What is left of a session that ended by a fault, as text, and when it did. `seq` grows from row to row."""

    contact: str
    seq: int
    body: str
    at: Instant


class SessionRow(NamedTuple):
    """The session of a contact, as text, and its next deadline."""

    contact: str
    body: str
    due: Instant | None


class CallRow(NamedTuple):
    """A call whose result is awaited."""

    contact: str
    key: str
    body: str


@dataclass(slots=True)
class Change:
    """All that one event changes for one contact; a store makes it true at once or not at all.

    `session` replaces the session stored, None deletes it; `due` is its next deadline. `mark` is the id of
    the event to remember as handled at the instant `at`, None for an event that has none. `outbox` are rows
    to append, `calls` are calls to add, by key, and `calls_over` the keys of those that nothing awaits any
    more; these go first. `expects` is the version of the session that the change was made from, None where
    whatever is there is to be replaced. `letters` are texts to keep of sessions that ended by a fault.
    """

    contact: str
    at: Instant
    session: str | None = None
    due: Instant | None = None
    mark: str | None = None
    outbox: Sequence[tuple[Lane, str]] = ()
    calls: Sequence[tuple[str, str]] = ()
    calls_over: Sequence[str] | Literal["all"] = ()
    expects: int | None = None
    letters: Sequence[str] = ()


class Store(Protocol):
    """Where sessions, outgoing replies, pending calls and the marks of handled messages are kept.

    Contacts, ids and keys are opaque: any `str`, with NUL and lone surrogates. Bodies are ASCII text and are
    given back as they were. A bot hands over one event of a contact at a time, and events of many contacts at
    once. Every method may raise `StoreError`; then nothing has changed, but of `commit` that cannot always be
    known: the bot reads the contact again.

    Several bots may have a `shared` store open at once, each a *worker* of its own. It says `Conflict` to the
    one whose change comes second, and gives what must be done by one worker at a time to one of them: to
    deliver to a contact, to run a call, to fire an overdue deadline. What a worker holds is given to another
    when it has closed the store, or has not been heard of for a while.
    """

    @property
    def shared(self) -> bool:
        """Whether several bots, in several processes, may have the store open at once."""
        ...

    async def open(self) -> None:
        """Make the store ready. Raises `StoreError`, in a sentence, where it cannot be used."""
        ...

    async def close(self) -> None:
        """Let go of all that `open` took hold of; what was committed stays. A second time changes nothing."""
        ...

    async def read(self, contact: str, mark: str | None) -> Stored:
        """The session of `contact`, and whether the event with the id `mark` was handled."""
        ...

    async def commit(self, change: Change) -> None:
        """Make `change` true, all of it in one transaction, and durably as far as the store is durable.

        Raises `Conflict` where the store is shared, and the session is not what `change.expects` or the event
        was handled meanwhile.
        """
        ...

    async def deadlines(self, before: Instant = INT_MAX) -> Iterable[tuple[str, Instant]]:
        """Contacts whose session has a next deadline at or before that instant, with it.

        Of a store of one bot's own these are all; a shared one gives some of them, to this worker alone for a
        minute: the rest is had by asking again, until there is none.
        """
        ...

    async def undelivered(self, lane: Lane) -> Iterable[str]:
        """Every contact with rows in this lane of the outbox, each once; a shared store gives some of those to
        which no worker delivers, as with `deadlines`."""
        ...

    async def outbox(self, contact: str, lane: Lane, limit: int) -> Sequence[OutboxRow]:
        """The first rows of the lane of `contact`, at most `limit`, in order; none where another worker
        delivers to it."""
        ...

    async def delivered(self, contact: str, lane: Lane, seqs: Sequence[int]) -> bool:
        """Delete these rows of the outbox; those that are gone already are no error.

        Returns whether more may have come since `outbox` was read. A shared store where none have lets other
        workers deliver to that contact.
        """
        ...

    async def park(self, contact: str, lane: Lane, seq: int, why: str, at: Instant) -> None:
        """Take a row out of the outbox and put it with what could not be delivered; one that is gone already
        is no error."""
        ...

    async def parked(self, contact: str | None, after: int, limit: int) -> Sequence[ParkedRow]:
        """What could not be delivered, to `contact` or to anybody, at most `limit` of it, by growing `seq` above
        `after`."""
        ...

    async def unpark(self, contact: str, seqs: Sequence[int], *, again: bool) -> int:
        """Take these away from what could not be delivered; with `again` they go to the end of the outbox.

        Returns how many there were.
        """
        ...

    async def letters(self, contact: str | None, after: int, limit: int) -> Sequence[LetterRow]:
        """What is left of sessions that ended by a fault, of `contact` or of anybody, as `parked`. No letter has the
        number of a row that is parked."""
        ...

    async def discard_letters(self, contact: str, seqs: Sequence[int]) -> int:
        """Delete these letters, and return how many there were."""
        ...

    async def forget_letters(self, before: Instant, keep: int) -> int:
        """Delete the letters from before that instant, and of the others all but the last `keep`; return how many
        they were."""
        ...

    async def calls(self, contact: str | None = None) -> Iterable[CallRow]:
        """Every call whose result is awaited, or only those of `contact`; a shared store gives some of those
        which no worker runs, as with `deadlines`, and of `contact` this worker's own."""
        ...

    async def forget_marks(self, before: Instant) -> int:
        """Delete the marks made before that instant, and return how many they were."""
        ...

    async def sessions(self, after: str | None, limit: int) -> Sequence[SessionRow]:
        """Sessions in the store's own order of contacts, at most `limit`: the first, or those behind the contact
        `after`, whether that has a session or not. Fewer than `limit` are the last.
        """
        ...

    async def erase(self, contact: str) -> int:
        """Delete all that there is of `contact`, in one transaction, and return how many rows that were.

        That is the session with what is kept, the outbox, what could not be delivered, the letters, the calls, and
        the marks: a message that comes again is a new one then.
        """
        ...
