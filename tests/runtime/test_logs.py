"""G9: logs have their facts by name, for programs, and hold nothing of what was said."""

from __future__ import annotations

import ast
import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest

import flowrt
from flowrt import Undeliverable
from flowrt.abc import Change
from flowrt.effects import Reply
from flowrt.log import JsonLines, hashed
from tests.runtime.world import World, until

CONTACT = "+31612345678"


def lines(records: list[logging.LogRecord]) -> list[dict[str, Any]]:
    """What a collector of logs reads of `records`."""
    return [json.loads(JsonLines().format(record)) for record in records]


def test_what_goes_wrong_is_logged_with_its_facts_by_name(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    troubles: list[Exception] = [ConnectionError("my words cannot be sent"), Undeliverable("no such number")]

    async def refuse(_: Reply) -> None:
        if troubles:
            raise troubles.pop(0)

    async def fail() -> None:
        raise ValueError("my words")

    async def main() -> None:
        world.channel.before, world.actions.answer = refuse, fail
        async with world.bot() as bot:
            for text in ("hi", "my words", "1", "my words"):
                await bot.receive(world.message(text, CONTACT))
            await until(lambda: world.listener.ends() == ["ended"])
            await world.store.commit(Change("eve", 1, "garbage"))
            await world.say(bot, "hi", contact="eve")

    with caplog.at_level(logging.INFO, "flowrt"):
        world.run(main())
    found = {line["event"]: line for line in lines(caplog.records)}
    who = hashed(CONTACT)
    parked = found["a %(lane)s to contact %(contact)s is parked: it cannot be %(verb)s"]
    assert (parked["level"], parked["logger"], parked["lane"], parked["contact"]) == (
        "ERROR",
        "flowrt",
        "reply",
        who,
    )
    assert parked["message"] == f"a reply to contact {who} is parked: it cannot be delivered"
    failed = found["action %(action)s failed for contact %(contact)s, try %(attempt)d: %(why)s"]
    assert (failed["action"], failed["contact"], failed["attempt"]) == ("save_feedback", who, 1)
    assert failed["why"].startswith("ValueError at ")
    again = found["%(what)s did not work, next try in %(pause).1f s: %(why)s"]
    assert (again["what"], again["pause"]) == (f"delivery of a reply to contact {who}", 0.0)
    ended = found["a session of contact %(contact)s is %(reason)s: %(why)s"]
    assert (ended["contact"], ended["reason"]) == (hashed("eve"), "outdated")
    everything = json.dumps(list(found.values()))
    assert not [text for text in ("my words", CONTACT, "31612345678", '"eve"') if text in everything]


def test_a_record_of_others_is_a_line_too() -> None:
    try:
        raise ValueError("of theirs")
    except ValueError:
        record = logging.getLogger("theirs").makeRecord(
            "theirs", logging.WARNING, "x.py", 1, "%s of %d\n", ("one", 2), sys.exc_info()
        )
    text = JsonLines().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert (line["event"], line["message"], line["logger"]) == ("%s of %d\n", "one of 2\n", "theirs")
    assert line["exception"].endswith("ValueError: of theirs")


def test_a_fact_never_hides_what_every_line_has() -> None:
    record = logging.makeLogRecord({"levelname": "INFO", "name": "x", "msg": "m", "args": None})
    record.args = {"level": "forged", "odd": object}
    line = json.loads(JsonLines().format(record))
    assert (line["level"], line["odd"]) == ("INFO", "<class 'object'>")


def test_every_record_of_the_runtime_has_its_facts_by_name() -> None:
    """A record with unnamed facts could not be searched by them."""
    unnamed: list[str] = []
    for path in sorted(Path(flowrt.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="logger")), args=[_, *facts]) if facts:
                    named = len(facts) == 1 and isinstance(facts[0], ast.Dict | ast.Name)
                    unnamed += [] if named else [f"{path.name}:{node.lineno}"]
                case _:
                    pass
    assert unnamed == []
