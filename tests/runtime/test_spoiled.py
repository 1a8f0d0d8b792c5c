"""G6: a stored session that is spoiled troubles its own contact once, in words: every field in turn."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowrt.abc import SessionRow
from flowrt.events import Due, Event, HostEvent, Message, Result
from flowrt.flow import Flow
from flowrt.handling import Outcome, handle, next_due
from flowrt.time import SECOND
from flowrt.values import INT_MAX, Media
from flowrt.viewing import view_of
from tests.compiler.programs import flow as compiled

# Sound sessions, one for each state of a flow with something of everything, and whatever may stand in their place.

EVERYTHING = """\
timeout 2 hours -> reply "Bye." -> end session

keep language: text = "en"

record Order
  number: int
  due: date?
  price: decimal

action save(name: text) returns Order?
action look(order: Order)

anytime on "stop" -> reply "Stopped." -> end session
anytime on "sub" -> ask what "What?" -> again
anytime on "help"
  -> call look(Order(number: 1, due: none, price: 4.5))
      failed -> reply "No help."
  -> again

on "hi"
  -> reply "Hi."
  -> ask name "Name?"
      after 5 minutes -> reply "Still here."
      tries 3 -> end session
  -> ask photo: image "Photo?"
  -> set day = today
  -> set orders = [Order(number: 1, due: none, price: 4.5)]
  -> call save(name) as order
      failed -> reply "Not saved."
  -> wait 1 hour
  -> goto menu

state menu
  -> reply "Menu of {name}."
  on "1" -> reply "One."
  on "2" -> handoff "support"
  on message -> again
  timeout 10 minutes -> reply "Too slow." -> end session
"""
BEGIN = 1_700_000_000 * SECOND
PHOTO = Media("image", url="https://example.com/a.png", size=4)
PATHS: list[list[Event]] = [
    [
        Message("1", "ada", "hi"),
        Message("2", "ada", "sub", name="Ada L."),
        Message("3", "ada", "things"),
        Message("4", "ada", "Ada"),
        Message("5", "ada", media=PHOTO, sent=BEGIN),
        Message("6", "ada", "kept", media=PHOTO, sent=BEGIN),
        Message("7", "ada", "help"),
        Message("8", "ada", "kept, too"),
        Result("5#0", "ada"),
    ],
    [
        Message("1", "ada", "hi"),
        Message("2", "ada", "Ada"),
        Message("3", "ada", media=PHOTO),
        Result("3#0", "ada"),
        Message("4", "ada", "kept"),
        Due("ada"),
        Message("5", "ada", "2"),
    ],
]


@cache
def flow_of_everything() -> Flow[Any]:
    return compiled(EVERYTHING)


def taken(event: Event, at: int, stored: str | None) -> Outcome:
    return handle(flow_of_everything(), "ada", stored, event, at)


@cache
def sound_sessions() -> list[Any]:
    """The sessions of the paths, as JSON holds them, each once for each state."""
    found: dict[str, Any] = {}
    for path in PATHS:
        stored, at = None, BEGIN
        for event in path:
            at += 3600 * SECOND if isinstance(event, Due) else SECOND
            stored = taken(event, at, stored).change.session
            if stored is not None:
                data = json.loads(stored)
                found[f"{data['state']} {data['interrupted'] is None} {len(data['held'])}"] = data
    return list(found.values())


def test_the_sessions_to_spoil_are_of_every_state() -> None:
    states = {session["state"] for session in sound_sessions()}
    assert states == {*flow_of_everything().resting, "start"}


WRONG: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        10**40,
        -(10**40),
        INT_MAX,
        -INT_MAX,
        10**18,
        1.5,
        float("nan"),
        float("inf"),
    ),
    *("", "x", "start", "resume", "menu", "save", "ask_name", "wait", "\ud800\0\n\u202e", "x" * 70_000),
    *([], [[]], [None, 1, 1], ["x", INT_MAX, INT_MAX], ["expire", 0, 0], [[[[[[[[[["deep"]]]]]]]]]]),
    *(
        [[trigger, due, 0] for due in (0, INT_MAX)]
        for trigger in ("expire", "message", "failed", "advance", "open")
    ),
    *([["expire", INT_MAX, INT_MAX]], [["expire", 5, 5]] * 3000, [["x", "m", False, None, None, None]] * 50),
    *({}, {"a": []}, {"media": {"kind": []}}, {"media": {"kind": {}, "url": "x"}}, {"decimal": "1e9"}),
    *(
        {"record": "Order", "fields": {}},
        {"record": [], "fields": []},
        {"date": "0001-01-01"},
        {"datetime": "x"},
    ),
    *(
        {"duration": INT_MAX},
        {"record": "Order", "fields": {"number": "x", "due": 5, "price": {"decimal": "1"}}},
    ),
]
GONE = object()
json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every field in `data`, with what holds it."""
    keys = list(data) if isinstance(data, dict) else range(len(data))
    for key in keys:
        yield data, key
        if isinstance(data[key], dict | list):
            yield from places(data[key])


def spoiled(session: Any, place: int, wrong: object) -> str:
    """`session` as text, with something wrong in that place."""
    data = copy.deepcopy(session)
    holder, key = list(places(data))[place]
    if wrong is GONE:
        del holder[key]
    else:
        holder[key] = wrong
    return json.dumps(data)


PACES = (SECOND, 40 * SECOND, 7 * 24 * 3600 * SECOND)
"""Before any deadline, behind that of a call, and behind all."""


TALK: list[Event] = [
    Message("n1", "ada", "hello"),
    HostEvent("n2", "ada", "unheard", {}),
    Due("ada"),
    Message("n3", "ada", "stop"),
    Message("n4", "ada", "hi"),
]


def check_that_it_does_not_matter(text: str, *paces: int) -> None:
    """Whoever has this session is shown, hears no exception, and talks on: at most once about something else."""
    for view in (
        view_of(SessionRow("ada", text, None), flow_of_everything()),
        view_of(SessionRow("ada", text, None)),
    ):
        assert view.contact == "ada"
    next_due(text, "ada")
    for pace in paces:
        stored: str | None = text
        at = BEGIN + 10 * SECOND
        outcomes: list[Outcome] = []
        for event in TALK:
            at += pace
            outcomes.append(taken(event, at, stored))
            stored = outcomes[-1].change.session
            for instant in (outcomes[-1].change.at, outcomes[-1].change.due or 0):
                assert abs(instant) <= INT_MAX
        assert len([fault for outcome in outcomes for fault in outcome.faults]) <= 1
        assert stored is not None
        if json.loads(stored)["team"] is None:  # what a team is told the flow does not hear
            assert said(outcomes[-1])[-2:] == ["Hi.", "Name?"]


def said(outcome: Outcome) -> list[str]:
    """What the contact is told."""
    return [json.loads(body)["text"] for lane, body in outcome.change.outbox if lane == "reply"]


SESSIONS = range(len(sound_sessions()))


@pytest.mark.parametrize("number", SESSIONS)
def test_whatever_stands_in_a_field_of_a_session_its_contact_talks_on(number: int) -> None:
    session = sound_sessions()[number]
    for place, (holder, _) in enumerate(places(session)):
        for wrong in [*WRONG[(number + place) % 11 :: 11], *([GONE] if isinstance(holder, dict) else [])]:
            check_that_it_does_not_matter(spoiled(session, place, wrong), PACES[place % 3])


@pytest.mark.soak
@pytest.mark.timeout(900)
@settings(max_examples=20_000)
@given(data=st.data())
def test_anything_at_all_in_a_field_of_a_session(data: st.DataObject) -> None:
    session = data.draw(st.sampled_from(sound_sessions()))
    place = data.draw(st.integers(0, len(list(places(session))) - 1))
    check_that_it_does_not_matter(
        spoiled(session, place, data.draw(json_like | st.sampled_from(WRONG))), *PACES
    )


ASKS = """\
timeout 1 hour
on "hi" -> confirm: ask sure: bool "Sure?" -> end session
"""
CALLS = """\
timeout 1 hour
action check()
on "hi"
  -> confirm: call check()
      failed -> reply "No."
  -> reply "Checked."
  -> end session
"""


def test_who_was_asked_where_a_call_is_awaited_now_does_not_wait_for_ever() -> None:
    """Such a session awaits a call that was never made: a message for it was kept, taken, kept, taken, …"""
    stored = handle(compiled(ASKS), "ada", None, Message("1", "ada", "hi"), BEGIN).change.session
    outcome = handle(compiled(CALLS), "ada", stored, Message("2", "ada", "hi"), BEGIN + SECOND)
    [ended] = outcome.ended
    assert ended.reason == "outdated"
    assert (
        ended.cause == "the state 'confirm' of the flow 'test' does not await what the session awaits there"
    )
    assert [call.name for call in outcome.calls] == ["check"]
