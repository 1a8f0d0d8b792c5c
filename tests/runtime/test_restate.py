"""A flow as a Restate service: whole conversations with a real server, which is killed in the midst of them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from flowc.emit.python import emit_python
from flowrt.engines.requests import Request
from flowrt.events import EndedByHost, GivenBack, HostEvent, Message, Opened
from flowrt.time import SECOND
from tests.compiler.programs import machine
from tests.feedback import FEEDBACK
from tests.restate import Restate, now, post, until
from tests.restate_bot import Serve, Service
from tests.runtime.counting import PROGRAM as COUNTING
from tests.runtime.visiting import PROGRAM as VISIT

# One worker runs them all, with one server; the first may have to fetch it.
pytestmark = [pytest.mark.xdist_group("restate"), pytest.mark.timeout(420)]


@pytest.fixture
def hasty(serve: Serve, request: pytest.FixtureRequest) -> Service:
    """The same flow, but with little patience."""
    name = f"hasty_{request.node.name.removeprefix('test_')}"[:60]
    program = VISIT.replace("flow visit", f"flow {name}").replace("1 hour", "2 seconds")
    return serve(emit_python(machine(program.replace("20 seconds", "1 second"))), name)


def test_a_whole_conversation_survives_the_death_of_server_and_service(
    serve: Serve, restate: Restate
) -> None:
    bot = serve(FEEDBACK.read_text(encoding="utf-8"), "feedback")
    assert bot.say("hi", "m1")
    assert not bot.say("hi", "m1")
    restate.restart()
    assert not bot.say("hi", "m1")
    assert bot.say("Ada", "m2")
    bot.kill()
    bot.start()
    assert bot.say("9", "m3")
    assert bot.say("5", "m4")
    assert bot.say("no", "m5")
    bot.waits_for(6)
    assert bot.said() == [
        "Hi! Three quick questions.",
        "What's your name?",
        "How was it, from 1 to 5?",
        "A whole number from 1 to 5, please.",
        "Great! Anything to add?",
        "Thanks, Ada! Your feedback has been received. You can message us again anytime.",
    ]
    bot.waits_for(1, "notice")
    assert bot.record("call") == [["m5#0", "Ada", 5, None]]
    assert [reason for _, reason in bot.record("notice")] == ["ended"]
    until(lambda: "outbox" not in bot.state(), "the outbox to be empty")
    kept = bot.state()
    assert {key.partition(".")[0] for key in kept} == {"marks", "timer"}  # nothing of what was said


def test_a_deadline_comes_though_server_and_service_were_killed_meanwhile(
    hasty: Service, restate: Restate
) -> None:
    hasty.say("hi", "m1")
    hasty.kill()
    restate.restart()
    hasty.start()
    hasty.waits_for(1, "notice")
    hasty.waits_for(2)
    assert hasty.said() == ["Who?", "Time is up."]
    assert hasty.record("notice") == [[hasty.record("notice")[0][0], "expired"]]


def test_a_message_moves_the_deadline_on_and_the_timer_is_set_for_the_rest(visit: Service) -> None:
    visit.say("hi", "m1")
    first = visit.state()["timer"]
    visit.tell(Message("m2", visit.me, "Ada"), at=now())
    visit.waits_for(3)
    visit.tell(Message("m3", visit.me, "help"), at=now())
    assert visit.state()["timer"] != first  # the call's limit of one second came first, and is over
    visit.waits_for(1, "notice")
    assert [reason for _, reason in visit.record("notice")] == ["ended"]


def test_a_message_accepted_after_the_deadline_meets_an_expired_session(hasty: Service) -> None:
    begun = now()
    hasty.tell(Message("m1", hasty.me, "hi"), at=begun - 5 * SECOND)
    hasty.say("Ada", "m2")
    hasty.waits_for(3)
    assert hasty.said()[:3] == ["Who?", "Time is up.", "Who?"]


def test_an_action_that_fails_and_one_that_is_slow_take_the_failed_branch(hasty: Service) -> None:
    for contact in ("broken", "slow"):
        hasty.say("hi", "m1", contact)
        hasty.say(contact, "m2", contact)
    for contact in ("broken", "slow"):
        hasty.waits_for(2, contact=contact)
        assert hasty.said(contact) == ["Who?", "Not booked."]


def test_an_action_whose_process_is_killed_runs_again_with_the_same_key(visit: Service) -> None:
    visit.say("hi", "m1")
    visit.say("crash", "m2")
    until(lambda: visit.has_ended, "the process to be killed")
    visit.start()
    visit.waits_for(3)
    assert visit.said() == ["Who?", "Booked crash-1.", "Sure?"]
    assert len(visit.record("call")) == 2
    assert len({key for key, _ in visit.record("call")}) == 1


def test_an_action_that_asks_for_another_try_gets_it_with_the_same_key(visit: Service) -> None:
    visit.say("hi", "m1")
    visit.say("again", "m2")
    visit.waits_for(3)
    assert visit.said() == ["Who?", "Booked again-1.", "Sure?"]
    assert [key for key, _ in visit.record("call")] == ["m2#0", "m2#0"]


def test_what_the_host_does(visit: Service) -> None:
    assert json.loads(visit.tell(Opened("o1", visit.me)).body) == {"handled": True}
    assert json.loads(visit.tell(Opened("o1", visit.me)).body) == {"handled": False}
    visit.tell(HostEvent("e1", visit.me, "unheard", {}))
    visit.tell(EndedByHost("h1", visit.me))
    visit.waits_for(2, "notice")
    visit.waits_for(2)
    assert visit.said() == ["We call on you.", "Who?"]
    assert [what for _, what in visit.record("notice")] == ["Dropped", "ended by host"]
    visit.say("hi", "m1", "bob")
    visit.say("team", "m2", "bob")
    visit.say("hello?", "m3", "bob")
    visit.tell(GivenBack("g1", "bob"))
    visit.say("hi", "m4", "bob")
    visit.waits_for(2, contact="bob")
    assert visit.said("bob") == ["Who?", "Who?"]


def test_a_host_event_brings_its_values(visit: Service) -> None:
    visit.say("hi", "m1")
    visit.say("Ada", "m2")
    visit.waits_for(3)
    visit.tell(HostEvent("e1", visit.me, "paid", {"amount": 7}))
    visit.waits_for(2, "notice")
    visit.waits_for(4)
    assert visit.said() == ["Who?", "Booked Ada-1.", "Sure?", "Paid 7."]
    assert [what for _, what in visit.record("notice")] == ["Emitted", "ended"]


def test_a_channel_that_is_away_is_tried_again_and_holds_up_no_message(visit: Service) -> None:
    visit.away.touch()
    assert visit.say("hi", "m1")
    assert visit.say("Ada", "m2")
    until(lambda: len(visit.record("call")) == 1, "the action to run")
    assert visit.said() == []
    visit.away.unlink()
    visit.waits_for(3)
    assert visit.said()[:3] == ["Who?", "Booked Ada-1.", "Sure?"]


def test_what_cannot_be_delivered_is_parked_and_may_be_retried(visit: Service) -> None:
    visit.closed.touch()
    visit.say("hi", "m1")
    until(lambda: len(visit.ask("parked", {})) == 1, "the reply to be parked")
    (parked,) = visit.ask("parked", {})
    assert (parked["lane"], parked["why"]) == ("reply", "the window is closed")
    visit.closed.unlink()
    assert visit.ask("retry", {"numbers": [parked["number"]]}) == {"found": 1}
    visit.waits_for(1)
    assert visit.said()[0] == "Who?"


def test_a_function_that_raises_fails_the_session_and_blocks_nobody(visit: Service) -> None:
    visit.say("hi", "m1")
    visit.say("raise", "m2")
    visit.waits_for(1, "notice")
    assert [reason for _, reason in visit.record("notice")] == ["failed"]
    [letter] = visit.ask("show", {})["letters"]
    assert (letter["reason"], letter["state"]) == ("failed", "visiting.ask_name")
    assert "a function that fails" in letter["cause"]
    assert visit.ask("discard", {"numbers": [letter["number"]]}) == {"found": 1}
    assert visit.ask("show", {})["letters"] == []
    assert visit.say("hi", "m3")


def test_a_stored_session_that_is_garbage_ends_as_outdated(visit: Service) -> None:
    visit.say("hi", "m1")
    change = {
        "object_key": visit.me,
        "new_state": {"session": list(b"garbage\xff"), "outbox": list(b"[1\xff")},
    }
    path = f"/services/{visit.flow}/state"
    assert post(visit.restate.nodes[0].admin, Request(path, json.dumps(change).encode())).status == 202
    until(lambda: visit.state()["session"] == "", "the state to be changed")
    assert visit.say("hello", "m2")
    until(lambda: "outdated" in [reason for _, reason in visit.record("notice")], "the session to end")
    assert visit.state()["unreadable.outbox"] == "[1\\xff"
    until(lambda: "We begin anew." in visit.said(), "the flow's own words")


@pytest.mark.parametrize(
    ("key", "body", "says"),
    [
        ("ada", b"{}", "the request has no `id`"),
        ("ada", b"[]", "the request is not a JSON object"),
        ("ada", b'{"id": ""}', "an id has 1 to 512 characters: this has 0"),
        ("ada", b'{"id": "1", "text": 5}', "`text` of the request is not a text"),
        ("ada", b'{"id": "1", "at": -1}', "`at` of the request lies before 1970"),
        ("a%20b", b'{"id": "1"}', "the key is that of no contact"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_in_words(
    requested: Service, key: str, body: bytes, says: str
) -> None:
    answer = post(requested.restate.nodes[0].ingress, Request(f"/{requested.flow}/{key}/message", body))
    assert answer.status == 400
    assert says in json.loads(answer.body)["message"]
    assert requested.say("hi", f"after {key} {says}")


@pytest.fixture(scope="module")
def requested(restate: Restate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    module = tmp_path_factory.mktemp("requested") / "requested_flow.py"
    module.write_text(emit_python(machine(f"flow requested\n\n{COUNTING}")), encoding="utf-8")
    with Service(restate, module, "requested") as service:
        yield service


def test_contacts_may_be_called_anything(requested: Service) -> None:
    for contact in ("+31 6 12/34?", "Zoë", "a\x00b", "\ud800", "100%25", "x" * 500):
        assert requested.say("hi", "m1", contact)
        requested.waits_for(1, contact=contact)
        assert requested.said(contact) == ["1"]
