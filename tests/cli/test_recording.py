"""Whatever is said, and however long it takes, the transcript of it passes and says what was said."""

from __future__ import annotations

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
from flowrt.events import EndedByHost, Message
from flowrt.flow import Flow
from flowrt.time import SECOND
from tests.cli.program import FEEDBACK


def feedback() -> Flow[Any]:
    machine = compile_flow(load(FEEDBACK)).machine
    assert machine is not None
    return load_flow(machine)


FLOW = feedback()

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
                effects += recorder.step(talk.session, EndedByHost("end", "user"), talk.now)
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
