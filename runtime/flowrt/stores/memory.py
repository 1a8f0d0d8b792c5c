"""A store in the memory of the process: for tests, and for bots that may forget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flowrt.abc import CallRow, Change, Lane, OutboxRow, Stored
from flowrt.errors import StoreError
from flowrt.time import Instant


class MemoryStore:
    """Keeps everything in dictionaries, for as long as the object lives: a bot opened again on it goes on."""

    def __init__(self) -> None:
        self._in_use = False
        self._seq = 0
        self._sessions: dict[str, tuple[str, Instant | None]] = {}
        self._marks: dict[tuple[str, str], Instant] = {}
        self._outbox: dict[tuple[str, Lane], dict[int, str]] = {}
        self._calls: dict[str, dict[str, str]] = {}

    async def open(self) -> None:
        """Take the store into use. Raises `StoreError` where another bot has it."""
        if self._in_use:
            raise StoreError("another bot uses this memory store: a memory store serves one bot at a time")
        self._in_use = True

    async def close(self) -> None:
        """Make room for another bot; the data stays."""
        self._in_use = False

    async def read(self, contact: str, mark: str | None) -> Stored:
        """The session of `contact`, and whether `mark` was handled."""
        body, _ = self._sessions.get(contact, (None, None))
        return Stored(body, mark is not None and (contact, mark) in self._marks)

    async def commit(self, change: Change) -> None:
        """Make `change` true; nothing in here can fail half-way."""
        contact = change.contact
        if change.session is None:
            self._sessions.pop(contact, None)
        else:
            self._sessions[contact] = (change.session, change.due)
        if change.mark is not None:
            self._marks[contact, change.mark] = change.at
        for lane, body in change.outbox:
            self._seq += 1
            self._outbox.setdefault((contact, lane), {})[self._seq] = body
        if change.calls or change.calls_over:
            self._change_calls(change)

    def _change_calls(self, change: Change) -> None:
        calls = self._calls.pop(change.contact, {})
        for key in list(calls) if change.calls_over == "all" else change.calls_over:
            calls.pop(key, None)
        calls.update(change.calls)
        if calls:
            self._calls[change.contact] = calls

    async def deadlines(self) -> Iterable[tuple[str, Instant]]:
        """Every contact whose session has a deadline, with the next."""
        return [(contact, due) for contact, (_, due) in self._sessions.items() if due is not None]

    async def undelivered(self, lane: Lane) -> Iterable[str]:
        """Every contact with rows in this lane."""
        return [contact for contact, other in self._outbox if other == lane]

    async def outbox(self, contact: str, lane: Lane, after: int, limit: int) -> Sequence[OutboxRow]:
        """The first rows of the lane, above `after`."""
        rows = self._outbox.get((contact, lane), {})
        return [OutboxRow(seq, body) for seq, body in rows.items() if seq > after][:limit]

    async def delivered(self, contact: str, seqs: Sequence[int]) -> None:
        """Delete these rows."""
        lanes: tuple[Lane, ...] = ("reply", "notice")
        for lane in lanes:
            rows = self._outbox.get((contact, lane), {})
            for seq in seqs:
                rows.pop(seq, None)
            if not rows:
                self._outbox.pop((contact, lane), None)

    async def calls(self) -> Iterable[CallRow]:
        """Every call whose result is awaited."""
        return [CallRow(who, key, body) for who, calls in self._calls.items() for key, body in calls.items()]

    async def forget_marks(self, before: Instant) -> int:
        """Delete the marks made before that instant."""
        old = [mark for mark, at in self._marks.items() if at < before]
        for mark in old:
            del self._marks[mark]
        return len(old)
