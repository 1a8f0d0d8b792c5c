"""What the analysis keeps grows with the length of an ordinary flow, and no faster: counted, not timed."""

from __future__ import annotations

import pytest

from benchmarks.ordinary import ordinary
from flowc.analyse.graph import Graph
from flowc.analyse.values import Values
from tests.compiler.programs import machine

LENGTHS = (1_000, 2_000, 4_000)


def entries(text: str) -> int:
    return Values(Graph(machine(text))).entries


def test_the_entries_of_an_ordinary_flow_grow_with_its_lines() -> None:
    counts = [entries(ordinary(lines)) / ordinary(lines).count("\n") for lines in LENGTHS]
    assert max(counts) / min(counts) < 1.05, counts


def asked_first(questions: int, *, used: str) -> str:
    """All questions one after the other, and what is made of the answers at the end."""
    asks = "".join(f'  -> ask q{number} "What about {number}?"\n' for number in range(questions))
    return f"timeout 1 hour\non message\n{asks}  -> reply {used}\n  -> end session\n"


@pytest.mark.parametrize("used", ['"{q0}"', '"{q0} {q1} {q2}"'])
def test_a_variable_that_is_carried_far_costs_an_entry_for_each_state(used: str) -> None:
    counts = [entries(asked_first(questions, used=used)) for questions in (100, 200, 400)]
    assert [
        count / questions for count, questions in zip(counts, (100, 200, 400), strict=True)
    ] == pytest.approx([used.count("{")] * 3, rel=0.05)


def test_a_variable_that_is_asked_anew_wherever_it_is_used_costs_next_to_nothing() -> None:
    asks = "".join(f'  -> ask answer_{n} "{n}?"\n  -> reply "{{answer_{n}}}"\n' for n in range(300))
    assert entries(f"timeout 1 hour\non message\n{asks}  -> end session\n") == 0
