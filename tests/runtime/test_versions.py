"""G8: what becomes of a session that another version of the flow has saved."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from flowc.pipeline import compile_flow, load_flow
from flowc.source import source_of
from flowrt.abc import Store
from flowrt.bot import Bot
from flowrt.effects import Emitted, Ended
from flowrt.flow import Flow
from flowrt.sentences import OUTDATED
from flowrt.time import SECOND
from tests.runtime.world import World

BEFORE = """\
flow form
timeout 1 hour
keep visits: int = 0
on message
  -> set visits = visits + 1
  -> ask name "Your name?"
  -> ask age: int "Your age?"
  -> reply "{name}, {age}, {visits}."
  -> end session
"""


def renamed(old: str, new: str) -> str:
    """The flow with the word `old` put as `new`."""
    return re.sub(rf"\b{old}\b", new, BEFORE)


OVER = [f"bot:  {OUTDATED}", "session: outdated"]
ANEW = ["bot:  Your name?"]


@cache
def version(flow: str) -> Flow[Any]:
    """A version of a flow, compiled."""
    compiled = compile_flow(source_of("form.flow", flow))
    assert compiled.machine is not None, compiled.diagnostics
    return load_flow(compiled.machine)


class Contact:
    """A contact of a bot that is deployed anew between any two things that happen."""

    def __init__(self, new_store: Callable[[], Store]) -> None:
        self.world = World(version(BEFORE), new_store)
        self.actions: object = SimpleNamespace(save=lambda age: None, polite=lambda count: f"time {count}")

    def says(self, text: str, flow: str) -> list[str]:
        """What the version `flow` makes of a message."""

        async def say(bot: Bot) -> None:
            await bot.receive(self.world.message(text))

        return self.meets(flow, say)

    def meets(
        self, flow: str, happen: Callable[[Bot], Coroutine[Any, Any, object]] | None = None
    ) -> list[str]:
        """What the version `flow` makes of what is due, and of what happens then."""
        self.world.flow = version(flow)

        async def main() -> None:
            async with self.world.bot(actions=self.actions) as bot:
                if happen is not None:
                    await happen(bot)
                await bot.idle()

        self.world.run(main())
        told, self.world.listener.notices = self.world.listener.notices, []
        said = [f"bot:  {text}" for text in self.world.channel.said()]
        said += [f"emit: {each.name} {dict(each.values)}" for each in told if isinstance(each, Emitted)]
        return said + [f"session: {each.reason}" for each in told if isinstance(each, Ended)]


@pytest.fixture
def contact(new_store: Callable[[], Store]) -> Contact:
    """Someone who has not written yet."""
    return Contact(new_store)


@pytest.fixture
def asked_for_age(contact: Contact) -> Contact:
    """Someone who has told a name and is asked for an age."""
    assert contact.says("hi", BEFORE) == ["bot:  Your name?"]
    assert contact.says("Ada", BEFORE) == ["bot:  Your age?"]
    return contact


GOES_ON = {
    "text changed": (BEFORE.replace("Your age?", "How old are you?"), ["bot:  Ada, 7, 1.", "session: ended"]),
    "step inserted before, and not needed": (
        BEFORE.replace("  -> ask age", '  -> ask city "Where?"\n  -> ask age'),
        ["bot:  Ada, 7, 1.", "session: ended"],
    ),
    "step inserted behind": (
        BEFORE.replace("  -> reply", '  -> ask city "Where?"\n  -> reply'),
        ["bot:  Where?"],
    ),
    "step removed before": (
        BEFORE.replace('  -> ask name "Your name?"\n', "").replace("{name}", "You"),
        ["bot:  You, 7, 1.", "session: ended"],
    ),
    "variable added, with a value": (
        BEFORE.replace("on message", 'let greeting = "Hi"\non message').replace(
            'reply "', 'reply "{greeting} '
        ),
        ["bot:  Hi Ada, 7, 1.", "session: ended"],
    ),
    "step renamed": (
        renamed("age", "years").replace("on message", "renamed age to years\non message"),
        ["bot:  Ada, 7, 1.", "session: ended"],
    ),
    "variable renamed, through a chain": (
        renamed("name", "full").replace("on message", "renamed name to who\nrenamed who to full\non message"),
        ["bot:  Ada, 7, 1.", "session: ended"],
    ),
    "label given, and renamed": (
        BEFORE.replace("-> ask age", "-> second: ask age").replace(
            "on message", "renamed ask_age to second\non message"
        ),
        ["bot:  Ada, 7, 1.", "session: ended"],
    ),
}
OUTDATED_BY = {
    "step inserted before, and needed": BEFORE.replace(
        "  -> ask age", '  -> ask city "Where?"\n  -> ask age'
    ).replace('reply "', 'reply "{city} '),
    "step removed": BEFORE.replace('  -> ask age: int "Your age?"\n', "").replace(", {age}", ""),
    "step renamed without a word": renamed("age", "years"),
    "type changed": BEFORE.replace("ask name", "ask name: int"),
    "variable added, without a value": BEFORE.replace("on message", "let city: text\non message")
    .replace("-> set", '-> set city = "Rome" -> set', 1)
    .replace('reply "', 'reply "{city} '),
    "another flow": BEFORE.replace("flow form", "flow other"),
}


@pytest.mark.parametrize("change", GOES_ON)
def test_a_session_goes_on_where_it_fits(change: str, asked_for_age: Contact) -> None:
    after, expected = GOES_ON[change]
    assert asked_for_age.says("7", after) == expected


@pytest.mark.parametrize("change", OUTDATED_BY)
def test_a_session_that_fits_no_more_is_outdated_and_its_message_begins_anew(
    change: str, asked_for_age: Contact
) -> None:
    assert asked_for_age.says("7", OUTDATED_BY[change]) == [OVER[0], *ANEW, OVER[1]]


def test_what_is_kept_stays_when_a_session_is_outdated(asked_for_age: Contact) -> None:
    after = renamed("age", "years")
    asked_for_age.says("7", after)
    asked_for_age.says("Ada", after)
    assert asked_for_age.says("36", after) == ["bot:  Ada, 36, 2.", "session: ended"]


def test_what_is_kept_and_has_another_type_now_begins_anew_without_a_word(contact: Contact) -> None:
    for text in ("hi", "Ada", "36"):
        contact.says(text, BEFORE)
    after = BEFORE.replace("keep visits: int = 0", 'keep visits: text = "none"').replace(
        "visits + 1", 'visits + "!"'
    )
    assert contact.says("hi", after) == ["bot:  Your name?"]
    contact.says("Ada", after)
    assert contact.says("36", after) == ["bot:  Ada, 36, none!.", "session: ended"]
