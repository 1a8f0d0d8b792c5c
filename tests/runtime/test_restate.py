"""A flow as a Restate service: whole conversations with a real server, which is killed in the midst of them."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from http.client import HTTPException
from pathlib import Path
from threading import Event as Signal

import pytest

from flowc.emit.python import emit_python
from flowrt.engines.keeping import OVERDUE, Kept
from flowrt.engines.requests import Request, key_of
from flowrt.events import EndedByHost, GivenBack, HostEvent, Message, Opened
from flowrt.time import SECOND
from tests.compiler.programs import machine
from tests.feedback import FEEDBACK
from tests.restate import Restate, Service, now, post, until
from tests.runtime.counting import PROGRAM as COUNTING
from tests.servers import REQUIRED, NoServer

# One worker runs them all, with one server.
# They fetch a server of some hundred megabytes and talk to it in real time: `pytest -m soak` runs them.
pytestmark = [pytest.mark.xdist_group("restate"), pytest.mark.soak]

VISIT = """\
flow visit

timeout 1 hour -> reply "Time is up." -> end session
outdated -> reply "We begin anew."

action book(name: text) returns text
action log_in(pin: secret) returns bool
function pause(name: text) returns text

anytime on "team" -> handoff "support"
anytime on "raise" -> reply "{pause("raise")}"

on "log in"
  -> ask pin: secret "Your pin?"
  -> call log_in(pin) as known
      failed -> reply "Not now." -> end session
  when known
    -> reply "Welcome." -> end session
  else
    -> reply "Wrong." -> end session
on start -> reply "We call on you." -> goto visiting
on message -> goto visiting

state visiting
  -> ask name "Who?"
  -> call book(name) as number within 20 seconds
      failed -> reply "Not booked." -> end session
  -> reply "Booked {number}."
  -> confirm: ask ok "Sure?"
      on event paid(amount: int) -> reply "Paid {amount}." -> emit receipt(amount: amount) -> end session
  -> end session
"""


@pytest.fixture(scope="session")
def restate() -> Iterator[Restate]:
    """A server of one node. Where there is none the tests are skipped, or fail if they must not be."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(Restate())
        except NoServer as why:
            if REQUIRED:
                pytest.fail(str(why))
            pytest.skip(str(why))
        yield server


Serve = Callable[..., Service]


@pytest.fixture
def serve(restate: Restate, tmp_path: Path) -> Iterator[Serve]:
    """Starts the service of a flow. It has a name of its own, so that no test meets the contacts of another."""
    with ExitStack() as stack:

        def start(program: str, name: str, *options: str, server: Restate = restate) -> Service:
            module = tmp_path / f"{name}_flow.py"
            module.write_text(program, encoding="utf-8")
            return stack.enter_context(Service(server, module, name, *options))

        yield start


@pytest.fixture(scope="module")
def visiting(restate: Restate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for many tests."""
    module = tmp_path_factory.mktemp("visit") / "visit_flow.py"
    module.write_text(emit_python(machine(VISIT)), encoding="utf-8")
    with Service(restate, module, "visit") as service:
        yield service


@pytest.fixture
def visit(visiting: Service, request: pytest.FixtureRequest) -> Iterator[Service]:
    """The service, with a contact of the test's own."""
    visiting.me = request.node.name
    yield visiting
    visiting.away.unlink(missing_ok=True)
    visiting.closed.unlink(missing_ok=True)


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


def test_a_secret_reaches_its_action_and_nothing_that_is_kept(visit: Service) -> None:
    visit.say("log in", "m1")
    visit.say("1234", "m2")
    visit.waits_for(2)
    assert visit.said() == ["Your pin?", "Welcome."]
    assert "1234" not in json.dumps(visit.state())
    journals = (
        "SELECT j.name FROM sys_journal j JOIN sys_invocation i ON j.id = i.id"  # noqa: S608 - our own names
        f" WHERE i.target_service_name = '{visit.flow}' AND i.target_handler_name <> 'wake'"
    )
    until(lambda: visit.query(journals) == [], "the journals to be gone", lambda: str(visit.query(journals)))


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
    assert visit.say("hi", "m3")


def test_a_stored_session_that_is_garbage_ends_as_outdated(visit: Service) -> None:
    visit.say("hi", "m1")
    change = {"object_key": visit.me, "new_state": {"session": list(b"garbage"), "outbox": list(b"[1")}}
    path = f"/services/{visit.flow}/state"
    assert post(visit.restate.nodes[0].admin, Request(path, json.dumps(change).encode())).status == 202
    until(lambda: visit.state().get("session") == "garbage", "the state to be changed")
    assert visit.say("hello", "m2")
    until(lambda: "outdated" in [reason for _, reason in visit.record("notice")], "the session to end")
    assert visit.state()["unreadable.outbox"] == "[1"
    until(lambda: "We begin anew." in visit.said(), "the flow's own words")


@pytest.mark.parametrize(
    ("key", "body", "says"),
    [
        ("ada", b"{}", "the request has no `id`"),
        ("ada", b"[]", "the request is not a JSON object"),
        ("ada", b'{"id": ""}', "an id has 1 to 512 characters: this has 0"),
        ("ada", b'{"id": "1", "text": 5}', "`text` of the request is not a text"),
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


# The drill.


class Drill:
    """Many contacts whose messages come again until they are acknowledged, and some of them twice."""

    def __init__(self, service: Service, contacts: int, messages: int, seed: int) -> None:
        self.service = service
        self.random = random.Random(seed)  # noqa: S311 - no secret hangs on it
        self.contacts = [f"c{number}" for number in range(contacts)]
        self.messages = messages
        self.acknowledged = Counter[str]()
        self.over = Signal()

    def run(self, disturb: Callable[[int], object], every: int) -> None:
        """Talk, and have `disturb` do harm each time so many messages were acknowledged."""
        with ThreadPoolExecutor(len(self.contacts)) as pool:
            talks = [pool.submit(self._talk, contact) for contact in self.contacts]
            try:
                self._harm(disturb, every, talks)
            finally:
                self.over.set()
            for talk in talks:
                talk.result()
        for contact in self.contacts:
            self.service.waits_for(self.messages, contact=contact)

    def _talk(self, contact: str) -> None:
        for number in range(self.messages):
            self._deliver(contact, f"{contact}/{number}")
            if self.random.random() < 0.1:
                self._deliver(contact, f"{contact}/{self.random.randint(0, number)}")
            self.acknowledged[contact] += 1

    def _deliver(self, contact: str, id: str) -> None:
        """Send it until it is acknowledged, to one node after the other."""
        nodes = len(self.service.restate.nodes)
        tried = 0
        while not self.over.is_set():
            tried += 1
            try:
                if self.service.tell(Message(id, contact, "hi"), node=tried % nodes).status == 200:
                    return
            except (OSError, HTTPException):
                self.over.wait(0.02)
        raise AssertionError(f"{id} was never acknowledged")

    def _harm(self, disturb: Callable[[int], object], every: int, talks: list[Future[None]]) -> None:
        """In this thread: what a thread has started dies with it."""
        done = 0
        while not all(talk.done() for talk in talks):
            wait(talks, timeout=0.01)
            if self.acknowledged.total() >= (done + 1) * every:
                disturb(done)
                done += 1

    def wrong(self) -> list[str]:
        """What is wrong with what was said: each contact is to be told each number once, in order."""
        expected = [str(number + 1) for number in range(self.messages)]
        return [contact for contact in self.contacts if self.service.said(contact) != expected]


def counting(name: str) -> str:
    return emit_python(machine(f"flow {name}\n\n{COUNTING}"))


def test_killed_again_and_again_every_message_counts_once(serve: Serve, restate: Restate) -> None:
    service = serve(counting("counted"), "counted")
    drill = Drill(service, contacts=4, messages=12, seed=4)
    kills = [0, 0]

    def kill(done: int) -> None:
        kills[done % 2] += 1
        if done % 2:
            restate.restart()
        else:
            service.kill()
            service.start()

    drill.run(kill, every=10)
    assert min(kills) >= 2
    assert drill.wrong() == []


def test_the_drill_sees_a_message_that_counts_twice(serve: Serve) -> None:
    drill = Drill(serve(counting("forgetful"), "forgetful", "forgetful"), contacts=2, messages=15, seed=4)
    drill.run(lambda _: None, every=1000)
    assert drill.wrong() != []


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_cluster_of_three_loses_a_node_again_and_again(serve: Serve) -> None:
    try:
        cluster = Restate(nodes=3).__enter__()
    except NoServer as why:
        pytest.skip(str(why))
    with ExitStack() as stack:
        stack.push(cluster)
        service = serve(counting("clustered"), "clustered", server=cluster)
        Drill(service, contacts=4, messages=1, seed=1).run(lambda _: None, every=1000)  # it warms up
        drill = Drill(service, contacts=8, messages=100, seed=7)
        drill.contacts = [f"later {contact}" for contact in drill.contacts]
        kills: list[int] = []

        def kill(done: int) -> None:
            kills.append(1 + done % 2)
            cluster.restart(kills[-1])

        drill.run(kill, every=100)
        assert len(kills) >= 5
        assert drill.wrong() == []


# What is kept.


def test_marks_are_forgotten_after_eight_days_and_the_timer_is_set_for_that() -> None:
    day = 24 * 60 * 60 * SECOND
    kept = Kept({"marks.0": '["m1"]', "marks.1": '["m2"]'})
    assert kept.needs_alarm(0) == 9 * day
    kept.forget_marks(9 * day - 1)
    assert kept.knows("m1")
    kept.forget_marks(9 * day)
    assert (kept.knows("m1"), kept.knows("m2")) == (False, True)
    kept.forget_marks(10 * day)
    assert kept.dump() == {}


def test_a_timer_that_is_lost_is_set_again() -> None:
    kept = Kept({"session": "{}", "due": "50", "timer": '[50,"a","inv"]'})
    assert kept.needs_alarm(50) is None
    assert kept.needs_alarm(50 + OVERDUE) == 50


def test_keys_of_contacts_are_ascii_and_tell_them_apart() -> None:
    keys = [key_of(contact) for contact in ("a b", "a%20b", "é", "\ud800", "a\x00")]
    assert keys == ["a%20b", "a%2520b", "%C3%A9", "%ED%A0%80", "a%00"]
