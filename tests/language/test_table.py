"""The table of what the language promises: each test that it names exists, and each test of this folder is named."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
TABLE = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
WITHOUT = {"test_table.py", "test_programs.py"}
"""The files that hold no promise by themselves."""


def named() -> dict[str, set[str]]:
    """The files that the table names, each with the tests named of it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, names in re.findall(r'`(\w+/[\w/]+\.(?:flowtest|txt|py))`((?: "[^"]+")*)', TABLE):
        found[path] |= set(re.findall(r'"([^"]+)"', names))
    return found


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names of the tests that a file has."""
    text = path.read_text(encoding="utf-8")
    match path.suffix:
        case ".flowtest":
            return frozenset(re.findall(r'^test "(.*)"$', text, re.M))
        case ".py":
            return frozenset(
                node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)
            )
        case _:
            return frozenset(re.findall(r"^=== (.*)$", text, re.M))


def test_every_test_that_is_named_exists() -> None:
    missing = {
        path: names - (names_in(TESTS / path) if (TESTS / path).exists() else set())
        for path, names in named().items()
        if not (TESTS / path).exists() or names - names_in(TESTS / path)
    }
    assert missing == {}


def test_every_conversation_and_every_mistake_of_this_folder_is_named() -> None:
    here = [path for path in sorted((TESTS / "language").iterdir()) if path.suffix in {".flowtest", ".txt"}]
    found = named()
    left = {path.name: names_in(path) - found[f"language/{path.name}"] for path in here}
    assert {name: tests for name, tests in left.items() if tests} == {}


def test_every_file_of_this_folder_is_named() -> None:
    files = {path.name for path in (TESTS / "language").glob("test_*.py")} - WITHOUT
    assert {f"language/{name}" for name in files} <= set(named())


def test_every_rule_has_a_table() -> None:
    assert [int(number) for number in re.findall(r"^## Rule (\d+):", TABLE, re.M)] == list(range(1, 17))
    assert "## Vocabulary" in TABLE
