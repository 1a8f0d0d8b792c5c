"""Decisions of layout, each as what an author wrote and what comes of it. The pairs are in `pairs.txt`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from flowc.format import Unformatted, format_source
from flowc.source import source_of


class Pair(NamedTuple):
    name: str
    written: str
    formatted: str


TEXT = Path(__file__).with_name("pairs.txt").read_text(encoding="utf-8")
PAIRS = [
    Pair(*found) for found in re.findall(r"^=== (.*)\n((?s:.*?))^---\n((?s:.*?))(?=^\n===|\Z)", TEXT, re.M)
]


def form(text: str) -> str:
    return format_source(source_of("pair.flow", text))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_what_comes_of_what_is_written(pair: Pair) -> None:
    assert form(pair.written) == pair.formatted
    assert form(pair.formatted) == pair.formatted


def test_every_pair_is_read() -> None:
    assert len(PAIRS) == TEXT.count("=== ")


@pytest.mark.parametrize(
    ("written", "formatted"),
    [
        ("\ufeffon message -> again", "on message -> again\n"),
        ("on message\r\n\r\n\t-> again\t# why \t\r\n", "on message\n  -> again  # why\n"),
        (
            "on message\n\t-> ask a\n\t\tretry\n\t\t\t-> again",
            "on message\n  -> ask a\n      retry\n        -> again\n",
        ),
        ("  on message -> again\non start -> again", "on message -> again\non start -> again\n"),
        ("\n\n# a", "# a\n"),
        ("on message -> again\n\n\n", "on message -> again\n"),
    ],
)
def test_what_cannot_be_seen(written: str, formatted: str) -> None:
    assert form(written) == formatted


def test_a_text_that_is_no_program_has_no_form() -> None:
    with pytest.raises(Unformatted) as caught:
        form("on message -> agan\nstat menu")
    assert [mistake.code for mistake in caught.value.mistakes] == ["F0108", "F0121"]
    assert str(caught.value) == "`agan` is no step"
