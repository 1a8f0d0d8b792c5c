"""G6: a spoiled row of a database, whatever stands in whichever column, stops nobody; its contact talks on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from flowrt.bot import Bot
from flowrt.effects import Ended
from flowrt.flow import Flow
from flowrt.letters import dump_letter
from flowrt.operations import Operations
from flowrt.stores.sqlite import SqliteStore
from tests.cli.program import invoke
from tests.runtime.mortal import MortalStore
from tests.runtime.world import World, until

GREETING = ["Hi! Three quick questions.", "What's your name?"]
EXPIRED = "Let's pick this up another time."

BIG = 2**63 - 1
TEXTS: list[Any] = [
    "",
    "x",
    '"',
    "\\u12",
    "[" * 5_000,
    "9" * 5_000,
    '{"version":1}',
    '{"version":1,"kind":"Call"}',
]
TEXTS += ["NaN", "\u202e\u2028", "x" * 1_000_000]
NUMBERS: list[Any] = [0, -1, 1, BIG, -BIG - 1]

Spoiling = tuple[str, str, Any]
"""A table, a column, and what stands there."""


def each(table: str, columns: str, values: Iterable[Any]) -> list[Spoiling]:
    return [(table, column, value) for column in columns.split() for value in values]


SQLITE: list[Spoiling] = [
    *each("session", "body", [*TEXTS, *NUMBERS, b"", b"\xff\x00\xfe", b"{}", 1.5]),
    *each("session", "due bucket", [*NUMBERS, None, "soon", "", b"\xff", 1.5, 1e300]),
    *each("outbox", "lane body", [*TEXTS[:6], *NUMBERS[:2], b"\xff"]),
    *each("outbox", "seq", [0, -1, -BIG - 1]),
    *each("parked", "lane body why at", [*TEXTS[:6], *NUMBERS, b"\xff", 1.5]),
    *each("parked", "seq", [0, -1, BIG, -BIG - 1]),
    *each("letter", "body at", [*TEXTS[:6], *NUMBERS, b"\xff", 1.5]),
    *each("letter", "seq", [0, -1, -BIG - 1]),
    *each("call", "body key", [*TEXTS, *NUMBERS[:2], b"\xff"]),
    *each("mark", "id at", [*TEXTS[:4], *NUMBERS, b"\xff", 1.5]),
    *each("session outbox parked letter call mark", "contact", ['"', "\\", "\\u12", b"\xff"]),
]
POSTGRES: list[Spoiling] = [
    *each("session", "body", TEXTS),
    *each("session", "due bucket version", NUMBERS),
    *each("session", "due bucket", [None]),
    *each("outbox", "lane body", TEXTS[:6]),
    *each("queue", "worker news", NUMBERS),
    *each("parked", "lane body why", TEXTS[:6]),
    *each("parked", "at", NUMBERS),
    *each("parked", "seq", [0, -1, BIG, -BIG - 1]),
    *each("letter", "body", TEXTS),
    *each("letter", "at", NUMBERS),
    *each("letter", "seq", [0, -1, BIG, -BIG - 1]),
    *each("call", "body", TEXTS),
    *each("call", "key", [b"", b"\xff\x00", b"\xed\xa0\x80"]),
    *each("call", "worker", NUMBERS),
    *each("mark", "id", [b"", b"\xff\x00"]),
    *each("mark", "at", NUMBERS),
    *each("session outbox queue parked letter call mark", "contact", [b"", b"\xff\x00"]),
]
SQLITE = [(table, column, value) for tables, column, value in SQLITE for table in tables.split()]
POSTGRES = [(table, column, value) for tables, column, value in POSTGRES for table in tables.split()]


FATAL_ONCE_SQLITE: list[Spoiling] = [("outbox", "seq", BIG), ("letter", "seq", BIG), ("session", "due", 0)]
FATAL_ONCE_SQLITE += [("parked", "at", "soon"), ("letter", "at", "soon")]
FATAL_ONCE_POSTGRES: list[Spoiling] = [("session", "version", 0), ("session", "due", 0)]
LETTER = dump_letter(Ended("1#0", "ada", "m1", "failed", {}, "OutOfBounds: too much"), "menu")
some = pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.soak)])


def name(number: int) -> str:
    return f"c{number:03}"


async def fill(world: World, contacts: list[str]) -> None:
    """A session for each, in a call, with a message kept, replies to deliver, and one that could not be."""
    world.actions.answer = asyncio.Event().wait
    bot = world.bot(channel=None, grace=0.0)
    async with bot:
        for number, contact in enumerate(contacts):
            for text in ("hi", "Ada", "5", "nice"):
                await bot.receive(world.message(text, contact))
            await until(lambda count=number + 1: len(world.actions.calls) == count)  # type: ignore[misc]
            await bot.receive(world.message("kept", contact))
            first = (await world.store.outbox(contact, "reply", 1))[0]
            await world.store.park(contact, "reply", first.seq, "no such number", world.clock.now())
    world.actions.answer = None


async def check_all(world: World, contacts: list[str]) -> None:
    """Whoever has a spoiled row, and whoever has none, is served; nothing raises, and all of it is shown."""
    async with Operations(world.new_store(), world.flow) as operations:
        await look(operations, contacts)
    async with world.bot() as bot:
        await bot.idle()
        world.clock.advance(31)  # the limit of the call, for those whose call cannot be made again
        await bot.fire_due()
        for contact in contacts:
            await bot.end(contact)
            await bot.receive(world.message("hi", contact))
        await bot.idle()
        for contact in contacts:
            assert world.channel.said(contact)[-2:] == GREETING, contact
        world.clock.advance(900)
        assert await bot.fire_due() >= len(contacts)
        await bot.idle()
        assert [world.channel.said(contact) for contact in contacts] == [[EXPIRED]] * len(contacts)
        await look(bot, contacts)
        for contact in contacts:
            await bot.retry(contact)
            await bot.discard(contact)
        await bot.idle()
        for contact in contacts:
            await bot.erase(contact)


async def look(bot: Bot | Operations, contacts: list[str]) -> None:
    """Look at everything there is."""
    views = {view.contact: view for view in await bot.sessions()}
    for contact in contacts:
        assert await bot.session(contact) == views.get(contact)
    letters = await bot.dead_letters()
    broken = {view.contact for view in views.values() if view.standing in ("outdated", "unreadable")}
    assert {letter.contact for letter in letters if letter.what == "session"} == broken
    assert all(letter.cause for letter in letters if letter.what == "session")
    assert len(await bot.parked()) >= len(contacts) // 2 or not views


@some
def test_any_column_of_sqlite_may_hold_anything(every: int, tmp_path: Path, feedback_flow: Flow[Any]) -> None:
    spoilings = [*SQLITE[::every], *FATAL_ONCE_SQLITE]
    path = tmp_path / "sessions.db"
    world = World(feedback_flow, lambda: SqliteStore(path, synchronous="off"))
    contacts = [name(number) for number in range(len(spoilings))]
    world.run(fill(world, [*contacts, "healthy"]))
    database = sqlite3.connect(path)
    database.executemany(
        "INSERT INTO letter (contact, body, at) VALUES (?, ?, 5)", [(c, LETTER) for c in contacts]
    )
    for contact, (table, column, value) in zip(contacts, spoilings, strict=True):
        odd = f"{value}{contact}" if column == "contact" and isinstance(value, str) else value
        odd = value + contact.encode() if column == "contact" and isinstance(value, bytes) else odd
        one = f"SELECT min(rowid) FROM {table} WHERE contact = ?"  # noqa: S608 - names of the test
        database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ({one})", (odd, contact))  # noqa: S608
    database.commit()
    database.close()
    shown = invoke("sessions", "list", "--store", f"sqlite:///{path}")
    assert shown.exit_code == 0
    assert "healthy" in shown.stdout
    dead = invoke("sessions", "dead", "--store", f"sqlite:///{path}")
    assert "no such number" in dead.stdout, dead.stderr
    for contact in contacts[::7]:
        shown = invoke("sessions", "show", contact, "--store", f"sqlite:///{path}")
        assert shown.exit_code in (0, 1), shown.stderr  # 1 where nothing is stored under that name now
    world.run(check_all(world, [*contacts, "healthy"]))


@pytest.mark.xdist_group("postgres")
@some
def test_any_column_of_postgres_may_hold_anything(
    every: int, postgres: str, feedback_flow: Flow[Any]
) -> None:
    spoilings = [*POSTGRES[::every], *FATAL_ONCE_POSTGRES]
    world = World(feedback_flow, lambda: MortalStore(postgres))
    contacts = [name(number) for number in range(len(spoilings))]

    async def spoil() -> None:
        connection = await asyncpg.connect(postgres)
        letter = "INSERT INTO flowrt_letter (contact, body, at) VALUES ($1, $2, 5)"
        await connection.executemany(letter, [(contact.encode(), LETTER) for contact in contacts])
        for contact, (table, column, value) in zip(contacts, spoilings, strict=True):
            odd = value + contact.encode() if column == "contact" else value
            one = f"SELECT min(ctid) FROM flowrt_{table} WHERE contact = $2"  # noqa: S608 - names of the test
            change = f"UPDATE flowrt_{table} SET {column} = $1 WHERE ctid = ({one})"  # noqa: S608
            await connection.execute(change, odd, contact.encode())
        await connection.close()

    world.run(fill(world, [*contacts, "healthy"]))
    world.run(spoil())
    world.run(check_all(world, [*contacts, "healthy"]))
