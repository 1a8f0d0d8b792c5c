"""Nothing but diagnostics comes out of the compiler, whatever goes in."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.fuzz.anything import KINDS, runs


@pytest.mark.parametrize("number", range(len(KINDS)), ids=list(KINDS))
def test_a_few_files_of_each_kind(number: int) -> None:
    kind = list(KINDS)[number]
    outcomes = [outcome for each, outcome in islice(runs(60, seed=10_000), 15 * len(KINDS)) if each == kind]
    assert len(outcomes) == 15


@pytest.mark.soak
@pytest.mark.timeout(700)
def test_ten_minutes_of_files() -> None:
    assert sum(1 for _ in runs(600, seed=1_000_000)) > 1_000
