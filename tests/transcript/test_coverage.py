"""What counts as covered, and how a report says it."""

import pytest

from flowc.cells import cells
from flowc.machine import (
    FORMAT,
    CallAction,
    Do,
    Machine,
    Options,
    Origin,
    Say,
    SourceFile,
    Template,
    Transition,
)
from flowc.source import source_of
from flowc.transcript.columns import wrap
from flowc.transcript.conversation import Conversation
from flowc.transcript.coverage import Cell, Coverage, Made, Tracker
from flowc.transcript.origins import origins_of
from flowc.transcript.report import failure_text, report, summary, uncovered
from flowc.transcript.results import Failure, ScriptResult, TestResult
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script
from flowc.types import TEXT
from tests.feedback import TRANSITIONS, flow
from tests.transcript.test_runner import FEEDBACK


def tracked(text: str) -> Coverage:
    tracker = Tracker(flow)
    run_script(parse_script(source_of("feedback.flowtest", text))[0], flow, tracker=tracker)
    return tracker.coverage


def test_a_row_counts_once_for_each_source() -> None:
    coverage = Tracker(flow).coverage
    expire = next(row for row, it in enumerate(TRANSITIONS) if it["trigger"] == "expire")
    assert [cell.source for cell in coverage.cells if cell.row == expire] == [
        "ask_name",
        "ask_rating",
        "unhappy",
        "ask_comment",
        "save_feedback",
    ]
    assert (coverage.covered, coverage.total) == (0, 37)
    assert len(coverage.uncovered) == 37


def test_what_only_the_host_or_a_bug_can_cause_does_not_count() -> None:
    counted = {TRANSITIONS[cell.row]["trigger"] for cell in Tracker(flow).coverage.cells}
    assert counted == {"message", "advance", "result", "after_5_minutes", "expire"}


def test_what_the_transcript_of_the_language_covers() -> None:
    coverage = tracked(FEEDBACK)
    assert (coverage.covered, coverage.total) == (9, 37)
    assert coverage.uncovered[0] == "ask_comment --message--> save_feedback if says_no"
    assert "resume --advance--> ask_name if left_ask_name" in coverage.uncovered
    assert "save_feedback --message--> save_feedback" in coverage.uncovered
    assert "ask_name --expire--> start" not in coverage.uncovered


def test_coverage_is_added_up() -> None:
    helped = tracked('test "help"\n  user: hi\n  bot: …\n  user: help\n  bot: …\n')
    both = tracked(FEEDBACK) | helped
    assert both.covered == 11
    assert (helped | helped) == helped
    other = Coverage({Cell(0, "start"): "start --message--> start"}, frozenset())
    with pytest.raises(ValueError, match="two different flows"):
        both |= other


def test_an_effect_is_traced_to_its_transition() -> None:
    tracker = Tracker(flow)
    talk = Conversation(flow, machine=tracker.machine)
    first, second = talk.say("hi")
    assert (tracker.maker(first), tracker.maker(second)) == (
        Made(Cell(0, "start"), 0),
        Made(Cell(0, "start"), 1),
    )
    again = [tracker.maker(effect) for effect in talk.say("help")]
    assert [made and TRANSITIONS[made.cell.row]["trigger"] for made in again] == ["message", "advance"]
    assert [made and made.nth for made in again] == [0, 0]
    tracker.forget_trail()
    assert tracker.maker(first) is None


def test_the_origin_of_what_a_transition_says() -> None:
    def at(line: int) -> Origin:
        return Origin("a.flow", 0, 1, line)

    say = Say(Template(("Hi",), TEXT, at(2)), Options(), "reply", at(2))
    effects = (Do("interrupt", at(1)), say, CallAction("save", (), (), 30, False, at(3)), Do("end", at(4)))
    row = Transition("message", ("start",), "start", (), effects, at(1))
    machine = Machine(FORMAT, "a", (SourceFile("a.flow", ""),), (), (row,), (), (), (), (), (), None, None)
    origin = origins_of(machine)
    cell = Cell(0, "start")
    assert [origin(Made(cell, nth)) for nth in range(4)] == ["a.flow:2", "a.flow:3", "a.flow:4", "a.flow:1"]
    assert origin(Made(Cell(1, "start"), 0)) is None


# The report


def result(*passed: bool) -> ScriptResult:
    failure = Failure(1, ("a",), ("b",), 0)
    return ScriptResult("a.flowtest", tuple(TestResult("t", 1, None if it else failure) for it in passed))


def test_the_summary() -> None:
    cells = {Cell(row, "start"): f"row {row}" for row in range(40)}
    coverage = Coverage(cells, frozenset(list(cells)[:34]))
    assert summary([result(True, True), result(True, False)], coverage) == (
        "3 passed, 1 failed · 34 of 40 transitions (85 %)"
    )
    assert summary([]) == "0 passed"
    nearly = Coverage(
        {Cell(row, "start"): "" for row in range(1000)}, frozenset({Cell(row, "start") for row in range(999)})
    )
    assert summary([result(True)], nearly) == "1 passed · 999 of 1000 transitions (99 %)"
    assert summary([result(True)], Coverage({}, frozenset())) == "1 passed · 0 of 0 transitions (100 %)"


def test_what_is_not_covered_is_listed() -> None:
    cells = {Cell(0, "a"): "a --message--> b", Cell(1, "b"): "b --expire--> start"}
    assert (
        uncovered(Coverage(cells, frozenset())) == "not covered: 2\n  a --message--> b\n  b --expire--> start"
    )
    assert uncovered(Coverage(cells, frozenset(cells))) == ""


def test_passed_tests_are_not_reported() -> None:
    assert report(result(True)) == ""
    assert failure_text("a.flowtest", TestResult("t", 1, None)) == ""


def test_long_texts_are_shown_where_they_begin_to_differ() -> None:
    start = "bot:  " + "word " * 200
    failure = Failure(7, (start + "one end. " + "more " * 200,), (start + "another end.",), 0)
    assert failure_text("a.flowtest", TestResult("t", 1, failure), columns=60) == "\n".join(
        [
            'a.flowtest:7: test "t"',
            "    expected                     actual",
            "  ≠ bot:  …word word word word   bot:  …word word word word",
            "          word one end. more           word another end.",
            "          more more more more",
            "          more more more more",
            "          more more more more",
            "          more more more more…",
        ]
    )


@pytest.mark.parametrize("columns", [40, 60, 100, 200])
@pytest.mark.parametrize(
    "text", ["word " * 60, "x" * 500, "日本語" * 90, "🚀 " * 90, "bot:  ", "a\x1b[31mb\u202ec"]
)
def test_no_row_is_wider_than_the_terminal(text: str, columns: int) -> None:
    pairs = ((f"bot:  {text}", "bot:  hi"), (f"bot:  {text}", f"bot:  {text}!"))
    for left, right in (*pairs, *((two, one) for one, two in pairs)):
        failure = Failure(7, ("user: hi", left), ("user: hi", right), 1)
        drawn = failure_text("a.flowtest", TestResult("t", 1, failure), columns=columns)
        assert max(map(cells, drawn.split("\n"))) <= columns
        assert drawn.replace("\n", "").isprintable()
        assert drawn.count("≠") == 1


def test_colors_are_an_addition() -> None:
    failure = Failure(3, ("user: hi", "bot:  Hello!"), ("user: hi", "bot:  Hi!"), 1)
    drawn = failure_text("a.flowtest", TestResult("t", 1, failure), color=True)
    assert drawn == "\n".join(
        [
            '\x1b[1ma.flowtest:3: test "t"\x1b[0m',
            "    \x1b[2mexpected\x1b[0m       \x1b[2mactual\x1b[0m",
            "    user: hi       user: hi",
            "  ≠ \x1b[32mbot:  Hello!\x1b[0m   \x1b[31mbot:  Hi!\x1b[0m",
        ]
    )


def test_wrapping() -> None:
    assert wrap("", 10, 3) == [""]
    assert wrap("user: hi", 10, 3) == ["user: hi"]
    assert wrap("bot:  " + "x" * 9, 10, 9) == ["bot:  xxxx", "      xxxx", "      x"]
