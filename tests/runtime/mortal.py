"""A store in PostgreSQL whose worker can die within a test: its connections break, and its lease runs out."""

from __future__ import annotations

import asyncpg

from flowrt.stores.postgres import PostgresStore


class MortalStore(PostgresStore):
    """A store with few connections, which can be killed."""

    def __init__(self, dsn: str, *, lease: float = 60.0, patience: float = 5.0) -> None:
        super().__init__(dsn, connections=5, lease=lease, patience=patience)
        self.dsn = dsn

    async def die(self) -> None:
        """End as a killed process does, and let so much time pass that its lease has run out."""
        pool, beating, self._pool, self._beating = self._pool, self._beating, None, None
        assert pool is not None
        assert beating is not None
        beating.cancel()
        pool.terminate()
        await self.lose_lease()

    async def lose_lease(self) -> None:
        """What others see of a worker that has not been heard of for too long."""
        await run(self.dsn, "UPDATE flowrt_worker SET until = '-infinity' WHERE id = $1", self._worker)


async def run(dsn: str, statement: str, *values: object) -> None:
    """Run a statement on a connection of its own."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()


async def empty(dsn: str) -> None:
    """Make a database as it is when it is new."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    finally:
        await connection.close()
