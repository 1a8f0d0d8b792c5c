"""What a store costs beside the statements that it makes: ours and a bare loop, in the same run.

    .venv/bin/python -m benchmarks.stores [--rounds 7] [--messages 4000]

For each message: read the session of a contact and whether the message is known, replace the session, mark the
message; durably. The bare loop makes the very statements of ours on the same database. Rounds are interleaved, the
ratio is taken round by round, and medians are printed: the machine varies more than the difference.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import asyncpg

from flowrt.abc import BUCKET, Change, Store
from flowrt.stores import postgres_sql, sqlite
from flowrt.stores.postgres import PostgresStore
from flowrt.stores.sqlite import SqliteStore
from flowrt.time import SECOND
from tests.servers import NoServer, Postgres

SESSION = '{"version":1,"state":"ask_rating","vars":{"name":"Ada"},"note":"' + "x" * 237 + '"}'
CONTACTS = 1_000
CONNECTIONS = 10
IN_FLIGHT = (1, 64)

ids = itertools.count()


def next_message() -> tuple[str, str, int]:
    """A contact, the id of its message, and the deadline that it sets."""
    number = next(ids)
    return f"contact {number % CONTACTS}", f"wamid.{number}", 900 * SECOND + number * 1000


async def through_store(store: Store, messages: int, in_flight: int) -> None:
    """Our way."""

    async def talk() -> None:
        for _ in range(messages // in_flight):
            contact, id, due = next_message()
            stored = await store.read(contact, id)
            await store.commit(Change(contact, due, SESSION, due, id, expects=stored.version))

    await asyncio.gather(*[talk() for _ in range(in_flight)])


def bare_sqlite(connection: sqlite3.Connection, messages: int, in_flight: int) -> None:
    """The same statements, as many messages in one transaction as are in flight."""
    for _ in range(messages // in_flight):
        group = [next_message() for _ in range(in_flight)]
        for contact, id, _ in group:
            connection.execute(sqlite._READ, (contact, contact, id)).fetchall()
        connection.execute("BEGIN IMMEDIATE")
        for contact, id, due in group:
            connection.execute(sqlite._SAVE, (contact, SESSION, due, due // BUCKET))
            connection.execute(sqlite._MARK, (contact, id, due))
        connection.execute("COMMIT")


async def bare_asyncpg(connections: list[asyncpg.Connection], messages: int, in_flight: int) -> None:
    """The same statements, on connections that are at hand; a queue hands them out."""
    free: asyncio.LifoQueue[asyncpg.Connection] = asyncio.LifoQueue()
    for connection in connections:
        free.put_nowait(connection)

    async def talk() -> None:
        for _ in range(messages // in_flight):
            contact, id, due = next_message()
            connection = await free.get()
            row = await connection.fetchrow(postgres_sql.READ, contact.encode(), id.encode())
            free.put_nowait(connection)
            change = Change(contact, due, SESSION, due, id, expects=row["version"] or 0 if row else 0)
            statement, values = postgres_sql.commit(change, 1)
            connection = await free.get()
            await connection.fetchval(statement, *values)
            free.put_nowait(connection)

    await asyncio.gather(*[talk() for _ in range(in_flight)])


class Row(NamedTuple):
    """What was measured, in messages a second."""

    store: str
    in_flight: int
    bare: float
    ours: float
    ratio: float


async def seconds(work: Awaitable[None]) -> float:
    """How long `work` takes."""
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


async def compare(
    store: str,
    bare: Callable[[int, int], Awaitable[None]],
    ours: Callable[[int, int], Awaitable[None]],
    rounds: int,
    messages: int,
) -> list[Row]:
    """Both, in turns."""
    rows: list[Row] = []
    for in_flight in IN_FLIGHT:
        count = messages if in_flight > 1 else messages // 4
        await bare(count, in_flight)
        await ours(count, in_flight)
        times = [
            (await seconds(bare(count, in_flight)), await seconds(ours(count, in_flight)))
            for _ in range(rounds)
        ]
        middle = [count / statistics.median(column) for column in zip(*times, strict=True)]
        rows.append(Row(store, in_flight, middle[0], middle[1], statistics.median([a / b for a, b in times])))
    return rows


async def measure_sqlite(folder: Path, synchronous: str, rounds: int, messages: int) -> list[Row]:
    """SQLite, each way with a file of its own."""
    store, other = [
        SqliteStore(folder / f"{name}-{synchronous}.db", synchronous=synchronous) for name in ("ours", "bare")
    ]
    await store.open()
    await other.open()  # it makes the tables, and sets up the connection
    connection = other._connection
    assert connection is not None

    async def bare(count: int, in_flight: int) -> None:
        bare_sqlite(connection, count, in_flight)

    def ours(count: int, in_flight: int) -> Awaitable[None]:
        return through_store(store, count, in_flight)

    try:
        return await compare(f"SQLite, synchronous={synchronous}", bare, ours, rounds, messages)
    finally:
        await store.close()
        await other.close()


async def measure_postgres(dsn: str, rounds: int, messages: int) -> list[Row]:
    """PostgreSQL, both ways on the same tables and with as many connections."""
    store = PostgresStore(dsn, connections=CONNECTIONS)
    await store.open()
    connections = [await asyncpg.connect(dsn) for _ in range(CONNECTIONS)]

    def bare(count: int, in_flight: int) -> Awaitable[None]:
        return bare_asyncpg(connections, count, in_flight)

    def ours(count: int, in_flight: int) -> Awaitable[None]:
        return through_store(store, count, in_flight)

    try:
        return await compare("PostgreSQL", bare, ours, rounds, messages)
    finally:
        for connection in connections:
            await connection.close()
        await store.close()


async def measure(rounds: int, messages: int) -> list[Row]:
    """Every store there is here."""
    rows: list[Row] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="flowc-benchmark-")))
        for synchronous in ("full", "normal"):
            rows += await measure_sqlite(folder, synchronous, rounds, messages)
        try:
            server = stack.enter_context(Postgres(durable=True))
        except NoServer as why:
            print(f"PostgreSQL is left out: {why}", file=sys.stderr)
        else:
            rows += await measure_postgres(server.dsn, rounds, messages)
    return rows


def table(rows: list[Row]) -> str:
    """The rows, as a table of Markdown."""
    lines = [
        "| store | in flight | bare loop, messages/s | ours, messages/s | ours / bare |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.store} | {row.in_flight} | {row.bare:,.0f} | {row.ours:,.0f} | {row.ratio:.0%} |"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="What a store costs beside the statements that it makes.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--messages", type=int, default=4_000)
    arguments = parser.parse_args()
    rows = asyncio.run(measure(arguments.rounds, arguments.messages))
    print(table(rows))
    print(
        f"\nCPython {platform.python_version()}, SQLite {sqlite3.sqlite_version}, asyncpg {asyncpg.__version__}"
    )


if __name__ == "__main__":
    main()
