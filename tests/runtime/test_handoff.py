"""Hand-over to a team, `emit`, and what is drawn from the event."""

from __future__ import annotations

import asyncio
from pathlib import Path

from flowrt import Bot, Emitted, Ended, FakeClock, Message, Reply
from flowrt.abc import Notice
from tests.compiler.programs import flow

PROGRAM = """\
timeout 1 hour
on "human" -> handoff "support"
on "tell" -> emit told(what: "news", class: 2) -> end session
on "any" -> reply any "a" | "b" | "c" -> end session
on message -> reply "Hello." -> end session
"""


class World:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.notices: list[Notice] = []

    async def send(self, reply: Reply) -> None:
        self.said.append(reply.text)

    async def told(self, notice: Notice) -> None:
        self.notices.append(notice)


def bot(world: World, path: Path) -> Bot:
    return Bot(flow(PROGRAM), store=f"sqlite:///{path}", channel=world, listener=world, clock=FakeClock())


def test_a_contact_that_was_handed_over_stays_so_over_a_restart(tmp_path: Path) -> None:
    async def main() -> World:
        world = World()
        async with bot(world, tmp_path / "a.db") as first:
            await first.receive(Message("1", "ada", "human"))
            await first.receive(Message("2", "ada", "anybody?"))
            await first.idle()
        async with bot(world, tmp_path / "a.db") as second:
            await second.receive(Message("3", "ada", "hello?"))
            await second.give_back("ada")
            await second.receive(Message("4", "ada", "hello?"))
            await second.idle()
        return world

    world = asyncio.run(main())
    assert world.said == ["Hello."]
    assert [(end.reason, end.team) for end in world.notices if isinstance(end, Ended)] == [
        ("handed off", "support"),
        ("ended", None),
    ]


def test_what_a_flow_emits_is_told_in_order(tmp_path: Path) -> None:
    async def main() -> World:
        world = World()
        async with bot(world, tmp_path / "a.db") as only:
            await only.receive(Message("1", "ada", "tell"))
            await only.idle()
        return world

    emitted, ended = asyncio.run(main()).notices
    assert isinstance(emitted, Emitted)
    assert (emitted.name, dict(emitted.values)) == ("told", {"what": "news", "class": 2})
    assert isinstance(ended, Ended)


def test_what_is_drawn_comes_from_the_event() -> None:
    compiled = flow(PROGRAM)

    def said(number: int) -> str:
        reply = compiled.step(compiled.session("ada"), Message(str(number), "ada", "any"), number)[0]
        assert isinstance(reply, Reply)
        return reply.text

    drawn = [said(number) for number in range(40)]
    assert drawn == [said(number) for number in range(40)]
    assert set(drawn) == {"a", "b", "c"}
