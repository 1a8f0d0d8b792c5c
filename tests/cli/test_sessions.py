"""`flowc sessions`: what it shows and changes in a store, and what it refuses; and `flowc diff --sessions`."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from pathlib import Path

import pytest

from flowc.cli import session_listing
from flowrt import Bot
from flowrt.effects import Ended
from tests.cli.program import invoke, start
from tests.cli.served import Recorder, nothing, serve, talk

FLOW = """\
flow orders

timeout 1 hour

keep language: text = "en"

record Order
  number: int
  status: text

anytime on "agent" -> ask reason "What is it about?" -> handoff "support"

on message
  -> ask name "Your name?"
  -> set order = Order(number: 7, status: "new")
  -> ask pin: int "A number?"
  -> reply "{order.number} for {name}."
  -> end session
"""

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a flow and the store of its bot."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.flow").write_text(FLOW)
    talk(ada=["hi", "Ada"], bob=["hi"], cleo=["hi", "Cleo", "agent"], dan=["hi", "agent", "a bill"])
    return tmp_path


LISTED = """\
contact  standing    state       last event            next deadline
ada      open        ask_pin     2027-01-15T08:00:00Z  2027-01-15T09:00:00Z
bob      open        ask_name    2027-01-15T08:00:00Z  2027-01-15T09:00:00Z
cleo     open        ask_reason  2027-01-15T08:00:00Z  2027-01-15T09:00:00Z
dan      handed off  with support  2027-01-15T08:00:00Z
"""


def test_contacts_are_listed_with_where_they_are() -> None:
    result = invoke("sessions", "list", "--store", "sessions.db")
    assert [line.split() for line in result.stdout.splitlines()] == [
        line.split() for line in LISTED.splitlines()
    ]
    assert result.stderr == "4 contacts, 3 open, 1 handed off\n"
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--limit", "2"], ["ada", "bob"]),
        (["--limit", "2", "--after", "ada"], ["bob", "cleo"]),
        (["--state", "ask_name"], ["bob"]),
        (["orders.flow"], ["ada", "bob", "cleo", "dan"]),
    ],
)
def test_a_part_of_them_is_listed(options: list[str], found: list[str]) -> None:
    result = invoke("sessions", "list", "--store", "sqlite:///sessions.db", "--format", "json", *options)
    data = json.loads(result.stdout)
    assert data["format"] == 1
    assert [one["contact"] for one in data["sessions"]] == found


def test_a_list_is_written_part_by_part_and_reads_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = invoke("sessions", "list", "--store", "sessions.db", "--format", "json").stdout
    assert whole == json.dumps(json.loads(whole), indent=2) + "\n"
    monkeypatch.setattr(session_listing, "PAGE", 2)
    result = invoke("sessions", "list", "--store", "sessions.db")
    assert [line.split() for line in result.stdout.splitlines()] == [
        line.split() for line in LISTED.splitlines()
    ]
    assert result.stderr == "4 contacts, 3 open, 1 handed off\n"


def test_a_list_of_nobody_is_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_listing, "PAGE", 2)
    nobody = ("sessions", "list", "--store", "sessions.db", "--state", "nowhere")
    assert (invoke(*nobody).stdout, invoke(*nobody).stderr) == ("", "0 contacts\n")
    assert json.loads(invoke(*nobody, "--format", "json").stdout) == {"format": 1, "sessions": []}


SHOWN = """\
contact                  ada
standing                 open
flow                     orders
state                    ask_pin
last event               2027-01-15T08:00:00Z
at 2027-01-15T09:00:00Z  expire
language =               "en"
name =                   "Ada"
"""


def test_one_session_is_shown_in_full() -> None:
    with_flow = invoke("sessions", "show", "ada", "orders.flow", "--store", "sessions.db")
    assert with_flow.stdout == SHOWN + 'order =                  Order(number: 7, status: "new")\n'
    without = invoke("sessions", "show", "ada", "--store", "sessions.db")
    assert without.stdout == SHOWN + "order =                  (name the flow to read it)\n"
    data = json.loads(invoke("sessions", "show", "cleo", "--store", "sessions.db", "--format", "json").stdout)
    assert (data["session"]["state"], data["session"]["interrupted"]) == ("ask_reason", "ask_pin")


def test_a_session_is_ended_and_its_host_told_once() -> None:
    end = ("sessions", "end", "ada", "orders.flow", "--store", "sessions.db")
    assert invoke(*end).stderr == "ended the session of ada\n"
    again = invoke(*end)
    assert (again.exit_code, again.stderr) == (
        1,
        "flowc: the session of `ada` is over: only what is kept is there\n",
    )
    told = serve(nothing).told_of
    assert [(one.contact, one.reason) for one in told if isinstance(one, Ended)] == [("ada", "ended by host")]
    shown = invoke("sessions", "show", "ada", "--store", "sessions.db").stdout
    assert "standing    kept\n" in shown
    assert 'language =  "en"' in shown


def test_what_is_parked_is_listed_with_its_cause_and_retried() -> None:
    talk(Recorder("eve"), eve=["hi"])
    listed = invoke("sessions", "dead", "orders.flow", "--store", "sessions.db")
    [head, row] = [line.split(maxsplit=4) for line in listed.stdout.splitlines()]
    assert (*head[:4], *head[4].split()) == ("what", "contact", "number", "at", "state", "cause")
    assert (row[0], row[1], row[3], row[4]) == ("parked", "eve", "2027-01-15T08:00:00Z", "no such number")
    assert listed.stderr == "1 dead letter\n"
    assert invoke("sessions", "retry", "eve", "999", "--store", "sessions.db").exit_code == 1
    done = invoke("sessions", "retry", "eve", row[2], "--store", "sessions.db")
    assert (done.exit_code, done.stderr) == (0, "1 to be delivered to eve\n")
    assert serve(nothing).said == [("eve", "Your name?")]


def test_sessions_that_cannot_go_on_are_dead_letters(folder: Path) -> None:
    database = sqlite3.connect("sessions.db")
    with database:
        database.execute("UPDATE session SET body = 'garbage' WHERE contact = 'ada'")
    database.close()
    (folder / "orders.flow").write_text(FLOW.replace("ask name", "ask who: text").replace("{name}", "{who}"))
    data = json.loads(
        invoke("sessions", "dead", "orders.flow", "--store", "sessions.db", "--format", "json").stdout
    )
    causes = {one["contact"]: one["cause"] for one in data["dead"]}
    assert causes.keys() == {"ada", "bob", "cleo"}
    assert causes["bob"] == "the flow 'orders' has no state 'ask_name' where a session can be"


def test_who_is_erased_leaves_nothing_in_the_file(folder: Path) -> None:
    refused = invoke("sessions", "erase", "cleo", "--store", "sessions.db")
    assert (refused.exit_code, "--yes" in refused.stderr) == (2, True)
    assert b"Cleo" in Path("sessions.db").read_bytes()
    done = invoke("sessions", "erase", "cleo", "--store", "sessions.db", "--yes")
    assert (done.exit_code, done.stderr) == (0, "erased cleo: 4 rows\n")
    for path in folder.glob("sessions.db*"):
        assert b"Cleo" not in path.read_bytes()
        assert b"cleo" not in path.read_bytes()
    again = invoke("sessions", "erase", "cleo", "--store", "sessions.db", "--yes")
    assert (again.exit_code, again.stderr) == (0, "erased cleo: 0 rows\n")


def test_a_file_that_a_bot_has_open_is_refused_with_what_to_do(folder: Path) -> None:
    async def work(bot: Bot) -> None:
        assert len(await bot.sessions()) == 4
        refused = await asyncio.to_thread(start, "sessions", "list", "--store", "sessions.db")
        said = refused.stderr.decode()
        assert (refused.returncode, refused.stdout) == (2, b"")
        assert said.startswith(f"flowc: `{folder / 'sessions.db'}` is in use by a bot")
        assert "Stop the bot first, or have it do this" in said

    serve(work)


@pytest.mark.parametrize(
    ("store", "why"),
    [
        ("nope.db", "there is no store `"),
        ("memory:", "a memory store is inside its process"),
        ("redis://x", "there is no store 'redis://x': write the path of a SQLite file, or postgresql://"),
        ("mysql://bot:hunter2@db/x", "there is no store 'mysql://…@db/x': write"),
        ("", "--store names no store: write the path of a SQLite file, or postgresql://user@host/database"),
        ("orders.flow", "cannot be opened: file is not a database"),
    ],
)
def test_a_store_that_cannot_be_used_is_refused_in_words(store: str, why: str) -> None:
    result = invoke("sessions", "list", "--store", store)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr.replace("\n", " ")
    assert not Path("nope.db").exists()


def test_a_flow_with_errors_is_shown_and_nothing_done(folder: Path) -> None:
    (folder / "orders.flow").write_text("on message -> goto nowhere\n")
    result = invoke("sessions", "end", "ada", "orders.flow", "--store", "sessions.db")
    assert result.exit_code == 1
    assert "F0201" in result.stdout + result.stderr
    assert (
        "state                    ask_pin"
        in invoke("sessions", "show", "ada", "--store", "sessions.db").stdout
    )


def test_diff_counts_the_sessions_that_each_finding_touches(folder: Path) -> None:
    new = FLOW.replace("ask name", "ask who: text").replace("{name}", "{who}")
    (folder / "new.flow").write_text(new)
    result = invoke("diff", "orders.flow", "new.flow", "--sessions", "sessions.db", "--format", "concise")
    assert result.exit_code == 1
    found = sorted(re.findall(r"F08.*?\)", result.stdout))
    assert found == [
        "F0801] who is in `ask_name` loses the session (1 live session)",
        "F0801] who is in `ask_pin` loses the session (2 live sessions)",
    ]
    assert "live sessions in them: 1 safe, 0 may repeat a step, 3 lost" in result.stderr


def test_diff_counts_who_may_have_to_answer_again(folder: Path) -> None:
    (folder / "new.flow").write_text(FLOW.replace("ask pin: int", "ask pin: int in 1..9"))
    result = invoke("diff", "orders.flow", "new.flow", "--sessions", "sessions.db", "--format", "concise")
    assert "who is in `ask_pin` may have to do this step again (2 live sessions)" in result.stdout
    assert "live sessions in them: 2 safe, 2 may repeat a step, 0 lost" in result.stderr
    assert result.exit_code == 0


def test_diff_counts_the_sessions_of_a_flow_that_is_gone(folder: Path) -> None:
    (folder / "new.flow").write_text(FLOW.replace("flow orders", "flow others"))
    result = invoke("diff", "orders.flow", "new.flow", "--sessions", "sessions.db", "--format", "concise")
    assert "the flow `orders` is gone (3 live sessions)" in result.stdout


def test_diff_says_why_it_cannot_count() -> None:
    result = invoke("diff", "orders.flow", "orders.flow", "--sessions", "nope.db")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no store `" in result.stderr
