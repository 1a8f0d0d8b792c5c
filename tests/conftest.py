"""What all tests share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings

from tests.servers import REQUIRED, NoServer, Postgres

# A timing never decides a test.
settings.register_profile("flowc", deadline=None)
settings.load_profile("flowc")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A PostgreSQL server. Where there is none the tests that need it are skipped, or fail if they must not be."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(Postgres())
        except NoServer as why:
            if REQUIRED:
                pytest.fail(str(why))
            pytest.skip(str(why))
        yield server


@pytest.fixture
def postgres(postgres_server: Postgres) -> str:
    """The name of an empty database."""
    from tests.runtime.mortal import empty  # noqa: PLC0415 - it imports asyncpg, which few tests need

    asyncio.run(empty(postgres_server.dsn))
    return postgres_server.dsn
