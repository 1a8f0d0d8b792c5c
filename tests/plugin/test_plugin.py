"""The plugin as pytest meets it: transcripts that are collected, and flows that are talked with."""

from __future__ import annotations

from textwrap import dedent

import pytest

from flowc.driving import Driven
from flowc.machine import Machine
from flowc.pipeline import compile_flow, load_module
from flowc.source import source_of
from flowc.transcript.report import failure_text

pytest_plugins = ["pytester"]

HELLO = """\
timeout 1 hour -> reply "Bye."
action save(name: text) returns int
on image as photo -> reply "{photo.mime or "?"}" -> end session
on message
  -> ask name "Who?" buttons "Ada" | "Bob"
  -> call save(name) as number
      failed -> reply "Not saved." -> end session
  -> emit saved(number)
  -> reply "Hi {name}, number {number}."
  -> end session
on event paid(amount: decimal) -> reply "Paid {amount}." -> end session
"""

TESTS = """\
test "a greeting"
  user: hi
  bot:  Who?

test "a farewell"
  user: hi
  bot:  Whoo?
"""


def machine_of(text: str) -> Machine:
    machine = compile_flow(source_of("hello.flow", text)).machine
    assert machine is not None
    return machine


# A run of pytest within a run forgets what it has imported, so all that counts on being one is imported before.
IMPORTED = (load_module(machine_of(HELLO)), failure_text, Driven)


@pytest.fixture
def folder(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makefile(".flow", hello=HELLO)
    return pytester


def run(folder: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return folder.runpytest_inprocess("-p", "no:xdist", "-p", "no:randomly", *arguments)


def test_each_test_of_a_transcript_is_one(folder: pytest.Pytester) -> None:
    folder.makefile(".flowtest", hello=TESTS)
    result = run(folder, "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["hello.flowtest::a greeting PASSED*", "hello.flowtest::a farewell FAILED*"])
    run(folder, "-k", "greeting").assert_outcomes(passed=1, deselected=1)
    run(folder, "hello.flowtest::a greeting").assert_outcomes(passed=1)


def test_a_failure_is_shown_side_by_side(folder: pytest.Pytester) -> None:
    folder.makefile(".flowtest", hello=TESTS)
    shown = dedent("""\
        hello.flowtest:7: test "a farewell"
            expected      actual
            user: hi      user: hi
          ≠ bot:  Whoo?   bot:  Who?
            in the flow: *hello.flow:5
        """)
    result = run(folder)
    result.stdout.fnmatch_lines(shown.splitlines(), consecutive=True)
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("flow", "tests", "shown"),
    [
        (HELLO, "usr: hi", "error?F0902?: this line belongs to no test"),
        (HELLO, 'test "a"\n  usr: hi', "error?F0901?: no line of a transcript begins with `usr`"),
        ("on message -> goto nowhere", 'test "a"\n  user: hi', "error?F0201?*`nowhere`"),
        (None, 'test "a"\n  user: hi', "there is no file `*hello.flow`"),
    ],
)
def test_what_cannot_be_run_is_said_as_the_commands_say_it(
    pytester: pytest.Pytester, flow: str | None, tests: str, shown: str
) -> None:
    if flow is not None:
        pytester.makefile(".flow", hello=flow)
    pytester.makefile(".flowtest", hello=tests)
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([shown])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_flow_is_talked_with(folder: pytest.Pytester) -> None:
    folder.makepyfile("""
        from decimal import Decimal

        import pytest

        from flowrt.values import Media

        def test_a_session(conversation):
            flow = conversation("hello.flow")
            flow.says("hi")
            assert flow.replies == ["Who?"]
            assert flow.buttons == ("Ada", "Bob")
            assert flow.state == "ask_name"
            flow.presses("Ada")
            assert [(call.name, call.arguments) for call in flow.calls] == [("save", {"name": "Ada"})]
            assert flow.vars == {"name": "Ada"}
            flow.restarts()
            assert [call.name for call in flow.calls] == ["save"]
            flow.returns(7)
            assert flow.emitted == [("saved", {"number": 7})]
            assert flow.replies == ["Hi Ada, number 7."]
            assert flow.ended == "ended"

        def test_what_fails_and_what_is_late(conversation):
            flow = conversation("hello.flow")
            flow.says("hi").says("Ada")
            assert flow.fails("no disk").replies == ["Not saved."]
            assert flow.says("hi").after("59 minutes").ended is None
            assert flow.after("1 minute").ended == "expired"
            with pytest.raises(ValueError, match="no duration"):
                flow.after("soon")

        def test_what_is_no_text(conversation):
            flow = conversation("hello.flow", contact="ada")
            assert flow.sends(Media("image", mime="image/png")).replies == ["image/png"]
            assert flow.event("paid", amount=Decimal("2.50")).replies == ["Paid 2.5."]
            assert flow.says("hi").ends().ended == "ended by host"

        def test_a_new_version(conversation):
            flow = conversation("hello.flow").says("hi").restarts(outdated=True)
            assert flow.says("Ada").replies[1:] == ["Who?"]
            assert flow.ended == "outdated"
    """)
    run(folder).assert_outcomes(passed=4)


def test_a_flow_that_does_not_compile_fails_the_test_in_words(pytester: pytest.Pytester) -> None:
    pytester.makefile(".flow", hello="on message -> goto nowhere")
    pytester.makepyfile('def test(conversation):\n    conversation("hello.flow")\n')
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["error?F0201?*`nowhere`"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_nothing_of_the_compiler_is_loaded_for_other_tests(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import sys

        def test():
            assert not {name for name in sys.modules if name.startswith(("lark", "jinja2", "flowc.transcript"))}
    """)
    pytester.runpytest_subprocess("-p", "no:xdist").assert_outcomes(passed=1)
