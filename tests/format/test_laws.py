"""What holds of the form of every program."""

from __future__ import annotations

import doctest
from collections.abc import Iterable
from importlib import import_module
from itertools import groupby
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowc import syntax as ast
from flowc.cells import cells
from flowc.format import format_source
from flowc.format.layout import WIDTH
from flowc.format.same import nodes_of, same
from flowc.format.words import Word, words_of
from flowc.layout import MAX_DEPTH
from flowc.parse import parse
from flowc.source import load, source_of
from tests.format.handwriting import written
from tests.format.programs import program, programs, rows

ROOT = Path(__file__).parents[2]
FLOWS = sorted(
    [
        *ROOT.glob("examples/**/*.flow"),
        *ROOT.glob("tests/conversations/*.flow"),
        *ROOT.glob("tests/language/*.flow"),
    ]
)

searching = settings(
    max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def read(text: str) -> ast.File:
    parsed = parse(source_of("any.flow", text))
    assert parsed.mistakes == ()
    return parsed.file


def form(text: str) -> str:
    return format_source(source_of("any.flow", text))


def check(text: str, *, widths: bool = True) -> None:
    """Hold a program to all laws."""
    before = read(text)
    formatted = form(text)
    after = read(formatted)
    assert same(before, after)
    assert form(formatted) == formatted
    assert [comment.text.rstrip() for comment in before.comments] == [
        comment.text for comment in after.comments
    ]
    assert inline_chains(after) <= inline_chains(before)
    check_rows(formatted.split("\n"))
    if widths:
        check_widths(words_of(formatted, after))


def inline_chains(file: ast.File) -> int:
    return sum(isinstance(node, ast.Chain) and node.inline for node in nodes_of(file))


def check_rows(rows: list[str]) -> None:
    assert rows.pop() == ""
    assert "" not in {*rows[:1], *rows[-1:]}
    assert not any(row != row.rstrip() or "\r" in row for row in rows)
    assert not any(row == "" and len(list(group)) > 1 for row, group in groupby(rows))


def check_widths(words: Iterable[Word]) -> None:
    """A row is too wide only where the language has no way to break it."""
    rows: list[list[Word]] = []
    for word in words:
        if not word.is_comment:
            rows += [[]] * word.begins_line
            rows[-1] = [*rows[-1], word]
    for row in rows:
        text = " " * row[0].column + row[0].text + "".join(" " * each.spaced + each.text for each in row[1:])
        assert cells(text) <= WIDTH or not {"|", "->"} & {each.text for each in row[1:]}


@searching
@given(programs())
def test_every_program_keeps_what_it_says_and_its_form(text: str) -> None:
    check(text)


@searching
@given(st.randoms(use_true_random=False))
def test_the_form_does_not_depend_on_the_hand_that_wrote_the_program(random: Random) -> None:
    said = rows(random)
    assert form(written(said, random, remarks=False)) == form(written(said, random, remarks=False))


@pytest.mark.soak
@pytest.mark.parametrize("hundred", range(20))
def test_thousands_of_programs(hundred: int) -> None:
    for seed in range(hundred * 100, hundred * 100 + 100):
        check(program(Random(seed)))  # noqa: S311 - no secret


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_our_own_flows_have_their_form(path: Path) -> None:
    assert form(path.read_text(encoding="utf-8")) == path.read_text(encoding="utf-8")
    check(load(path).text)


LONG = "long " * 25


@pytest.mark.parametrize("levels", [1, MAX_DEPTH - 2, MAX_DEPTH - 1])
@pytest.mark.parametrize(
    "last",
    [
        f'-> reply "{LONG}"',
        f'-> reply any "{LONG}" # why\n | "{LONG}" -> ask name',
        f'-> ask name "{LONG}" -> ask name',
    ],
)
def test_blocks_as_deep_as_can_be_are_not_made_deeper(levels: int, last: str) -> None:
    head = "on message\n"
    whens = "".join(f"{' ' * depth}when true\n" for depth in range(1, levels))
    text = f"{head}{whens}{' ' * levels}when true {last}\n"
    if levels < MAX_DEPTH - 1:
        text += f"{' ' * (levels + 2)}on message {last}\n" if "ask" in last else ""
    check(text, widths=levels == 1)


def test_an_empty_file_is_empty() -> None:
    assert form("") == form("\n \n\t\r\n") == ""


def test_comments_alone_are_a_file() -> None:
    assert form("\n\n  # one\n\n\n# two \n\n") == "# one\n\n# two\n"


ONE = 'on "a" | "b" -> reply any "x" | "y"  # why\n'


@pytest.mark.parametrize(
    "other",
    [
        ONE.replace('"a"', '"c"'),
        ONE.replace('"a"', "/a/"),
        ONE.replace(' | "b"', ""),
        ONE.replace("why", "how"),
        ONE.replace("  # why", ""),
        ONE.replace('any "x" | "y"', '"x"'),
        ONE + ONE,
        "",
    ],
)
def test_two_programs_are_not_the_same(other: str) -> None:
    assert same(read(ONE), read(ONE))
    assert not same(read(ONE), read(other))


def test_parentheses_that_matter_tell_programs_apart() -> None:
    assert not same(read("let x = a - (b - c)"), read("let x = a - b - c"))
    assert same(read("let x = (a - b) - c"), read("let x = a - b - c"))


@pytest.mark.parametrize("module", ["format", "format.layout", "format.lines", "format.same", "format.words"])
def test_the_examples_in_the_docstrings_hold(module: str) -> None:
    ran = doctest.testmod(import_module(f"flowc.{module}"))
    assert ran.attempted > 0
    assert ran.failed == 0
