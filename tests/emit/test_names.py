"""The names of a generated module are made of words that people can read."""

from __future__ import annotations

import doctest

import pytest

from flowc.emit import names
from flowc.emit.names import pattern_words, slug


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (r"\border\W*(?P<reference>\d{4,8})\b", "order_reference"),
        (r"^(?:stop|bye)\s+[a-z]{2,3}[^]x]$", "stop_bye"),
        (r"(?i:where)", "where"),
        (r"^\d{4,8}$", ""),
    ],
)
def test_a_regular_expression_is_named_after_its_words(pattern: str, name: str) -> None:
    assert slug(pattern_words(pattern)) == name


def test_the_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(names).failed == 0
