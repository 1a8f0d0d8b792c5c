"""Looking after a flow that runs on Restate: secrets, versions, who is shown and who is erased, measurements."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from flowc.emit.python import emit_python
from flowrt import sentences
from flowrt.engines.requests import key_of
from flowrt.events import Message
from tests.compiler.programs import machine
from tests.restate import Restate, http_get, until
from tests.restate_bot import Serve, Service
from tests.runtime.restate_service import load
from tests.runtime.visiting import PROGRAM as VISIT

# One worker runs them all, with one server; the first may have to fetch it.
pytestmark = [pytest.mark.xdist_group("restate"), pytest.mark.timeout(420)]

MANUAL = Path(__file__).resolve().parents[2] / "docs/restate.md"


def visiting(name: str, limit: str = "1 hour") -> str:
    """The module of the flow that does a little of everything, under this name."""
    program = VISIT.replace("flow visit", f"flow {name}").replace("1 hour", limit)
    return emit_python(machine(program.replace("20 seconds", "1 second")))


def blocks(language: str) -> list[str]:
    """What the manual shows in `language`."""
    return re.findall(rf"^```{language}\n(.*?)^```$", MANUAL.read_text(encoding="utf-8"), re.M | re.S)


def underway(bot: Service) -> list[str]:
    """What the server knows of that concerns the contact, or may: the names of handlers."""
    found = bot.query(
        "SELECT target_handler_name FROM sys_invocation"  # noqa: S608 - our own names
        f" WHERE target_service_name = '{bot.flow}.work' OR target_service_key = '{key_of(bot.me)}'"
    )
    return [row["target_handler_name"] for row in found]


# Secrets


def test_a_secret_reaches_its_action_and_nothing_that_is_kept(visit: Service) -> None:
    pin = f"1234{secrets.token_hex(8)}"
    visit.say("log in", "m1")
    visit.say(pin, "m2")
    visit.waits_for(2)
    assert visit.said() == ["Your pin?", "Welcome."]
    assert pin not in json.dumps(visit.state())
    until(lambda: underway(visit) == ["wake"], "all to be over", lambda: str(underway(visit)))
    assert pin.encode().hex() not in json.dumps(visit.query("SELECT raw FROM sys_journal"))


def test_a_call_with_a_secret_has_failed_after_a_crash(serve: Serve) -> None:
    bot = serve(visiting("crashed"), "crashed")
    bot.say("log in", "m1")
    bot.send(Message("m2", bot.me, "crash"))
    until(lambda: bot.has_ended, "the process to be killed")
    bot.start()
    bot.waits_for(2)
    assert bot.said() == ["Your pin?", "Not now."]
    assert len(bot.record("call")) == 1
    assert not bot.say("crash", "m2")


def test_a_call_with_a_secret_runs_once_though_the_server_is_killed_meanwhile(
    serve: Serve, restate: Restate
) -> None:
    bot = serve(visiting("severed"), "severed")
    bot.say("log in", "m1")
    bot.busy.touch()
    bot.send(Message("m2", bot.me, "1234 5678 90"))
    until(lambda: len(bot.record("call")) == 1, "the action to run")
    journal = bot.query("SELECT entry_type, raw FROM sys_journal")
    assert {one["entry_type"] for one in journal if b"1234 5678 90".hex() in one["raw"]} == {"Command: Input"}
    restate.restart()
    bot.busy.unlink()
    bot.waits_for(2)
    assert bot.said() == ["Your pin?", "Welcome."]
    assert len(bot.record("call")) == 1


class Sealing:
    """What the manual's class does, for who sends."""

    def __init__(self, sealed: Any) -> None:
        self.encode = sealed.encode
        self._decode = sealed.decode

    def decode(self, body: bytes) -> bytes:
        opened: bytes = asyncio.run(self._decode(body))
        return opened


def test_what_is_encrypted_as_the_manual_says_stands_in_no_file_of_the_server(
    serve: Serve, restate: Restate, tmp_path: Path
) -> None:
    path, key = tmp_path / "sealed.py", Fernet.generate_key()
    [text] = [block for block in blocks("") if block.startswith("# sealed.py")]
    path.write_text(text, encoding="utf-8")
    bot = serve(visiting("sealed"), "sealed", f"sealed={path}|{key.decode()}")
    bot.seal = Sealing(load(str(path)).Sealed(key))
    name, pin = f"Ada {secrets.token_hex(8)}", f"1234{secrets.token_hex(8)}"
    for id, said in (("m1", "log in"), ("m2", pin), ("m3", "hi"), ("m4", name)):
        assert bot.say(said, id)
    bot.waits_for(5)
    assert bot.said() == ["Your pin?", "Welcome.", "Who?", f"Booked {name}-1.", "Sure?"]
    assert bot.ask("show", {})["session"]["values"]["name"] == name
    assert not restate.holds(pin.encode())
    assert not restate.holds(name.encode())


def test_what_is_not_encrypted_stands_in_the_log_of_the_server(visit: Service, restate: Restate) -> None:
    """The negative control, and what the manual warns of."""
    pin = f"1234{secrets.token_hex(8)}"
    visit.say("log in", "m1")
    visit.say(pin, "m2")
    until(lambda: restate.holds(pin.encode()), "the secret to be found")


# Versions

OLD = """\
flow versions

timeout 1 hour -> end session

on "ask" -> ask name "Your name?" -> reply "Old: hello, {name}." -> end session
on "menu" -> goto menu
on "gone" -> goto gone
on "late" -> goto late
on message -> goto waiting

state menu
  -> reply "The menu."
  on message -> reply "Old: that was the menu." -> end session

state waiting
  -> reply "Waiting."
  on message -> again
  timeout 3 seconds -> reply "Old: time is up." -> end session

state gone
  -> reply "Here."
  on message -> reply "Old: still here." -> end session

state late
  -> reply "Later."
  on message -> again
  timeout 3 seconds -> reply "Old: too late." -> end session
"""
NEW = (
    OLD.partition("state gone")[0]
    .replace("Old:", "New:")
    .replace("state menu", "state main")
    .replace("goto menu", "goto main")
    .replace('on "gone" -> goto gone\non "late" -> goto late\n', "renamed state menu to main\n")
)


def test_sessions_of_one_version_and_their_timers_meet_the_next(serve: Serve) -> None:
    old = serve(emit_python(machine(OLD)), "versions")
    new = serve(emit_python(machine(NEW)), "versions", version="2", register=False)
    silent = {"ada": "ask", "bob": "menu", "cyd": "gone", "dan": "hi", "eve": "late"}
    for contact, text in silent.items():
        old.say(text, "m1", contact)
    until(lambda: not any("outbox" in old.state(contact) for contact in silent), "all to be delivered")
    new.register()
    old.kill()
    shown = new.ask("show", {}, "cyd")["session"]
    assert (shown["standing"], shown["state"]) == ("outdated", "gone")
    for contact, text in (("ada", "Ada"), ("bob", "hm"), ("cyd", "ask")):
        new.say(text, "m2", contact)
    for contact, said in {
        "ada": ["New: hello, Ada."],
        "bob": ["New: that was the menu."],
        "cyd": [sentences.OUTDATED, "Your name?"],
        "dan": ["New: time is up."],
        "eve": [sentences.OUTDATED],
    }.items():
        new.waits_for(len(said), contact=contact)
        assert new.said(contact) == said
    new.waits_for(1, "notice", "eve")
    assert [reason for _, reason in new.record("notice", "eve")] == ["outdated"]
    assert not new.say("ask", "m1", "ada")


# Looking after contacts


def test_the_tests_that_the_manual_names_are_there() -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", MANUAL.read_text(encoding="utf-8"))
    assert named
    folder = Path(__file__).parent
    there = [f"def {test}(" in (folder / file).read_text(encoding="utf-8") for file, test in named]
    assert all(there), [name for name, found in zip(named, there, strict=True) if not found]


def test_all_that_is_kept_of_a_contact_is_shown(visit: Service) -> None:
    assert visit.ask("show", {})["session"] is None
    visit.closed.touch()
    visit.say("hi", "m1")
    until(lambda: len(visit.ask("show", {})["parked"]) == 1, "the reply to be parked")
    shown = visit.ask("show", {})
    assert (shown["contact"], shown["marks"], shown["waiting"], shown["unreadable"]) == (visit.me, 1, 0, [])
    assert shown["parked"] == visit.ask("parked", {})
    session = shown["session"]
    assert (session["standing"], session["state"]) == ("open", "visiting.ask_name")
    assert session["deadlines"] == [{"trigger": "expire", "due": shown["due"]}]


def test_of_who_is_erased_nothing_is_left_and_what_comes_back_is_not_heard(visit: Service) -> None:
    visit.closed.touch()
    visit.say("hi", "m1")
    until(lambda: len(visit.ask("parked", {})) == 1, "the reply to be parked")
    visit.away.touch()
    visit.busy.touch()
    visit.say("Ada", "m2")
    visit.say("help", "m3")  # is kept until the call has ended
    until(lambda: len(visit.record("call")) == 1, "the action to run")
    kept = visit.state()
    assert kept.keys() >= {"session", "timer", "outbox"}
    assert visit.ask("erase", {}) == {"erased": len(kept)}
    visit.busy.unlink()
    until(lambda: underway(visit) == [], "all to be over", lambda: str(underway(visit)))
    assert visit.state() == {}
    visit.away.unlink()
    visit.closed.unlink()
    assert visit.say("hi", "m1")
    visit.waits_for(1)
    assert visit.said() == ["Who?"]


def test_what_happens_is_measured(serve: Serve) -> None:
    visit = serve(visiting("measured", "2 seconds"), "measured", "measured")
    visit.say("hi", "m1")
    visit.say("hi", "m1")
    visit.say("Ada", "m2")
    visit.waits_for(4)
    assert visit.said()[-1] == "Time is up."
    until(lambda: ["ended", "expired"] in visit.record("metric", "-"), "the end to be measured")
    measured = visit.record("metric", "-")
    counts = [line[:3] for line in measured if line[0] in ("took", "called")]
    assert counts.count(["took", "Message", "handled"]) == 2
    assert counts.count(["took", "Message", "known"]) == 1
    assert counts.count(["took", "Result", "handled"]) == 1
    assert counts.count(["took", "Due", "handled"]) == 1
    assert counts.count(["called", "book", "answered"]) == 1
    assert measured.count(["delivered", "reply", "delivered"]) == 4
    [lateness] = [line[1] for line in measured if line[0] == "fired"]
    assert 0 <= lateness < 60
    assert all(line[-1] >= 0 for line in measured if line[0] in ("took", "called"))


def test_the_queries_of_the_manual_find_what_it_says(visit: Service) -> None:
    visit.say("hi", "m1", "Bob")
    visit.say("raise", "m2", "Bob")
    visit.say("hi", "m1", "Ada")
    until(lambda: "outbox" not in visit.state("Ada"), "the reply to be delivered")
    visit.closed.touch()
    visit.say("hi", "m1", "Zoë")
    until(lambda: len(visit.ask("parked", {}, "Zoë")) == 1, "the reply to be parked")
    found = [visit.query(text.replace("feedback", visit.flow)) for text in blocks("sql")]
    sessions, parked, letters, _, _ = [[row.get("service_key") for row in rows] for rows in found]
    assert {"Ada", "Zo%C3%AB"} <= set(sessions)
    assert "Ada" not in parked
    assert "Zo%C3%AB" in parked
    assert "Bob" in letters


def test_a_bot_and_its_server_say_that_they_are_well(visit: Service, restate: Restate) -> None:
    node = restate.nodes[0]
    assert http_get(visit.port, "/health") == 200
    assert http_get(node.ingress, "/restate/health") == 200
    assert http_get(node.admin, "/health") == 200
