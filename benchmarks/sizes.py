"""What a store holds for each contact, and how long looking after it takes.

    python -m benchmarks.sizes --contacts 5000

Each contact talks with the feedback flow until the second question and stays there. The database is then
measured as it lies on the disk: sessions and the marks of their messages, with their indexes, after what is
delivered was deleted.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from flowrt import Bot, Message, Operations, Reply
from tests.feedback import flow
from tests.servers import Postgres

TEXTS = ("hi", "Ada Lovelace")
IN_FLIGHT = 64


class Silent:
    """A channel that takes everything."""

    async def send(self, reply: Reply) -> None:
        """Take it."""


class Actions:
    """The action of the flow, which nobody comes to."""

    async def save_feedback(self, name: str, rating: int, comment: str | None) -> None:
        """Save nothing."""


async def fill(store: str, contacts: int) -> None:
    """Let so many contacts talk."""
    async with Bot(flow, store=store, channel=Silent(), actions=Actions()) as bot:
        limit = asyncio.Semaphore(IN_FLIGHT)

        async def talk(number: int) -> None:
            async with limit:
                for place, text in enumerate(TEXTS):
                    await bot.receive(Message(f"wamid.{number:012}{place}", f"31{number:09}", text))

        await asyncio.gather(*[talk(number) for number in range(contacts)])
        await bot.idle()


async def look_after(store: str, name: str, contacts: int) -> None:
    """List everyone, and erase a hundred."""
    async with Operations(store) as operations:
        begun = time.perf_counter()
        count = len([view async for view in operations.each()])
        listed = time.perf_counter() - begun
        assert count == contacts
        begun = time.perf_counter()
        for number in range(100):
            await operations.erase(f"31{number:09}")
        erased = (time.perf_counter() - begun) / 100
    print(f"{name}: lists {count / listed:,.0f} sessions/s, erases a contact in {erased * 1000:.1f} ms")


async def sqlite(contacts: int) -> None:
    """Measure a SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sessions.db"
        store = f"sqlite:///{path}?synchronous=off"
        await fill(store, contacts)
        size = path.stat().st_size
        print(f"SQLite: {size / contacts:,.0f} bytes a contact ({size / 1e6:.1f} MB)")
        await look_after(store, "SQLite", contacts)


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection of its own."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def postgres(dsn: str, contacts: int) -> None:
    """Measure a PostgreSQL database, once its dead rows are gone."""
    await fill(dsn, contacts)
    async with connected(dsn) as connection:
        await connection.execute("VACUUM FULL")
        tables = "FROM pg_class WHERE relname LIKE 'flowrt%' AND relkind = 'r'"
        size = int(await connection.fetchval(f"SELECT sum(pg_total_relation_size(oid)) {tables}"))
    print(f"PostgreSQL: {size / contacts:,.0f} bytes a contact ({size / 1e6:.1f} MB)")
    await look_after(dsn, "PostgreSQL", contacts)


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=5000)
    contacts = parser.parse_args().contacts
    asyncio.run(sqlite(contacts))
    with Postgres() as server:
        asyncio.run(postgres(server.dsn, contacts))


if __name__ == "__main__":
    main()
