"""Every diagnostic as a user sees it; and the manual has them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flowc.catalogue import all_kinds
from flowc.cli.manual import manual
from tests.diagnostics.golden import EXAMPLES, GOLDEN, shown

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("code", EXAMPLES)
def test_it_looks_like_this(code: str) -> None:
    assert shown(EXAMPLES[code]) == (GOLDEN / f"{code}.txt").read_text(encoding="utf-8")


def test_no_file_is_left_over() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*")) == sorted(EXAMPLES)


def test_the_manual_is_made_of_the_pages() -> None:
    assert (DOCS / "diagnostics.md").read_text(encoding="utf-8") == manual()


def test_the_manual_has_every_code() -> None:
    assert re.findall(r"^### (F\d{4})$", manual(), re.MULTILINE) == list(all_kinds())
