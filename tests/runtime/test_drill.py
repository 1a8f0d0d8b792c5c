"""Workers and the server are killed while messages come; counters, marks, replies and what was sent agree exactly."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from flowc.emit.python import emit_python
from tests.compiler.programs import machine
from tests.runtime.counting import PROGRAM
from tests.runtime.drill import Drill, Plan
from tests.servers import Postgres

COUNT = "SELECT count(*) FROM "
LEFT = ("outbox", "queue", "parked", "call")


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """The flow that counts, as a file."""
    path = tmp_path / "counting_flow.py"
    path.write_text(emit_python(machine(PROGRAM)), encoding="utf-8")
    return path


def differences(plan: Plan, sessions: list[str], marks: int, left: dict[str, int]) -> list[str]:
    """What is stored and should not be so."""
    found = [f"{count} rows are left in {table}" for table, count in left.items() if count]
    if marks != plan.messages:
        found.append(f"{marks} marks of {plan.messages} messages")
    total = sum(json.loads(session)["vars"]["total"] for session in sessions)
    if total != plan.messages:
        found.append(f"the sessions have counted {total} messages, and there were {plan.messages}")
    return found


async def count_postgres(plan: Plan) -> list[str]:
    connection = await asyncpg.connect(plan.store)
    try:
        sessions = [body for (body,) in await connection.fetch("SELECT body FROM flowrt_session")]
        marks = await connection.fetchval("SELECT count(*) FROM flowrt_mark")
        left = {table: await connection.fetchval(COUNT + "flowrt_" + table) for table in LEFT}
    finally:
        await connection.close()
    return differences(plan, sessions, marks, left)


async def count_sqlite(plan: Plan) -> list[str]:
    database = sqlite3.connect(plan.store.removeprefix("sqlite:///"))
    sessions = [body for (body,) in database.execute("SELECT body FROM session")]
    [(marks,)] = database.execute("SELECT count(*) FROM mark")
    left = {table: database.execute(COUNT + table).fetchone()[0] for table in LEFT if table != "queue"}
    database.close()
    return differences(plan, sessions, marks, left)


def drill(
    plan: Plan, folder: Path, crash: Callable[[], None] | None = None, seconds: float = 60
) -> tuple[Drill, list[str]]:
    """A drill, and what was wrong after it."""
    count: Callable[[Plan], Awaitable[list[str]]] = (
        count_sqlite if plan.store.startswith("sqlite") else count_postgres
    )

    async def main() -> tuple[Drill, list[str]]:
        one = Drill(plan, folder, crash)
        return one, await one.run(lambda: count(plan))

    return asyncio.run(asyncio.wait_for(main(), seconds))


def crashing(server: Postgres) -> Callable[[], None]:
    """What kills the server, and starts it again."""

    def crash() -> None:
        server.kill()
        server.start()

    return crash


@pytest.mark.xdist_group("postgres")
def test_four_workers_and_their_server_are_killed_and_all_agrees(
    tmp_path: Path, module: Path, postgres: str, postgres_server: Postgres
) -> None:
    plan = Plan(module, postgres, workers=4, messages=240, kill_every=50, crash_every=100)
    done, wrong = drill(plan, tmp_path, crashing(postgres_server))
    assert wrong == []
    assert done.kills >= 4
    assert done.crashes == 2


@pytest.mark.xdist_group("postgres")
def test_the_drill_sees_a_lost_update(tmp_path: Path, module: Path, postgres: str) -> None:
    """The negative control: a store without compare-and-swap, and nobody is killed."""
    plan = Plan(module, postgres, workers=2, contacts=1, messages=100, kill_every=10**6, mistake="careless")
    _, wrong = drill(plan, tmp_path)
    assert any("was told" in one for one in wrong)
    assert any("the sessions have counted" in one for one in wrong)


def test_a_process_with_a_sqlite_file_is_killed_and_all_agrees(tmp_path: Path, module: Path) -> None:
    plan = Plan(module, f"sqlite:///{tmp_path}/s.db", workers=1, messages=200, kill_every=50)
    done, wrong = drill(plan, tmp_path)
    assert wrong == []
    assert done.kills >= 3


def test_the_drill_sees_an_answer_that_came_too_early(tmp_path: Path, module: Path) -> None:
    """The negative control for one process: a store that answers before it has written."""
    plan = Plan(module, f"sqlite:///{tmp_path}/s.db", workers=1, messages=100, kill_every=50, mistake="hasty")
    _, wrong = drill(replace(plan, twice=0.0, patience=1.0), tmp_path)
    assert any("marks of 100 messages" in one for one in wrong)


@pytest.mark.soak
@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("seed", range(5))
def test_soak_on_postgres(
    tmp_path: Path,
    module: Path,
    postgres: str,
    postgres_server: Postgres,
    seed: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = Plan(
        module, postgres, workers=4, contacts=40, messages=6000, kill_every=150, crash_every=700, seed=seed
    )
    done, wrong = drill(plan, tmp_path, crashing(postgres_server), seconds=600)
    with capsys.disabled():
        sys.stdout.write(f"{done.kills} kills, {done.crashes} crashes, {len(done.said)} sent" + "\n")
    assert wrong == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
def test_soak_on_sqlite(tmp_path: Path, module: Path, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    plan = Plan(
        module, f"sqlite:///{tmp_path}/s.db", workers=1, contacts=40, messages=6000, kill_every=150, seed=seed
    )
    done, wrong = drill(plan, tmp_path, seconds=600)
    with capsys.disabled():
        sys.stdout.write(f"{done.kills} kills, {len(done.said)} sent" + "\n")
    assert wrong == []
