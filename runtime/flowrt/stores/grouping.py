"""One writer for a SQLite connection: all that waits is written in one transaction.

A commit costs what the disk takes to say that it has it, for one change as for a hundred. What comes within
one turn of the event loop waits for the turn to end, and goes together.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

Write = Callable[[sqlite3.Connection], T]
"""Something to write: statements, without a transaction of their own. It may be run more than once."""


class _Waiting(NamedTuple):
    write: Write[Any]
    done: asyncio.Future[Any]


class GroupWriter:
    """Writes through `connection`, which nobody else begins a transaction on."""

    __slots__ = ("_connection", "_waiting")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: list[_Waiting] = []

    async def write(self, write: Write[T]) -> T:
        """The result of `write`, once it is committed. Raises what it raises, and no other's faults."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._flush)
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append(_Waiting(write, done))
        return await done

    def drop(self) -> None:
        """Forget what still waits: nobody awaits it any more."""
        for waiting in self._waiting:
            waiting.done.cancel()
        self._waiting.clear()

    def _flush(self) -> None:
        group, self._waiting = self._waiting, []
        try:
            results = self._transact([waiting.write for waiting in group])
        except Exception as error:
            if len(group) == 1:
                _settle(group[0].done, error)
            else:
                self._write_apart(group)
        else:
            for waiting, result in zip(group, results, strict=True):
                if not waiting.done.done():
                    waiting.done.set_result(result)

    def _write_apart(self, group: list[_Waiting]) -> None:
        """Each in a transaction of its own, so that the one that cannot be written fails alone."""
        for waiting in group:
            try:
                [result] = self._transact([waiting.write])
            except Exception as error:
                _settle(waiting.done, error)
            else:
                if not waiting.done.done():
                    waiting.done.set_result(result)

    def _transact(self, writes: list[Write[Any]]) -> list[Any]:
        """What the `writes` return, all committed; where anything is raised, none of them is."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            results = [write(connection) for write in writes]
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk has ended it already
                connection.execute("ROLLBACK")
            raise
        return results


def _settle(done: asyncio.Future[Any], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
