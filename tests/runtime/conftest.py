"""The fixtures of the runtime's tests."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flowrt.abc import Store
from flowrt.flow import Flow
from flowrt.stores.memory import MemoryStore
from flowrt.stores.sqlite import SqliteStore
from tests.feedback import FEEDBACK
from tests.restate_fixtures import cluster, restate, serve, visit, visiting  # noqa: F401 - fixtures, too
from tests.runtime.mortal import MortalStore
from tests.runtime.world import World


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
