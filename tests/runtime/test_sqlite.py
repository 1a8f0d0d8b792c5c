"""What is particular to the SQLite store: its file, its lock, its refusals, and what it leaves behind."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from flowrt.abc import Change, Stored
from flowrt.errors import StoreError
from flowrt.stores import open_store, sqlite_schema
from flowrt.stores.sqlite import SqliteStore
from flowrt.stores.sqlite_schema import SCHEMA

HOLDER = """
import asyncio, sys
from flowrt.stores import open_store, sqlite_schema
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
            assert await store.read("ada", "m2") == Stored("before", marked=False)
            assert await store.outbox("ada", "reply", 9) == []
            assert list(await store.calls()) == [("ada", "k", "c")]
            assert list(await store.deadlines()) == [("ada", 5)]
        await store.close()

    asyncio.run(main())


def test_one_that_cannot_be_written_fails_alone_of_all_that_wait(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore(tmp_path / "s.db")
        await store.open()
        await store.commit(Change("ada", 1, mark="m1"))
        changes = [
            Change(f"c{number}", 2, "s", mark="m", outbox=[("reply", f"r{number}")]) for number in range(20)
        ]
        changes[7] = Change("ada", 2, "not so", mark="m1")
        changes[11] = Change("c11", 2, "not so", due=2**70)
        results = await asyncio.gather(*[store.commit(change) for change in changes], return_exceptions=True)
        assert [number for number, result in enumerate(results) if isinstance(result, StoreError)] == [7, 11]
        for number in set(range(20)) - {7, 11}:
            assert await store.read(f"c{number}", "m") == Stored("s", marked=True)
            assert [row.body for row in await store.outbox(f"c{number}", "reply", 9)] == [f"r{number}"]
        assert await store.read("ada", "m1") == Stored(None, marked=True)
        assert await store.read("c11", "m") == Stored(None, marked=False)
        await store.close()

    asyncio.run(main())


def transactions(path: Path) -> int:
    """How many transactions the write-ahead log holds: a frame whose size of the database is not 0 ends one."""
    log = path.with_name(f"{path.name}-wal").read_bytes()
    page = int.from_bytes(log[8:12], "big")
    return sum(int.from_bytes(log[at + 4 : at + 8], "big") > 0 for at in range(32, len(log) - 23, page + 24))


def test_all_that_waits_goes_in_one_transaction(tmp_path: Path) -> None:
    path = tmp_path / "s.db"

    async def main() -> None:
        store = SqliteStore(path)
        await store.open()
        before = transactions(path)
        await asyncio.gather(*[store.commit(Change(f"c{number}", 1, "s")) for number in range(50)])
        assert transactions(path) == before + 1
        await asyncio.gather(store.commit(Change("a", 1, "s")), store.delivered("b", "reply", [1]))
        assert transactions(path) == before + 2
        await store.close()

    asyncio.run(main())


def test_nobody_is_answered_before_others_can_read_it(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore(tmp_path / "s.db")
        await store.open()
        reader = sqlite3.connect(tmp_path / "s.db")

        async def one(number: int) -> None:
            await store.commit(Change(f"c{number}", 1, "s", mark="m"))
            found = reader.execute("SELECT count(*) FROM mark WHERE contact = ?", (f"c{number}",)).fetchone()
            assert found == (1,)
            assert (await store.read(f"c{number}", "m")).marked

        await asyncio.gather(*[one(number) for number in range(30)])
        reader.close()
        await store.close()

    asyncio.run(main())


def test_a_caller_that_gives_up_does_not_stop_the_others(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore(tmp_path / "s.db")
        await store.open()
        tasks = [asyncio.create_task(store.commit(Change(f"c{number}", 1, "s"))) for number in range(3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(result) for result in results] == [type(None), asyncio.CancelledError, type(None)]
        assert (await store.read("c2", None)).session == "s"
        await store.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("query", "number", "warning"),
    [
        ("", 2, None),
        ("?synchronous=full", 2, None),
        ("?synchronous=extra", 3, None),
        ("?synchronous=normal", 1, "after a power cut the last messages may be forgotten"),
        ("?synchronous=off", 0, "or the file be damaged"),
    ],
)
def test_durability_is_a_setting(
    tmp_path: Path, query: str, number: int, warning: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        store = open_store(f"sqlite:///{tmp_path}/s.db{query}")
        assert isinstance(store, SqliteStore)
        await store.open()
        assert store._connection is not None
        assert store._connection.execute("PRAGMA synchronous").fetchone() == (number,)
        await store.close()

    asyncio.run(main())
    assert (warning in caplog.text) if warning else not caplog.text


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("?synchronous=fast", "one of extra, full, normal, off, and not 'fast'"),
        ("?cache=big", "no setting 'cache'"),
        ("?synchronous=full&synchronous=off", "'synchronous' twice"),
        ("?synchronous", "'synchronous' twice or without a value"),
    ],
)
def test_a_setting_there_is_not_is_refused(query: str, complaint: str) -> None:
    with pytest.raises(StoreError, match=complaint):
        open_store(f"sqlite:///s.db{query}")


OLD_TABLES = """
CREATE TABLE session (contact TEXT PRIMARY KEY, body TEXT NOT NULL, due INTEGER);
CREATE TABLE outbox (seq INTEGER PRIMARY KEY, contact TEXT NOT NULL, lane TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX outbox_of ON outbox (contact, lane);
CREATE TABLE call (contact TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (contact, key));
CREATE TABLE mark (seq INTEGER PRIMARY KEY, contact TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,
                   UNIQUE (contact, id));
PRAGMA application_id = 1718382455;
PRAGMA user_version = 1;
INSERT INTO session VALUES ('ada', 's1', 900000000), ('bob', 's2', NULL);
INSERT INTO outbox VALUES (41, 'ada', 'reply', 'r1');
INSERT INTO call VALUES ('bob', 'k', 'c');
INSERT INTO mark VALUES (1, 'ada', 'm1', 5);
"""


def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "s.db")
    database.executescript(OLD_TABLES)
    database.close()

    async def main() -> None:
        store = SqliteStore(tmp_path / "s.db")
        for _ in range(2):
            await store.open()
            assert await store.read("ada", "m1") == Stored("s1", marked=True)
            assert await store.read("bob", "m1") == Stored("s2", marked=False)
            assert list(await store.deadlines(899_999_999)) == []
            assert list(await store.deadlines(900_000_000)) == [("ada", 900_000_000)]
            assert await store.outbox("ada", "reply", 9) == [(41, "r1")]
            assert list(await store.calls()) == [("bob", "k", "c")]
            assert await store.parked(None, 0, 9) == []
            assert await store.letters(None, 0, 9) == []
            await store.close()

    asyncio.run(main())
    assert shape(tmp_path / "s.db") == shape(opened(tmp_path / "new.db")._path)


def shape(path: Path | str) -> tuple[object, ...]:
    """What can be seen of the tables of a file: their columns, the indices and the version."""
    database = sqlite3.connect(path)
    names = "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    tables = [name for (name,) in database.execute(names)]
    columns = [database.execute(f"PRAGMA table_info({name})").fetchall() for name in tables]
    version = database.execute("PRAGMA user_version").fetchone()
    database.close()
    return tables, columns, version


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = sqlite3.connect(tmp_path / "s.db")
    database.executescript(OLD_TABLES)
    database.close()
    before = shape(tmp_path / "s.db")
    broken = f"{sqlite_schema.STEPS[-1]}; CREATE TABLE session (twice INTEGER)"
    monkeypatch.setattr(sqlite_schema, "STEPS", (*sqlite_schema.STEPS[:-1], broken))
    with pytest.raises(StoreError, match="cannot be opened"):
        opened(tmp_path / "s.db")
    assert shape(tmp_path / "s.db") == before
    monkeypatch.undo()
    opened(tmp_path / "s.db")


def test_a_full_disk_is_said_and_what_was_there_stays(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore(tmp_path / "s.db")
        await store.open()
        await store.commit(Change("ada", 1, "before", mark="m1"))
        assert store._connection is not None
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        large = [store.commit(Change(f"c{number}", 2, "x" * 50_000, mark="m2")) for number in range(5)]
        small = store.commit(Change("ada", 2, "after", mark="m2"))
        results = await asyncio.gather(*large, small, return_exceptions=True)
        assert [str(result).rpartition(": ")[2] for result in results[:5]] == ["database or disk is full"] * 5
        assert results[5] is None
        assert await store.read("ada", "m2") == Stored("after", marked=True)
        assert await store.read("c0", "m2") == Stored(None, marked=False)
        store._connection.execute("PRAGMA max_page_count = 100000")
        await store.commit(Change("c0", 2, "x" * 50_000, mark="m2"))
        await store.close()

    asyncio.run(main())


def test_rows_that_others_spoiled_do_not_stop_the_reading(tmp_path: Path) -> None:
    opened(tmp_path / "s.db")
    database = sqlite3.connect(tmp_path / "s.db")
    database.execute(
        "INSERT INTO session VALUES ('ada', x'ff00fe', 'soon', 0), ('\"', 'x', 5, 0), (x'ff', 'x', 6, 0)"
    )
    database.execute("INSERT INTO session VALUES ('bob', CAST(x'c328' AS TEXT), 7, 0)")
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
