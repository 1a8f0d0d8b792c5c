"""A flow from its text to the report of its transcript: a failure names the line that the author wrote."""

import pytest

from flowc.pipeline import compile_flow, load_flow
from flowc.source import source_of
from flowc.transcript.coverage import Tracker
from flowc.transcript.origins import origins_of
from flowc.transcript.report import summary
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script

FLOW = """\
timeout 1 hour
action save(mood: text)
on message
  -> reply "Hello!"
  -> ask mood "How are you?"
  -> call save(mood)
      failed -> reply "Never mind."
  -> reply "Good."
  -> end session
"""

SCRIPT = """\
test "a chat"
  user: hi
  bot:  Hello!
  bot:  How are you?
  user: fine
  call: save("fine")
  bot:  Good.
  session: ended
"""


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("Hello!", "Hi!", (3, "mood.flow:4")),
        ("How are", "Who are", (4, "mood.flow:5")),
        ('save("fine")', "save()", (6, "mood.flow:6")),
        ("Good.", "Well.", (7, "mood.flow:8")),
        ('"fine")\n', '"fine") -> failed\n', (7, "mood.flow:7")),
        (": ended", ": expired", (8, "mood.flow:9")),
    ],
)
def test_a_failure_names_the_line_of_the_flow(old: str, new: str, place: tuple[int, str]) -> None:
    compiled = compile_flow(source_of("mood.flow", FLOW))
    assert compiled.machine
    script, _ = parse_script(source_of("mood.flowtest", SCRIPT.replace(old, new)))
    flow, origins = load_flow(compiled.machine), origins_of(compiled.machine)
    [result] = run_script(script, flow, tracker=Tracker(flow), origins=origins).tests
    assert result.failure
    assert (result.failure.line, result.failure.origin) == place


def test_the_coverage_of_a_compiled_flow() -> None:
    compiled = compile_flow(source_of("mood.flow", FLOW))
    assert compiled.machine
    flow = load_flow(compiled.machine)
    tracker = Tracker(flow)
    result = run_script(parse_script(source_of("mood.flowtest", SCRIPT))[0], flow, tracker=tracker)
    assert summary([result], tracker.coverage) == "1 passed · 3 of 8 transitions (37 %)"
