"""Rules 2, 3, 8, 11 and 12, as far as only the host sees them: ends, deadlines, budgets, secrets and replays."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from flowc.transcript.conversation import START, Conversation, texts
from flowrt.codec import dump_effect, dump_session
from flowrt.effects import Call, Effect, Ended, Reply
from flowrt.events import Message
from flowrt.flow import Flow
from flowrt.limits import MAX_STEPS
from flowrt.time import SECOND, instant
from tests.compiler.programs import flow

# Rule 2: the host is told once, with the values the session held and a reason.

ENDS = flow("""\
flow ends
timeout 1 hour -> set told = 7

failed -> set told = 8

action unlock(pin: secret)

let n: int = 1
keep told: int = 0

on "brief" -> end session
on start -> goto rest
on message
  -> ask pin: secret "PIN?"
  -> call unlock(pin)
      failed -> goto rest
  -> goto rest

state rest
  on "end" -> end session
  on "team" -> handoff "support"
  on "break" -> set n = n + 9223372036854775807
  on "set" -> set n = 2
  on message -> again
""")


def ends(effects: list[Effect]) -> list[tuple[str, dict[str, Any], str | None]]:
    return [(each.reason, dict(each.values), each.team) for each in effects if isinstance(each, Ended)]


def in_rest() -> Conversation[Any]:
    """A conversation that has given a secret and holds a value."""
    talk = Conversation(ENDS)
    talk.say("hi")
    talk.say("1234")
    talk.result()
    talk.say("set")
    assert talk.state == "rest"
    return talk


HOW: dict[str, tuple[Callable[[Conversation[Any]], list[Effect]], int, str | None]] = {
    "ended": (lambda talk: talk.say("end"), 0, None),
    "handed off": (lambda talk: talk.say("team"), 0, "support"),
    "expired": (lambda talk: talk.advance(3600), 7, None),
    "failed": (lambda talk: talk.say("break"), 8, None),
    "superseded": (lambda talk: talk.open(), 0, None),
    "ended by host": (lambda talk: talk.end(), 0, None),
}
"""How a session ends, with what the flow then keeps and the team it is handed to."""


@pytest.mark.parametrize("reason", HOW)
def test_the_host_is_told_once_with_a_reason_and_the_values_but_no_secret(reason: str) -> None:
    does, told, team = HOW[reason]
    talk = in_rest()
    assert ends(does(talk)) == [(reason, {"n": 2, "told": told}, team)]
    assert len(ends(talk.effects)) == 1


def test_a_session_opens_when_an_entry_takes_an_event_also_where_its_chain_never_waits() -> None:
    talk = Conversation(ENDS)
    assert ends(talk.say("brief")) == [("ended", {"n": 1, "told": 0}, None)]
    assert talk.session.id == ""


def test_an_end_clears_all_but_what_is_kept() -> None:
    talk = in_rest()
    talk.say("end")
    fresh = ENDS.session("user")
    fresh.at, fresh.vars.told = talk.now, 0
    assert dump_session(ENDS, talk.session) == dump_session(ENDS, fresh)


def test_a_failure_tells_its_cause() -> None:
    talk = in_rest()
    [ended] = [each for each in talk.say("break") if isinstance(each, Ended)]
    assert ended.cause is not None
    assert "an int lies between" in ended.cause


# Rule 3: a deadline is an absolute instant, stored with the session.


def test_a_deadline_is_an_instant_of_the_session() -> None:
    talk = Conversation(
        flow("""\
timeout 1 hour
on message
  -> ask x "?"
      after 5 minutes -> reply "a"
      timeout 10 minutes
  -> wait 30 minutes
  -> end session
""")
    )
    talk.say("hi")
    begin = instant(START)
    due = [(each.trigger, (each.due - begin) // SECOND) for each in talk.session.deadlines]
    assert due == [("expire", 3600), ("after_5_minutes", 300), ("timeout", 600)]
    talk.advance(60)
    talk.say("x")
    due = [(each.trigger, (each.due - begin) // SECOND) for each in talk.session.deadlines]
    assert due == [("expire", 3660), ("elapsed", 60 + 1800)]
    assert str(begin + 3660 * SECOND) in dump_session(talk.flow, talk.session)


# Rule 8: a step budget.


def counting(choices: int) -> Flow[Any]:
    steps = "".join(f"  when n == {number}\n    -> set n = n + 1\n" for number in range(choices))
    return flow(f'timeout 1 hour\non message\n  -> set n = 0\n{steps}  -> reply "{{n}}"\n  -> end session\n')


def test_a_step_budget_guards_what_runs_on() -> None:
    assert texts(Conversation(counting(MAX_STEPS)).say("hi")) == [str(MAX_STEPS)]
    talk = Conversation(counting(MAX_STEPS + 1))
    assert ends(talk.say("hi")) == [("failed", {"n": MAX_STEPS}, None)]


# Rule 11: secrets.


def test_a_secret_is_in_no_session_and_in_no_effect_that_is_kept() -> None:
    talk = Conversation(ENDS)
    effects = talk.say("hi")
    effects += talk.say("pin-4711")
    [call] = [each for each in effects if isinstance(each, Call)]
    assert call.secret
    assert dict(call.arguments) == {"pin": "pin-4711"}
    assert "4711" not in dump_session(ENDS, talk.session)
    assert not any("4711" in dump_effect(each) for each in effects)
    assert not hasattr(talk.session.vars, "pin")
    assert not any("4711" in str(each) for each in talk.end())


# Rule 12: randomness and the clock come from the event.

CHANCE = flow("""\
timeout 1 hour
on message -> goto rest
state rest
  on message -> reply any "a" | "b" | "c" | "d" | "e" -> reply "{now}"
""")


def replies(ids: list[str]) -> list[str]:
    session = CHANCE.session("ada")
    effects: list[Effect] = []
    for at, id in enumerate(ids):
        effects += CHANCE.step(session, Message(id, "ada", "hi"), at * SECOND)
    return [each.text for each in effects if isinstance(each, Reply)]


def test_a_recorded_conversation_replays_exactly() -> None:
    ids = [f"m{number}" for number in range(40)]
    assert replies(ids) == replies(ids)


def test_what_is_said_of_several_is_drawn_from_the_event() -> None:
    drawn = replies([f"m{number}" for number in range(200)])[::2]
    assert set(drawn) == set("abcde")
    assert any(one == other for one, other in pairwise(drawn))


def test_at_the_same_instant_the_flows_deadline_goes_before_a_waits() -> None:
    talk = Conversation(
        flow("""\
timeout 1 hour -> reply "Expired."
on message -> wait 30 minutes -> goto rest
state rest
  on message -> again
  after 30 minutes -> reply "Reminder."
""")
    )
    talk.say("hi")
    talk.advance(1800)
    assert texts(talk.advance(1800)) == ["Expired."]


# Rule 4: the instant of a message.


HOLDS = flow(
    """\
timeout 1 hour -> reply "Expired."
action find()
on "find" -> call find() within 10 minutes
    failed -> reply "Not found." -> goto rest
  -> reply "Found." -> goto rest
on "wait" -> wait 10 minutes -> reply "Waited." -> goto rest
on text as said -> reply "Begins with {said}." -> goto rest
on message -> goto rest
state rest
  on text as heard -> reply "Heard {heard}."
  on message -> again
""".replace("    failed", "      failed").replace('on "find" -> call', 'on "find"\n  -> call')
)


@pytest.mark.parametrize(
    ("step", "minutes", "expected"),
    [
        ("wait", 30, ["Waited.", "Heard one.", "Heard two."]),
        ("find", 30, ["Not found.", "Heard one.", "Heard two."]),
        ("wait", 120, ["Expired.", "Begins with one.", "Heard two."]),
    ],
)
def test_what_was_held_comes_before_the_message_that_finds_the_wait_over(
    step: str, minutes: int, expected: list[str]
) -> None:
    talk = Conversation(HOLDS)
    talk.say(step)
    assert texts(talk.say("one")) == []
    talk.now += minutes * 60 * SECOND  # and nobody looks at the clock meanwhile
    assert texts(talk.say("two")) == expected


def test_an_instant_is_never_before_that_of_the_event_before_and_the_providers_is_only_a_value() -> None:
    clock = flow("""\
timeout 1 hour
on message -> goto rest
state rest
  on message -> reply "{now} {message.sent or now}" -> again
  after 1 minute -> reply "Reminder."
""")
    session, begin = clock.session("ada"), instant(START)
    clock.step(session, Message("1", "ada", "hi"), begin + 30 * SECOND)
    late = clock.step(session, Message("2", "ada", "hi", sent=begin - 3600 * SECOND), begin)
    assert texts(late) == ["2026-01-05T09:00:30Z 2026-01-05T08:00Z"]
    assert session.deadlines[1].due == begin + 90 * SECOND
