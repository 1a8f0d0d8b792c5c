"""A generated module imports the runtime: that stays cheap, and the public names are there when asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import flowrt
from tests.feedback import FEEDBACK

HEAVY = ["asyncio", "sqlite3", "json", "hashlib", "difflib", "concurrent.futures", "uuid", "flowrt.bot"]


def loaded_after(statement: str) -> set[str]:
    """Every module that a fresh Python has loaded after `statement`."""
    report = f"import sys; sys.path[:] = {sys.path!r}; {statement}; print(*sys.modules)"
    command = [sys.executable, "-c", report]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_a_generated_module_loads_nothing_that_only_a_bot_needs() -> None:
    load = f"import importlib.util as u; s = u.spec_from_file_location('f', {str(FEEDBACK)!r}); "
    loaded = loaded_after(load + "m = u.module_from_spec(s); s.loader.exec_module(m)")
    assert "flowrt.generated" in loaded
    assert loaded & set(HEAVY) == set()


def test_the_package_alone_loads_next_to_nothing() -> None:
    assert {name for name in loaded_after("import flowrt") if name.startswith("flowrt")} == {"flowrt"}


@pytest.mark.parametrize("name", flowrt.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(flowrt, name).__name__ == name
    assert name in dir(flowrt)


def test_a_name_that_is_not_there_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Bott'"):
        flowrt.Bott  # type: ignore[attr-defined]  # noqa: B018
