"""`renamed`: a session that was saved under old names goes on under the new ones."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from flowrt.codec import dump_session, restore
from flowrt.effects import Call, Ended, Reply
from flowrt.events import Event, HostEvent, Message, Result
from flowrt.flow import Flow
from flowrt.session import Session
from tests.compiler.programs import flow

BEFORE = """\
flow desk
timeout 1 day

record Order
  number: int
  status: text

keep last: Order? = none
let count: int = 0

action find(number: int) returns Order

anytime on event ring() -> aside: ask mood "How are you?" -> reply "Noted: {mood}."

on message -> ask due "When?" -> set count = count + 1 -> goto menu

state menu
  -> second: ask note "Note?"
  -> run address() as street
  -> home: run address() as street
  -> call find(7) as order
      failed -> end session
  -> set last = order
  on "status" -> reply "{due} {note} {street} {count} {order.status}"
  on message -> again

dialog address() returns text
  -> ask street "Street?"
  -> return street
"""

WAYS: dict[str, list[str | None]] = {
    "ask_due": [],
    "menu.second": ["monday"],
    "menu/address.ask_street": ["monday", "a note"],
    "menu/home.ask_street": ["monday", "a note", "one"],
    "menu.find": ["monday", "a note", "one", "two"],
    "menu": ["monday", "a note", "one", "two", None],
}
"""What is said to come to rest in each wait; None is a result."""

RENAMES: dict[str, tuple[list[tuple[str, str]], str, list[tuple[str, str]]]] = {
    "a variable": (
        [(" due", " arrival"), ("{due}", "{arrival}")],
        "renamed due to arrival",
        [("ask_due", "ask_arrival")],
    ),
    "a state": ([("menu", "main")], "renamed menu to main", [("menu", "main")]),
    "a label": ([("second:", "remark:")], "renamed second to remark", [("second", "remark")]),
    "a label of a run": ([("home:", "work:")], "renamed home to work", [("home", "work")]),
    "a dialog": ([("address(", "place(")], "renamed address to place", [("address", "place")]),
    "a variable of a dialog, and of the flow": (
        [(" street", " road"), ("{street}", "{road}")],
        "renamed street to road",
        [("ask_street", "ask_road")],
    ),
    "a `let`": (
        [(" count", " tally"), ("{count}", "{tally}")],
        "renamed count to tally",
        [],
    ),
    "through a chain": (
        [("menu", "main")],
        "renamed menu to home_page\nrenamed home_page to first_page\nrenamed first_page to main",
        [("menu", "main")],
    ),
    "with its kind": (
        [("menu", "main"), ("second:", "remark:")],
        "renamed state menu to main\nrenamed label second to remark",
        [("menu", "main"), ("second", "remark")],
    ),
    "a label of what had none": (
        [("-> ask due", "-> day: ask due")],
        "renamed label ask_due to day",
        [("ask_due", "day")],
    ),
    "several at once": (
        [("menu", "main"), ("address(", "place("), (" due", " arrival"), ("{due}", "{arrival}")],
        "renamed menu to main\nrenamed address to place\nrenamed due to arrival",
        [("menu", "main"), ("address", "place"), ("ask_due", "ask_arrival")],
    ),
}


@cache
def version(what: str) -> Flow[Any]:
    """The flow with what is renamed, and a `renamed` that says so."""
    changes, renames, _ = RENAMES[what]
    text = BEFORE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return flow(text.replace("flow desk\n", f"flow desk\n{renames}\n"))


class Talk:
    """A contact whose session is saved by one version of a flow and taken on by another."""

    def __init__(self) -> None:
        self.at = 0
        self.session: Session[Any] | None = None

    def takes(self, version: Flow[Any], event: Event) -> list[str]:
        self.at += 1
        session = self.session or version.session("ada")
        effects = version.step(session, event, self.at)
        self.session = session
        replies = [each.text for each in effects if isinstance(each, Reply)]
        return replies + [each.reason for each in effects if isinstance(each, Ended)]

    def says(self, version: Flow[Any], text: str | None) -> list[str]:
        if text is not None:
            return self.takes(version, Message(str(self.at), "ada", text))
        assert self.session is not None
        assert self.session.pending is not None
        order = version.records["Order"](number=7, status="new")
        return self.takes(version, Result(self.session.pending, "ada", order))

    def moves(self, before: Flow[Any], to: Flow[Any]) -> None:
        assert self.session is not None
        self.session = restore(to, "ada", dump_session(before, self.session))


OLD = flow(BEFORE)


@pytest.mark.parametrize("state", WAYS)
@pytest.mark.parametrize("what", RENAMES)
def test_a_saved_session_goes_on_under_the_new_names(what: str, state: str) -> None:
    new, talk = version(what), Talk()
    talk.says(OLD, "hi")
    for text in WAYS[state]:
        talk.says(OLD, text)
    assert talk.session is not None
    assert talk.session.state == state
    talk.moves(OLD, new)
    assert talk.session.state == renamed(state, RENAMES[what][2])
    for text in WAYS["menu"][len(WAYS[state]) :]:
        talk.says(new, text)
    assert talk.says(new, "status") == ["monday a note two 1 new"]


def renamed(state: str, names: list[tuple[str, str]]) -> str:
    """The name of a state in which each part has its new name."""
    parts = re.split(r"([./])", state)
    return "".join(dict(names).get(part, part) for part in parts)


def test_an_interrupted_wait_is_found_too() -> None:
    new = version("several at once")
    talk = Talk()
    for text in ("hi", "monday", "a note"):
        talk.says(OLD, text)
    talk.takes(OLD, HostEvent("e", "ada", "ring"))
    talk.moves(OLD, new)
    assert talk.session is not None
    assert talk.session.interrupted is not None
    assert (talk.session.state, talk.session.interrupted.state) == ("aside", "main/place.ask_street")
    assert talk.says(new, "fine") == ["Noted: fine."]
    assert talk.session.state == "main/place.ask_street"


def test_what_is_kept_follows_when_no_session_is_open() -> None:
    new = flow(
        BEFORE.replace(" last", " latest").replace("flow desk\n", "flow desk\nrenamed last to latest\n")
    )
    talk = Talk()
    for text in ("hi", *WAYS["menu"]):
        talk.says(OLD, text)
    assert talk.session is not None
    talk.session.clear()
    talk.session.state = "start"
    talk.moves(OLD, new)
    assert talk.session.vars.latest.status == "new"


def test_a_kept_record_that_has_other_fields_now_is_let_go() -> None:
    new = flow(BEFORE.replace("  status: text\n", "  status: text\n  paid: bool\n"))
    talk = Talk()
    for text in ("hi", *WAYS["menu"]):
        talk.says(OLD, text)
    assert talk.session is not None
    talk.session.clear()
    talk.session.state = "start"
    talk.moves(OLD, new)
    assert not hasattr(talk.session.vars, "last")
    assert talk.says(new, "hi") == ["When?"]
    assert talk.session.vars.last is None


def test_a_rename_may_stay_for_ever() -> None:
    new = version("a state")
    talk = Talk()
    for text in ("hi", "monday"):
        talk.says(new, text)
    talk.moves(new, new)
    assert talk.session is not None
    assert talk.session.state == "main.second"


def test_a_pending_call_goes_on() -> None:
    new = version("a state")
    talk = Talk()
    assert talk.says(OLD, "hi") == ["When?"]
    for text in ("monday", "a note", "one"):
        talk.says(OLD, text)
    assert talk.session is not None
    effects = OLD.step(talk.session, Message("last", "ada", "two"), 9)
    [call] = [each for each in effects if isinstance(each, Call)]
    talk.moves(OLD, new)
    assert talk.session.state == "main.find"
    talk.takes(new, Result(call.id, "ada", new.records["Order"](number=1, status="late")))
    assert talk.says(new, "status") == ["monday a note two 1 late"]
