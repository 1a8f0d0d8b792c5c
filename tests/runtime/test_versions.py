"""G8: what becomes of a session that another version of the flow has saved."""

from __future__ import annotations

import re

import pytest

from flowc.pipeline import compile_flow, load_flow
from flowc.source import source_of
from flowrt.codec import load_effect
from flowrt.effects import Ended, Reply
from flowrt.events import Message
from flowrt.handling import handle
from flowrt.sentences import OUTDATED

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


class Contact:
    """A contact whose session is stored between two messages, so that another version may take the next."""

    def __init__(self) -> None:
        self.stored: str | None = None
        self.messages = 0

    def says(self, text: str, flow: str) -> list[str]:
        """What the version `flow` makes of a message."""
        compiled = compile_flow(source_of("form.flow", flow))
        assert compiled.machine is not None, compiled.diagnostics
        loaded = load_flow(compiled.machine)
        self.messages += 1
        at = self.messages * 1_000_000
        outcome = handle(loaded, "ada", self.stored, Message(str(self.messages), "ada", text), at)
        self.stored = outcome.change.session
        effects = [load_effect(body, "ada", loaded.records) for _, body in outcome.change.outbox]
        said = [f"bot:  {each.text}" for each in effects if isinstance(each, Reply)]
        return said + [f"session: {each.reason}" for each in effects if isinstance(each, Ended)]


@pytest.fixture
def asked_for_age() -> Contact:
    """Someone who has told a name and is asked for an age."""
    contact = Contact()
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


def test_what_is_kept_and_has_another_type_now_begins_anew_without_a_word() -> None:
    contact = Contact()
    for text in ("hi", "Ada", "36"):
        contact.says(text, BEFORE)
    after = BEFORE.replace("keep visits: int = 0", 'keep visits: text = "none"').replace(
        "visits + 1", 'visits + "!"'
    )
    assert contact.says("hi", after) == ["bot:  Your name?"]
    contact.says("Ada", after)
    assert contact.says("36", after) == ["bot:  Ada, 36, none!.", "session: ended"]
