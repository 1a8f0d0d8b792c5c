"""A store in one SQLite file: durable, with nothing to install, for one process.

Statements run in the event loop: a commit takes less time than handing it to a thread would. All changes that wait
are committed together, and what a commit promises is on the disk when it returns (WAL, `synchronous=FULL`).
`sqlite_schema.py` says what the tables are.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Literal, cast

from flowrt.abc import (
    BUCKET,
    MARKS_LIVE,
    CallRow,
    Change,
    Lane,
    LetterRow,
    OutboxRow,
    ParkedRow,
    SessionRow,
    Stored,
)
from flowrt.errors import InUse, StoreError
from flowrt.log import logger
from flowrt.stores.grouping import GroupWriter, Row, T, Write
from flowrt.stores.names import as_text, decode_name, encode_name, lenient
from flowrt.stores.sqlite_schema import make_tables
from flowrt.time import Instant
from flowrt.values import INT_MAX

Synchronous = Literal["extra", "full", "normal", "off"]
"""When SQLite waits for the disk."""

_RISKS: dict[str, str] = {
    "normal": "after a power cut the last messages may be forgotten, though they were answered",
    "off": "after a power cut the last messages may be forgotten, though they were answered, or the file be damaged",
}
_READ = """SELECT (SELECT body FROM session WHERE contact = ?),
                  EXISTS (SELECT 1 FROM mark WHERE contact = ? AND id = ?)"""
_SAVE = """INSERT INTO session (contact, body, due, bucket) VALUES (?, ?, ?, ?)
           ON CONFLICT (contact) DO UPDATE SET body = excluded.body, due = excluded.due, bucket = excluded.bucket"""
_MARK = "INSERT INTO mark (contact, id, at) VALUES (?, ?, ?)"
_SEND = "INSERT INTO outbox (seq, contact, lane, body) VALUES (?, ?, ?, ?)"
_DEADLINES = "SELECT contact, due FROM session WHERE bucket <= ? AND due <= ?"
_OUTBOX = "SELECT seq, body FROM outbox WHERE contact = ? AND lane = ? ORDER BY seq LIMIT ?"
_PARK = """INSERT INTO parked (seq, contact, lane, body, why, at)
           SELECT seq, contact, lane, body, ?, ? FROM outbox WHERE seq = ? AND contact = ?"""
_PARKED = "SELECT contact, seq, lane, body, why, at FROM parked WHERE seq > ? {of} ORDER BY seq LIMIT ?"
_LETTERS = "SELECT contact, seq, body, at FROM letter WHERE seq > ? {of} ORDER BY seq LIMIT ?"
_FORGET_LETTERS = """DELETE FROM letter
                     WHERE at < ? OR seq <= (SELECT seq FROM letter ORDER BY seq DESC LIMIT 1 OFFSET ?)"""
_CALLS = "SELECT contact, key, body FROM call {of} ORDER BY rowid"
_SESSIONS = "SELECT contact, body, due FROM session {behind} ORDER BY contact"
_TABLES = ("session", "outbox", "parked", "letter", "call", "mark")
_LAST_SEQ = """SELECT max((SELECT coalesce(max(seq), 0) FROM outbox WHERE seq < 1 << 62),
                          (SELECT coalesce(max(seq), 0) FROM parked WHERE seq < 1 << 62),
                          (SELECT coalesce(max(seq), 0) FROM letter WHERE seq < 1 << 62))"""
"""A row that somebody has given the last number there is must not be the end of all."""

_LETTER = "INSERT INTO letter (seq, contact, body, at) VALUES (?, ?, ?, ?)"
_END = "DELETE FROM session WHERE contact = ?"
_SENT = "DELETE FROM outbox WHERE seq = ? AND contact = ?"
_ALL_OVER = "DELETE FROM call WHERE contact = ?"
_OVER = "DELETE FROM call WHERE contact = ? AND key = ?"
_CALL = "INSERT INTO call (contact, key, body) VALUES (?, ?, ?)"
_MARKS = "SELECT seq, at FROM mark WHERE seq > ? ORDER BY seq LIMIT ?"
_FORGET = "DELETE FROM mark WHERE seq = ?"
_STATEMENTS = (_END, _SAVE, _MARK, _SEND, _LETTER, _PARK, _SENT, _ALL_OVER, _OVER, _CALL, _FORGET)
"""In the order in which they are made."""

_SWEEP = 1000
"""How many old marks one transaction deletes."""


class SqliteStore:
    """Keeps everything in the SQLite file at `path`, which is made where there is none.

    Beside it stands a file of the same name with `-lock`; while a process has the store open it holds a lock
    on that, which ends with the process, however it ends. `synchronous` is SQLite's setting of that name: less
    than "full" is faster, and a power cut takes the last messages with it.

    Raises `StoreError` where `synchronous` is none of `Synchronous`.

    >>> SqliteStore("sessions.db", synchronous="fast")
    Traceback (most recent call last):
    flowrt.errors.StoreError: synchronous is one of extra, full, normal, off, and not 'fast'
    """

    shared = False

    def __init__(self, path: str | os.PathLike[str], *, synchronous: Synchronous | str = "full") -> None:
        if synchronous not in ("extra", "full", "normal", "off"):
            raise StoreError(f"synchronous is one of extra, full, normal, off, and not {synchronous!r}")
        self._path: str = os.path.realpath(os.fspath(path))
        self._synchronous = synchronous
        self._lock: sqlite3.Connection | None = None
        self._connection: sqlite3.Connection | None = None
        self._writer: GroupWriter | None = None
        self._seq = 0

    @property
    def path(self) -> str:
        """Where the file is, in full."""
        return self._path

    async def open(self) -> None:
        """Open the file.

        Raises `StoreError` where it cannot be opened, is no database of ours, was made by a newer flowrt, or
        is in use by another process.
        """
        if self._lock is not None:
            raise InUse(f"another bot of this process uses {self._path}")
        try:
            self._lock = self._take_lock()
            self._connection = connection = sqlite3.connect(self._path, isolation_level=None)
            self._set_up(connection)
            make_tables(connection, self._path)
            self._writer = GroupWriter(connection, _STATEMENTS)
            self._seq = cast("int", self._select(_LAST_SEQ)[0][0])
        except sqlite3.Error as error:
            await self.close()
            raise StoreError(f"the SQLite file {self._path} cannot be opened: {error}") from error
        except StoreError:
            await self.close()
            raise

    async def close(self) -> None:
        """Close the file and end the lock."""
        if self._writer is not None:
            self._writer.drop()
        for connection in (self._connection, self._lock):
            if connection is not None:
                with suppress(sqlite3.Error):  # what was committed is safe, and there is nobody left to tell
                    connection.close()
        self._connection = self._lock = self._writer = None

    async def read(self, contact: str, mark: str | None) -> Stored:
        """The session of `contact`, and whether `mark` was handled."""
        key = encode_name(contact)
        session, marked = self._select(_READ, (key, key, None if mark is None else encode_name(mark)))[0]
        return Stored(None if session is None else as_text(session), bool(marked))

    async def commit(self, change: Change) -> None:
        """Make `change` true, together with all others that wait, on the disk when this returns."""
        contact, due = encode_name(change.contact), change.due
        rows: list[tuple[str, Row]] = []
        if change.session is None:
            rows.append((_END, (contact,)))
        else:
            rows.append((_SAVE, (contact, change.session, due, None if due is None else due // BUCKET)))
        if change.mark is not None:
            rows.append((_MARK, (contact, encode_name(change.mark), change.at)))
        for lane, body in change.outbox:
            rows.append((_SEND, (self._next_seq(), contact, lane, body)))
        rows += [(_LETTER, (self._next_seq(), contact, body, change.at)) for body in change.letters]
        if change.calls_over == "all":
            rows.append((_ALL_OVER, (contact,)))
        else:
            rows += [(_OVER, (contact, encode_name(key))) for key in change.calls_over]
        rows += [(_CALL, (contact, encode_name(key), body)) for key, body in change.calls]
        await self._write_rows(rows)

    async def deadlines(self, before: Instant = INT_MAX) -> Iterable[tuple[str, Instant]]:
        """Every contact whose session has a deadline up to `before`, with the next."""
        rows = self._select(_DEADLINES, (before // BUCKET, before))
        return [
            (who, due) for key, due in rows if (who := decode_name(key)) is not None and isinstance(due, int)
        ]

    async def undelivered(self, lane: Lane) -> Iterable[str]:
        """Every contact with rows in this lane."""
        rows = self._select("SELECT DISTINCT contact FROM outbox WHERE lane = ?", (lane,))
        return [who for (key,) in rows if (who := decode_name(key)) is not None]

    async def outbox(self, contact: str, lane: Lane, limit: int) -> Sequence[OutboxRow]:
        """The first rows of the lane."""
        rows = self._select(_OUTBOX, (encode_name(contact), lane, limit))
        return [OutboxRow(cast("int", seq), as_text(body)) for seq, body in rows]

    async def delivered(self, contact: str, lane: Lane, seqs: Sequence[int]) -> bool:  # noqa: ARG002 - `seq` will do
        """Delete these rows."""
        key = encode_name(contact)
        await self._write_rows([(_SENT, (seq, key)) for seq in seqs])
        return False

    async def park(self, contact: str, lane: Lane, seq: int, why: str, at: Instant) -> None:  # noqa: ARG002
        """Move a row out of the outbox, to what could not be delivered."""
        key = encode_name(contact)
        await self._write_rows([(_PARK, (encode_name(why), at, seq, key)), (_SENT, (seq, key))])

    async def parked(self, contact: str | None, after: int, limit: int) -> Sequence[ParkedRow]:
        """What could not be delivered."""
        of, values = ("", []) if contact is None else ("AND contact = ?", [encode_name(contact)])
        rows = self._select(_PARKED.format(of=of), [after, *values, limit])
        return [
            ParkedRow(
                who,
                cast("int", seq),
                cast("Lane", as_text(lane)),
                as_text(body),
                decode_name(why) or "",
                at if isinstance(at, int) else 0,
            )
            for key, seq, lane, body, why, at in rows
            if (who := decode_name(key)) is not None
        ]

    async def unpark(self, contact: str, seqs: Sequence[int], *, again: bool) -> int:
        """Delete these, or put them at the end of the outbox."""
        key = encode_name(contact)

        def write(connection: sqlite3.Connection) -> int:
            found = 0
            for seq in sorted(seqs):
                gone = "DELETE FROM parked WHERE seq = ? AND contact = ? RETURNING lane, body"
                for lane, body in connection.execute(gone, (seq, key)).fetchall():
                    found += 1
                    if again:
                        connection.execute(_SEND, (self._next_seq(), key, lane, body))
            return found

        return await self._write(write)

    async def letters(self, contact: str | None, after: int, limit: int) -> Sequence[LetterRow]:
        """What is left of sessions that ended by a fault."""
        of, values = ("", []) if contact is None else ("AND contact = ?", [encode_name(contact)])
        rows = self._select(_LETTERS.format(of=of), [after, *values, limit])
        return [
            LetterRow(who, cast("int", seq), as_text(body), at if isinstance(at, int) else 0)
            for key, seq, body, at in rows
            if (who := decode_name(key)) is not None
        ]

    async def discard_letters(self, contact: str, seqs: Sequence[int]) -> int:
        """Delete these letters."""
        key = encode_name(contact)

        def write(connection: sqlite3.Connection) -> int:
            gone = "DELETE FROM letter WHERE seq = ? AND contact = ?"
            return sum([connection.execute(gone, (seq, key)).rowcount for seq in seqs])

        return await self._write(write)

    async def forget_letters(self, before: Instant, keep: int) -> int:
        """Delete the letters from before that instant, and all but the last `keep`."""
        return await self._write(
            lambda connection: connection.execute(_FORGET_LETTERS, (before, keep)).rowcount
        )

    async def calls(self, contact: str | None = None) -> Iterable[CallRow]:
        """Every call whose result is awaited."""
        of, values = ("", []) if contact is None else ("WHERE contact = ?", [encode_name(contact)])
        rows = [
            (decode_name(who), decode_name(key), as_text(body))
            for who, key, body in self._select(_CALLS.format(of=of), values)
        ]
        return [CallRow(who, key, body) for who, key, body in rows if who is not None and key is not None]

    async def forget_marks(self, before: Instant) -> int:
        """Delete the marks made before that instant, the oldest first, some at a time.

        They stand in order of time, but where the clock was put back: behind those that it made when it was ahead
        there may be old ones.
        """
        deleted, after, ahead = 0, -INT_MAX, before + MARKS_LIVE
        while rows := self._select(_MARKS, (after, _SWEEP)):
            old: list[tuple[str, Row]] = [
                (_FORGET, (cast("int", seq),)) for seq, at in rows if not isinstance(at, int) or at < before
            ]
            if old:
                await self._write_rows(old)
            deleted += len(old)
            after, last = cast("tuple[int, object]", rows[-1])
            if isinstance(last, int) and before <= last <= ahead:
                break
        return deleted

    async def sessions(self, after: str | None, limit: int) -> Sequence[SessionRow]:
        """Sessions in order of contacts, those behind `after`."""
        behind, values = ("", []) if after is None else ("WHERE contact > ?", [encode_name(after)])
        found: list[SessionRow] = []
        for key, body, due in self._each(_SESSIONS.format(behind=behind), values):
            if len(found) == limit:
                break
            who = decode_name(key)
            if who is not None and encode_name(who) == key:  # or the next page would begin somewhere else
                found.append(SessionRow(who, as_text(body), due if isinstance(due, int) else None))
        return found

    async def erase(self, contact: str) -> int:
        """Delete all that there is of `contact`, and what the journal holds of it."""
        key = encode_name(contact)

        def write(connection: sqlite3.Connection) -> int:
            gone = [f"DELETE FROM {table} WHERE contact = ?" for table in _TABLES]  # noqa: S608 - names of ours
            return sum(connection.execute(statement, (key,)).rowcount for statement in gone)

        rows = await self._write(write)
        busy = self._select("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]
        if busy:
            logger.warning(
                "somebody reads %(path)s: until they end, what was erased is in its journal",
                {"path": self._path},
            )
        return rows

    def _next_seq(self) -> int:
        """The next number of a row of the outbox or a letter; one that is not used after all leaves a gap."""
        self._seq += 1
        return self._seq

    def _take_lock(self) -> sqlite3.Connection:
        """A lock on a database beside ours: SQLite knows how on every system, and it dies with us."""
        lock = sqlite3.connect(f"{self._path}-lock", isolation_level=None, timeout=0)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            lock.close()
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise InUse(
                f"another process uses {self._path}: a SQLite file serves one process. "
                "To run several, keep the sessions in PostgreSQL"
            ) from None
        return lock

    def _set_up(self, connection: sqlite3.Connection) -> None:
        connection.text_factory = lenient
        mode = as_text(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        if mode != "wal":
            logger.warning(
                "the journal mode of %(path)s is %(mode)s and not WAL: commits are slower",
                {"path": self._path, "mode": mode},
            )
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        if self._synchronous in _RISKS:
            risk = _RISKS[self._synchronous]
            logger.warning(
                "%(path)s is written with synchronous=%(setting)s: %(risk)s",
                {"path": self._path, "setting": self._synchronous, "risk": risk},
            )
        connection.execute("PRAGMA secure_delete = ON")  # what a contact said must not stay in free space

    def _select(self, statement: str, values: Sequence[str | int | None] = ()) -> list[tuple[object, ...]]:
        if self._connection is None:
            raise self._not_open()
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"the SQLite file {self._path} cannot be read: {error}") from error

    def _each(self, statement: str, values: Sequence[str]) -> Iterator[tuple[object, ...]]:
        """The rows of a statement, read as they are needed."""
        if self._connection is None:
            raise self._not_open()
        try:
            yield from self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise StoreError(f"the SQLite file {self._path} cannot be read: {error}") from error

    async def _write_rows(self, rows: Sequence[tuple[str, Row]]) -> None:
        if self._writer is None:
            raise self._not_open()
        try:
            await self._writer.write_rows(rows)
        except (sqlite3.Error, OverflowError) as error:
            raise self._not_written(error) from error

    async def _write(self, write: Write[T]) -> T:
        if self._writer is None:
            raise self._not_open()
        try:
            return await self._writer.write(write)
        except (sqlite3.Error, OverflowError) as error:
            raise self._not_written(error) from error

    def _not_written(self, error: Exception) -> StoreError:
        return StoreError(f"the SQLite file {self._path} cannot be written: {error}")

    def _not_open(self) -> StoreError:
        return StoreError(f"the store {self._path} is not open")
