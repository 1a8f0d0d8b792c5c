"""`--generate`: the tests that are written pass, take all that can be taken, and say why the rest cannot."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowc.machine import Machine
from flowc.pipeline import compile_flow, load_flow
from flowc.source import load, source_of
from flowc.transcript.coverage import Coverage, Tracker
from flowc.transcript.generate.generating import Generated, generate_tests
from flowc.transcript.generate.samples import samples
from flowc.transcript.report import report
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script
from flowc.transcript.writing import write_script
from flowrt.errors import FlowrtError
from flowrt.patterns import compile_pattern

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FLOWS = sorted(
    [
        *ROOT.glob("examples/*/*.flow"),
        *ROOT.glob("tests/conversations/*.flow"),
        *HERE.glob("flows/*.flow"),
        ROOT / "tests/emit/clinic.flow",
    ]
)

TAKEN_BEFORE = "no message is taken so: what stands before it may take them all"
UNREACHED = {
    "handlers": {
        "start --message--> start if is_text and when_false": f"in `start` {TAKEN_BEFORE}",
        "pick.ask_size --message--> resume if says_two_2": f"in `pick.ask_size` {TAKEN_BEFORE}",
        "plain --message--> resume if is_text_4": f"in `plain` {TAKEN_BEFORE}",
        "resume --advance--> pick.ask_size if left_pick_ask_size": (
            "`resume` is reached, but never so that it goes on this way"
        ),
    },
    "booking": {
        "find.when booked is not none --advance--> moved.move if when_is_not_none_booked": (
            "`find.when booked is not none` is reached, but never so that it goes on this way, "
            "among the 15,000 things that were tried"
        )
    },
    "saying": {"start --message--> start if is_text and when_false": f"in `start` {TAKEN_BEFORE}"},
}


def machine_of(text: str) -> Machine:
    machine = compile_flow(source_of("a.flow", dedent(text))).machine
    assert machine is not None
    return machine


def generated(machine: Machine, written: str = "") -> tuple[Generated, str, Coverage]:
    """What is generated beside what was `written`, as text, and what both cover together."""
    flow = load_flow(machine)
    script, _ = parse_script(source_of("a.flowtest", written))
    tracker = Tracker(flow)
    run_script(script, flow, tracker=tracker)
    found = generate_tests(flow, machine, tracker.coverage, [test.name for test in script.tests])
    text = "\n".join(write_script(test.name, test.entries) for test in found.tests)
    script, mistakes = parse_script(source_of("b.flowtest", text))
    assert mistakes == ()
    assert report(run_script(script, flow, tracker=tracker)) == ""
    return found, text, tracker.coverage


# What people type as a date is read slowly, so the one flow that asks for dates takes its time.
SLOW = {"booking"}


@pytest.mark.parametrize(
    "path", [path for path in FLOWS if path.stem not in SLOW], ids=lambda path: path.stem
)
def test_all_that_can_be_reached_is(path: Path) -> None:
    check_that_all_is_reached(path)


@pytest.mark.soak
@pytest.mark.parametrize("path", [path for path in FLOWS if path.stem in SLOW], ids=lambda path: path.stem)
def test_all_that_can_be_reached_slowly_is(path: Path) -> None:
    check_that_all_is_reached(path)


def check_that_all_is_reached(path: Path) -> None:
    machine = compile_flow(load(path)).machine
    assert machine is not None
    found, _, coverage = generated(machine)
    assert dict(found.unreached) == UNREACHED.get(path.stem, {})
    assert set(coverage.uncovered) == found.unreached.keys()


SHORT = """\
    timeout 15 minutes
    action save(note: text)
    on message
      -> ask rating: int in 1..5 "How was it?"
          tries 2 -> end session
      when rating <= 2
        -> reply "Sorry."
      -> call save("x")
          failed -> reply "Failed."
      -> end session
    """


def test_only_what_is_missing_is_written_and_as_shortly_as_it_goes() -> None:
    lines = ["user: hi", "bot: …", "user: no", "bot: …", "user: 5", 'call: save("x") -> failed', "bot: …"]
    written = "".join(f"{line}\n" for line in ('test "good"', *lines))
    _, text, _ = generated(machine_of(SHORT), written)
    assert text == dedent("""\
        test "ask_rating --message--> start if is_try_2"
          user: hello
          bot:  How was it?
          user: something else
          bot:  Please answer with a whole number from 1 to 5.
          user: something else
          session: ended

        test "save --message--> save"
          user: hello
          bot:  How was it?
          user: 1
          bot:  Sorry.
          call: save("x") after 10 seconds
          user: something else

        test "save --result--> start"
          user: hello
          bot:  How was it?
          user: 1
          bot:  Sorry.
          call: save("x")
          session: ended

        test "ask_rating --expire--> start"
          user: hello
          bot:  How was it?
          after 15 minutes
          session: expired

        test "save --expire--> start"
          user: hello
          bot:  How was it?
          user: 1
          bot:  Sorry.
          call: save("x") after 10 seconds
          stopped for 15 minutes
          session: expired
        """)
    assert generated(machine_of(SHORT), written)[1] == text


def test_nothing_is_written_where_nothing_is_missing() -> None:
    machine = machine_of(SHORT)
    _, text, _ = generated(machine)
    assert generated(machine, text)[0] == Generated((), {})


def test_a_name_that_is_there_gets_a_number() -> None:
    name = "start --message--> start"
    found, _, _ = generated(machine_of('on message -> reply "Hi" -> end session\n'), f'test "{name}"\n')
    assert [test.name for test in found.tests] == [f"{name} (2)"]


def test_it_gives_up_in_words() -> None:
    machine = machine_of(SHORT)
    flow = load_flow(machine)
    found = generate_tests(flow, machine, Tracker(flow).coverage, tries=3)
    assert found.unreached["save --result--> start"] == (
        "no conversation leads to `save`, among the 3 things that were tried"
    )


@pytest.mark.parametrize(
    "pattern",
    [
        *("track|where", r"^order (?P<n>\d{3,5})$", "(?i:stop)+", r"[a-c]{2}\s[^a-z]", r"(a|b)?c", r"\bno\b"),
        *(
            r"x{0}y",
            r"\x41\x{1F600}",
            r"\p{L}+-\pN",
            r"a.c",
            "[]]",
            "[]a]",
            r"(ab){2,3}",
            "x*y?z",
            r"\(now\)",
            r"[\d]x",
            "(?:(?:a(?:b|c)d)|e)f",
            "é",
        ),
    ],
)
def test_a_text_in_which_an_expression_finds_something(pattern: str) -> None:
    texts = samples(pattern)
    assert texts
    assert all(compile_pattern(pattern).find(text) for text in texts)


@given(st.text("ab01.*+?|()[]{}^$\\dwsb,-", max_size=12))
def test_no_expression_makes_the_sampler_raise(pattern: str) -> None:
    try:
        compile_pattern(pattern)
    except (FlowrtError, ValueError):
        return
    assert all(compile_pattern(pattern).find(text) for text in samples(pattern))
