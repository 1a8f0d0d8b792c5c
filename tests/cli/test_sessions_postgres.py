"""`flowc sessions` on PostgreSQL: beside workers that run, and where the database does not let it in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from click.testing import Result

from flowc.cli import stores
from flowrt import Message
from flowrt.effects import Ended
from tests.cli.program import invoke, start
from tests.cli.served import Recorder, bot_of
from tests.runtime.mortal import run
from tests.servers import Postgres

FLOW = """\
flow orders
timeout 1 hour
anytime on "agent" -> handoff "support"
on start -> reply "Shall we go on?" -> goto asking
on message -> goto asking
state asking
  -> ask name "Your name?"
  -> reply "Thanks, {name}."
  -> end session
"""

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a flow."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.flow").write_text(FLOW)
    return tmp_path


class Team:
    """Two workers, and somebody who looks after their sessions meanwhile."""

    def __init__(self, dsn: str, recorder: Recorder) -> None:
        self.dsn, self.recorder = dsn, recorder
        self.workers = [bot_of(recorder, dsn) for _ in range(2)]

    async def say(self, contact: str, *texts: str) -> None:
        """Say `texts` to one worker after the other."""
        for number, text in enumerate(texts):
            await self.workers[number % 2].receive(Message(f"{contact} {text}", contact, text))
            await self.idle()

    async def idle(self) -> None:
        """Let one worker take over what is left, and both finish."""
        await self.workers[0]._follower.take_up_deliveries()
        for worker in self.workers:
            await worker.idle()

    async def sessions(self, *arguments: str) -> Result:
        """What a command of `flowc sessions` does to the store that they have open."""
        return await asyncio.to_thread(invoke, "sessions", *arguments, "--store", self.dsn)

    def said(self) -> list[tuple[str, str]]:
        """What was said since the last look."""
        said, self.recorder.said = self.recorder.said, []
        return said


def beside(dsn: str, work: Callable[[Team], Awaitable[None]], recorder: Recorder | None = None) -> Recorder:
    """Do `work` while two workers serve the store."""
    ears = recorder or Recorder()

    async def main() -> None:
        team = Team(dsn, ears)
        async with team.workers[0], team.workers[1]:
            await work(team)

    asyncio.run(asyncio.wait_for(main(), 60))
    return ears


def test_sessions_are_listed_and_shown_beside_workers(postgres: str) -> None:
    async def work(team: Team) -> None:
        await team.say("ada", "hi")
        await team.say("bob", "hi", "agent")
        listed = await team.sessions("list", "orders.flow")
        assert [line.split()[:2] for line in listed.stdout.splitlines()[1:]] == [
            ["ada", "open"],
            ["bob", "handed"],
        ]
        assert listed.stderr == "2 contacts, 1 open, 1 handed off\n"
        shown = await team.sessions("show", "ada", "--format", "json")
        assert json.loads(shown.stdout)["session"]["state"] == "asking.ask_name"
        assert (await team.sessions("show", "eve")).exit_code == 1

    beside(postgres, work)


def test_a_session_is_ended_beside_workers_who_tell_its_host_and_begin_anew(postgres: str) -> None:
    async def work(team: Team) -> None:
        await team.say("ada", "hi")
        ended = await team.sessions("end", "ada", "orders.flow")
        assert (ended.exit_code, ended.stderr) == (0, "ended the session of ada\n")
        await team.idle()
        assert [notice.reason for notice in team.recorder.told_of if isinstance(notice, Ended)] == [
            "ended by host"
        ]
        team.said()
        await team.say("ada", "Ada")
        assert team.said() == [("ada", "Your name?")]

    beside(postgres, work)


def test_a_session_is_restarted_and_given_back_beside_workers(postgres: str) -> None:
    async def work(team: Team) -> None:
        await team.say("ada", "hi")
        await team.say("bob", "hi", "agent")
        team.said()
        assert (await team.sessions("restart", "ada", "orders.flow")).exit_code == 0
        assert (await team.sessions("give-back", "bob", "orders.flow")).stderr == "bob is back from support\n"
        await team.idle()
        assert team.said() == [("ada", "Shall we go on?"), ("ada", "Your name?")]
        await team.say("ada", "Ada")
        await team.say("bob", "hello")
        assert team.said() == [("ada", "Thanks, Ada."), ("bob", "Your name?")]

    beside(postgres, work)


def test_what_is_parked_is_retried_and_discarded_beside_workers(postgres: str) -> None:
    async def work(team: Team) -> None:
        await team.say("eve", "hi", "Eve")
        team.recorder.out_of_reach = ""
        dead = json.loads((await team.sessions("dead", "--format", "json")).stdout)["dead"]
        assert [(letter["what"], letter["text"]) for letter in dead] == [
            ("parked", "Your name?"),
            ("parked", "Thanks, Eve."),
        ]
        retried = await team.sessions("retry", "eve", str(dead[1]["number"]))
        assert retried.stderr == "1 to be delivered to eve\n"
        discarded = await team.sessions("discard", "eve")
        assert discarded.stderr == "discarded 1 dead letter of eve\n"
        await team.idle()
        assert team.said() == [("eve", "Thanks, Eve.")]

    beside(postgres, work, Recorder("eve"))


def test_a_contact_is_erased_beside_workers(postgres: str) -> None:
    async def work(team: Team) -> None:
        await team.say("ada", "hi")
        await run(postgres, "UPDATE flowrt_session SET body = 'garbage'")
        await team.say("ada", "hello")
        assert "outdated" in (await team.sessions("dead")).stdout
        erased = await team.sessions("erase", "ada", "--yes")
        assert (erased.exit_code, erased.stderr) == (0, "erased ada: 4 rows\n")
        assert (await team.sessions("dead")).stderr == "0 dead letters\n"
        team.said()
        await team.say("ada", "hi")  # the mark is gone, too
        assert team.said() == [("ada", "Your name?")]

    beside(postgres, work)


def test_many_commands_at_once_beside_busy_workers_lose_nothing(postgres: str) -> None:
    async def work(team: Team) -> None:
        for contact in ("ada", "bob", "cleo", "dan"):
            await team.say(contact, "hi")
        ends = [
            asyncio.to_thread(start, "sessions", "end", contact, "orders.flow", "--store", team.dsn)
            for contact in ("ada", "bob")
        ]
        ending = asyncio.gather(*ends)
        await asyncio.gather(*[team.say(contact, contact.title()) for contact in ("cleo", "dan")])
        ended = await ending
        assert [process.returncode for process in ended] == [0, 0]
        await team.idle()
        told = sorted((one.contact, one.reason) for one in team.recorder.told_of if isinstance(one, Ended))
        by_host = [("ada", "ended by host"), ("bob", "ended by host")]
        assert told == [*by_host, ("cleo", "ended"), ("dan", "ended")]

    beside(postgres, work)


# Where it cannot be used.


@pytest.fixture
def guarded(postgres: str, postgres_server: Postgres) -> Iterator[str]:
    """The name of the database for the user `bot`, whose password is `hunter2`."""

    async def guard(lines: str) -> None:
        await run(postgres, "DROP ROLE IF EXISTS bot")
        await run(postgres, "CREATE ROLE bot LOGIN PASSWORD 'hunter2'")
        rules.write_text(lines)
        await run(postgres, "SELECT pg_reload_conf()")

    rules = postgres_server.data / "pg_hba.conf"
    before = rules.read_text()
    asyncio.run(guard(f"local all bot scram-sha-256\n{before}"))
    yield postgres.replace("postgresql://postgres@", "postgresql://bot:PASSWORD@")
    asyncio.run(guard(before))


def test_a_wrong_password_is_said_in_words_and_not_quoted(guarded: str) -> None:
    wrong = invoke("sessions", "list", "--store", guarded.replace("PASSWORD", "hunter3"))
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    said = 'flowc: the PostgreSQL database cannot be used: password authentication failed for user "bot"\n'
    assert wrong.stderr == said
    right = invoke("sessions", "list", "--store", guarded.replace("PASSWORD", "hunter2"))
    said = "flowc: the PostgreSQL database cannot be used: no schema has been selected to create in\n"
    assert (right.exit_code, right.stderr) == (2, said)  # it was let in, and may make no tables


@pytest.mark.parametrize(
    ("dsn", "why"),
    [
        ("postgresql://bot:hunter2@127.0.0.1:1/chats", "the PostgreSQL database cannot be used: "),
        ("postgresql://bot:hunter2@no-such-host.invalid/chats", "the PostgreSQL database cannot be used: "),
        (
            "postgresql://bot:hunter2@[bad/chats",
            "the name of a PostgreSQL database is postgresql://user@host/name",
        ),
        (
            "postgresql://bot:hunter2@db:port/chats",
            "the name of a PostgreSQL database is postgresql://user@host/name",
        ),
    ],
)
def test_a_database_that_is_away_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, dsn: str, why: str
) -> None:
    monkeypatch.setattr(stores, "PATIENCE", 0.0)
    result = invoke("sessions", "end", "ada", "orders.flow", "--store", dsn)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"flowc: {why}")
    assert "hunter2" not in result.stderr


def test_a_database_that_is_not_there_is_said_in_words(postgres: str) -> None:
    result = invoke("sessions", "list", "--store", postgres.replace("/postgres?", "/nowhere?"))
    said = 'flowc: the PostgreSQL database cannot be used: database "nowhere" does not exist\n'
    assert (result.exit_code, result.stderr) == (2, said)


def test_tables_of_a_newer_flowrt_are_left_alone(postgres: str) -> None:
    async def work(team: Team) -> None:
        await team.say("ada", "hi")

    beside(postgres, work)
    asyncio.run(run(postgres, "UPDATE flowrt_schema SET version = 99"))
    result = invoke("sessions", "erase", "ada", "--yes", "--store", postgres)
    assert (result.exit_code, "made by a newer flowrt; upgrade this one" in result.stderr) == (2, True)

    async def count() -> int:
        connection = await asyncpg.connect(postgres)
        found: int = await connection.fetchval("SELECT count(*) FROM flowrt_session")
        await connection.close()
        return found

    assert asyncio.run(count()) == 1
