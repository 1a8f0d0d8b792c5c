"""The contract of a store, run over all of them."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable

import pytest

from flowrt.abc import BUCKET, MARKS_LIVE, Change, Lane, Store
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


async def seen(store: Store, contact: str, mark: str | None) -> tuple[str | None, bool]:
    """The session, and whether the mark is there."""
    stored = await store.read(contact, mark)
    return stored.session, stored.marked


def test_a_contact_unknown_has_no_session_and_no_mark(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        assert await seen(store, "ada", "1") == (None, False)
        assert await seen(store, "ada", None) == (None, False)

    run(new_store, work)


def test_a_change_is_read_back_after_opening_again(new_store: NewStore) -> None:
    async def write(store: Store) -> None:
        replies: list[tuple[Lane, str]] = [("reply", "r1"), ("notice", "n1"), ("reply", "r2")]
        await store.commit(Change("ada", 5, "s1", 900, "1", replies, [("k1", "c1"), ("k2", "c2")]))

    async def read(store: Store) -> None:
        assert list(await store.undelivered("reply")) == ["ada"]
        assert await seen(store, "ada", "1") == ("s1", True)
        assert await seen(store, "ada", "2") == ("s1", False)
        assert await seen(store, "bob", "1") == (None, False)
        assert [row.body for row in await store.outbox("ada", "reply", 10)] == ["r1", "r2"]
        assert [row.body for row in await store.outbox("ada", "notice", 10)] == ["n1"]
        assert list(await store.deadlines()) == [("ada", 900)]
        assert list(await store.calls()) == [("ada", "k1", "c1"), ("ada", "k2", "c2")]

    run(new_store, write)
    run(new_store, read)


def test_a_session_is_replaced_and_deleted(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        await store.commit(Change("ada", 1, "s1", 10))
        await store.commit(Change("ada", 2, "s2", None))
        assert await seen(store, "ada", None) == ("s2", False)
        assert list(await store.deadlines()) == []
        await store.commit(Change("ada", 3))
        assert await seen(store, "ada", None) == (None, False)

    run(new_store, work)


def test_the_outbox_is_read_in_order_in_parts_and_emptied_by_row(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        for number in range(5):
            await store.commit(Change("ada", 1, outbox=[("reply", f"r{number}")]))
            await store.commit(Change("bob", 1, outbox=[("reply", "other")]))
        first = await store.outbox("ada", "reply", 2)
        assert [row.body for row in first] == ["r0", "r1"]
        everything = await store.outbox("ada", "reply", 10)
        assert [row.body for row in everything] == ["r0", "r1", "r2", "r3", "r4"]
        assert first == everything[:2]
        rest = everything[2:]
        await store.delivered("ada", "reply", [row.seq for row in [*first, rest[0]]])
        await store.delivered("ada", "reply", [first[0].seq])
        assert [row.body for row in await store.outbox("ada", "reply", 10)] == ["r3", "r4"]
        await store.delivered("ada", "reply", [row.seq for row in rest])
        assert await store.outbox("ada", "reply", 10) == []

    async def look(store: Store) -> None:
        assert list(await store.undelivered("reply")) == ["bob"]

    run(new_store, work)
    run(new_store, look)


def test_rows_appended_after_all_were_deleted_come_after_them(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        await store.commit(Change("ada", 1, outbox=[("reply", "old")]))
        [old] = await store.outbox("ada", "reply", 10)
        await store.delivered("ada", "reply", [old.seq])
        await store.commit(Change("ada", 1, outbox=[("reply", "new")]))
        [new] = await store.outbox("ada", "reply", 10)
        assert (new.body, new.seq > old.seq) == ("new", True)

    run(new_store, work)


def test_calls_are_taken_away_by_key_or_all(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        await store.commit(Change("ada", 1, calls=[("k1", "c1"), ("k2", "c2")]))
        await store.commit(Change("bob", 1, calls=[("k1", "b1")]))
        await store.commit(Change("ada", 1, calls=[("k3", "c3")], calls_over=["k1", "unknown"]))
        assert sorted(await store.calls("ada")) == [("ada", "k2", "c2"), ("ada", "k3", "c3")]
        await store.commit(Change("ada", 1, calls=[("k4", "c4")], calls_over="all"))
        assert sorted(await store.calls("ada")) == [("ada", "k4", "c4")]

    async def look(store: Store) -> None:
        assert sorted(await store.calls()) == [("ada", "k4", "c4"), ("bob", "k1", "b1")]

    run(new_store, work)
    run(new_store, look)


def test_deadlines_are_given_up_to_an_instant(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        for number in range(5):
            await store.commit(Change(f"c{number}", 1, "s", due=number * BUCKET + 7))
        await store.commit(Change("never", 1, "s"))
        assert list(await store.deadlines(6)) == []
        assert list(await store.deadlines(7)) == [("c0", 7)]
        later = await store.deadlines(2 * BUCKET + 7)
        assert {contact for contact, _ in later} - {"c0"} == {"c1", "c2"}

    run(new_store, work)


def test_what_cannot_be_delivered_is_parked_and_comes_back_at_the_end(new_store: NewStore) -> None:
    async def write(store: Store) -> None:
        await store.commit(Change("ada", 1, outbox=[("reply", "r0"), ("reply", "r1"), ("notice", "n0")]))
        await store.commit(Change("bob", 1, outbox=[("reply", "b0")]))
        first, second = await store.outbox("ada", "reply", 10)
        [notice] = await store.outbox("ada", "notice", 10)
        await store.park("ada", "reply", first.seq, "too \0 late", 5)
        await store.park("ada", "reply", first.seq, "twice", 6)
        await store.park("ada", "notice", notice.seq, "deaf", 7)
        assert await store.outbox("ada", "reply", 10) == [second]
        [bobs] = await store.outbox("bob", "reply", 10)
        await store.park("bob", "reply", bobs.seq, "gone", 8)

    async def look(store: Store) -> None:
        [reply, notice] = await store.parked("ada", 0, 10)
        assert reply == ("ada", reply.seq, "reply", "r0", "too \0 late", 5)
        assert notice == ("ada", notice.seq, "notice", "n0", "deaf", 7)
        everybodys = await store.parked(None, 0, 10)
        assert [row.contact for row in everybodys] == ["ada", "ada", "bob"]
        assert await store.parked(None, 0, 2) == everybodys[:2]
        assert await store.parked(None, everybodys[0].seq, 10) == everybodys[1:]
        assert await store.unpark("bob", [reply.seq], again=True) == 0
        assert await store.unpark("ada", [reply.seq, reply.seq], again=True) == 1
        assert await store.unpark("ada", [reply.seq, notice.seq], again=False) == 1
        assert [row.contact for row in await store.parked(None, 0, 10)] == ["bob"]
        assert [row.body for row in await store.outbox("ada", "reply", 10)] == ["r1", "r0"]
        assert await store.outbox("ada", "notice", 10) == []

    run(new_store, write)
    run(new_store, look)


def test_letters_are_numbered_with_what_is_parked_and_kept_apart(new_store: NewStore) -> None:
    async def write(store: Store) -> None:
        await store.commit(Change("ada", 1, outbox=[("reply", "r0")], letters=["a1", "a2"]))
        await store.commit(Change("bob", 2, letters=["b1"]))
        [row] = await store.outbox("ada", "reply", 10)
        await store.park("ada", "reply", row.seq, "late", 3)

    async def look(store: Store) -> None:
        await store.commit(Change("ada", 4, "s", letters=["a3"]))
        everybodys = await store.letters(None, 0, 10)
        shown = [(row.contact, row.body, row.at) for row in everybodys]
        assert shown == [("ada", "a1", 1), ("ada", "a2", 1), ("bob", "b1", 2), ("ada", "a3", 4)]
        assert await store.letters("ada", 0, 2) == everybodys[:2]
        assert await store.letters("ada", everybodys[1].seq, 10) == everybodys[3:]
        [parked] = await store.parked(None, 0, 10)
        numbers = [row.seq for row in everybodys]
        assert len({*numbers, parked.seq}) == 5
        assert await store.discard_letters("bob", numbers) == 1
        assert await store.discard_letters("ada", [parked.seq, numbers[0], numbers[0]]) == 1
        assert await store.unpark("ada", numbers, again=False) == 0
        assert [row.body for row in await store.letters(None, 0, 10)] == ["a2", "a3"]

    run(new_store, write)
    run(new_store, look)


def test_letters_are_forgotten_by_age_and_beyond_their_number(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        for at in range(10):
            await store.commit(Change("ada", at, letters=[f"l{at}"]))
        assert await store.forget_letters(before=3, keep=100) == 3
        assert await store.forget_letters(before=3, keep=7) == 0
        assert await store.forget_letters(before=3, keep=2) == 5
        assert [row.body for row in await store.letters(None, 0, 100)] == ["l8", "l9"]
        assert await store.forget_letters(before=3, keep=0) == 2

    run(new_store, work)


def test_marks_are_forgotten_by_age(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        await asyncio.gather(*[store.commit(Change("ada", at, mark=f"m{at}")) for at in range(2500)])
        assert await store.forget_marks(before=2400) == 2400
        assert await store.forget_marks(before=2400) == 0
        assert not (await store.read("ada", "m2399")).marked
        assert (await store.read("ada", "m2400")).marked

    run(new_store, work)


def test_marks_of_a_clock_that_was_ahead_do_not_keep_the_old_ones(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        ahead = 5 * MARKS_LIVE
        marks = [(f"ahead {number}", ahead + number) for number in range(1100)]
        marks += [(f"old {number}", number) for number in range(10)]
        marks += [("new", 20)]
        await asyncio.gather(*[store.commit(Change("ada", at, mark=id)) for id, at in marks])
        assert await store.forget_marks(before=20) == 10
        assert (await store.read("ada", "new")).marked
        assert (await store.read("ada", "ahead 0")).marked

    run(new_store, work)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_text_can_be_a_name(new_store: NewStore, name: str) -> None:
    async def write(store: Store) -> None:
        await store.commit(Change(name, 1, "s", 9, name, [("reply", "r")], [(name, "c")], letters=["l"]))

    async def read(store: Store) -> None:
        assert await seen(store, name, name) == ("s", True)
        assert await seen(store, name + "x", name) == (None, False)
        assert list(await store.deadlines()) == [(name, 9)]
        assert list(await store.undelivered("reply")) == [name]
        assert list(await store.calls()) == [(name, name, "c")]
        assert [row.contact for row in await store.letters(name, 0, 10)] == [name]
        await store.commit(Change(name, 2, calls_over=[name]))
        assert list(await store.calls(name)) == []

    run(new_store, write)
    run(new_store, read)


def test_a_store_in_use_is_refused_to_a_second_bot_unless_it_is_shared(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        if store.shared:
            other = new_store()
            await other.open()
            await other.close()
        else:
            with pytest.raises(StoreError, match="use"):
                await new_store().open()
        assert await seen(store, "ada", None) == (None, False)

    run(new_store, work)


def test_closing_twice_changes_nothing(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        await store.commit(Change("ada", 1, "s1", 10, "1"))
        await store.close()

    async def look(store: Store) -> None:
        assert await seen(store, "ada", "1") == ("s1", True)

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


def test_a_memory_store_is_refused_to_several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    monkeypatch.setenv("WEB_CONCURRENCY", "4")
    with pytest.raises(StoreError, match=r"one of several\. To run several processes, .* PostgreSQL"):
        asyncio.run(store.open())
    monkeypatch.setenv("WEB_CONCURRENCY", "1")
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(store.open())
        except StoreError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_a_missing_store_is_asked_for_in_words() -> None:
    with pytest.raises(StoreError, match="name the store of the bot"):
        open_store(None)


async def pages(store: Store, limit: int) -> list[list[str]]:
    """The contacts that have sessions, page by page."""
    found: list[list[str]] = []
    after: str | None = None
    while page := await store.sessions(after, limit):
        found.append([row.contact for row in page])
        after = page[-1].contact
    return found


def test_sessions_are_listed_in_pages_each_once(new_store: NewStore) -> None:
    names = [*ODD_NAMES, *[f"c{number}" for number in range(6)]]

    async def work(store: Store) -> None:
        assert await store.sessions(None, 10) == []
        for number, name in enumerate(names):
            await store.commit(Change(name, 1, f"s{number}", due=number or None))
        await store.commit(Change("gone", 1, outbox=[("reply", "r")]))
        for limit in (1, 4, len(names), 100):
            listed = await pages(store, limit)
            assert all(len(page) == limit for page in listed[:-1])
            assert sorted(name for page in listed for name in page) == sorted(names)
        rows = {row.contact: row for row in await store.sessions(None, 100)}
        assert rows[names[0]] == (names[0], "s0", None)
        assert rows["c5"] == ("c5", f"s{len(names) - 1}", len(names) - 1)

    run(new_store, work)


def test_a_page_begins_behind_a_contact_that_has_gone(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        for name in ("ada", "bob", "eve"):
            await store.commit(Change(name, 1, "s"))
        await store.commit(Change("bob", 2))
        assert [row.contact for row in await store.sessions("bob", 10)] == ["eve"]

    run(new_store, work)


def test_all_of_one_contact_is_erased_and_nothing_of_others(new_store: NewStore) -> None:
    replies: list[tuple[Lane, str]] = [("reply", "r1"), ("notice", "n1"), ("reply", "r2")]

    async def write(store: Store) -> None:
        for name in ("ada", "bob"):
            await store.commit(
                Change(name, 5, "s1", 900, "1", replies, [("k1", "c1"), ("k2", "c2")], letters=["l"])
            )
            await store.park(name, "reply", (await store.outbox(name, "reply", 1))[0].seq, "no", 6)
        assert await store.erase("ada") == 8
        assert await store.erase("ada") == 0

    async def read(store: Store) -> None:
        assert await seen(store, "ada", "1") == (None, False)
        assert await seen(store, "bob", "1") == ("s1", True)
        lanes: list[Lane] = ["reply", "notice"]
        for lane in lanes:
            assert list(await store.undelivered(lane)) == ["bob"]
            assert await store.outbox("ada", lane, 10) == []
            assert len(await store.outbox("bob", lane, 10)) == 1
        assert [row.contact for row in await store.parked(None, 0, 10)] == ["bob"]
        assert [row.contact for row in await store.letters(None, 0, 10)] == ["bob"]
        assert list(await store.deadlines()) == [("bob", 900)]
        assert [(row.contact, row.key) for row in await store.calls()] == [("bob", "k1"), ("bob", "k2")]

    run(new_store, write)
    run(new_store, read)


def test_who_was_erased_begins_anew(new_store: NewStore) -> None:
    async def work(store: Store) -> None:
        await store.commit(Change("ada", 1, "s1", mark="1", outbox=[("reply", "r1")]))
        await store.erase("ada")
        await store.commit(Change("ada", 2, "s2", mark="1", outbox=[("reply", "r2")], expects=0))
        assert await seen(store, "ada", "1") == ("s2", True)
        assert [row.body for row in await store.outbox("ada", "reply", 10)] == ["r2"]

    run(new_store, work)
