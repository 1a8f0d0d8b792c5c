"""The conversation that shows a mistake is written as a transcript, whatever sets it off."""

from __future__ import annotations

import pytest

from flowc.pipeline import compile_flow
from flowc.source import source_of

FLOW = """\
timeout 1 hour
on {begins} -> goto thanks
on message -> ask name "Who?" -> goto thanks
state thanks
  -> reply "Thanks {{name}}"
  -> end session
"""


@pytest.mark.parametrize(
    ("begins", "shown"),
    [
        ("event paid(amount: decimal)", "event: paid(…)"),
        ("event ready()", "event: ready()"),
        ("start", "open:"),
        ("image", "user: (image)"),
        ('"thanks"', "user: thanks"),
    ],
)
def test_the_first_line_is_what_begins_the_conversation(begins: str, shown: str) -> None:
    [diagnostic] = compile_flow(source_of("a.flow", FLOW.format(begins=begins))).diagnostics
    [note] = diagnostic.notes
    lines = [line.strip() for line in note.splitlines()[1:]]
    assert lines == [shown, "bot:  Thanks {name}", "session: ended"]
