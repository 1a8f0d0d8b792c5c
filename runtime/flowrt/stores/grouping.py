"""One writer for a SQLite connection: all that waits is written in one transaction.

A commit costs what the disk takes to say that it has it, for one change as for a hundred. What comes within
one turn of the event loop waits for the turn to end, and goes together.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

Row = tuple[str | int | None, ...]

Write = Callable[[sqlite3.Connection], T]
"""Something to write: statements, without a transaction of their own. It may be run more than once."""


class _Waiting(NamedTuple):
    done: asyncio.Future[Any]
    rows: Sequence[tuple[str, Row]] = ()
    write: Write[Any] | None = None


class GroupWriter:
    """Writes through `connection`, which nobody else begins a transaction on.

    Most of what is written is rows for one of the `statements`. All rows for one go to it together, and the
    statements are made in their order.
    """

    __slots__ = ("_connection", "_statements", "_waiting")

    def __init__(self, connection: sqlite3.Connection, statements: Sequence[str]) -> None:
        self._connection = connection
        self._statements = statements
        self._waiting: list[_Waiting] = []

    def write_rows(self, rows: Sequence[tuple[str, Row]]) -> asyncio.Future[None]:
        """Write rows, each for the statement beside it; the future is done once they are committed.

        It raises what they raise, and no other's faults.
        """
        done: asyncio.Future[None] = self._new_future()
        self._waiting.append(_Waiting(done, rows))
        return done

    def write(self, write: Write[T]) -> asyncio.Future[T]:
        """As `write_rows`, for what takes more than rows; the future has the result of `write`."""
        done: asyncio.Future[T] = self._new_future()
        self._waiting.append(_Waiting(done, write=write))
        return done

    def _new_future(self) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._flush)
        return loop.create_future()

    def drop(self) -> None:
        """Forget what still waits: nobody awaits it any more."""
        for waiting in self._waiting:
            waiting.done.cancel()
        self._waiting.clear()

    def _flush(self) -> None:
        group, self._waiting = self._waiting, []
        try:
            results = self._transact(group)
        except Exception as error:
            if len(group) > 1:
                self._write_apart(group)
            elif group and not group[0].done.done():
                group[0].done.set_exception(error)
        else:
            for waiting, result in zip(group, results, strict=True):
                if not waiting.done.done():
                    waiting.done.set_result(result)

    def _write_apart(self, group: list[_Waiting]) -> None:
        """Each in a transaction of its own, so that the one that cannot be written fails alone."""
        for waiting in group:
            try:
                [result] = self._transact([waiting])
            except Exception as error:
                if not waiting.done.done():
                    waiting.done.set_exception(error)
            else:
                if not waiting.done.done():
                    waiting.done.set_result(result)

    def _transact(self, group: list[_Waiting]) -> list[Any]:
        """What the writes return, all committed; where anything is raised, none of them is."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._write_all_rows(group)
            results = [waiting.write and waiting.write(connection) for waiting in group]
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk has ended it already
                connection.execute("ROLLBACK")
            raise
        return results

    def _write_all_rows(self, group: list[_Waiting]) -> None:
        rows_for: dict[str, list[Row]] = {}
        for waiting in group:
            for statement, row in waiting.rows:
                rows_for.setdefault(statement, []).append(row)
        for statement in self._statements:
            if statement in rows_for:
                self._connection.executemany(statement, rows_for[statement])
