"""Whatever is said, and however long it takes, the transcript of it passes and says what was said."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowc.cli.recording import NotWritten, Recorder
from flowc.pipeline import compile_flow, load_flow
from flowc.source import load, source_of
from flowc.transcript.conversation import Conversation
from flowc.transcript.entries import Bot
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script
from flowrt.effects import Call, Effect, Reply
from flowrt.events import Message
from flowrt.flow import Flow
from flowrt.time import SECOND
from flowrt.values import Media
from tests.cli.program import FEEDBACK
from tests.transcript.shop import SHOP, Order


def feedback() -> Flow[Any]:
    machine = compile_flow(load(FEEDBACK)).machine
    assert machine is not None
    return load_flow(machine)


FLOW = feedback()
LATER = datetime(2026, 3, 2, 10, 0, 30, tzinfo=UTC)
ORDER = Order(number=7, status="new", due=None)

messages = st.sampled_from(
    ["hi", "Ada", "1", "5", "nine", "no", "stop", "help", " ", "…", "\n\x00\ud800", "a # b"]
)
moments = st.one_of(st.floats(0, 3), st.sampled_from([0, 0.999999, 1, 299.6, 300, 600, 899.5, 900, 4e7]))
acts = st.lists(
    st.tuples(moments, st.sampled_from(["say", "press", "result", "fail", "late", "end"]), messages)
)


# The host ends a session while a message waits for the end of a call: it begins the next conversation.
@given(acts)
@example([(0.0, "say", text) for text in ("hi", "Ada", "1", "late", "hi")] + [(0.0, "end", "")])
@settings(max_examples=200, deadline=None)
def test_any_conversation(acts: list[tuple[float, str, str]]) -> None:
    recorder = Recorder(FLOW, "user")
    talk = Conversation(recorder)
    effects: list[Effect] = []
    for moment, what, text in acts:
        effects += talk.advance(moment)
        match what:
            case "say":
                effects += talk.say(text)
            case "press":
                effects += talk.press(text)
            case "end":
                effects += talk.end()
            case _ if talk.pending:
                failure = "no" if what == "fail" else None
                effects += talk.result(failure=failure, after=moment if what == "late" else 0)
            case _:
                pass
    said = [effect.text for effect in effects if isinstance(effect, Reply)]
    try:
        text = recorder.transcript()
    except NotWritten:
        assert said == []
        return
    script, mistakes = parse_script(source_of("saved.flowtest", text))
    assert mistakes == ()
    assert run_script(script, FLOW).failed == 0
    assert [entry.text for test in script.tests for entry in test.entries if isinstance(entry, Bot)] == said


def test_a_call_that_is_not_over_is_on_its_way() -> None:
    recorder = Recorder(FLOW, "user")
    talk = Conversation(recorder)
    for text in ("hi", "Ada", "5", "no"):
        talk.say(text)
    assert any(isinstance(effect, Call) for effect in talk.effects)
    assert recorder.transcript().endswith('  call: save_feedback("Ada", 5, none) after 31 seconds\n')


def test_what_began_before_is_not_written() -> None:
    talk = Conversation(FLOW)
    talk.say("hi")
    recorder = Recorder(FLOW, "user")
    recorder.step(talk.session, Message("2", "user", "Ada"), talk.now + SECOND)
    with pytest.raises(NotWritten, match="what came before"):
        recorder.transcript()
    recorder.step(talk.session, Message("3", "user", "stop"), talk.now + SECOND)
    recorder.step(talk.session, Message("4", "user", "hi"), talk.now + SECOND)
    assert recorder.transcript().splitlines()[1:3] == ["  user: hi", "  bot:  Hi! Three quick questions."]


def test_a_message_too_long_for_the_bot_cannot_be_written() -> None:
    recorder = Recorder(FLOW, "user")
    recorder.step(recorder.session("user"), Message("1", "user", None), 0)
    with pytest.raises(NotWritten, match="too long"):
        recorder.transcript()


def test_what_the_host_does_media_and_functions_are_written() -> None:
    recorder = Recorder(SHOP, "user")
    talk = Conversation(recorder, functions={"short_date": lambda day: f"day {day.day}"}, start=LATER)
    talk.name = "Ada"
    talk.open()
    talk.send(Media("image", url="a.png", size=2), "my cat")
    talk.say("when")
    talk.event("paid", {"amount": Decimal("12.50")})
    talk.event("shipped")
    talk.say("find")
    talk.result(ORDER)
    talk.end()
    talk.say("team")
    talk.say("team")
    talk.give_back()
    assert recorder.transcript() == dedent("""\
        test "a saved conversation"
          clock: 2026-03-02 10:00:30
          function: short_date(2026-03-02) -> "day 2"
          open:
          bot:  Welcome, user.
          name: Ada
          user: (image "a.png" size 2 caption "my cat")
          bot:  None 2 my cat
          user: when
          bot:  It is day 2.
          event: paid(amount: 12.50)
          bot:  Paid 12.50.
          event: shipped()
          dropped: shipped
          user: find
          call: find(7, 2026-01-05) -> Order(due: none, number: 7, status: "new")
          bot:  Order 7 is new.
          end:
          session: ended by host
          user: team
          bot:  Welcome, Ada.
          user: team
          session: handed off
          give back:
        """)
