"""The fixtures of the runtime's tests."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, TypeVar

import pytest

from flowc.emit.python import emit_python
from flowrt.abc import Store
from flowrt.flow import Flow
from flowrt.stores.memory import MemoryStore
from flowrt.stores.sqlite import SqliteStore
from tests.compiler.programs import machine
from tests.feedback import FEEDBACK
from tests.restate import Restate
from tests.restate_bot import Serve, Service
from tests.runtime.mortal import MortalStore, empty
from tests.runtime.visiting import PROGRAM as VISIT
from tests.runtime.world import World
from tests.servers import REQUIRED, NoServer, Postgres


@pytest.fixture
def feedback_flow() -> Flow[Any]:
    """The feedback flow, fresh."""
    spec = importlib.util.spec_from_file_location("feedback_flow", FEEDBACK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["feedback_flow"] = module
    spec.loader.exec_module(module)
    flow: Flow[Any] = module.flow
    return flow


S = TypeVar("S")


def started(server: AbstractContextManager[S]) -> Iterator[S]:
    """A server. Where there is none the tests that need it are skipped, or fail if they must not be."""
    with ExitStack() as stack:
        try:
            running = stack.enter_context(server)
        except NoServer as why:
            if REQUIRED:
                pytest.fail(str(why))
            pytest.skip(str(why))
        yield running


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A PostgreSQL server."""
    yield from started(Postgres())


@pytest.fixture(scope="session")
def restate() -> Iterator[Restate]:
    """A Restate server of one node."""
    yield from started(Restate())


@pytest.fixture
def cluster() -> Iterator[Restate]:
    """A Restate server of three nodes, which goes on when it loses one."""
    yield from started(Restate(nodes=3))


@pytest.fixture
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serve]:
    """Starts the service of a flow; another `version` of it is another process, which the server calls from then on.

    The flow has a name of its own, so that no test meets the contacts of another.
    """
    with ExitStack() as stack:

        def start(
            program: str,
            name: str,
            *options: str,
            server: Restate | None = None,
            version: str = "",
            register: bool = True,
        ) -> Service:
            module = tmp_path / f"{name}_flow{version}.py"
            module.write_text(program, encoding="utf-8")
            on = server or request.getfixturevalue("restate")
            return stack.enter_context(Service(on, module, name, *options, register=register))

        yield start


@pytest.fixture
def postgres(postgres_server: Postgres) -> str:
    """The name of an empty database."""
    asyncio.run(empty(postgres_server.dsn))
    return postgres_server.dsn


# All tests that need the server are run by one worker, which starts one.
ON_POSTGRES = pytest.param("postgres", marks=pytest.mark.xdist_group("postgres"))


@pytest.fixture(params=["memory", "sqlite", ON_POSTGRES])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Makes stores that hold the same data: what another process would open."""
    match request.param:
        case "sqlite":
            return lambda: SqliteStore(tmp_path / "sessions.db")
        case "postgres":
            dsn: str = request.getfixturevalue("postgres")
            return lambda: MortalStore(dsn)
        case _:
            kept = MemoryStore()
            return lambda: kept


@pytest.fixture
def world(feedback_flow: Flow[Any], new_store: Callable[[], Store]) -> World:
    """A world with each of the stores."""
    return World(feedback_flow, new_store)


@pytest.fixture(scope="session")
def visiting(restate: Restate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for many tests."""
    module = tmp_path_factory.mktemp("visit") / "visit_flow.py"
    module.write_text(emit_python(machine(VISIT)), encoding="utf-8")
    with Service(restate, module, "visit") as service:
        yield service


@pytest.fixture
def visit(visiting: Service, request: pytest.FixtureRequest) -> Iterator[Service]:
    """The service, with a contact of the test's own."""
    visiting.me = request.node.name
    yield visiting
    visiting.away.unlink(missing_ok=True)
    visiting.closed.unlink(missing_ok=True)
    visiting.busy.unlink(missing_ok=True)
