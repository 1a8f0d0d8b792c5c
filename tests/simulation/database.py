"""What outlives every process: the tables of a store, which change as those of a real one do.

`shared` is the kind that several workers use at once, as PostgreSQL; the other serves one process, as SQLite.
Nothing here waits or fails: that is the way there, in `store`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from flowrt.abc import BUCKET, CallRow, Change, Lane, LetterRow, OutboxRow, ParkedRow, Stored
from flowrt.errors import Conflict, InUse
from flowrt.time import SECOND, Instant
from flowrt.values import INT_MAX

LEASE = 30.0
"""For how many seconds a worker that is not heard of keeps what it holds."""

DEADLINE_HELD = 60 * SECOND
"""How long a deadline that was given to a worker is not given to another."""


@dataclass(slots=True)
class Row:
    """A session."""

    body: str
    due: Instant | None
    bucket: int | None
    version: int


@dataclass(slots=True)
class Queue:
    """A lane of a contact's outbox in which there is something: who delivers it, and when it was added to last."""

    worker: int
    news: int


@dataclass(slots=True)
class StoredCall:
    """A call, and who runs it."""

    body: str
    worker: int


class Database:
    """The tables. `now` tells the seconds of the server's own clock."""

    def __init__(self, now: Callable[[], float], *, shared: bool) -> None:
        self.shared = shared
        self._now = now
        self._last = 0
        self.alive: dict[int, float] = {}
        self.sessions: dict[str, Row] = {}
        self.marks: dict[str, dict[str, Instant]] = {}
        self.queues: dict[tuple[str, Lane], Queue] = {}
        self.outbox_rows: dict[tuple[str, Lane], dict[int, str]] = {}
        self.parked_rows: dict[int, ParkedRow] = {}
        self.letter_rows: dict[int, LetterRow] = {}
        self.pending: dict[str, dict[str, StoredCall]] = {}

    def next(self) -> int:
        """A number that was never given before."""
        self._last += 1
        return self._last

    # Workers.

    def join(self) -> int:
        """The number of a new worker. Raises `InUse` where there may be only one, and one is there."""
        if not self.shared and self.alive:
            raise InUse("another process uses this store")
        worker = self.next()
        self.beat(worker)
        return worker

    def beat(self, worker: int) -> None:
        """The worker is alive."""
        self.alive[worker] = self._now() + LEASE

    def leave(self, worker: int) -> None:
        """What the worker holds is anybody's."""
        self.alive.pop(worker, None)

    def is_free(self, held_by: int) -> bool:
        """Whether what that worker holds may be taken by another."""
        return not self.shared or self.alive.get(held_by, -1.0) < self._now()

    # Sessions.

    def read(self, contact: str, mark: str | None) -> Stored:
        """The session, and whether the mark is there."""
        row = self.sessions.get(contact)
        marked = mark is not None and mark in self.marks.get(contact, {})
        if row is None:
            return Stored(None, marked)
        return Stored(row.body, marked, row.version if self.shared else 0)

    def commit(self, change: Change, worker: int) -> list[int]:
        """Make `change` true; the numbers of the rows it adds to the outbox. Raises `Conflict`."""
        contact = change.contact
        if self.shared:
            self._compare(change)
        if change.session is None:
            self.sessions.pop(contact, None)
        else:
            bucket = None if change.due is None else change.due // BUCKET
            self.sessions[contact] = Row(change.session, change.due, bucket, self.next())
        if change.mark is not None:
            self.marks.setdefault(contact, {})[change.mark] = change.at
        if change.calls or change.calls_over:
            self._change_calls(change, worker)
        for body in change.letters:
            seq = self.next()
            self.letter_rows[seq] = LetterRow(contact, seq, body, change.at)
        return [self._append(contact, lane, body, worker) for lane, body in change.outbox]

    def _compare(self, change: Change) -> None:
        row = self.sessions.get(change.contact)
        if change.expects is not None and change.expects != (0 if row is None else row.version):
            raise Conflict("another worker was first")
        if change.mark is not None and change.mark in self.marks.get(change.contact, {}):
            raise Conflict("another worker was first")

    def _append(self, contact: str, lane: Lane, body: str, worker: int) -> int:
        seq = self.next()
        self.queues.setdefault((contact, lane), Queue(worker, 0)).news = seq
        self.outbox_rows.setdefault((contact, lane), {})[seq] = body
        return seq

    def _change_calls(self, change: Change, worker: int) -> None:
        calls = self.pending.pop(change.contact, {})
        for key in list(calls) if change.calls_over == "all" else change.calls_over:
            calls.pop(key, None)
        calls.update({key: StoredCall(body, worker) for key, body in change.calls})
        if calls:
            self.pending[change.contact] = calls

    def deadlines(self, before: Instant) -> list[tuple[str, Instant]]:
        """Those up to that instant; of a shared store those that were not given to anybody in the last minute."""
        found: list[tuple[str, Instant]] = []
        for contact, row in self.sessions.items():
            if row.due is None or row.due > before:
                continue
            if self.shared:
                if row.bucket is None or row.bucket > before // BUCKET:
                    continue
                row.bucket = min(before + DEADLINE_HELD, INT_MAX) // BUCKET + 1
            found.append((contact, row.due))
        return sorted(found, key=lambda one: one[1])

    # The outbox.

    def undelivered(self, lane: Lane, worker: int, *, again: bool) -> list[str]:
        """Those to whom nobody delivers: now this worker does; with `again` those too to whom it did already."""
        found: list[str] = []
        for (contact, other), queue in self.queues.items():
            if other == lane and (self.is_free(queue.worker) or (again and queue.worker == worker)):
                queue.worker = worker
                found.append(contact)
        return found

    def outbox(self, contact: str, lane: Lane, limit: int, worker: int) -> tuple[int, Sequence[OutboxRow]]:
        """The first rows, and when the lane was added to last; none where another worker delivers it."""
        queue = self.queues.get((contact, lane))
        if queue is None or (queue.worker != worker and not self.is_free(queue.worker)):
            return -1, []
        queue.worker = worker
        rows = self.outbox_rows.get((contact, lane), {})
        return queue.news, [OutboxRow(seq, body) for seq, body in list(rows.items())[:limit]]

    def delivered(self, contact: str, lane: Lane, seqs: Iterable[int], worker: int, news: int) -> bool:
        """Delete these rows; let the lane go if nothing came since `news`, and return whether that was done."""
        for seq in seqs:
            self._take(contact, lane, seq)
        queue = self.queues.get((contact, lane))
        if not self.shared or queue is None or queue.worker != worker or queue.news != news:
            return False
        del self.queues[contact, lane]
        return True

    def _take(self, contact: str, lane: Lane, seq: int) -> str | None:
        """The row, which is deleted."""
        rows = self.outbox_rows.get((contact, lane), {})
        body = rows.pop(seq, None)
        if not rows:
            self.outbox_rows.pop((contact, lane), None)
            if not self.shared:
                self.queues.pop((contact, lane), None)
        return body

    def park(self, contact: str, lane: Lane, seq: int, why: str, at: Instant) -> None:
        """Move a row to what could not be delivered."""
        body = self._take(contact, lane, seq)
        if body is not None:
            self.parked_rows[seq] = ParkedRow(contact, seq, lane, body, why, at)

    def parked(self, contact: str | None, after: int, limit: int) -> list[ParkedRow]:
        """What could not be delivered."""
        rows = [row for seq, row in sorted(self.parked_rows.items()) if seq > after]
        return [row for row in rows if contact in (None, row.contact)][:limit]

    def unpark(self, contact: str, seqs: Iterable[int], worker: int, *, again: bool) -> dict[int, int | None]:
        """Take these away; what was there, with the number that it has at the end of the outbox, if it goes there."""
        found: dict[int, int | None] = {}
        for seq in sorted(seqs):
            row = self.parked_rows.get(seq)
            if row is None or row.contact != contact:
                continue
            del self.parked_rows[seq]
            found[seq] = self._append(contact, row.lane, row.body, worker) if again else None
        return found

    # Letters.

    def letters(self, contact: str | None, after: int, limit: int) -> list[LetterRow]:
        """What is left of sessions that ended by a fault."""
        rows = [
            row for seq, row in self.letter_rows.items() if seq > after and contact in (None, row.contact)
        ]
        return rows[:limit]

    def discard_letters(self, contact: str, seqs: Iterable[int]) -> int:
        """Delete these."""
        found = [
            seq for seq in set(seqs) if seq in self.letter_rows and self.letter_rows[seq].contact == contact
        ]
        return self._discard(found)

    def forget_letters(self, before: Instant, keep: int) -> int:
        """Delete those from before that instant, and all but the last."""
        old = {seq for seq, row in self.letter_rows.items() if row.at < before}
        return self._discard({*old, *list(self.letter_rows)[: max(0, len(self.letter_rows) - keep)]})

    def _discard(self, seqs: Collection[int]) -> int:
        for seq in seqs:
            del self.letter_rows[seq]
        return len(seqs)

    # Calls and marks.

    def calls(self, contact: str | None, worker: int, *, again: bool) -> list[CallRow]:
        """Those that nobody runs: now this worker does; of `contact`, or `again`, also what was this worker's."""
        found: list[CallRow] = []
        whose = self.pending.items() if contact is None else [(contact, self.pending.get(contact, {}))]
        for who, calls in whose:
            for key, call in calls.items():
                mine = call.worker == worker and (again or contact is not None)
                if mine or self.is_free(call.worker):
                    call.worker = worker
                    found.append(CallRow(who, key, call.body))
        return found

    def forget_marks(self, before: Instant) -> int:
        """Delete the marks made before that instant."""
        count = 0
        for contact, marks in list(self.marks.items()):
            kept = {id: at for id, at in marks.items() if at >= before}
            count += len(marks) - len(kept)
            if kept:
                self.marks[contact] = kept
            else:
                del self.marks[contact]
        return count

    def erase(self, contact: str) -> int:
        """Delete all that there is of `contact`."""
        rows = int(self.sessions.pop(contact, None) is not None)
        rows += len(self.pending.pop(contact, {})) + len(self.marks.pop(contact, {}))
        for lane in get_args(Lane):
            self.queues.pop((contact, lane), None)
            rows += len(self.outbox_rows.pop((contact, lane), {}))
        parked = [seq for seq, row in self.parked_rows.items() if row.contact == contact]
        for seq in parked:
            del self.parked_rows[seq]
        letters = [seq for seq, row in self.letter_rows.items() if row.contact == contact]
        return rows + len(parked) + self._discard(letters)
