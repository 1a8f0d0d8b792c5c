"""Transcripts that run: what they may say, and what passes."""

from collections.abc import Iterable
from textwrap import dedent, indent
from typing import Any

import pytest
import transitions

from flowc.source import source_of
from flowc.transcript.coverage import Made, Tracker
from flowc.transcript.entries import Script
from flowc.transcript.report import report
from flowc.transcript.results import ScriptResult
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script
from flowrt.flow import Flow, Triggers
from flowrt.generated import EventData
from tests.feedback import INITIAL, STATES, TRANSITIONS, flow

FEEDBACK = """\
test "a low rating asks what went wrong"
  user: hi
  bot:  Hi! Three quick questions.
  bot:  What's your name?
  user: Ada
  bot:  How was it, from 1 to 5?
  user: nine
  bot:  A whole number from 1 to 5, please.
  user: 2
  bot:  Sorry to hear that, Ada. What went wrong?
  after 5 minutes
  bot:  Take your time, I'm still here.
  user: it was late
  call: save_feedback("Ada", 2, "it was late")
  bot:  Thanks, Ada! Your feedback has been received. You can message us again anytime.
  session: ended

test "silence closes the session"
  user: hi
  bot:  …
  after 15 minutes
  bot:  Let's pick this up another time.
  session: expired
  user: hello
  bot:  Hi! Three quick questions.
  bot:  …
"""

THANKS = "bot:  Thanks, Ada! Your feedback has been received. You can message us again anytime."


def run(text: str, flow: Flow[Any] = flow, machine: Triggers | None = None) -> ScriptResult:
    return run_script(parse_script(source_of("feedback.flowtest", text))[0], flow, machine=machine)


def one_test(lines: Iterable[str]) -> str:
    return 'test "t"\n' + indent("\n".join(lines), "  ") + "\n"


def outcome(*lines: str, flow: Flow[Any] = flow) -> str:
    """What is reported of one test with these lines; nothing where it passes."""
    return report(run(one_test(lines), flow))


def finished(*lines: str) -> str:
    """The same, from the answer to the last question of a good rating on."""
    return outcome("user: hi", "bot: …", "user: Ada", "bot: …", "user: 5", "bot: …", "user: no", *lines)


def plain_machine(table: list[dict[str, Any]]) -> transitions.Machine:
    return transitions.Machine(
        model=None, states=STATES, transitions=table, initial=INITIAL, send_event=True, auto_transitions=False
    )


def test_the_transcript_of_the_language_passes_in_both_engines() -> None:
    for result in (run(FEEDBACK), run(FEEDBACK, machine=plain_machine(TRANSITIONS))):
        assert (report(result), result.passed, result.failed) == ("", 2, 0)


@pytest.mark.parametrize(
    "lines",
    [
        ['call: save_feedback("Ada", 5, none)', THANKS, "session: ended"],
        ['call: save_feedback("Ada", 5, none)', "bot: …", "after 1 day", "session: ended"],
        ['call: save_feedback("Ada", 5, none) -> none', THANKS],
        [
            'call: save_feedback("Ada", 5, none) -> failed',
            "bot: I couldn't save that just now, but I've noted it.",
            THANKS,
        ],
        [
            'call: save_feedback("Ada", 5, none) after 29 seconds',
            "after 28 seconds",
            "after 1 second",
            THANKS,
        ],
        [
            'call: save_feedback("Ada", 5, none) -> failed after 5 seconds',
            "after 10 seconds",
            "bot: …",
            THANKS,
        ],
        [
            'call: save_feedback("Ada", 5, none) after 1 hour',
            "after 30 seconds",
            "bot: …",
            THANKS,
            "session: ended",
        ],
        ['call: save_feedback("Ada", 5, none) after 1 hour'],
        [
            'call: save_feedback("Ada", 5, none) after 10 seconds',
            "user: and another thing",
            "user: help",
            "bot: I'm collecting feedback on your order.",
            "after 10 seconds",
            THANKS,
            "session: ended",
            "bot: Hi! Three quick questions.",
            "bot: …",
        ],
    ],
)
def test_how_a_call_may_end(lines: list[str]) -> None:
    assert finished(*lines) == ""


def test_some_replies_are_as_many_as_fit() -> None:
    assert outcome("user: hi", "bot: …") == ""
    assert outcome("user: hi", "bot: …", "bot: What's your name?") == ""
    assert outcome("user: hi", "bot: Hi! Three quick questions.", "bot: …") == ""
    assert outcome("user: hi", "bot: …", "bot: …") == ""
    assert "≠ bot:  …" in outcome("user: hi", "bot: …", "bot: …", "bot: …")


def test_a_press_counts_as_its_label() -> None:
    assert outcome("user: hi", "bot: …", "press: Stop", "bot: Okay, cancelled.", "session: ended") == ""


def test_time_stands_still_at_a_call_until_its_line_is_read() -> None:
    """A call made by a timeout in the midst of `after` is answered at its own instant, not behind its limit."""

    def call_save_feedback(event: EventData[Any]) -> None:
        event.args[0].call("save_feedback", 30.0, name="Ada", rating=1, comment=None)

    table = [
        row | {"dest": "save_feedback", "before": call_save_feedback}
        if row["trigger"] == "after_5_minutes"
        else row
        for row in TRANSITIONS
    ]
    lines = ["user: hi", "bot: …", "user: Ada", "bot: …", "user: 1", "bot: …", "after 14 minutes"]
    lines += ['call: save_feedback("Ada", 1, none)', THANKS, "session: ended"]
    assert outcome(*lines, flow=changed(table)) == ""


def changed(table: list[dict[str, Any]]) -> Flow[Any]:
    """The feedback flow with another table."""
    return Flow(
        name="feedback",
        source="feedback.flow",
        format=1,
        compiler="0.1.0",
        states=STATES,
        transitions=table,
        initial=INITIAL,
        variables=flow.variables,
        actions=("save_feedback",),
    )


def test_a_flow_that_breaks_fails_its_test_alone() -> None:
    def broken(_: EventData[Any]) -> None:
        raise RuntimeError("no\x1b luck")

    table: list[dict[str, Any]] = [
        {"trigger": trigger, "source": "start", "dest": None, "before": broken}
        for trigger in ("message", "failed")
    ]
    result = run('test "one"\n  user: hi\ntest "two"\n  after 1 day\n', changed(table))
    assert (result.passed, result.failed) == (1, 1)
    assert report(result) + "\n" == dedent("""\
        feedback.flowtest:2: test "one"
            expected   actual
            user: hi   user: hi
          ≠            (the flow broke: RuntimeError: no\\u{1B} luck)
        """)


def test_a_failure_names_the_line_of_the_flow() -> None:

    def origins(made: Made) -> str:
        return f"feedback.flow:{TRANSITIONS[made.cell.row]['before'][made.nth + 1].__name__}"

    script, _ = parse_script(source_of("a.flowtest", one_test(["user: hi", "bot: …", "bot: And you?"])))
    [result] = run_script(script, flow, tracker=Tracker(flow), origins=origins).tests
    assert result.failure
    assert result.failure.origin == "feedback.flow:ask_whats_your_name"


def test_either_a_tracker_or_a_machine() -> None:
    with pytest.raises(ValueError, match="either a tracker"):
        run_script(Script("a.flowtest", ()), flow, tracker=Tracker(flow), machine=flow.machine)


def test_deleting_a_row_that_the_transcript_needs_breaks_it_in_both_engines() -> None:
    tracker = Tracker(flow)
    run_script(parse_script(source_of("feedback.flowtest", FEEDBACK))[0], flow, tracker=tracker)
    rows = {cell.row for cell in tracker.coverage.taken}
    assert len(rows) == 9
    for row in rows:
        table = [it for at, it in enumerate(TRANSITIONS) if at != row]
        assert run(FEEDBACK, changed(table)).failed, row
        assert run(FEEDBACK, machine=plain_machine(table)).failed, row
