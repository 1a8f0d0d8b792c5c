"""What the rules forbid: each mistake of `mistakes.txt` with the code, the title and the place of what is said."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from flowc.pipeline import compile_flow
from flowc.source import source_of


class Case(NamedTuple):
    name: str
    code: str
    title: str
    flow: str


TEXT = Path(__file__).with_name("mistakes.txt").read_text(encoding="utf-8")
CASES = [
    Case(*found)
    for found in re.findall(r"^=== (.*)\n(F\d{4}) (.*)\n((?s:.*?))(?=^\n(?:===|---)|\Z)", TEXT, re.M)
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_is_said_in_its_place(case: Case) -> None:
    before, inside, after = re.split("[⟦⟧]", case.flow)
    found = compile_flow(source_of("test.flow", before + inside + after)).diagnostics
    assert [(each.code, each.title) for each in found] == [(case.code, case.title)]
    assert (found[0].span.start, found[0].span.end) == (len(before), len(before) + len(inside))


def test_every_case_is_read() -> None:
    assert len(CASES) == TEXT.count("\n=== ")
    assert len({case.name for case in CASES}) == len(CASES)
