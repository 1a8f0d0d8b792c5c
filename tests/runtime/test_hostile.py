"""Hostile input: whatever is said, by whoever, as often as they like, the conversation goes on."""

from __future__ import annotations

import asyncio
import json
import logging
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flowrt.abc import Store
from flowrt.bot import Bot
from flowrt.effects import Dropped, Reply
from flowrt.engines.requests import BadRequest, contact_of, dump_event, key_of, load_event
from flowrt.errors import Busy
from flowrt.events import Event, HostEvent, Message, Result
from flowrt.limits import HELD_MAX, MESSAGE_MAX, NAME_MAX
from flowrt.sentences import FAILED
from flowrt.stores.memory import MemoryStore
from flowrt.time import EARLIEST, LATEST
from flowrt.values import TEXT_MAX, Media
from flowrt.waiting import LINE_MAX
from tests.compiler.programs import flow
from tests.runtime.counting import counting
from tests.runtime.world import SlowStore, World, until

# What is said comes back as it was said.

TEXTS = {
    "NUL": "Ada\0Lovelace\0",
    "lone surrogates": "\udfff Ada \ud800",
    "right to left": "\u202eecalevoL adA\u2066\u200f",
    "invisible": "\u200b\u200d\ufeffA\u00ad\u034f\U000e0041d\u2060a\u200c",
    "marks": "A" + "\u0315\u0316\u0301" * 2_000,
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f3fd" * 300,
    "grows when folded": "\ufdfa\u00df\u0130" * 200,
    "controls": "A\x1b[2J\x07\x08\r\n\x9b1m\u2028\u2029a",
    "JSON": '","state":"start","vars":{"name":["\\u0000"]}}',
    "SQL": "Robert'); DROP TABLE session; DELETE FROM flowrt_session;--",
    "formats": "%s %n {0.__class__} {name} {{name}} {} ${name} %(name)s f'{1/0}'",
    "templates": "{% for x in ().__class__.__mro__ %}{{ x }}{% endfor %} {{ 7*7 }} <%= 1 %> #{1}",
    "markup": "<script>alert(1)</script>&amp;<!--]]>",
    "a path": "../../../../etc/passwd\\..\\..",
    "no character": "\uffff\ufffe\U0010ffff\U0010fffe",
    "as long as can be": "x" * MESSAGE_MAX,
}


def thanks(name: str) -> str:
    return f"Thanks, {name}! Your feedback has been received. You can message us again anytime."


def test_what_is_said_comes_back_as_it_was_said(world: World) -> None:
    """Through variables, sessions, restarts, the arguments of a call and the outbox, and as names of contacts."""

    async def main() -> None:
        async with world.bot() as bot:
            for text in TEXTS.values():
                await world.say(bot, "hi", text, contact=text[:NAME_MAX])
        async with world.bot() as bot:
            for text in TEXTS.values():
                name = text.strip()
                padded = f" {text}\t" if len(text) < MESSAGE_MAX - 1 else text
                told = thanks(name) if len(thanks(name)) <= TEXT_MAX else FAILED
                assert (await world.say(bot, "5", padded, contact=text[:NAME_MAX]))[-1] == told
                assert world.actions.calls[-1][1] == {"name": name, "rating": 5, "comment": name}

    world.run(main())
    assert len(world.actions.calls) == len(TEXTS)


def test_what_is_logged_is_plain_and_says_nothing_of_what_was_said(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    failed = Counter[str]()

    async def quotes(reply: Reply) -> None:
        failed[reply.contact] += 1
        if failed[reply.contact] == 1:
            raise ValueError(f"{reply.text} cannot be sent to {reply.contact}")

    async def fails() -> None:
        raise ValueError("".join(TEXTS.values()))

    async def main() -> None:
        world.channel.before, world.actions.answer = quotes, fails
        async with world.bot() as bot:
            for text in TEXTS.values():
                contact = text[:NAME_MAX]
                for number, said in enumerate(("hi", text[:60_000], "5", text)):
                    await bot.receive(Message(f"{text[:400]} {number}", contact, said, name=contact))
                await bot.event(contact, text[:NAME_MAX], {text[:NAME_MAX]: text})
                await bot.receive(Message(f"{text[:400]} media", contact, media=Media("image", url=text)))
            await until(lambda: len(world.listener.ends()) == len(TEXTS))

    with caplog.at_level(logging.INFO, "flowrt"):
        world.run(main())
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) > len(TEXTS)
    for line in lines:
        assert all(unicodedata.category(character)[0] != "C" for character in line)
        assert not any(text[:9] in line or text[-9:] in line for text in TEXTS.values())
        assert len(line) < 500


# What is beyond the bounds is not taken, and the rest of the message is.

MEGABYTE = "x" * 1_000_000
SHOWS = """\
flow shows
timeout 1 hour
anytime on "who" -> reply "{contact.name or "nobody"}" -> again
on message
  -> ask name "Name?"
  -> photo: ask photo: image "Photo?"
  -> ask place: location "Place?"
  -> reply "{name}"
  -> end session
on event paid(note: text) -> reply "{note}" -> end session
"""


class Anyone:
    """Actions for a flow that has none."""


def shows(new_store: Callable[[], Store]) -> World:
    world = World(flow(SHOWS), new_store)
    world.actions = Anyone()  # type: ignore[assignment]  # the flow calls nothing
    return world


def images(*urls: str) -> list[Any]:
    return [Media("image", url=url) for url in urls]


WRONG_MEDIA: list[Any] = [
    *images(MEGABYTE, "x" * (TEXT_MAX + 1)),
    Media("image", name=MEGABYTE),
    Media("image", mime=MEGABYTE),
    Media("image", id=MEGABYTE),
    Media("image", size=-1),
    Media("image", size=10**30),
    Media("hologram"),  # type: ignore[arg-type]  # a channel of somebody's own may hand over anything
    Media(["image"]),  # type: ignore[arg-type]
    Media("image", url=7),  # type: ignore[arg-type]
    Media("location", latitude=0.5, longitude=0.5),  # type: ignore[arg-type]
    Media("location", latitude=Decimal("NaN"), longitude=Decimal(1)),
    Media("location", latitude=Decimal("1e999"), longitude=Decimal(1)),
]


def test_a_megabyte_anywhere_is_left_out_and_the_rest_is_taken(new_store: Callable[[], Store]) -> None:
    world = shows(new_store)

    async def send(bot: Bot, id: str, text: str | None, **more: Any) -> list[str]:
        assert await bot.receive(Message(id, "ada", text, **more))
        await bot.idle()
        return world.channel.said()

    async def main() -> None:
        async with world.bot() as bot:
            assert await send(bot, "1", MEGABYTE) == ["Name?"]
            assert await send(bot, "2", MEGABYTE) == ["Please answer with a text."]
            assert await send(bot, "3", MEGABYTE, button=True) == ["Please answer with a text."]
            assert await send(bot, "4", "who", name=MEGABYTE) == ["nobody", "Name?"]
            assert await send(bot, "5", "who", name="x" * NAME_MAX) == ["x" * NAME_MAX, "Name?"]
            assert await send(bot, "6", "who", name="x" * (NAME_MAX + 1)) == ["x" * NAME_MAX, "Name?"]
            for sent in (10**30, -(10**30), LATEST + 1, EARLIEST - 1, LATEST, EARLIEST):
                assert await send(bot, f"sent {sent}", "who", sent=sent) == ["x" * NAME_MAX, "Name?"]
            assert await send(bot, "7", "Ada", button=True, media=WRONG_MEDIA[0]) == ["Photo?"]
            for number, media in enumerate(WRONG_MEDIA):
                assert await send(bot, f"m{number}", "no", media=media) == ["Please send a picture."]
        async with world.bot() as bot:
            assert await send(bot, "8", MEGABYTE, media=Media("image", url="x" * TEXT_MAX)) == ["Place?"]
        async with world.bot() as bot:
            place = Media("location", latitude=Decimal("52.1"), longitude=Decimal("-5"))
            assert await send(bot, "9", None, media=place) == ["Ada"]

    world.run(main())
    assert set(world.rows().values()) == {0}


def test_a_megabyte_from_the_host_is_refused_or_dropped_in_words(new_store: Callable[[], Store]) -> None:
    world = shows(new_store)

    async def main() -> None:
        async with world.bot() as bot:
            with pytest.raises(
                ValueError, match="'note' of the event 'paid' is a text of 1000000 characters"
            ):
                await bot.event("ada", "paid", {"note": MEGABYTE})
            await bot.event("ada", MEGABYTE, {MEGABYTE: "x"}, id="long")
            await bot.event("ada", "paid", {"note": "x" * TEXT_MAX})
            await bot.idle()
            assert world.channel.said() == ["x" * TEXT_MAX]
            dropped = [notice for notice in world.listener.notices if isinstance(notice, Dropped)]
            assert [notice.name for notice in dropped] == [MEGABYTE]

    world.run(main())


NAMES = [
    "\0",
    "\ud800",
    "\udc00\ud800",
    " ",
    "\n",
    "..",
    "/",
    "%00",
    "'; DROP TABLE session;--",
    '"',
    "\\",
    "\\u0000",
    "\U0010ffff" * NAME_MAX,
    "\0" * NAME_MAX,
    "\ud800" * NAME_MAX,
    "A",
    "a",
    "\u00e9",
    "e\u0301",
]
"""Names that some store, file system or address would take for another, or for none."""


def test_absurd_names_are_names_like_any_other(world: World) -> None:
    async def main() -> None:
        async with world.bot() as bot:
            for contact in NAMES:
                for id in NAMES[::4]:
                    assert await bot.receive(Message(id, contact, "help" if id != NAMES[0] else "hi"))
            await bot.idle()
        async with world.bot() as bot:
            for contact in NAMES:
                assert not await bot.receive(Message(NAMES[0], contact, "hi"))
                assert (await world.say(bot, "Ada", contact=contact))[-1] == "How was it, from 1 to 5?"
            assert {view.contact for view in await bot.sessions()} == set(NAMES)
            for contact in NAMES:
                assert await bot.erase(contact) > len(NAMES[::4])
            assert await bot.sessions() == []

    world.run(main())


# So many at once.


async def take(bot: Bot, messages: Sequence[Message]) -> list[Message]:
    """Hand over `messages` at once, and return those that were refused."""
    outcomes = await asyncio.gather(*[bot.receive(message) for message in messages], return_exceptions=True)
    for outcome in outcomes:
        assert outcome is True or isinstance(outcome, Busy), outcome
    return [message for message, outcome in zip(messages, outcomes, strict=True) if outcome is not True]


def counted(new_store: Callable[[], Store]) -> World:
    world = World(counting(), new_store)
    world.actions = Anyone()  # type: ignore[assignment]  # the flow calls nothing
    return world


async def flood(world: World, redelivered: int) -> None:
    messages = [Message(str(number), "ada", "x") for number in range(10_000)]
    store = SlowStore(world.new_store(), "ada", when="read")
    async with world.bot(store=store) as bot:
        rush = asyncio.create_task(take(bot, messages))
        await store.waits.wait()
        await bot.receive(Message("1", "bob", "x"))
        await until(lambda: world.channel.said("bob") == ["1"])
        assert len(bot._taker.line) == LINE_MAX + 1
        store.go.set()
        assert await rush == messages[LINE_MAX + 1 :]
        await bot.idle()
        assert world.channel.said() == [str(number + 1) for number in range(LINE_MAX + 1)]
        again = messages[: LINE_MAX + 1 + redelivered]
        for start in range(0, len(again), LINE_MAX):
            await asyncio.gather(*[bot.receive(message) for message in again[start : start + LINE_MAX]])
        await bot.idle()
        assert world.channel.said() == [str(number + 1) for number in range(LINE_MAX + 1, len(again))]


def test_of_ten_thousand_messages_at_once_a_thousand_wait_and_none_is_lost() -> None:
    kept = MemoryStore()
    world = counted(lambda: kept)
    world.run(flood(world, redelivered=200))


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_ten_thousand_messages_at_once_all_come_in_when_they_come_again(
    new_store: Callable[[], Store],
) -> None:
    world = counted(new_store)
    asyncio.run(flood(world, redelivered=10_000 - LINE_MAX - 1))


AWAITS = """\
timeout 1 hour
let total: int = 0
action look()
anytime on "stop" -> reply "Stopped." -> end session
on message
  -> call look()
      failed -> reply "No."
  -> goto counting
state counting
  on message -> set total = total + 1 -> reply "{total}"
"""


class Looking(Anyone):
    """An action that takes until it is told."""

    def __init__(self) -> None:
        self.go = asyncio.Event()

    async def look(self) -> None:
        await self.go.wait()


def awaiting(new_store: Callable[[], Store]) -> tuple[World, Looking]:
    world, looking = World(flow(AWAITS), new_store), Looking()
    world.actions = looking  # type: ignore[assignment]  # of this flow
    return world, looking


def test_a_hundred_messages_are_kept_during_a_call_and_each_is_answered(
    new_store: Callable[[], Store],
) -> None:
    """More than one event may say: each that was kept counts for itself."""
    world, looking = awaiting(new_store)
    messages = [Message(str(number), "ada", "x") for number in range(HELD_MAX + 50)]

    async def main() -> None:
        async with world.bot() as bot:
            await bot.receive(Message("first", "ada", "hi"))
            refused = await take(bot, messages)
            assert refused == messages[HELD_MAX:]
            with pytest.raises(
                Busy, match="100 messages are kept until what is awaited has come, and there is no room"
            ):
                await bot.receive(refused[0])
            view = await bot.session("ada")
            assert view is not None
            assert [message.id for message in view.held] == [message.id for message in messages[:HELD_MAX]]
            looking.go.set()
            await bot.idle()
            assert not await bot.receive(messages[0])
            assert await take(bot, refused) == []
            await bot.idle()
            assert world.channel.said() == [str(number + 1) for number in range(len(messages))]
            assert world.listener.ends() == []

    world.run(main())


def test_whoever_floods_a_call_can_still_stop_it(new_store: Callable[[], Store]) -> None:
    world, _ = awaiting(new_store)

    async def main() -> None:
        async with world.bot(grace=0.0) as bot:
            await bot.receive(Message("first", "ada", "hi"))
            assert len(await take(bot, [Message(str(number), "ada", "x") for number in range(500)])) == 400
            assert await bot.receive(Message("last", "ada", "stop"))
            await until(lambda: bool(world.channel.sent) and world.channel.sent[-1].text == "Stopped.")

    world.run(main())


def test_long_messages_are_kept_as_far_as_there_is_room(new_store: Callable[[], Store]) -> None:
    world, looking = awaiting(new_store)

    async def main() -> None:
        async with world.bot() as bot:
            await bot.receive(Message("first", "ada", "hi"))
            messages = [Message(str(number), "ada", "x" * 60_000) for number in range(10)]
            refused = await take(bot, [Message("wide", "ada", "\U0001f389" * MESSAGE_MAX), *messages])
            assert [message.id for message in refused] == ["wide", "4", "5", "6", "7", "8", "9"]
            looking.go.set()
            await bot.idle()
            assert await take(bot, refused) == []
            await bot.idle()
            assert world.channel.said() == [str(number + 1) for number in range(11)]

    world.run(main())


# What comes as JSON from outside.

json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
EVENTS: list[Event] = [
    Message("1", "ada", "hi", True, Media("image", url="u", size=4), 5, "Ada"),
    HostEvent("1", "ada", "paid", {"amount": Decimal("4.5"), "list": (1, "x")}),
    Result("1", "ada", ("x", None), "why"),
]
HANDLERS = ("message", "event", "result")
WRONG: list[object] = [
    None,
    True,
    -1,
    10**400,
    1.5,
    float("nan"),
    "",
    "\ud800",
    [],
    [[]],
    {},
    {"media": {"kind": []}},
]


@given(data=st.data())
def test_a_request_is_an_event_or_refused_in_words(data: st.DataObject) -> None:
    handler, event = data.draw(st.sampled_from(list(zip(HANDLERS, EVENTS, strict=True))))
    body = json.loads(dump_event(event, 7))
    holder = data.draw(
        st.sampled_from([body, *[value for value in body.values() if isinstance(value, dict)]])
    )
    key = data.draw(st.sampled_from(sorted(holder)) | st.text(max_size=8))
    holder[key] = data.draw(st.sampled_from(WRONG) | json_like)
    check_request(data.draw(st.sampled_from([handler, *HANDLERS])), json.dumps(body).encode())


@given(handler=st.sampled_from(HANDLERS), body=st.binary())
@example(handler="message", body=b"[" * 100_000)
@example(handler="message", body=b'{"id": ' + b"9" * 5_000 + b"}")
@example(handler="message", body=b"\xff\xfe")
@example(handler="message", body=b"\xef\xbb\xbf{}")
def test_bytes_are_an_event_or_refused_in_words(handler: str, body: bytes) -> None:
    check_request(handler, body)


def check_request(handler: str, body: bytes) -> None:
    try:
        event, at = load_event(handler, "ada", body)
    except BadRequest as why:
        assert len(str(why)) < 200  # noqa: PT017 - it may be an event as well
    else:
        assert load_event(handler, "ada", dump_event(event, at)) == (event, at)


@given(st.text(st.characters(codec=None), min_size=1, max_size=NAME_MAX))
@example("..")
@example("%2F")
@example("\ud800" * NAME_MAX)
def test_the_address_of_a_contact_is_its_own(contact: str) -> None:
    assert contact_of(key_of(contact)) == contact


@given(st.text(st.characters(codec=None)))
@example("%ED%A0%80%")
@example("%GG")
@example("%c3%a9")
def test_any_other_address_is_refused(key: str) -> None:
    try:
        assert key_of(contact_of(key)) == key
    except BadRequest as why:
        assert "the key is that of no contact" in str(why)  # noqa: PT017 - it may be a key as well
