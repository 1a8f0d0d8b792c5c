"""A store in one SQLite file: durable, with nothing to install, for one process.

Statements run in the event loop: a commit takes less time than handing it to a thread would. What a commit
promises is on the disk when it returns (WAL, `synchronous=FULL`).

The schema, version 1 (`user_version`; `application_id` says that the file is ours):

- `session` one row for each contact with a session: the session as JSON, and its next deadline;
- `outbox`  effects to deliver, in order of `seq`;
- `call`    calls whose results are awaited;
- `mark`    ids of the messages handled, in order of time, so that the old ones are at the beginning.

Contacts, ids and keys are JSON strings without their quotes: any `str` has one such form, and a plain one is
itself.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from typing import cast

from flowrt.abc import CallRow, Change, Lane, OutboxRow, Stored
from flowrt.errors import StoreError
from flowrt.log import logger
from flowrt.time import Instant

SCHEMA = 1
"""The version of the tables that this runtime makes and reads."""

_APPLICATION = 0x666C6F77
_TABLES = """
CREATE TABLE session (contact TEXT PRIMARY KEY, body TEXT NOT NULL, due INTEGER);
CREATE TABLE outbox (seq INTEGER PRIMARY KEY, contact TEXT NOT NULL, lane TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX outbox_of ON outbox (contact, lane);
CREATE TABLE call (contact TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (contact, key));
CREATE TABLE mark (seq INTEGER PRIMARY KEY, contact TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,
                   UNIQUE (contact, id));
"""
_READ = """SELECT (SELECT body FROM session WHERE contact = ?),
                  EXISTS (SELECT 1 FROM mark WHERE contact = ? AND id = ?)"""
_SAVE = """INSERT INTO session (contact, body, due) VALUES (?, ?, ?)
           ON CONFLICT (contact) DO UPDATE SET body = excluded.body, due = excluded.due"""
_SWEEP = 1000
"""How many old marks one transaction deletes."""

Row = tuple[object, ...]


class SqliteStore:
    """Keeps everything in the SQLite file at `path`, which is made where there is none.

    Beside it stands a file of the same name with `-lock`; while a process has the store open it holds a lock
    on that, which ends with the process, however it ends.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path: str = os.path.realpath(os.fspath(path))
        self._lock: sqlite3.Connection | None = None
        self._connection: sqlite3.Connection | None = None
        self._seq = 0

    async def open(self) -> None:
        """Open the file.

        Raises `StoreError` where it cannot be opened, is no database of ours, was made by a newer flowrt, or
        is in use by another process.
        """
        if self._lock is not None:
            raise StoreError(f"another bot of this process uses {self._path}")
        try:
            self._lock = self._take_lock()
            self._connection = sqlite3.connect(self._path, isolation_level=None)
            self._set_up(self._connection)
            self._make_tables()
            self._seq = cast("int", self._select("SELECT coalesce(max(seq), 0) FROM outbox")[0][0])
        except sqlite3.Error as error:
            await self.close()
            raise StoreError(f"the SQLite file {self._path} cannot be opened: {error}") from error
        except StoreError:
            await self.close()
            raise

    async def close(self) -> None:
        """Close the file and end the lock."""
        for connection in (self._connection, self._lock):
            if connection is not None:
                with suppress(sqlite3.Error):  # what was committed is safe, and there is nobody left to tell
                    connection.close()
        self._connection = self._lock = None

    async def read(self, contact: str, mark: str | None) -> Stored:
        """The session of `contact`, and whether `mark` was handled."""
        key = _key(contact)
        session, marked = self._select(_READ, (key, key, None if mark is None else _key(mark)))[0]
        return Stored(None if session is None else _text(session), bool(marked))

    async def commit(self, change: Change) -> None:
        """Make `change` true in one transaction, on the disk when this returns."""
        contact, seq = _key(change.contact), self._seq
        with self._transaction() as connection:
            if change.session is None:
                connection.execute("DELETE FROM session WHERE contact = ?", (contact,))
            else:
                connection.execute(_SAVE, (contact, change.session, change.due))
            if change.mark is not None:
                mark = (contact, _key(change.mark), change.at)
                connection.execute("INSERT INTO mark (contact, id, at) VALUES (?, ?, ?)", mark)
            for lane, body in change.outbox:
                seq += 1
                connection.execute("INSERT INTO outbox VALUES (?, ?, ?, ?)", (seq, contact, lane, body))
            if change.calls or change.calls_over:
                _change_calls(connection, contact, change)
        self._seq = seq

    async def deadlines(self) -> Iterable[tuple[str, Instant]]:
        """Every contact whose session has a deadline, with the next."""
        rows = self._select("SELECT contact, due FROM session WHERE due IS NOT NULL")
        return [(who, due) for key, due in rows if (who := _unkey(key)) is not None and isinstance(due, int)]

    async def undelivered(self, lane: Lane) -> Iterable[str]:
        """Every contact with rows in this lane."""
        rows = self._select("SELECT DISTINCT contact FROM outbox WHERE lane = ?", (lane,))
        return [who for (key,) in rows if (who := _unkey(key)) is not None]

    async def outbox(self, contact: str, lane: Lane, after: int, limit: int) -> Sequence[OutboxRow]:
        """The first rows of the lane, above `after`."""
        rows = self._select(
            "SELECT seq, body FROM outbox WHERE contact = ? AND lane = ? AND seq > ? ORDER BY seq LIMIT ?",
            (_key(contact), lane, after, limit),
        )
        return [OutboxRow(cast("int", seq), _text(body)) for seq, body in rows]

    async def delivered(self, contact: str, seqs: Sequence[int]) -> None:
        """Delete these rows."""
        with self._transaction() as connection:
            rows = [(seq, _key(contact)) for seq in seqs]
            connection.executemany("DELETE FROM outbox WHERE seq = ? AND contact = ?", rows)

    async def calls(self) -> Iterable[CallRow]:
        """Every call whose result is awaited."""
        rows = [(_unkey(contact), _unkey(key), _text(body)) for contact, key, body in self._select(_CALLS)]
        return [CallRow(who, key, body) for who, key, body in rows if who is not None and key is not None]

    async def forget_marks(self, before: Instant) -> int:
        """Delete the marks made before that instant, the oldest first, some at a time."""
        deleted = 0
        while True:
            rows = self._select("SELECT seq, at FROM mark ORDER BY seq LIMIT ?", (_SWEEP,))
            old = [(seq,) for seq, at in rows if not isinstance(at, int) or at < before]
            if old:
                with self._transaction() as connection:
                    connection.executemany("DELETE FROM mark WHERE seq = ?", old)
            deleted += len(old)
            if len(old) < _SWEEP:
                return deleted

    def _take_lock(self) -> sqlite3.Connection:
        """A lock on a database beside ours: SQLite knows how on every system, and it dies with us."""
        lock = sqlite3.connect(f"{self._path}-lock", isolation_level=None, timeout=0)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            lock.close()
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise StoreError(
                f"another process uses {self._path}: a SQLite file serves one process. "
                "To run several, keep the sessions in PostgreSQL"
            ) from None
        return lock

    def _set_up(self, connection: sqlite3.Connection) -> None:
        connection.text_factory = _decoded
        mode = _text(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        if mode != "wal":
            logger.warning("the journal mode of %s is %s and not WAL: commits are slower", self._path, mode)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # what a contact said must not stay in free space

    def _make_tables(self) -> None:
        """Make the tables in a new file; in an old one, see that they are ours."""
        application, version, tables = self._select(
            "SELECT (SELECT application_id FROM pragma_application_id),"
            " (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master)"
        )[0]
        if application == 0 and tables == 0:
            with self._transaction() as connection:
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {_APPLICATION}")
                connection.execute(f"PRAGMA user_version = {SCHEMA}")
        elif application != _APPLICATION:
            raise StoreError(
                f"{self._path} is a database of something else: the sessions need their own file"
            )
        elif version != SCHEMA:
            raise StoreError(
                f"{self._path} has version {version} of the tables, and this flowrt knows version {SCHEMA}: "
                "it was made by a newer flowrt; upgrade this one"
            )

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise StoreError(f"the store {self._path} is not open")
        return self._connection

    def _select(self, statement: str, values: Sequence[str | int | None] = ()) -> list[Row]:
        try:
            return self._opened().execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"the SQLite file {self._path} cannot be read: {error}") from error

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection, None, None]:
        """A transaction that is committed at the end, and rolled back where anything is raised."""
        connection = self._opened()
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except (sqlite3.Error, OverflowError) as error:
            raise StoreError(f"the SQLite file {self._path} cannot be written: {error}") from error


_CALLS = "SELECT contact, key, body FROM call ORDER BY rowid"


def _change_calls(connection: sqlite3.Connection, contact: str, change: Change) -> None:
    if change.calls_over == "all":
        connection.execute("DELETE FROM call WHERE contact = ?", (contact,))
    else:
        over = [(contact, _key(key)) for key in change.calls_over]
        connection.executemany("DELETE FROM call WHERE contact = ? AND key = ?", over)
    added = [(contact, _key(key), body) for key, body in change.calls]
    connection.executemany("INSERT INTO call VALUES (?, ?, ?)", added)


def _key(name: str) -> str:
    return json.dumps(name)[1:-1]


def _unkey(key: object) -> str | None:
    """The name that `_key` wrote; None, and a word in the log, where it wrote no such thing."""
    try:
        name = json.loads(f'"{_text(key)}"')
    except ValueError:
        name = None
    if not isinstance(name, str):
        logger.error("the store holds a row under a name that flowrt did not write; it is passed over")
        return None
    return name


def _decoded(data: bytes) -> str:
    """Text of the database; what is no text must not stop the reading of what is."""
    return data.decode("utf-8", "replace")


def _text(data: object) -> str:
    return data if isinstance(data, str) else _decoded(data) if isinstance(data, bytes) else ""
