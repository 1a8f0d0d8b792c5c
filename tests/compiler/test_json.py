"""The machine goes to JSON and back unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowc.machine_json import WrongFormat, from_json, to_json
from flowc.pipeline import compile_flow
from flowc.source import load

FEEDBACK = Path(__file__).parents[2] / "examples" / "feedback" / "feedback.flow"


def test_a_machine_survives_json() -> None:
    machine = compile_flow(load(FEEDBACK)).machine
    assert machine is not None
    assert from_json(to_json(machine)) == machine


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "this is not JSON"),
        ("[]", "this is not a machine"),
        (
            '{"kind": "Machine", "format": 99}',
            "this machine has format 99: this version reads the formats 1 and 2",
        ),
        ('{"kind": "Machine", "format": 1, "states": [{"kind": "os"}]}', "`os` is no part of a machine"),
        ('{"kind": "Machine", "format": 1}', "a `Machine` of this machine is not whole"),
    ],
)
def test_what_is_no_machine_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(WrongFormat, match=says):
        from_json(text)
