"""All extension points of the runtime, in one file: a store, a channel, a listener, a clock.

Each is a protocol: a class needs no base of ours, only the methods. Implementations live in modules of their
own, and only those import what they are built on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from flowrt.effects import Dropped, Emitted, Ended, Reply
from flowrt.time import SECOND, Clock, Instant, Period

__all__ = [
    "MARKS_LIVE",
    "CallRow",
    "Change",
    "Channel",
    "Clock",
    "Lane",
    "Listener",
    "Notice",
    "OutboxRow",
    "Store",
    "Stored",
]

Lane = Literal["reply", "notice"]
"""The two queues of a contact's outbox: a host that cannot be told must not silence the bot."""

Notice = Ended | Emitted | Dropped
"""What a listener is told."""

MARKS_LIVE: Period = 8 * 24 * 60 * 60 * SECOND
"""How long a message id is remembered after it was handled. Web hooks repeat a message for up to 7 days."""


class Channel(Protocol):
    """What carries replies to the contacts."""

    async def send(self, reply: Reply) -> None:
        """Deliver `reply`, and return once the channel has taken it.

        Replies of one contact come one after the other, in order; those of different contacts at the same
        time. A reply whose delivery was cut short comes again with the same `reply.id`. Whatever is raised
        means "not delivered": the reply is sent again, after a pause.
        """
        ...


class Listener(Protocol):
    """The host's ear: it learns how sessions end, what the flow tells it, and what the flow did not take."""

    async def told(self, notice: Notice) -> None:
        """Learn of `notice`: in order for one contact, at least once, each with a stable `notice.id`.

        Whatever is raised means "not understood": the notice comes again, after a pause.
        """
        ...


class Stored(NamedTuple):
    """What a store holds for one contact when an event comes."""

    session: str | None
    """The session as text, None where there is none."""
    marked: bool
    """Whether the event's id was handled before."""


class OutboxRow(NamedTuple):
    """An effect that waits to be delivered. `seq` grows from row to row of one contact."""

    seq: int
    body: str


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
    more; these go first.
    """

    contact: str
    at: Instant
    session: str | None = None
    due: Instant | None = None
    mark: str | None = None
    outbox: Sequence[tuple[Lane, str]] = ()
    calls: Sequence[tuple[str, str]] = ()
    calls_over: Sequence[str] | Literal["all"] = ()


class Store(Protocol):
    """Where sessions, outgoing replies, pending calls and the marks of handled messages are kept.

    Contacts, ids and keys are opaque: any `str`, with NUL and lone surrogates. Bodies are ASCII text and are
    given back as they were. A bot hands over one event of a contact at a time, and events of many contacts at
    once. Every method may raise `StoreError`; then nothing has changed, but of `commit` that cannot always be
    known: the bot reads the contact again.
    """

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
        """Make `change` true, all of it in one transaction, and durably as far as the store is durable."""
        ...

    async def deadlines(self) -> Iterable[tuple[str, Instant]]:
        """Every contact whose session has a next deadline, with that instant."""
        ...

    async def undelivered(self, lane: Lane) -> Iterable[str]:
        """Every contact with rows in this lane of the outbox, each once."""
        ...

    async def outbox(self, contact: str, lane: Lane, after: int, limit: int) -> Sequence[OutboxRow]:
        """The first rows of the lane of `contact`, at most `limit`, in order, with a `seq` above `after`."""
        ...

    async def delivered(self, contact: str, seqs: Sequence[int]) -> None:
        """Delete these rows of the outbox of `contact`; those that are gone already are no error."""
        ...

    async def calls(self) -> Iterable[CallRow]:
        """Every call whose result is awaited."""
        ...

    async def forget_marks(self, before: Instant) -> int:
        """Delete the marks made before that instant, and return how many they were."""
        ...
