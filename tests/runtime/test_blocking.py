"""The blocking face: the same bot for a host without an event loop."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from flowrt import BlockingBot, FakeClock, Message, Reply
from flowrt.abc import Notice
from flowrt.bot import NotOpen
from flowrt.effects import Ended
from flowrt.errors import MissingAction, StoreError
from flowrt.flow import Flow

GREETING = ["Hi! Three quick questions.", "What's your name?"]


class Host:
    """Actions, channel and listener in one, all ordinary functions."""

    def __init__(self) -> None:
        self.said: dict[str, list[str]] = {}
        self.ends: list[str] = []
        self.threads: set[int] = set()

    def save_feedback(self, **_: object) -> None:
        self.threads.add(threading.get_ident())

    def send(self, reply: Reply) -> None:
        self.threads.add(threading.get_ident())
        self.said.setdefault(reply.contact, []).append(reply.text)

    def told(self, notice: Notice) -> None:
        if isinstance(notice, Ended):
            self.ends.append(notice.reason)


def test_a_conversation_without_an_event_loop(feedback_flow: Flow[Any]) -> None:
    host, clock = Host(), FakeClock()
    bot = BlockingBot(feedback_flow, store="memory:", actions=host, channel=host, listener=host, clock=clock)
    with bot:
        for number, text in enumerate(["hi", "Ada", "1", "it was late"]):
            assert bot.receive(Message(str(number), "ada", text)) is True
            assert bot.receive(Message(str(number), "ada", text)) is False
        bot.idle()
        assert host.said["ada"][-1].startswith("Thanks, Ada!")
        bot.receive(Message("again", "ada", "hi"))
        clock.advance(900)
        assert bot.fire_due() == 1
        bot.receive(Message("and again", "ada", "hi"))
        assert bot.end("ada")
        assert bot.open("ada")
        assert bot.event("ada", "paid", {"amount": 3})
    assert host.ends == ["ended", "expired", "ended by host"]
    assert threading.get_ident() not in host.threads


def test_many_threads_may_call_it(feedback_flow: Flow[Any]) -> None:
    host = Host()
    contacts = [f"contact {number}" for number in range(20)]
    with BlockingBot(feedback_flow, store="memory:", actions=host, channel=host) as bot:
        with ThreadPoolExecutor(8) as pool:
            messages = [Message("1", contact, "hi") for contact in contacts for _ in range(5)]
            handled = list(pool.map(bot.receive, messages))
        assert sum(handled) == len(contacts)
        bot.idle()
        assert host.said == dict.fromkeys(contacts, GREETING)


def test_what_is_wrong_is_raised_where_it_is_called(feedback_flow: Flow[Any], tmp_path: Path) -> None:
    with pytest.raises(MissingAction):
        BlockingBot(feedback_flow, store="memory:")
    with pytest.raises(StoreError):
        BlockingBot(feedback_flow, actions=Host())
    sqlite3.connect(tmp_path / "s.db").execute("CREATE TABLE other (x)").connection.close()
    bot = BlockingBot(feedback_flow, store=f"sqlite:///{tmp_path}/s.db", actions=Host())
    with pytest.raises(StoreError, match="something else"):
        bot.__enter__()
    with pytest.raises(NotOpen, match="with bot"):
        bot.receive(Message("1", "ada", "hi"))
    assert not [thread for thread in threading.enumerate() if thread.name == "flowrt-bot"]


def test_it_can_be_opened_again(feedback_flow: Flow[Any]) -> None:
    host = Host()
    bot = BlockingBot(feedback_flow, store="memory:", actions=host, channel=host)
    for number in range(2):
        with bot:
            assert bot.receive(Message(str(number), "ada", "hi"))
    assert host.said["ada"] == [*GREETING, "How was it, from 1 to 5?"]
