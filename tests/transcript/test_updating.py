"""`--update`: what is written anew, and all that stays."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowc.source import source_of
from flowc.transcript.report import report
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script
from flowc.transcript.updating import Updated, update_script
from tests.feedback import flow as feedback
from tests.transcript.shop import SHOP


def updated(text: str) -> Updated:
    source = source_of("a.flowtest", text)
    script, _ = parse_script(source)
    failed = [test.name for test in run_script(script, SHOP).tests if not test.passed]
    return update_script(source, script, SHOP, failed)


CASES = {
    "a text": (
        """\
        # about greetings
        test "a"  # first

            user: hi
              # why
              bot:  Wellcome, user.
              buttons: "Find"     # both
        test "b"
          user: hi
          bot:  …
        """,
        """\
        # about greetings
        test "a"  # first

            user: hi
              # why
              bot:  Welcome, user.
              buttons: "Find" | "When"     # both
        test "b"
          user: hi
          bot:  …
        """,
    ),
    "lines that are missing": (
        """\
        test "a"
          user: hi
          user: menu
          # the last
          user: team
          user: hello
          give back:
          user: find
          call: find(7, 2026-01-05) -> failed
        """,
        """\
        test "a"
          user: hi
          bot:  Welcome, user.
          user: menu
          bot:  (image "https://example.com/menu.png" caption "The menu")
          # the last
          user: team
          user: hello
          give back:
          user: find
          bot:  Welcome, user.
        """,
    ),
    "lines that are too many": (
        """\
        test "a"
          user: hi
          bot:  …
          bot:  How are you?
          call: find(1)
          session: ended
          # the last
          user: menu
          bot:  …
        """,
        """\
        test "a"
          user: hi
          bot:  …
          # the last
          user: menu
          bot:  …
        """,
    ),
    "what is emitted before the reply": (
        """\
        test "a"
          user: hi
          bot:  …
          user: menu
          bot:  (image "https://example.com/menu.png" caption "The menu")
          emit: shown(count: 2, price: 2.50)
        """,
        """\
        test "a"
          user: hi
          bot:  …
          user: menu
          emit: shown(count: 1, price: 2.50)
          bot:  (image "https://example.com/menu.png" caption "The menu")
        """,
    ),
    "calls keep how they end": (
        """\
        test "a"
          user: hi
          bot:  …
          user: find
          call: find(8, 2026-01-05) -> failed after 5 seconds  # slow
          after 5 seconds
          bot:  No.
          user: pay
        """,
        """\
        test "a"
          user: hi
          bot:  …
          user: find
          call: find(7, 2026-01-05) -> failed after 5 seconds  # slow
          after 5 seconds
          bot:  It failed.
          user: pay
          call: pay("1234")
          bot:  Done.
        """,
    ),
    "variables": (
        """\
        test "a"
          user: hi
          bot:  …
          event: paid(amount: 2.50)
          vars: amount = 3.50, menu/find.order = unset # held
        """,
        """\
        test "a"
          user: hi
          bot:  …
          event: paid(amount: 2.50)
          bot:  Paid 2.50.
          vars: amount = 2.50, menu/find.order = unset # held
        """,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_an_update_writes(name: str) -> None:
    before, after = CASES[name]
    found = updated(dedent(before))
    assert found.text == dedent(after)
    assert found.unsettled == {}
    assert updated(found.text).text == found.text
    assert report(run_script(parse_script(source_of("a.flowtest", found.text))[0], SHOP)) == ""


def test_line_ends_and_tabs_stay() -> None:
    assert updated('test "a"\r\n\tuser: hi\r\n\tbot:  Hi\r\n').text == (
        'test "a"\r\n\tuser: hi\r\n\tbot:  Welcome, user.\r\n'
    )


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["user: find"], "say what it returns: `call: find(7, 2026-01-05) -> VALUE`"),
        (["user: when"], "a line is missing: `function: short_date(2026-01-05) -> VALUE`"),
        (["usr: when"], "no line of a transcript begins with `usr`"),
        (["event: paid(amount: Sum())"], "the flow has no record `Sum`"),
    ],
)
def test_a_test_that_cannot_be_brought_up_to_date_stays_as_it_is(lines: list[str], why: str) -> None:
    text = "".join(f"{line}\n" for line in ['test "a"', "  user: hi", "  bot: Hello!", *lines])
    assert updated(text) == Updated(text, {"a": why})


FEEDBACK = (Path(__file__).parents[2] / "examples/feedback/feedback.flowtest").read_text(encoding="utf-8")
OBSERVED = [
    number
    for number, line in enumerate(FEEDBACK.splitlines())
    if line.lstrip().startswith(("bot:", "session:"))
]
HARMS = st.dictionaries(
    st.sampled_from(OBSERVED),
    st.sampled_from([None, "  bot:  What?", "  session: failed", "  bot:  …"]),
    max_size=9,
)


@given(HARMS)
@settings(max_examples=40, deadline=None)
def test_whatever_was_written_wrongly_is_put_right(harms: dict[int, str | None]) -> None:
    lines = FEEDBACK.splitlines()
    harmed = [harms.get(number, line) for number, line in enumerate(lines)]
    text = "".join(f"{line}\n" for line in harmed if line is not None)
    source = source_of("feedback.flowtest", text)
    script, _ = parse_script(source)
    failed = {test.name for test in run_script(script, feedback).tests if not test.passed}
    found = update_script(source, script, feedback, failed)
    assert found.unsettled == {}
    again, mistakes = parse_script(source_of("feedback.flowtest", found.text))
    assert mistakes == ()
    assert report(run_script(again, feedback)) == ""
    assert [line for line in found.text.splitlines() if "user:" in line] == [
        line for line in lines if "user:" in line
    ]
