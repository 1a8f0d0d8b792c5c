"""What `flowc sessions` changes, what it says of that in words and in JSON, and how it takes odd names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowrt import Bot, Message
from flowrt.effects import Ended
from tests.cli.program import invoke
from tests.cli.served import Recorder, nothing, serve, talk

FLOW = """\
flow orders

timeout 1 hour

keep language: text = "en"
function polite(name: text) returns text

anytime on "agent" -> handoff "support"

on start -> reply "Shall we go on?" -> goto asking
on message -> goto asking

state asking
  -> ask name "Your name?"
  -> reply "{polite(name)}"
  -> end session
"""
WITH = ("orders.flow", "--store", "sessions.db", "--actions", "manners:Manners")
MANNERS = """\
class Manners:
    def polite(self, name):
        if name == "nobody":
            raise ValueError("no name")
        return f"Dear {name}"
"""

pytestmark = pytest.mark.usefixtures("folder")


class Manners:
    """The functions of the flow, for the bot."""

    def polite(self, name: str) -> str:
        if name == "nobody":
            raise ValueError("no name")
        return f"Dear {name}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a flow, its functions and the store of its bot."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FLOWC_STORE", raising=False)
    (tmp_path / "orders.flow").write_text(FLOW)
    (tmp_path / "manners.py").write_text(MANNERS)
    say(ada=["hi"], bob=["hi", "agent"], dan=["hi", "nobody"])
    return tmp_path


def say(recorder: Recorder | None = None, /, **said: list[str]) -> Recorder:
    """Have each contact say some things to the bot."""
    return talk(recorder, Manners(), **said)


def served() -> Recorder:
    """What the bot delivers that was left to it."""
    return serve(nothing, actions=Manners())


def run(*arguments: str, code: int = 0) -> tuple[str, str]:
    """What a command of `flowc sessions` writes to each of its streams; it exits with `code`."""
    result = invoke("sessions", *arguments)
    assert (result.exit_code, result.stderr if result.exit_code != code else "") == (code, "")
    return result.stdout, result.stderr


def test_a_session_is_restarted_as_its_host_may() -> None:
    assert run("restart", "ada", *WITH) == ("", "restarted the session of ada\n")
    after = served()
    assert after.said == [("ada", "Shall we go on?"), ("ada", "Your name?")]
    assert [notice.reason for notice in after.told_of if isinstance(notice, Ended)] == ["superseded"]


def test_who_is_with_a_team_is_restarted_too() -> None:
    out, err = run("restart", "bob", *WITH, "--no-notice", "--format", "json")
    assert (json.loads(out), err) == ({"format": 1, "contact": "bob", "restarted": True}, "")
    assert served().said == [("bob", "Shall we go on?"), ("bob", "Your name?")]


def test_a_flow_that_nobody_can_open_says_what_to_do_instead(folder: Path) -> None:
    (folder / "orders.flow").write_text(
        FLOW.replace('on start -> reply "Shall we go on?" -> goto asking\n', "")
    )
    _, err = run("restart", "ada", *WITH, code=1)
    assert err.startswith(
        "flowc: no `on start` of the flow opens a session: `end` it, and the contact's next "
    )
    assert "asking.ask_name" in run("show", "ada", "--store", "sessions.db")[0]


def test_who_is_unknown_is_not_restarted() -> None:
    out, err = run("restart", "eve", *WITH, "--format", "json", code=1)
    assert json.loads(out) == {"format": 1, "contact": "eve", "restarted": False}
    assert err == "flowc: there is no session of `eve` in the store\n"
    assert served().said == []


def test_a_contact_is_taken_back_from_a_team() -> None:
    back = ("give-back", "bob", "orders.flow", "--store", "sessions.db")
    _, err = run(*back, code=2)
    assert "lacks: `polite`: name the object that has it with --actions MODULE:OBJECT" in err
    assert run("give-back", "bob", *WITH) == ("", "bob is back from support\n")
    assert run("give-back", "bob", *WITH, code=1) == ("", "flowc: `bob` is with no team\n")
    assert say(bob=["known", "known", "hello"]).said == [("bob", "Your name?")]


def test_giving_back_answers_programs_too() -> None:
    given = {"format": 1, "contact": "bob", "given_back": True, "team": "support"}
    assert json.loads(run("give-back", "bob", *WITH, "--format", "json")[0]) == given
    nobody = {"format": 1, "contact": "ada", "given_back": False, "team": None}
    assert json.loads(run("give-back", "ada", *WITH, "--format", "json", code=1)[0]) == nobody


def test_of_a_session_that_is_over_it_is_said_how_it_stands() -> None:
    _, err = run("end", "bob", *WITH, code=1)
    assert (
        err
        == "flowc: the session of `bob` is over: the team `support` has it, and `give-back` takes it back\n"
    )
    assert json.loads(run("end", "ada", *WITH, "--format", "json")[0]) == {
        "format": 1,
        "contact": "ada",
        "ended": True,
    }
    out, err = run("end", "ada", *WITH, "--format", "json", code=1)
    assert json.loads(out) == {"format": 1, "contact": "ada", "ended": False}
    assert err == "flowc: the session of `ada` is over: only what is kept is there\n"


def test_a_session_that_failed_is_a_dead_letter_until_it_is_discarded() -> None:
    out, err = run("dead", "--store", "sessions.db")
    head, row = out.splitlines()
    assert head.split() == ["what", "contact", "number", "at", "state", "cause"]
    what, contact, number, at, state, cause = row.split(maxsplit=5)
    assert (what, contact, at, state) == ("failed", "dan", "2027-01-15T08:00:00Z", "asking.ask_name")
    assert (cause, err) == ("ValueError: no name", "1 dead letter\n")
    assert json.loads(run("dead", "--store", "sessions.db", "--format", "json")[0])["dead"] == [
        {
            "what": "ended",
            "contact": "dan",
            "cause": "ValueError: no name",
            "at": "2027-01-15T08:00:00Z",
            "number": int(number),
            "reason": "failed",
            "session": "dan0",
            "state": "asking.ask_name",
            "text": None,
        }
    ]
    assert run("dead", "--contact", "ada", "--store", "sessions.db") == ("", "0 dead letters\n")
    _, err = run("discard", "dan", "999", "--store", "sessions.db", code=1)
    assert err == "flowc: there is no dead letter of `dan` under these numbers\n"
    done = run("discard", "dan", number, "--store", "sessions.db")
    assert done == ("", "discarded 1 dead letter of dan\n")
    assert run("dead", "--store", "sessions.db") == ("", "0 dead letters\n")


def test_what_is_parked_is_retried_or_discarded_for_programs() -> None:
    say(Recorder("eve"), eve=["hi", "Eve", "hi"])
    found = json.loads(run("dead", "--contact", "eve", "--store", "sessions.db", "--format", "json")[0])[
        "dead"
    ]
    numbers = [str(letter["number"]) for letter in found]
    assert [letter["text"] for letter in found] == ["Your name?", "Dear Eve", "Your name?"]
    to = ("--store", "sessions.db", "--format", "json")
    retried = json.loads(run("retry", "eve", numbers[1], numbers[1], *to)[0])
    assert retried == {"format": 1, "contact": "eve", "retried": 1}
    discarded = json.loads(run("discard", "eve", *to)[0])
    assert discarded == {"format": 1, "contact": "eve", "discarded": 2}
    assert json.loads(run("retry", "eve", *to, code=1)[0])["retried"] == 0
    assert json.loads(run("discard", "eve", *to, code=1)[0])["discarded"] == 0
    assert served().said == [("eve", "Dear Eve")]


def test_erasing_answers_programs() -> None:
    erase = ("erase", "dan", "--store", "sessions.db", "--yes", "--format", "json")
    assert json.loads(run(*erase)[0]) == {"format": 1, "contact": "dan", "erased": 4}
    assert json.loads(run(*erase)[0])["erased"] == 0
    assert run("dead", "--store", "sessions.db") == ("", "0 dead letters\n")


def test_the_number_of_a_group_chat_is_no_option() -> None:
    async def work(bot: Bot) -> None:
        await bot.receive(Message("1", "-100123", "hi"))

    serve(work, actions=Manners())
    assert "asking.ask_name" in run("show", "-100123", "--store", "sessions.db")[0]
    assert run("end", "-100123", *WITH) == ("", "ended the session of -100123\n")
    assert "No such option '--stoer'" in run("show", "ada", "--stoer", "sessions.db", code=2)[1]
    assert (
        "unexpected extra arguments" in run("show", "-1", "o.flow", "--stoer", "x", "--store", "x", code=2)[1]
    )
    assert run("erase", "--store", "sessions.db", "--yes", "--", "-100123")[1].startswith("erased -100123: ")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["show", ""], "the name of a contact has 1 to 512 characters: this has 0"),
        (["end", "x" * 513, *WITH], "this has 513"),
        (["retry", "ada", "99999999999999999999"], "is not in the range"),
        (["discard", "ada", "first"], "'first' is not a valid integer"),
        (["restarts", "ada"], "there is no command `sessions restarts`: did you mean `restart`?"),
        (
            ["frobnicate"],
            "there is no command `sessions frobnicate`: there are list, show, dead, end, restart,",
        ),
        (["end", "ada", "nope.flow", "--store", "sessions.db"], "there is no file `nope.flow`"),
        (["end", "ada", *WITH[:3], "--actions", "nope"], "`nope` names no actions: write `module:object`"),
    ],
)
def test_what_cannot_be_is_refused_in_words(arguments: list[str], why: str) -> None:
    store = [] if "--store" in arguments else ["--store", "sessions.db"]
    assert why in run(*arguments, *store, code=2)[1]


def test_the_store_may_be_named_by_the_environment() -> None:
    result = invoke("sessions", "list", env={"FLOWC_STORE": "sessions.db"})
    assert (result.exit_code, result.stderr) == (0, "3 contacts, 1 open, 1 handed off, 1 kept\n")


def test_the_commands_are_listed_in_the_order_of_their_use() -> None:
    listed = invoke("sessions", "--help").stdout.partition("Commands:\n")[2]
    names = [line.split()[0] for line in listed.splitlines()]
    assert names == ["list", "show", "dead", "end", "restart", "give-back", "retry", "discard", "erase"]
    assert "..." not in listed
