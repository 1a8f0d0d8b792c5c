"""The examples in the docstrings run."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = [
    *("values", "forms", "arithmetic", "lists", "functions", "text", "regex", "patterns", "captures"),
    *(f"answers.{name}" for name in ("plain", "numbers", "durations", "moments", "dates", "extras")),
    *(f"answers.{name}" for name in ("email", "phone", "url", "media")),
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name: str) -> None:
    ran = doctest.testmod(importlib.import_module(f"flowrt.{name}"))
    assert ran.attempted > 0
    assert ran.failed == 0
