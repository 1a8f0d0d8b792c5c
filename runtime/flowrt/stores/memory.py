"""A store in the memory of the process: for tests, and for bots that may forget."""

from __future__ import annotations

import heapq
import os
from collections.abc import Collection, Iterable, Sequence
from typing import get_args

from flowrt.abc import CallRow, Change, Lane, LetterRow, OutboxRow, ParkedRow, SessionRow, Stored
from flowrt.errors import StoreError
from flowrt.time import Instant
from flowrt.values import INT_MAX

_SEVERAL = "To run several processes, keep the sessions in PostgreSQL"


class MemoryStore:
    """Keeps everything in dictionaries, for as long as the object lives: a bot opened again on it goes on."""

    shared = False

    def __init__(self) -> None:
        self._in_use = False
        self._process = os.getpid()
        self._seq = 0
        self._sessions: dict[str, tuple[str, Instant | None]] = {}
        self._marks: dict[tuple[str, str], Instant] = {}
        self._outbox: dict[tuple[str, Lane], dict[int, str]] = {}
        self._parked: dict[int, ParkedRow] = {}
        self._letters: dict[int, LetterRow] = {}
        self._calls: dict[str, dict[str, str]] = {}

    async def open(self) -> None:
        """Take the store into use.

        Raises `StoreError` where another bot has it, or where this is one of several processes: each would
        have a memory of its own. A server that starts several says so in `WEB_CONCURRENCY`, or copies a
        process that has made the store already.
        """
        if self._in_use:
            raise StoreError("another bot uses this memory store: a memory store serves one bot at a time")
        if self._process != os.getpid() or _workers() > 1:
            raise StoreError(f"a memory store serves one process, and this is one of several. {_SEVERAL}")
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
            self._append(contact, lane, body)
        for body in change.letters:
            self._seq += 1
            self._letters[self._seq] = LetterRow(contact, self._seq, body, change.at)
        if change.calls or change.calls_over:
            self._change_calls(change)

    def _append(self, contact: str, lane: Lane, body: str) -> None:
        self._seq += 1
        self._outbox.setdefault((contact, lane), {})[self._seq] = body

    def _change_calls(self, change: Change) -> None:
        calls = self._calls.pop(change.contact, {})
        for key in list(calls) if change.calls_over == "all" else change.calls_over:
            calls.pop(key, None)
        calls.update(change.calls)
        if calls:
            self._calls[change.contact] = calls

    async def deadlines(self, before: Instant = INT_MAX) -> Iterable[tuple[str, Instant]]:
        """Every contact whose session has a deadline up to `before`, with the next."""
        all_due = self._sessions.items()
        return [(contact, due) for contact, (_, due) in all_due if due is not None and due <= before]

    async def undelivered(self, lane: Lane) -> Iterable[str]:
        """Every contact with rows in this lane."""
        return [contact for contact, other in self._outbox if other == lane]

    async def outbox(self, contact: str, lane: Lane, limit: int) -> Sequence[OutboxRow]:
        """The first rows of the lane."""
        rows = self._outbox.get((contact, lane), {})
        return [OutboxRow(seq, body) for seq, body in rows.items()][:limit]

    async def delivered(self, contact: str, lane: Lane, seqs: Sequence[int]) -> bool:
        """Delete these rows."""
        for seq in seqs:
            self._take(contact, lane, seq)
        return False

    def _take(self, contact: str, lane: Lane, seq: int) -> str | None:
        """The row, which is deleted."""
        rows = self._outbox.get((contact, lane), {})
        body = rows.pop(seq, None)
        if not rows:
            self._outbox.pop((contact, lane), None)
        return body

    async def park(self, contact: str, lane: Lane, seq: int, why: str, at: Instant) -> None:
        """Move a row out of the outbox, to what could not be delivered."""
        body = self._take(contact, lane, seq)
        if body is not None:
            self._parked[seq] = ParkedRow(contact, seq, lane, body, why, at)

    async def parked(self, contact: str | None, after: int, limit: int) -> Sequence[ParkedRow]:
        """What could not be delivered."""
        rows = [row for seq, row in sorted(self._parked.items()) if seq > after]
        return [row for row in rows if contact in (None, row.contact)][:limit]

    async def unpark(self, contact: str, seqs: Sequence[int], *, again: bool) -> int:
        """Delete these, or put them at the end of the outbox."""
        rows = [row for seq in sorted(set(seqs)) if (row := self._parked.get(seq)) and row.contact == contact]
        for row in rows:
            del self._parked[row.seq]
            if again:
                self._append(contact, row.lane, row.body)
        return len(rows)

    async def letters(self, contact: str | None, after: int, limit: int) -> Sequence[LetterRow]:
        """What is left of sessions that ended by a fault."""
        rows = [row for seq, row in self._letters.items() if seq > after and contact in (None, row.contact)]
        return rows[:limit]

    async def discard_letters(self, contact: str, seqs: Sequence[int]) -> int:
        """Delete these letters."""
        letters = self._letters
        return self._delete_letters(
            {seq for seq in seqs if seq in letters and letters[seq].contact == contact}
        )

    async def forget_letters(self, before: Instant, keep: int) -> int:
        """Delete the letters from before that instant, and all but the last `keep`."""
        old = [seq for seq, row in self._letters.items() if row.at < before]
        return self._delete_letters({*old, *list(self._letters)[: max(0, len(self._letters) - keep)]})

    def _delete_letters(self, seqs: Collection[int]) -> int:
        for seq in seqs:
            del self._letters[seq]
        return len(seqs)

    async def calls(self, contact: str | None = None) -> Iterable[CallRow]:
        """Every call whose result is awaited."""
        whose = self._calls.items() if contact is None else [(contact, self._calls.get(contact, {}))]
        return [CallRow(who, key, body) for who, calls in whose for key, body in calls.items()]

    async def forget_marks(self, before: Instant) -> int:
        """Delete the marks made before that instant."""
        old = [mark for mark, at in self._marks.items() if at < before]
        for mark in old:
            del self._marks[mark]
        return len(old)

    async def sessions(self, after: str | None, limit: int) -> Sequence[SessionRow]:
        """Sessions in order of contacts, those behind `after`."""
        behind = (contact for contact in self._sessions if after is None or contact > after)
        return [SessionRow(contact, *self._sessions[contact]) for contact in heapq.nsmallest(limit, behind)]

    async def erase(self, contact: str) -> int:
        """Delete all that there is of `contact`."""
        rows = int(self._sessions.pop(contact, None) is not None) + len(self._calls.pop(contact, {}))
        for lane in get_args(Lane):
            rows += len(self._outbox.pop((contact, lane), {}))
        parked = [row.seq for row in self._parked.values() if row.contact == contact]
        marks = [mark for mark in self._marks if mark[0] == contact]
        for seq in parked:
            del self._parked[seq]
        for mark in marks:
            del self._marks[mark]
        letters = [row.seq for row in self._letters.values() if row.contact == contact]
        return rows + len(parked) + len(marks) + self._delete_letters(letters)


def _workers() -> int:
    """How many processes serve together, as far as the environment says."""
    said = os.environ.get("WEB_CONCURRENCY", "")
    return int(said) if said.isdecimal() else 1
