from __future__ import annotations

import json
from pathlib import Path

from flowc.source import source_of
from flowc.transcript.script import parse_script
from tests.cli.program import BAD, FEEDBACK, invoke, write

STUCK = """\
timeout 1 hour
on message
  -> ask n: int in 1..5 "How many?"
  when n > 5 -> ask why "Why?" -> end session
  -> end session
"""


def test_the_conversation_is_shown(tmp_path: Path) -> None:
    text = 'timeout 1 hour\non "hi" -> ask name "Who?" -> end session\n'
    result = invoke("why", write(tmp_path / "a.flow", text), "ask_name")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"These lines lead into `ask_name` ({tmp_path}/a.flow:2):\n\n  user: hi\n  bot:  Who?\n"
    )


def test_as_a_test_it_runs(tmp_path: Path) -> None:
    flow = write(tmp_path / "feedback.flow", FEEDBACK.read_text(encoding="utf-8"))
    shown = invoke("why", flow, "save_feedback", "--format", "flowtest").stdout
    assert shown.startswith('test "the shortest way into save_feedback"\n  user: hello\n')
    beside = write(tmp_path / "feedback.flowtest", shown)
    assert invoke("test", beside).exit_code == 0


def test_json_says_where_and_what() -> None:
    facts = json.loads(invoke("why", FEEDBACK, "when rating <= 2", "--format", "json").stdout)
    assert (facts["format"], facts["flow"], facts["kind"], facts["line"]) == (1, "feedback", "choice", 16)
    assert facts["lines"][0] == "user: hello"
    script, mistakes = parse_script(source_of("a.flowtest", facts["flowtest"]))
    assert mistakes == ()
    assert len(script.tests[0].entries) == len(facts["lines"])


def test_an_unknown_state_is_said_with_near_names() -> None:
    result = invoke("why", FEEDBACK, "unhapy")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "flowc: there is no state `unhapy` in this flow: did you mean `unhappy`?\n"
    assert "there are `ask_name`, " in invoke("why", FEEDBACK, "zzz").stderr


def test_the_beginning_needs_no_way() -> None:
    result = invoke("why", FEEDBACK, "start")
    assert (result.exit_code, result.stderr) == (2, "flowc: every conversation begins in `start`\n")


def test_a_state_that_is_not_reached_is_said(tmp_path: Path) -> None:
    result = invoke("why", write(tmp_path / "a.flow", STUCK), "ask_why")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "flowc: no conversation was found that leads to `ask_why`. If its conditions held, this one would:\n"
        "  user: hello\n  bot:  How many?\n  user: 1\n  bot:  Why?\n"
    )


def test_a_flow_with_errors_is_not_talked_to(tmp_path: Path) -> None:
    result = invoke("why", write(tmp_path / "bad.flow", BAD), "x")
    assert result.exit_code == 1
    assert "unknown state `nowhere`" in result.stderr
    assert invoke("why", tmp_path / "missing.flow", "x").exit_code == 2
