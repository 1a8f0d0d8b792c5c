"""Bot, server and nodes are killed while messages come; counters, marks, replies and what was sent agree exactly."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event as Signal

import pytest

from flowc.emit.python import emit_python
from flowrt.engines.requests import key_of
from tests.compiler.programs import machine
from tests.feedback import FEEDBACK
from tests.restate import Restate, until
from tests.restate_bot import Serve, Service
from tests.runtime.counting import PROGRAM as COUNTING

# One worker runs them all, with one server; the first may have to fetch it.
pytestmark = [pytest.mark.xdist_group("restate"), pytest.mark.timeout(420)]


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
        self.service.insist("hi", id, contact, self.over.is_set)

    def _harm(self, disturb: Callable[[int], object], every: int, talks: list[Future[None]]) -> None:
        """In this thread: what a thread has started dies with it."""
        done = 0
        while not all(talk.done() for talk in talks):
            wait(talks, timeout=0.01)
            if self.acknowledged.total() >= (done + 1) * every:
                disturb(done)
                done += 1

    def wrong(self) -> list[str]:
        """What is wrong with what was said and is kept: the first counts each message, and so does the second."""
        every = len(self.contacts) * self.messages
        expected = [str(number + 1) for number in range(self.messages)]
        wrong = [
            f"{one} was told {said}" for one in self.contacts if (said := self.service.said(one)) != expected
        ]
        until(lambda: not self.kept("outbox"), "all to be delivered", lambda: str(self.kept("outbox")))
        counted = sum(json.loads(session)["vars"]["total"] for session in self.kept("session"))
        marks = sum(len(json.loads(ids)) for ids in self.kept("marks."))
        sent = sum(len({id for id, _ in self.service.record("reply", one)}) for one in self.contacts)
        found = {"counted": counted, "marked": marks, "sent": sent}
        return wrong + [
            f"{count} messages of {every} are {what}" for what, count in found.items() if count != every
        ]

    def kept(self, prefix: str) -> list[str]:
        """What is kept of the contacts under keys that begin so."""
        keys = {key_of(contact) for contact in self.contacts}
        rows = self.service.query(
            f"SELECT service_key, key, value_utf8 FROM state WHERE service_name = '{self.service.flow}'"  # noqa: S608 - our own names
        )
        return [
            row["value_utf8"] for row in rows if row["service_key"] in keys and row["key"].startswith(prefix)
        ]


def counting(name: str) -> str:
    return emit_python(machine(f"flow {name}\n\n{COUNTING}"))


def killing(restate: Restate, service: Service, kills: list[int]) -> Callable[[int], None]:
    """Kills the bot and the server in turn, and starts them again."""

    def kill(done: int) -> None:
        kills[done % 2] += 1
        if done % 2:
            restate.restart()
        else:
            service.kill()
            service.start()

    return kill


def test_killed_again_and_again_every_message_counts_once(serve: Serve, restate: Restate) -> None:
    service = serve(counting("counted"), "counted")
    drill, kills = Drill(service, contacts=4, messages=12, seed=4), [0, 0]
    drill.run(killing(restate, service, kills), every=10)
    assert min(kills) >= 2
    assert drill.wrong() == []


def test_the_drill_sees_a_message_that_counts_twice(serve: Serve) -> None:
    """The negative control: a bot that forgets which messages it has handled, and nobody is killed."""
    drill = Drill(serve(counting("forgetful"), "forgetful", "forgetful"), contacts=2, messages=15, seed=4)
    drill.run(lambda _: None, every=1000)
    wrong = drill.wrong()
    assert any("was told" in one for one in wrong)
    assert any("messages of 30 are counted" in one for one in wrong)


def test_conversations_go_on_when_a_cluster_of_three_loses_a_node(serve: Serve, cluster: Restate) -> None:
    bot = serve(FEEDBACK.read_text(encoding="utf-8"), "feedback", server=cluster)
    contacts = ["ada", "bob", "cyd", "dan"]
    for contact in contacts:
        bot.insist("hi", "m1", contact)  # the first take a while
    cluster.nodes[1].kill()
    for id, text in (("m2", "Ada"), ("m3", "9"), ("m3", "9"), ("m4", "5"), ("m5", "no"), ("m1", "hi")):
        for contact in contacts:
            bot.insist(text, id, contact)
    for contact in contacts:
        bot.waits_for(6, contact=contact)
        assert bot.said(contact)[2:] == [
            "How was it, from 1 to 5?",
            "A whole number from 1 to 5, please.",
            "Great! Anything to add?",
            "Thanks, Ada! Your feedback has been received. You can message us again anytime.",
        ]
        bot.waits_for(1, "notice", contact)
        assert len(bot.record("call", contact)) == 1


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_soak_on_one_node(serve: Serve, restate: Restate, capsys: pytest.CaptureFixture[str]) -> None:
    service = serve(counting("soaked"), "soaked")
    drill, kills = Drill(service, contacts=40, messages=150, seed=5), [0, 0]
    drill.run(killing(restate, service, kills), every=100)
    assert drill.wrong() == []
    tell(capsys, drill, f"{kills[0]} kills of the bot, {kills[1]} of the server")


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_soak_on_three_nodes(serve: Serve, cluster: Restate, capsys: pytest.CaptureFixture[str]) -> None:
    service = serve(counting("clustered"), "clustered", server=cluster)
    for contact in range(8):
        service.insist("hi", "warm up", f"warm {contact}")
    drill, kills = Drill(service, contacts=8, messages=100, seed=7), [0, 0, 0]

    def kill(done: int) -> None:
        which = done % 3
        kills[which] += 1
        cluster.restart(which)

    drill.run(kill, every=100)
    assert min(kills) >= 2
    assert drill.wrong() == []
    tell(capsys, drill, f"{sum(kills)} kills of nodes")


def tell(capsys: pytest.CaptureFixture[str], drill: Drill, kills: str) -> None:
    """Print the figures of a drill."""
    sent = sum(len(drill.service.record("reply", contact)) for contact in drill.contacts)
    with capsys.disabled():
        sys.stdout.write(f"{kills}; {len(drill.contacts) * drill.messages} messages, {sent} replies sent\n")
