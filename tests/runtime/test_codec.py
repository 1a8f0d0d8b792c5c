"""Sessions and effects survive their stored form, and nothing else is taken for one."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowrt.codec import Outdated, dump_effect, dump_session, load_effect, restore
from flowrt.effects import Call, Dropped, Effect, Ended, Reply
from flowrt.events import Message, Result
from flowrt.fields import Unreadable
from flowrt.flow import Flow
from flowrt.session import Deadline, Interrupted, Session
from tests.compiler.programs import flow

EXAMPLE = Path(__file__).parents[2] / "examples" / "feedback" / "feedback.flow"
ODD = 'NUL \0, lone \ud800 and \udfff, \U0001f389, \u2028, quote " and \\'
shared_flow = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


ASIDE = """
anytime on "save"
  -> aside: call save_feedback("Ada", 1, none)
      failed -> reply "Not yet."
  -> reply "Saved."
"""


@pytest.fixture(scope="module")
def feedback_flow() -> Flow[Any]:
    """The feedback flow, with an `anytime` that calls: a session can be in all its fields at once."""
    return flow(EXAMPLE.read_text(encoding="utf-8") + ASIDE)


def filled(flow: Flow[Any]) -> Session[Any]:
    """A session with something in every field."""
    session = flow.session("ada")
    session.id, session.at, session.state = "1" + ODD, 17, "aside"
    session.vars.name, session.vars.rating, session.vars.comment = ODD, 2**63 - 1, None
    session.deadlines = (Deadline("expire", 900, 900), Deadline("result", 30, 0))
    session.tries, session.reminded, session.pending = 2, ("after_5_minutes",), "7#0"
    result = Result("6#0", "ada", failure=ODD)
    session.interrupted = Interrupted("save_feedback", 1, ("x",), (Deadline("result", 5, 0),), "6#0", result)
    session.held = (
        Message("8", "ada", ODD),
        Message("9", "ada", None),
        Message("10", "ada", "Yes", button=True),
    )
    return session


def everything(session: Session[Any]) -> dict[str, Any]:
    """All that a session holds, to compare."""
    slots = [name for name in Session.__slots__ if name != "vars"]
    return {name: getattr(session, name) for name in slots} | {"vars": session.vars.held()}


def test_a_session_comes_back_as_it_was(feedback_flow: Flow[Any]) -> None:
    session = filled(feedback_flow)
    text = dump_session(feedback_flow, session)
    assert text.isascii()
    assert "\0" not in text
    assert json.loads(text)["version"] == 1
    assert everything(restore(feedback_flow, "ada", text)) == everything(session)


def test_a_session_with_nothing_in_it_comes_back(feedback_flow: Flow[Any]) -> None:
    session = feedback_flow.session("ada")
    session.state = "ask_name"
    back = restore(feedback_flow, "ada", dump_session(feedback_flow, session))
    assert everything(back) == everything(session)


@pytest.mark.parametrize(
    "effect",
    [
        Reply("1#0", "ada", ODD, ("Yes", ODD)),
        Call("1#1", "ada", "save", {"text": ODD, "whole": -3, "flag": True, "nothing": None}, 30.5),
        Ended("1#2", "ada", "1", "handed off", {"name": ODD}, cause=ODD),
        Ended("1#2", "ada", "1", "ended", {}),
        Dropped("1#3", "ada", "paid"),
    ],
)
def test_an_effect_comes_back_as_it_was(effect: Effect) -> None:
    text = dump_effect(effect)
    assert text.isascii()
    assert load_effect(text, "ada") == effect


@given(text=st.text(st.characters(codec=None)))
def test_any_text_survives(text: str) -> None:
    meant = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert load_effect(dump_effect(Reply("1", "ada", text)), "ada") == Reply("1", "ada", meant)


GARBAGE = [
    "",
    "null",
    "[]",
    "{",
    "1e999",
    "{}",
    '{"version": 2}',
    '{"version": true}',
    "\0",
    "\ud800",
    "[" * 10**5,
]


@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_is_unreadable_in_words(feedback_flow: Flow[Any], text: str) -> None:
    with pytest.raises(Unreadable, match="stored text"):
        restore(feedback_flow, "ada", text)
    with pytest.raises(Unreadable, match="stored text"):
        load_effect(text, "ada")


WRONG: list[object] = [
    None,
    True,
    1,
    -(10**40),
    1.5,
    float("nan"),
    "x",
    "\ud800",
    [],
    [[]],
    [None, 1, 1],
    {},
    {"a": []},
    {"state": 1},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_session_spoiled_anywhere_raises_one_class(feedback_flow: Flow[Any], wrong: object) -> None:
    whole = json.loads(dump_session(feedback_flow, filled(feedback_flow)))
    places = [(whole, key) for key in whole] + [(whole["interrupted"], key) for key in whole["interrupted"]]
    for holder, key in places:
        kept, holder[key] = holder[key], wrong
        spoiled = json.dumps(whole)
        del holder[key]
        cut = json.dumps(whole)
        holder[key] = kept
        with suppress(Unreadable, Outdated):  # some of what is wrong in one place is right in another
            restore(feedback_flow, "ada", spoiled)
        with pytest.raises(Unreadable):  # a field that is gone is never right
            restore(feedback_flow, "ada", cut)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@shared_flow
@given(data=json_like, text=st.text())
def test_nothing_else_is_ever_raised(feedback_flow: Flow[Any], data: object, text: str) -> None:
    for garbage in (json.dumps(data), json.dumps({"version": 1, "kind": data, "id": "1"}), text):
        with pytest.raises(Unreadable):
            restore(feedback_flow, "ada", garbage)
        with pytest.raises(Unreadable):
            load_effect(garbage, "ada")


def test_a_sentence_names_the_place_and_not_what_was_said(feedback_flow: Flow[Any]) -> None:
    data = json.loads(dump_session(feedback_flow, filled(feedback_flow)))
    data["vars"]["name"] = {"my": "secret"}
    with pytest.raises(
        Unreadable, match=r"`vars\.name` of the stored text is not a value of the language"
    ) as caught:
        restore(feedback_flow, "ada", json.dumps(data))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"flow": "orders"}, "saved by the flow 'orders'"),
        ({"state": "ask_age"}, "no state 'ask_age'"),
        ({"state": "start"}, "no state 'start'"),
        ({"state": "unhappy"}, "the state 'unhappy' .* does not await what the session awaits"),
        ({"pending": None}, "the state 'aside' .* does not await what the session awaits"),
        ({"interrupted": None}, "the state 'aside' of the flow .* belongs to an `anytime`"),
        ({"state": "save_feedback"}, "the state 'save_feedback' of the flow .* belongs to no `anytime`"),
        ({"vars": {}}, "no variable 'name'"),
        ({"vars": {"name": 7}}, "what the variable 'name' holds is not of the type text"),
    ],
)
def test_a_session_the_flow_has_no_place_for_is_outdated(
    feedback_flow: Flow[Any], change: dict[str, Any], why: str
) -> None:
    data = json.loads(dump_session(feedback_flow, filled(feedback_flow))) | change
    with pytest.raises(Outdated, match=why) as caught:
        restore(feedback_flow, "ada", json.dumps(data))
    assert caught.value.saved.id == "1" + ODD


def test_a_way_back_to_a_state_that_is_gone_is_outdated(feedback_flow: Flow[Any]) -> None:
    session = filled(feedback_flow)
    assert session.interrupted is not None
    session.interrupted.state = "ask_age"
    with pytest.raises(Outdated, match="no state 'ask_age'"):
        restore(feedback_flow, "ada", dump_session(feedback_flow, session))
    session.interrupted.state = "aside"
    with pytest.raises(Outdated, match="no `anytime` comes back to the state 'aside'"):
        restore(feedback_flow, "ada", dump_session(feedback_flow, session))
