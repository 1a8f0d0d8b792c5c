"""The fixtures of the tests that need a Restate server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from flowc.emit.python import emit_python
from tests.compiler.programs import machine
from tests.restate import Restate
from tests.restate_bot import Serve, Service
from tests.runtime.visiting import PROGRAM as VISIT
from tests.servers import REQUIRED, NoServer


def started(server: Restate) -> Iterator[Restate]:
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
