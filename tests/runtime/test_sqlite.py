"""What is particular to the SQLite store: its file, its lock, its refusals, and what it leaves behind."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from flowrt.abc import Change
from flowrt.errors import StoreError
from flowrt.stores.sqlite import SCHEMA, SqliteStore

HOLDER = """
import asyncio, sys
from flowrt.stores.sqlite import SqliteStore
async def main():
    store = SqliteStore(sys.argv[1])
    await store.open()
    print("open", flush=True)
    sys.stdin.readline()
asyncio.run(main())
"""


def opened(path: Path) -> SqliteStore:
    """A store that was opened and closed again, to see whether it can be."""

    async def main() -> SqliteStore:
        store = SqliteStore(path)
        await store.open()
        await store.close()
        return store

    return asyncio.run(main())


def test_the_database_is_ours_durable_and_versioned(tmp_path: Path) -> None:
    opened(tmp_path / "s.db")
    database = sqlite3.connect(tmp_path / "s.db")
    assert database.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()


def test_a_newer_schema_is_refused_in_words(tmp_path: Path) -> None:
    opened(tmp_path / "s.db")
    database = sqlite3.connect(tmp_path / "s.db")
    database.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    database.close()
    with pytest.raises(StoreError, match="made by a newer flowrt"):
        opened(tmp_path / "s.db")


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    path.write_text("dear diary, this is not a database\n" * 100)
    with pytest.raises(StoreError, match="cannot be opened: file is not a database"):
        opened(path)
    assert path.read_text().startswith("dear diary")


def test_a_database_of_something_else_is_refused_and_kept(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "s.db")
    database.execute("CREATE TABLE customer (name TEXT)")
    database.close()
    with pytest.raises(StoreError, match="a database of something else"):
        opened(tmp_path / "s.db")


def test_a_place_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere.s\.db cannot be opened"):
        opened(tmp_path / "nowhere" / "s.db")


def test_a_store_that_is_not_open_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not open"):
        asyncio.run(SqliteStore(tmp_path / "s.db").read("ada", None))


def test_a_second_process_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreError, match=r"another process uses .*PostgreSQL"):
            opened(path)
        (tmp_path / "link.db").symlink_to(path)
        with pytest.raises(StoreError, match="another process"):
            opened(tmp_path / "link.db")
        holder.kill()
    opened(path)


def test_a_failing_commit_changes_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore(tmp_path / "s.db")
        await store.open()
        await store.commit(Change("ada", 1, "before", 5, "m1", calls=[("k", "c")]))
        for broken in [
            Change("ada", 2, "after", 6, "m1", [("reply", "r")]),  # the mark is there already
            Change("ada", 2, None, None, "m2", [("reply", "r")], [("k", "again")]),
            Change("ada", 2, "after", 2**70, "m2"),
        ]:
            with pytest.raises(StoreError, match="cannot be written"):
                await store.commit(broken)
            assert await store.read("ada", "m2") == ("before", False)
            assert await store.outbox("ada", "reply", 0, 9) == []
            assert list(await store.calls()) == [("ada", "k", "c")]
            assert list(await store.deadlines()) == [("ada", 5)]
        await store.close()

    asyncio.run(main())


def test_rows_that_others_spoiled_do_not_stop_the_reading(tmp_path: Path) -> None:
    opened(tmp_path / "s.db")
    database = sqlite3.connect(tmp_path / "s.db")
    database.execute("INSERT INTO session VALUES ('ada', x'ff00fe', 'soon'), ('\"', 'x', 5), (x'ff', 'x', 6)")
    database.execute("INSERT INTO session VALUES ('bob', CAST(x'c328' AS TEXT), 7)")
    database.commit()
    database.close()

    async def main() -> None:
        store = SqliteStore(tmp_path / "s.db")
        await store.open()
        assert ("bob", 7) in list(await store.deadlines())
        assert (await store.read("ada", None)).session is not None
        assert (await store.read("bob", None)).session is not None
        await store.close()

    asyncio.run(main())


def test_what_was_said_is_not_left_in_the_file(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore(tmp_path / "s.db")
        await store.open()
        await store.commit(Change("ada", 1, "my secret thought", 5))
        await store.commit(Change("ada", 2))
        await store.close()

    asyncio.run(main())
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"secret thought" not in left
