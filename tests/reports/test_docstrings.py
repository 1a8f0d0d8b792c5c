"""The examples in the docstrings run."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = [
    *("cells", "catalogue", "fixing", "ignores", "diagnostics.places", "transcript.columns"),
    *("reports", "reports.fingerprints", "reports.github", "reports.paths", "reports.report"),
    *("cli.difference", "cli.fixing"),
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name: str) -> None:
    ran = doctest.testmod(importlib.import_module(f"flowc.{name}"))
    assert ran.attempted > 0
    assert ran.failed == 0
