"""The driver: what happens, and at which instant, when only the hand moves the clock."""

import doctest
import importlib
import pkgutil
from typing import Any

import pytest
import transitions

import flowc.transcript
from flowc.transcript.conversation import START, Conversation, NothingAwaited, texts
from flowrt.effects import Call, Ended, Reply
from flowrt.time import SECOND, instant
from tests.feedback import INITIAL, STATES, TRANSITIONS, flow

MINUTE = 60


def at_comment(rating: str = "2") -> Conversation[Any]:
    """A conversation that has come to the last question."""
    talk = Conversation(flow)
    for text in ("hi", "Ada", rating):
        talk.say(text)
    return talk


def seconds(talk: Conversation[Any]) -> float:
    return (talk.now - instant(START)) / SECOND


def test_a_conversation_as_it_goes() -> None:
    talk = Conversation(flow, contact="ada")
    assert (talk.state, talk.is_open, talk.vars, talk.pending, talk.ended) == ("start", False, {}, (), None)
    assert texts(talk.say("hi")) == ["Hi! Three quick questions.", "What's your name?"]
    talk.say("Ada")
    talk.press("4")
    assert (talk.state, talk.is_open, talk.vars) == ("ask_comment", True, {"name": "Ada", "rating": 4})
    [call] = talk.say("nothing to add")
    assert isinstance(call, Call)
    assert call.contact == "ada"
    assert talk.pending == (call,)
    talk.say("still there?")
    assert [message.text for message in talk.held] == ["still there?"]
    reply, end, *more = talk.result()
    assert isinstance(reply, Reply)
    assert end == talk.ended
    assert texts(more) == ["Hi! Three quick questions.", "What's your name?"]
    assert (talk.state, talk.vars) == ("ask_name", {})
    assert len(talk.held) + len(talk.pending) == 0
    assert seconds(talk) == 0
    assert talk.effects[-4:] == [reply, end, *more]


def test_deadlines_fire_at_their_instants_and_in_order() -> None:
    talk = at_comment()
    assert talk.next_instant == talk.now + 5 * MINUTE * SECOND
    effects = talk.advance(16 * MINUTE)
    assert [effect.id.rsplit(":", 1)[1].split("#")[0] for effect in effects] == [
        str(instant(START) + 5 * MINUTE * SECOND),
        *[str(instant(START) + 15 * MINUTE * SECOND)] * 2,
    ]
    assert texts(effects) == ["Take your time, I'm still here.", "Let's pick this up another time."]
    assert [effect.reason for effect in effects if isinstance(effect, Ended)] == ["expired"]
    assert seconds(talk) == 16 * MINUTE
    assert not talk.next_instant


def test_a_message_moves_the_deadlines() -> None:
    talk = at_comment()
    assert talk.advance(5 * MINUTE - 0.000001) == []
    talk.say("help")
    assert talk.advance(5 * MINUTE - 0.000001) == []
    assert texts(talk.advance(0.000001)) == ["Take your time, I'm still here."]
    assert texts(talk.advance(10 * MINUTE)) == ["Let's pick this up another time."]


def test_a_result_on_its_way_comes_in_its_time() -> None:
    talk = at_comment("5")
    talk.say("no")
    assert talk.result(after=20) == []
    assert talk.pending == ()
    assert talk.advance(19) == []
    assert texts(talk.advance(1)) == [
        "Thanks, Ada! Your feedback has been received. You can message us again anytime."
    ]


@pytest.mark.parametrize("slow", [30, 31])
def test_a_result_that_comes_too_late_is_nobodys(slow: int) -> None:
    """At the same instant the deadline goes first."""
    talk = at_comment("5")
    talk.say("no")
    talk.result(after=slow)
    said = texts(talk.advance(60))
    assert said[0] == "I couldn't save that just now, but I've noted it."
    assert len(said) == 2


def test_a_call_that_fails() -> None:
    talk = at_comment("5")
    [call] = talk.say("no")
    assert isinstance(call, Call)
    assert texts(talk.result(failure="the disk is full", call=call))[0].startswith("I couldn't save")


def test_what_is_refused() -> None:
    talk = at_comment("5")
    with pytest.raises(NothingAwaited, match="no call awaits a result"):
        talk.result()
    [call] = talk.say("no")
    assert isinstance(call, Call)
    talk.result()
    with pytest.raises(NothingAwaited, match="save_feedback awaits no result"):
        talk.result(call=call)
    with pytest.raises(ValueError, match="does not go back"):
        talk.advance(-1)
    with pytest.raises(ValueError, match="either a machine or a watcher"):
        Conversation(flow, machine=flow.machine, watch=lambda _: None)


def test_a_watcher_is_told_of_each_transition() -> None:
    seen: list[object] = []
    talk = Conversation(flow, watch=lambda event: seen.append(getattr(event.transition, "source", None)))
    talk.say("hi")
    talk.say("help")
    assert seen == ["start", "ask_name", "resume"]


def test_a_plain_machine_walks_the_same_way() -> None:
    plain = transitions.Machine(
        model=None,
        states=STATES,
        transitions=TRANSITIONS,
        initial=INITIAL,
        send_event=True,
        auto_transitions=False,
    )
    one, other = Conversation(flow), Conversation(flow, machine=plain)
    for talk in (one, other):
        for text in ("hi", "help", "Ada", "9", "1", "help"):
            talk.say(text)
        talk.advance(6 * MINUTE)
        talk.say("late")
        talk.say("help")
        talk.result()
        talk.advance(86_400)
    assert one.effects == other.effects
    assert len(one.effects) > 12


@pytest.mark.parametrize(
    "module", [module.name for module in pkgutil.iter_modules(flowc.transcript.__path__)]
)
def test_the_examples_of_the_docstrings(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"flowc.transcript.{module}")).failed == 0
