"""G8: what becomes of a session that another version of the flow has saved."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from functools import cache
from itertools import permutations
from types import SimpleNamespace
from typing import Any

import pytest

from flowc.pipeline import compile_flow, load_flow
from flowc.source import source_of
from flowrt.abc import Change, Store
from flowrt.bot import Bot
from flowrt.effects import Emitted, Ended
from flowrt.events import Message
from flowrt.flow import Flow
from flowrt.handling import handle
from flowrt.sentences import OUTDATED
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
        self.actions: object = SimpleNamespace(polite=lambda count: f"time {count}")

    def says(self, text: str, flow: str | Flow[Any]) -> list[str]:
        """What the version `flow` makes of a message."""

        async def say(bot: Bot) -> None:
            await bot.receive(self.world.message(text))

        return self.meets(flow, say)

    def meets(
        self, flow: str | Flow[Any], happen: Callable[[Bot], Coroutine[Any, Any, object]] | None = None
    ) -> list[str]:
        """What the version `flow` makes of what is due, and of what happens then."""
        self.world.flow = version(flow) if isinstance(flow, str) else flow

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

    def spoil(self) -> None:
        """Put something in the place of the stored session that nobody can read."""

        async def main() -> None:
            store = self.world.new_store()
            await store.open()
            stored = await store.read("ada", None)
            await store.commit(Change("ada", 1, "garbage", expects=stored.version))
            await store.close()

        self.world.run(main())


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
    "type changed, and what is held still fits": (
        BEFORE.replace("ask name", "ask name: email"),
        ["bot:  Ada, 7, 1.", "session: ended"],
    ),
    "type changed of what is not needed": (
        BEFORE.replace("ask name", "ask name: int").replace("{name}", "You"),
        ["bot:  You, 7, 1.", "session: ended"],
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
    "flow file gone, another in its place": BEFORE.replace("flow form", "flow other"),
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


# What the flow itself says.

AFTER = renamed("age", "years").replace(
    "on message",
    """\
function polite(count: int) returns text
outdated
  -> set visits = visits + 10
  -> emit moved(visits: visits)
  -> reply "We have rebuilt this form, {polite(visits)}."
on message""",
    1,
)
SAID = ["bot:  We have rebuilt this form, time 11.", "bot:  Your name?"]
TOLD = ["emit: moved {'visits': 11}", "session: outdated"]


def test_the_flows_own_words_for_a_session_that_is_outdated(asked_for_age: Contact) -> None:
    assert asked_for_age.says("7", AFTER) == SAID + TOLD
    asked_for_age.says("Ada", AFTER)
    assert asked_for_age.says("36", AFTER) == ["bot:  Ada, 36, 12.", "session: ended"]


def test_the_host_is_told_what_was_lost_and_why(asked_for_age: Contact) -> None:
    world, told = asked_for_age.world, asked_for_age.world.listener.notices
    world.flow = version(AFTER)

    async def main() -> None:
        async with world.bot(actions=asked_for_age.actions) as bot:
            await world.say(bot, "7")

    world.run(main())
    [ended] = [each for each in told if isinstance(each, Ended)]
    assert (ended.session, ended.values) == ("m1", {"name": "Ada", "visits": 1})
    assert ended.cause == "the flow 'form' has no state 'ask_age' where a session can be"


def rude(count: int) -> str:
    raise ValueError(f"no manners for {count}")


def test_where_its_words_fail_the_default_ones_are_said_and_the_host_is_told_both(
    asked_for_age: Contact,
) -> None:
    asked_for_age.actions = SimpleNamespace(polite=rude)
    world, told = asked_for_age.world, asked_for_age.world.listener.notices
    world.flow = version(AFTER)

    async def main() -> None:
        async with world.bot(actions=asked_for_age.actions) as bot:
            assert await world.say(bot, "7") == [OUTDATED, "Your name?"]

    world.run(main())
    [ended] = [each for each in told if isinstance(each, Ended)]
    assert str(ended.cause).endswith(
        "a session can be; what the flow says of that failed: ValueError: no manners for 11"
    )


def test_a_deadline_finds_it_too_and_it_is_over_once(asked_for_age: Contact) -> None:
    asked_for_age.world.clock.advance(3600)
    assert asked_for_age.meets(AFTER) == [SAID[0], *TOLD]
    assert asked_for_age.meets(AFTER) == []
    assert asked_for_age.says("hi", AFTER) == ["bot:  Your name?"]


def test_what_is_kept_and_fits_no_more_is_as_it_begins_in_the_flows_own_words(asked_for_age: Contact) -> None:
    after = AFTER.replace("keep visits: int = 0", "keep visits: decimal = 0.5")
    after = after.replace("polite(count: int)", "polite(count: decimal)")
    before = BEFORE.replace("keep visits: int = 0", 'keep visits: text = ""').replace("visits + 1", '"some"')
    asked_for_age.says("7", before)  # which lets go of the number, and begins with a text
    assert asked_for_age.says("hi", before) == ["bot:  Your name?"]
    assert asked_for_age.says("Ada", before) == ["bot:  Your age?"]
    assert asked_for_age.says("7", after) == [
        "bot:  We have rebuilt this form, time 10.5.",
        "bot:  Your name?",
        "emit: moved {'visits': Decimal('10.5')}",
        "session: outdated",
    ]


def test_a_session_that_cannot_be_read_hears_the_flows_own_words(asked_for_age: Contact) -> None:
    asked_for_age.spoil()
    said = ["bot:  We have rebuilt this form, time 10.", "bot:  Your name?"]
    assert asked_for_age.says("7", AFTER) == [*said, "emit: moved {'visits': 10}", "session: outdated"]


def test_a_chain_without_a_reply_says_the_default_sentence(asked_for_age: Contact) -> None:
    after = renamed("age", "years").replace("on message", "outdated -> set visits = 40\non message", 1)
    assert asked_for_age.says("7", after) == [OVER[0], *ANEW, OVER[1]]
    asked_for_age.says("Ada", after)
    assert asked_for_age.says("36", after) == ["bot:  Ada, 36, 41.", "session: ended"]


# The file of a flow is gone: another one takes its place.

GONE = """\
flow shop
timeout 2 hours
keep visits: int = 0
outdated -> reply "The form is gone, this is the shop."
on "order {count: int}" -> reply "{count} ordered." -> end session
"""
WITH_CALL = """\
flow form
timeout 1 hour
action save(age: int)
on message
  -> ask age: int "Your age?"
  -> call save(age) within 10 minutes
      failed -> reply "Not saved."
  -> reply "Saved." -> end session
"""
WITH_TEAM = """\
flow form
timeout 1 hour
keep visits: int = 0
on message -> set visits = 3 -> reply "A person will help you." -> handoff "support"
"""


BYE = "bot:  The form is gone, this is the shop."


def test_a_session_of_a_flow_that_is_gone_is_outdated_and_its_message_is_the_others(
    asked_for_age: Contact,
) -> None:
    assert asked_for_age.says("order 3", GONE) == [
        BYE,
        "bot:  3 ordered.",
        "session: outdated",
        "session: ended",
    ]
    assert asked_for_age.says("hi", GONE) == []


def test_so_is_one_that_comes_due(asked_for_age: Contact) -> None:
    asked_for_age.world.clock.advance(3600)
    assert asked_for_age.meets(GONE) == [BYE, "session: outdated"]
    assert asked_for_age.world.rows()["deadlines"] == 0


def test_so_is_one_that_awaits_an_action_which_the_bot_has_no_more(contact: Contact) -> None:
    world = contact.world
    world.flow = version(WITH_CALL)

    async def never(**_: int) -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        async with world.bot(actions=SimpleNamespace(save=never), grace=0.0) as bot:
            for text in ("hi", "7"):
                await bot.receive(world.message(text))

    world.run(main())
    met = contact.meets(GONE)  # the prompt may come twice: its delivery was cut off
    assert list(dict.fromkeys(met)) == ["bot:  Your age?", BYE, "session: outdated"]
    assert world.rows() == {
        "sessions": 1,
        "deadlines": 0,
        "calls": 0,
        "replies": 0,
        "notices": 0,
        "parked": 0,
    }


def test_who_has_no_session_does_not_hear_that_a_flow_is_gone(asked_for_age: Contact) -> None:
    assert asked_for_age.says("36", BEFORE) == ["bot:  Ada, 36, 1.", "session: ended"]
    assert asked_for_age.says("order 3", GONE) == ["bot:  3 ordered.", "session: ended"]
    assert asked_for_age.says("hi", BEFORE) == ["bot:  Your name?"]  # and what was kept is kept still
    asked_for_age.says("Ada", BEFORE)
    assert asked_for_age.says("36", BEFORE) == ["bot:  Ada, 36, 2.", "session: ended"]


def test_who_talks_to_a_team_is_left_with_it_when_the_flow_is_gone(contact: Contact) -> None:
    assert contact.says("hi", WITH_TEAM) == ["bot:  A person will help you.", "session: handed off"]
    assert contact.says("order 3", GONE) == []
    assert contact.meets(GONE, lambda bot: bot.give_back("ada")) == []
    assert contact.says("order 3", GONE) == ["bot:  3 ordered.", "session: ended"]


# A module that an older compiler has written.


def test_a_module_without_words_of_its_own_runs_and_says_the_default_ones(asked_for_age: Contact) -> None:
    new = version(AFTER)
    older = Flow(
        name=new.name,
        source=new.source,
        format=1,
        compiler="0.0.1",
        states=new.states,
        transitions=[row for row in new.transitions if row["trigger"] != "outdated"],
        initial=new.initial,
        variables=new.variables,
        actions=new.actions,
        functions=new.functions,
        contracts=new.contracts,
    )
    assert asked_for_age.says("7", older) == [OVER[0], *ANEW, OVER[1]]
    assert asked_for_age.says("Ada", AFTER) == ["bot:  Your years?"]


# What is awaited.

WAITS = {
    "ask": '-> step: ask name "Your name?"',
    "call": '-> step: call save()\n      failed -> reply "No."',
    "wait": "-> step: wait 5 minutes",
}


def waiting(kind: str, *, aside: bool) -> str:
    """A flow whose only wait is `step`; with `aside`, an `anytime` that asks something leaves it."""
    anytime = 'anytime on "help" -> aside: ask more "With what?" -> again\n' if aside else ""
    return f"""\
flow form
timeout 1 hour
action save()
{anytime}on message
  {WAITS[kind]}
  -> end session
"""


@pytest.mark.parametrize("aside", [False, True], ids=["", "interrupted"])
@pytest.mark.parametrize(("before", "after"), list(permutations(WAITS, 2)))
def test_a_state_that_awaits_something_else_now_is_outdated(before: str, after: str, *, aside: bool) -> None:
    stored: str | None = None
    for text in ["hi", "help"] if aside else ["hi"]:
        taken = handle(version(waiting(before, aside=aside)), "ada", stored, Message(text, "ada", text), 1)
        stored = taken.change.session
    after_all = handle(version(waiting(after, aside=aside)), "ada", stored, Message("2", "ada", "hello"), 2)
    assert [ended.reason for ended in after_all.ended] == ["outdated"]


# Where an `anytime` leads.

SIDE = 'topic: ask topic "Which topic?"'
LED_ASIDE = f"""\
flow form
timeout 1 hour
anytime on "help" -> {SIDE} -> reply "Noted, {{topic}}."
on message
  -> ask name "Your name?"
  -> reply "Thanks, {{name}}." -> end session
"""
LED_ON = LED_ASIDE.replace(f'anytime on "help" -> {SIDE} -> reply "Noted, {{topic}}."\n', "").replace(
    "  -> ask name", f"  -> {SIDE}\n  -> ask name"
)


@pytest.mark.parametrize(
    ("before", "texts", "after"),
    [(LED_ASIDE, ["hi", "help"], LED_ON), (LED_ON, ["hi"], LED_ASIDE)],
    ids=["it is no more", "it is now"],
)
def test_a_wait_of_an_anytime_is_another_than_one_on_the_way(
    before: str, texts: list[str], after: str, contact: Contact
) -> None:
    said = [contact.says(text, before) for text in texts]
    assert said[-1] == ["bot:  Which topic?"]
    met = contact.says("pizza", after)
    assert (met[0], met[-1]) == (OVER[0], "session: outdated")
