"""The contract of a store, run over all of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest

from flowrt.abc import Change, Lane, Store
from flowrt.errors import StoreError
from flowrt.stores import open_store
from flowrt.stores.memory import MemoryStore
from flowrt.stores.sqlite import SqliteStore

NewStore = Callable[[], Store]
ODD_NAMES = ["a\0b", "\ud800", 'quo"te', "back\\slash", "%_'", "émoji 🎉", " "]


def run(new_store: NewStore, work: Callable[[Store], Awaitable[None]]) -> None:
    """Run `work` on an open store."""

    async def main() -> None:
        store = new_store()
        await store.open()
        try:
            await work(store)
        finally:
            await store.close()

    asyncio.run(main())


def test_a_contact_unknown_has_no_session_and_no_mark(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        assert await store.read("ada", "1") == (None, False)
        assert await store.read("ada", None) == (None, False)

    run(new_store, work)


def test_a_change_is_read_back_after_opening_again(new_store: NewStore) -> None:
    async def write(store: Store) -> None:
        replies: list[tuple[Lane, str]] = [("reply", "r1"), ("notice", "n1"), ("reply", "r2")]
        await store.commit(Change("ada", 5, "s1", 900, "1", replies, [("k1", "c1"), ("k2", "c2")]))

    async def read(store: Store) -> None:
        assert await store.read("ada", "1") == ("s1", True)
        assert await store.read("ada", "2") == ("s1", False)
        assert await store.read("bob", "1") == (None, False)
        assert [row.body for row in await store.outbox("ada", "reply", 0, 10)] == ["r1", "r2"]
        assert [row.body for row in await store.outbox("ada", "notice", 0, 10)] == ["n1"]
        assert list(await store.deadlines()) == [("ada", 900)]
        assert list(await store.undelivered("reply")) == ["ada"]
        assert list(await store.calls()) == [("ada", "k1", "c1"), ("ada", "k2", "c2")]

    run(new_store, write)
    run(new_store, read)


def test_a_session_is_replaced_and_deleted(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        await store.commit(Change("ada", 1, "s1", 10))
        await store.commit(Change("ada", 2, "s2", None))
        assert await store.read("ada", None) == ("s2", False)
        assert list(await store.deadlines()) == []
        await store.commit(Change("ada", 3))
        assert await store.read("ada", None) == (None, False)

    run(new_store, work)


def test_the_outbox_is_read_in_order_in_parts_and_emptied_by_row(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        for number in range(5):
            await store.commit(Change("ada", 1, outbox=[("reply", f"r{number}")]))
            await store.commit(Change("bob", 1, outbox=[("reply", "other")]))
        first = await store.outbox("ada", "reply", 0, 2)
        assert [row.body for row in first] == ["r0", "r1"]
        rest = await store.outbox("ada", "reply", first[-1].seq, 10)
        assert [row.body for row in rest] == ["r2", "r3", "r4"]
        await store.delivered("ada", [row.seq for row in [*first, rest[0]]])
        await store.delivered("ada", [first[0].seq])
        assert [row.body for row in await store.outbox("ada", "reply", 0, 10)] == ["r3", "r4"]
        await store.delivered("ada", [row.seq for row in rest])
        assert list(await store.undelivered("reply")) == ["bob"]

    run(new_store, work)


def test_rows_appended_after_all_were_deleted_come_after_them(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        await store.commit(Change("ada", 1, outbox=[("reply", "old")]))
        [old] = await store.outbox("ada", "reply", 0, 10)
        await store.delivered("ada", [old.seq])
        await store.commit(Change("ada", 1, outbox=[("reply", "new")]))
        assert [row.body for row in await store.outbox("ada", "reply", old.seq, 10)] == ["new"]

    run(new_store, work)


def test_calls_are_taken_away_by_key_or_all(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        await store.commit(Change("ada", 1, calls=[("k1", "c1"), ("k2", "c2")]))
        await store.commit(Change("bob", 1, calls=[("k1", "b1")]))
        await store.commit(Change("ada", 1, calls=[("k3", "c3")], calls_over=["k1", "unknown"]))
        assert sorted(await store.calls()) == [("ada", "k2", "c2"), ("ada", "k3", "c3"), ("bob", "k1", "b1")]
        await store.commit(Change("ada", 1, calls=[("k4", "c4")], calls_over="all"))
        assert sorted(await store.calls()) == [("ada", "k4", "c4"), ("bob", "k1", "b1")]

    run(new_store, work)


def test_marks_are_forgotten_by_age(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        for at in range(2500):
            await store.commit(Change("ada", at, mark=f"m{at}"))
        assert await store.forget_marks(before=2400) == 2400
        assert await store.forget_marks(before=2400) == 0
        assert not (await store.read("ada", "m2399")).marked
        assert (await store.read("ada", "m2400")).marked

    run(new_store, work)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_text_can_be_a_name(new_store: NewStore, name: str) -> None:
    async def write(store: Store) -> None:
        await store.commit(Change(name, 1, "s", 9, name, [("reply", "r")], [(name, "c")]))

    async def read(store: Store) -> None:
        assert await store.read(name, name) == ("s", True)
        assert await store.read(name + "x", name) == (None, False)
        assert list(await store.deadlines()) == [(name, 9)]
        assert list(await store.undelivered("reply")) == [name]
        assert list(await store.calls()) == [(name, name, "c")]
        await store.commit(Change(name, 2, calls_over=[name]))
        assert list(await store.calls()) == []

    run(new_store, write)
    run(new_store, read)


def test_a_store_in_use_is_refused_to_a_second_bot(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        with pytest.raises(StoreError, match="use"):
            await new_store().open()
        assert await store.read("ada", None) == (None, False)

    run(new_store, work)


def test_closing_twice_changes_nothing(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        await store.commit(Change("ada", 1, "s1", 10, "1"))
        await store.close()

    async def look(store: Store) -> None:
        assert await store.read("ada", "1") == ("s1", True)

    run(new_store, work)  # which closes it once more
    run(new_store, look)


def test_stores_are_named_by_url() -> None:
    assert isinstance(open_store("memory:"), MemoryStore)
    assert isinstance(open_store("sqlite:///sessions.db"), SqliteStore)
    mine = MemoryStore()
    assert open_store(mine) is mine


@pytest.mark.parametrize("url", ["redis://localhost", "sessions.db", "sqlite://x", "sqlite:///"])
def test_a_url_of_no_store_is_answered_with_those_there_are(url: str) -> None:
    with pytest.raises(StoreError, match=re.escape(repr(url)) + r"(.|\n)*memory:(.|\n)*sqlite:///"):
        open_store(url)


def test_a_password_in_a_url_is_not_repeated() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("mysql://bot:hunter2@db/flow")
    assert "hunter2" not in str(caught.value)


def test_a_missing_store_is_asked_for_in_words() -> None:
    with pytest.raises(StoreError, match="name the store of the bot"):
        open_store(None)
