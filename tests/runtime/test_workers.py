"""Several workers over one database: nothing is lost or counts twice, and one at a time does what must be so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from flowrt.abc import CallRow, Change, Stored
from flowrt.bot import Bot
from flowrt.effects import Reply
from flowrt.errors import Conflict, StoreError, Unsure
from flowrt.events import Message
from flowrt.flow import Flow
from flowrt.stores import open_store, postgres_schema
from flowrt.stores.postgres import PostgresStore
from flowrt.stores.postgres_sql import CLAIM_CALLS, CLAIM_QUEUES, DELIVERED
from flowrt.time import FakeClock
from tests.runtime.counting import counting
from tests.runtime.mortal import MortalStore, empty, run
from tests.runtime.world import Channel, World, until
from tests.servers import Postgres

pytestmark = pytest.mark.xdist_group("postgres")

ASKED = ["Hi! Three quick questions.", "What's your name?"]


def go(work: Coroutine[Any, Any, None]) -> None:
    """Run `work`, within a minute."""
    asyncio.run(asyncio.wait_for(work, 60))


class Team:
    """Workers with one database, one channel and one clock."""

    def __init__(self, dsn: str, flow: Flow[Any]) -> None:
        self.dsn, self.flow = dsn, flow
        self.channel, self.clock = Channel(), FakeClock()
        self.stores: list[MortalStore] = []

    def bot(self, **other: Any) -> Bot:
        """One more worker."""
        self.stores.append(MortalStore(self.dsn))
        parts: dict[str, Any] = {"store": self.stores[-1], "channel": self.channel, "clock": self.clock}
        parts |= {"retry_after": 0.01, "grace": 1.0, **other}
        return Bot(self.flow, **parts)


@pytest.fixture
def team(postgres: str) -> Team:
    """Workers of the flow that counts."""
    return Team(postgres, counting())


# The contract of a store that is shared.


@contextmanager
def expect_conflict() -> Iterator[None]:
    with pytest.raises(Conflict, match="another worker was first"):
        yield


def test_a_change_made_from_what_is_not_there_any_more_is_refused_whole(postgres: str) -> None:
    async def work() -> None:
        store = MortalStore(postgres)
        await store.open()
        nothing = await store.read("ada", None)
        await store.commit(Change("ada", 1, "s1", 5, "m1", expects=nothing.version))
        first = await store.read("ada", "m1")
        assert (first.session, first.marked) == ("s1", True)

        def late(session: str | None, expects: int) -> Change:
            return Change("ada", 2, session, None, "m2", [("reply", "r")], [("k", "c")], "all", expects)

        with expect_conflict():  # it has begun meanwhile
            await store.commit(late("s2", nothing.version))
        with expect_conflict():
            await store.commit(late(None, nothing.version))
        await store.commit(Change("ada", 2, "s2", expects=first.version))
        for session in ("s3", None):  # it has gone on meanwhile
            with expect_conflict():
                await store.commit(late(session, first.version))
        second = await store.read("ada", None)
        await store.commit(Change("ada", 3, None, expects=second.version))
        await store.commit(Change("ada", 4, "s2", expects=0))
        with expect_conflict():  # it has ended and begun again meanwhile
            await store.commit(late("s5", second.version))
        assert (await store.read("ada", "m2")) == Stored(
            "s2", marked=False, version=(await store.read("ada", None)).version
        )
        assert await store.outbox("ada", "reply", 9) == []
        assert list(await store.calls("ada")) == []
        await store.close()

    go(work())


def test_an_event_that_another_worker_has_handled_is_refused(postgres: str) -> None:
    async def work() -> None:
        store = MortalStore(postgres)
        await store.open()
        await store.commit(Change("ada", 1, mark="m1", expects=0))
        with expect_conflict():
            await store.commit(Change("ada", 1, "s", mark="m1", outbox=[("reply", "r")], expects=0))
        assert await store.read("ada", "m1") == Stored(None, marked=True)
        await store.close()

    go(work())


def test_long_names_fit_into_the_indices(postgres: str) -> None:
    contact, id = "🎉" * 512, "\0\ud800🎉" * 170

    async def work() -> None:
        store = MortalStore(postgres)
        await store.open()
        change = Change(contact, 1, "s", 5, id, [("reply", "r")], [(f"due:{contact}:1#1", "c")], expects=0)
        await store.commit(change)
        assert (await store.read(contact, id)).marked
        assert not (await store.read(contact, id[:-1])).marked
        assert list(await store.deadlines(5)) == [(contact, 5)]
        await store.close()

    go(work())


# What one worker does at a time.


def test_messages_of_one_contact_to_two_workers_at_once_all_count(team: Team) -> None:
    async def work() -> None:
        async with team.bot() as first, team.bot() as second:
            messages = [Message(str(number), "ada", "x") for number in range(40)]
            deliveries = [(first, second)[number % 2].receive(one) for number, one in enumerate(messages)]
            again = [(second, first)[number % 2].receive(one) for number, one in enumerate(messages)]
            handled = await asyncio.gather(*deliveries, *again)
            assert sum(handled) == 40
            await first.idle()
            await second.idle()
            await until(lambda: len(team.channel.sent) >= 40)
        assert team.channel.said() == [str(number + 1) for number in range(40)]

    go(work())


class Careless(MortalStore):
    """A store that replaces whatever is there: what compare-and-swap is for."""

    async def commit(self, change: Change) -> None:
        change.expects = None
        await super().commit(change)


def test_without_compare_and_swap_the_same_loses_updates(team: Team) -> None:
    """That the test above can fail."""

    async def work() -> None:
        bots = [Bot(team.flow, store=Careless(team.dsn), channel=team.channel) for _ in range(2)]
        async with bots[0] as first, bots[1] as second:
            messages = [Message(str(number), "ada", "x") for number in range(40)]
            await asyncio.gather(
                *[(first, second)[number % 2].receive(one) for number, one in enumerate(messages)]
            )
            await until(lambda: len(team.channel.sent) >= 40)
        assert len(set(team.channel.said())) < 40

    go(work())


def test_a_contact_is_delivered_to_by_one_worker_and_the_next_takes_over(team: Team) -> None:
    sending: list[str] = []

    async def hangs(reply: Reply) -> None:
        sending.append(reply.id)
        await asyncio.Event().wait()

    async def work() -> None:
        first, second = team.bot(channel=(stuck := Channel())), team.bot()
        stuck.before = hangs
        await first.__aenter__()
        async with second:
            for number in range(3):
                await first.receive(Message(f"a{number}", "ada", "x"))
            await until(lambda: bool(sending))
            await second.receive(Message("b", "ada", "x"))
            await second.receive(Message("c", "bob", "x"))
            await second.idle()
            assert team.channel.said() == []
            assert team.channel.said("bob") == ["1"]
            await second._follower.take_up_deliveries()
            await second.idle()
            assert team.channel.said() == []  # its worker lives
            await team.stores[0].die()
            await second._follower.take_up_deliveries()
            await second.idle()
            assert team.channel.said() == ["1", "2", "3", "4"]
        assert sending == ["a0#0"]

    go(work())


def test_what_is_added_while_another_worker_delivers_is_not_left_behind(team: Team) -> None:
    """Each of many replies is added while the other worker finds the outbox empty, or nearly."""

    async def work() -> None:
        async with team.bot() as first, team.bot() as second:
            for number in range(60):
                bot = (first, second)[number % 2]
                await bot.receive(Message(str(number), "ada", "x"))
                if number % 3 == 0:
                    await asyncio.sleep(0.001 * (number % 5))
            await until(lambda: len(team.channel.sent) >= 60)
            await first.idle()
            await second.idle()
        assert team.channel.said() == [str(number + 1) for number in range(60)]
        connection = await asyncpg.connect(team.dsn)
        assert await connection.fetchval("SELECT count(*) FROM flowrt_queue") == 0
        await connection.close()

    go(work())


class Deaf(MortalStore):
    """A store that does not hear the answer to the statement `unheard`; before it asks again, `meanwhile` happens."""

    unheard = ""

    async def meanwhile(self) -> None:
        """What happens while the connection is made anew."""

    def _opened(self) -> Any:
        return DeafPool(super()._opened(), self)


class DeafPool:
    """The connections of such a store."""

    def __init__(self, pool: Any, store: Deaf) -> None:
        self.pool, self.store = pool, store

    def __getattr__(self, name: str) -> Any:
        return getattr(self.pool, name)

    async def fetch(self, statement: str, *values: object) -> Any:
        rows = await self.pool.fetch(statement, *values)
        if statement == self.store.unheard:
            self.store.unheard = ""
            await self.store.meanwhile()
            raise ConnectionError("the line went dead")
        return rows


def test_what_is_added_while_an_answer_is_lost_is_not_left_behind(postgres: str) -> None:
    class Busy(Deaf):
        async def meanwhile(self) -> None:
            await self.commit(Change("ada", 2, outbox=[("reply", "second")]))

    async def work() -> None:
        store = Busy(postgres)
        await store.open()
        await store.commit(Change("ada", 1, outbox=[("reply", "first")]))
        rows = await store.outbox("ada", "reply", 10)
        store.unheard = DELIVERED
        await store.delivered("ada", "reply", [row.seq for row in rows])
        assert [row.body for row in await store.outbox("ada", "reply", 10)] == ["second"]
        await store.close()

    go(work())


def test_what_was_given_to_a_worker_that_did_not_hear_it_is_given_again(postgres: str) -> None:
    async def work() -> None:
        dead, store = MortalStore(postgres), Deaf(postgres)
        await dead.open()
        await dead.commit(Change("ada", 1, "s", outbox=[("reply", "r")], calls=[("k", "c")]))
        await dead.die()
        await store.open()
        store.unheard = CLAIM_QUEUES
        assert await store.undelivered("reply") == ["ada"]
        store.unheard = CLAIM_CALLS
        assert await store.calls() == [CallRow("ada", "k", "c")]
        assert (await store.undelivered("reply"), await store.calls()) == ([], [])
        await store.close()

    go(work())


def test_a_deadline_is_fired_once_whoever_looks_and_taken_over_from_the_dead(team: Team) -> None:
    async def work() -> None:
        first, second, third = team.bot(), team.bot(), team.bot()
        await first.__aenter__()
        async with second, third:
            for number in range(30):
                await first.receive(Message(f"m{number}", f"c{number}", "x"))
            await first.idle()
            await team.stores[0].die()
            team.clock.advance(3599)
            assert await second.fire_due() == 0
            team.clock.advance(1)
            fired = await asyncio.gather(second.fire_due(), third.fire_due())
            assert sum(fired) == 30
            await second.idle()
            await third.idle()
            for number in range(30):
                assert team.channel.said(f"c{number}") == ["1", "Time is up."]
            assert await second.fire_due() + await third.fire_due() == 0

    go(work())


def test_a_deadline_that_another_worker_moved_on_does_not_fire(team: Team) -> None:
    async def work() -> None:
        async with team.bot() as first, team.bot() as second:
            await first.receive(Message("1", "ada", "x"))
            team.clock.advance(1800)
            await second.receive(Message("2", "ada", "x"))
            team.clock.advance(1800)
            assert await first.fire_due() == 0
            team.clock.advance(1800)
            assert await first.fire_due() + await second.fire_due() == 1
            await first.idle()
            await second.idle()
            await until(lambda: len(team.channel.sent) == 3)
        assert team.channel.said() == ["1", "2", "Time is up."]

    go(work())


def test_a_call_of_a_dead_worker_is_run_by_another_with_the_same_key(
    postgres: str, feedback_flow: Flow[Any]
) -> None:
    world = World(feedback_flow, lambda: MortalStore(postgres))

    async def work() -> None:
        dying = MortalStore(postgres)
        first, second = world.bot(store=dying), world.bot()
        world.actions.answer = asyncio.Event().wait
        await first.__aenter__()
        async with second:
            await world.say_and_wait(first, "hi", "Ada", "1", "late")
            world.actions.answer = None
            await second._follower.take_up_calls()
            await second.idle()
            assert len(world.actions.calls) == 1  # its worker lives
            await dying.die()
            await second._follower.take_up_calls()
            await until(lambda: len(world.actions.calls) == 2)
            await second._follower.take_up_deliveries()
            await second.idle()
            assert world.channel.said()[-1].startswith("Thanks, Ada!")
        [(one, _), (other, _)] = world.actions.calls
        assert one == other == "m4#0"

    go(work())


def test_a_worker_that_closes_leaves_everything_to_the_others_at_once(team: Team) -> None:
    async def refuses(_: Reply) -> None:
        raise ConnectionError("no network")

    async def work() -> None:
        async with team.bot() as second:
            async with team.bot(channel=(down := Channel()), grace=0.1) as first:
                down.before = refuses
                await first.receive(Message("1", "ada", "x"))
            await second._follower.take_up_deliveries()
            await second.idle()
            assert team.channel.said() == ["1"]

    go(work())


def test_a_worker_says_that_it_is_alive(postgres: str) -> None:
    async def work() -> None:
        store = MortalStore(postgres, lease=0.03)
        await store.open()
        await store.lose_lease()
        connection = await asyncpg.connect(postgres)
        alive = "SELECT count(*) FROM flowrt_worker WHERE until > '2020-01-01'"
        while not await connection.fetchval(alive):
            pass
        await store.close()
        assert await connection.fetchval("SELECT count(*) FROM flowrt_worker") == 0
        await connection.close()

    go(work())


# Connections that break.


class Breaking(MortalStore):
    """A store whose connection breaks in a commit, before or after the server has done it, as `breaks` says."""

    breaks: Callable[[Change], str] = staticmethod(lambda _: "")

    async def commit(self, change: Change) -> None:
        when = self.breaks(change)
        if when == "before":
            raise Unsure("the line went dead")
        await super().commit(change)
        if when == "after":
            raise Unsure("the line went dead")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_commit_whose_end_is_not_heard_counts_once(team: Team, when: str) -> None:
    broken: list[str] = []

    def once_each(change: Change) -> str:
        key = f"{change.contact} {change.mark}"
        if key in broken:
            return ""
        broken.append(key)
        return when

    async def work() -> None:
        store = Breaking(team.dsn)
        store.breaks = once_each
        async with team.bot(store=store) as bot:
            for number in range(5):
                assert await bot.receive(Message(str(number), "ada", "x"))
                assert not await bot.receive(Message(str(number), "ada", "x"))
            await bot.idle()
            assert team.channel.said() == ["1", "2", "3", "4", "5"]
            team.clock.advance(3600)
            await bot.fire_due()
            await bot.idle()
            assert team.channel.said() == ["Time is up."]
        assert len(broken) == 6

    go(work())


def test_connections_cut_again_and_again_lose_and_double_nothing(team: Team) -> None:
    cut = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"""

    handled: list[str] = []

    async def talk(bot: Bot, contact: str) -> None:
        for number in range(20):
            assert await bot.receive(Message(str(number), contact, "x"))
            handled.append(contact)

    def reached(count: int) -> bool:
        return len(handled) >= count

    async def work() -> None:
        async with team.bot() as bot:
            talks = asyncio.gather(*[talk(bot, f"c{number}") for number in range(8)])
            for count in range(5, 160, 10):  # by what has been done, so that a slow machine gets on, too
                await until(partial(reached, count))
                await run(team.dsn, cut)
            await talks
            await until(lambda: len({reply.id + reply.contact for reply in team.channel.sent}) == 160)
            await bot.idle()
        for number in range(8):
            said = team.channel.said(f"c{number}")
            assert list(dict.fromkeys(said)) == [str(count + 1) for count in range(20)]

    go(work())


def test_a_server_that_is_killed_while_messages_come_loses_nothing(
    team: Team, postgres_server: Postgres
) -> None:
    async def work() -> None:
        async with team.bot() as bot:
            await bot.receive(Message("1", "ada", "x"))
            postgres_server.kill()
            waiting = asyncio.create_task(bot.receive(Message("2", "ada", "x")))
            for _ in range(100):  # by then it has tried, and failed
                await asyncio.sleep(0)
            assert not waiting.done()
            postgres_server.start()
            assert await waiting
            await until(lambda: len(team.channel.sent) >= 2)
        assert list(dict.fromkeys(team.channel.said())) == ["1", "2"]

    go(work())


def test_a_server_that_stays_away_is_said(tmp_path: Path) -> None:
    async def work() -> None:
        store = MortalStore(f"postgresql://bot:hunter2@/x?host={tmp_path}", patience=0.05)
        with pytest.raises(StoreError, match="the PostgreSQL database cannot be used: ") as caught:
            await store.open()
        assert "hunter2" not in str(caught.value)

    go(work())


# The schema.


def test_tables_of_a_newer_version_are_refused_in_words(postgres: str) -> None:
    async def work() -> None:
        store = MortalStore(postgres)
        await store.open()
        await store.close()
        await run(postgres, "UPDATE flowrt_schema SET version = $1", postgres_schema.SCHEMA + 1)
        with pytest.raises(StoreError, match="made by a newer flowrt; upgrade this one"):
            await store.open()

    go(work())


def test_tables_of_the_first_version_are_brought_up_to_date(postgres: str) -> None:
    async def shape(dsn: str) -> list[Any]:
        connection = await asyncpg.connect(dsn)
        columns = (
            "table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
        )
        order = "WHERE table_name LIKE 'flowrt_%' ORDER BY table_name, ordinal_position"
        found = await connection.fetch(f"SELECT {columns} {order}")
        await connection.close()
        return [tuple(row.values()) for row in found]

    async def work() -> None:
        await run(postgres, postgres_schema.BEGIN)
        await run(postgres, postgres_schema.STEPS[0])
        await run(postgres, "INSERT INTO flowrt_schema VALUES (1)")
        await run(postgres, "INSERT INTO flowrt_session (contact, body) VALUES ('ada', 's1')")
        store = MortalStore(postgres)
        for _ in range(2):
            await store.open()
            assert (await store.read("ada", None)).session == "s1"
            assert await store.letters(None, 0, 9) == []
            await store.close()
        upgraded = await shape(postgres)
        await empty(postgres)
        await store.open()
        await store.close()
        assert upgraded == await shape(postgres)

    go(work())


def test_workers_that_start_together_make_the_tables_once(postgres: str) -> None:
    async def work() -> None:
        stores = [MortalStore(postgres) for _ in range(4)]
        await asyncio.gather(*[store.open() for store in stores])
        await asyncio.gather(*[store.close() for store in stores])
        connection = await asyncpg.connect(postgres)
        [(version,)] = await connection.fetch("SELECT version FROM flowrt_schema")
        assert version == postgres_schema.SCHEMA
        await connection.close()

    go(work())


def test_a_database_is_named_by_url(postgres: str) -> None:
    assert isinstance(open_store(postgres), PostgresStore)
    assert isinstance(open_store("postgres://bot@db/chats"), PostgresStore)


@pytest.mark.parametrize("dsn", ["postgresql://[", "postgresql://bot@db:port/x"])
def test_a_name_that_is_none_is_refused_at_once(dsn: str) -> None:
    with pytest.raises(StoreError, match="name of a PostgreSQL database is postgresql://user@"):
        go(PostgresStore(dsn).open())


def test_a_database_there_is_not_is_named(postgres: str) -> None:
    with pytest.raises(StoreError, match='database "nowhere" does not exist'):
        go(PostgresStore(postgres.replace("/postgres?", "/nowhere?")).open())
