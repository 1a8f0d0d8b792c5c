"""Conversations at random with every flow of `conversations` and `language`: what must hold after each event."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowc.pipeline import compile_flow
from flowc.source import load
from tests.language.walks import Subject, Walk, subject

HERE = Path(__file__).parent
FLOWS = sorted([*HERE.glob("*.flow"), *HERE.parent.glob("conversations/*.flow")])


@cache
def subject_of(path: Path) -> Subject:
    compiled = compile_flow(load(path))
    assert compiled.machine is not None
    return subject(compiled.machine)


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: f"{path.parent.name}/{path.stem}")
@settings(max_examples=5)
@given(seed=st.integers(0, 2**32))
def test_whatever_happens_the_invariants_hold(path: Path, seed: int) -> None:
    Walk(subject_of(path), Random(seed)).go(25)  # noqa: S311 - no secret


@pytest.mark.soak
@pytest.mark.parametrize("path", FLOWS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_for_hundreds_of_conversations(path: Path) -> None:
    for seed in range(100):
        Walk(subject_of(path), Random(seed)).go(40)  # noqa: S311 - no secret
