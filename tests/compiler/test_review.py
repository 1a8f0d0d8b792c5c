"""What a hostile reader of the compiler found once, each with the smallest flow that showed it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from flowc.emit.python import emit_python
from flowc.pipeline import compile_flow
from flowc.source import source_of
from flowc.transcript.conversation import Conversation, texts
from flowrt import Bot, Dropped, Ended, FakeClock, Message
from flowrt.events import Opened
from tests.compiler.programs import codes, flow, machine

HEAD = "timeout 1 hour\n"


@pytest.mark.parametrize(
    ("hole", "said"),
    [("{n + 1}", "4"), ("{n * 2}", "6"), ("{-n}", "-3"), ("{2 - n}", "-1"), ('{"a" + "b"}', "ab")],
)
def test_a_hole_may_compute(hole: str, said: str) -> None:
    talk = Conversation(flow(f'{HEAD}on message -> ask n: int "N?" -> reply "{hole}" -> end session'))
    talk.say("hi")
    assert texts(talk.say("3")) == [said]


def test_a_dialog_that_must_return_is_told_so() -> None:
    dialog = 'dialog d() returns int\n  -> ask n: int "N?"\n'
    text = f'{HEAD}on message -> run d() as x -> reply "{{x}}" -> end session\n{dialog}'
    [found] = compile_flow(source_of("d.flow", text)).diagnostics
    assert (found.code, found.help) == ("F0402", "end it with `-> return …`")


def test_a_text_that_looks_like_a_call_imports_nothing() -> None:
    written = emit_python(machine('on message -> reply "whole(1) same(2)" -> end session'))
    assert "    whole," not in written
    assert "    same," not in written


LEAVING = f"""{HEAD}
action look()
anytime on "home" -> goto menu
anytime on "survey" -> ask mood "How are you?" -> reply "Noted."
anytime on "help" -> reply "Help." -> again
on "call"
  -> call look()
      failed -> reply "No."
  -> goto first
on message -> goto first
state first
  -> reply "FIRST"
  on message -> again
state menu
  -> reply "MENU"
  on message -> again
"""


def test_goto_from_a_second_anytime_gives_up_the_way_back() -> None:
    talk = Conversation(flow(LEAVING))
    said = [texts(talk.say(text)) for text in ("hi", "survey", "home", "help", "x")]
    assert said == [["FIRST"], ["How are you?"], ["MENU"], ["Help.", "MENU"], ["MENU"]]


def test_what_was_held_is_answered_where_a_goto_leads() -> None:
    talk = Conversation(flow(LEAVING))
    said = [texts(talk.say(text)) for text in ("call", "held", "survey", "home")]
    assert said == [[], [], ["How are you?"], ["MENU", "MENU"]]


def test_none_is_no_argument_for_a_plain_parameter() -> None:
    call = "\n      failed -> end session\n  -> end session\n"
    assert codes(f"{HEAD}action f(x: text)\non message\n  -> call f(none){call}") == ["F0301"]
    asked = '\n  -> ask x "?"\n      on "no" -> set x = none'
    assert codes(f"{HEAD}action f(x: text)\non message{asked}\n  -> call f(x){call}") == ["F0408"]
    assert codes(f"{HEAD}action f(x: text?)\non message{asked}\n  -> call f(x){call}") == []


def test_or_between_two_that_may_be_none_may_be_none() -> None:
    asks = "".join(f'\n  -> ask {name} "?"\n      on "no" -> set {name} = none' for name in "xy")
    compiled = compile_flow(
        source_of("a.flow", f'{HEAD}on message{asks}\n  -> reply "{{x or y}}"\n  -> end session')
    )
    assert [(each.code, each.title) for each in compiled.diagnostics] == [("F0408", "`y` may be none here")]


@pytest.mark.parametrize("condition", ['x == "a"', '"a" == x', "x is not none and true"])
def test_what_equals_a_value_is_one(condition: str) -> None:
    assert (
        codes(
            f'{HEAD}on message\n  -> ask x "?"\n      on "no" -> set x = none\n'
            f'  when {condition}\n    -> reply "{{x}}"\n  -> reply "Bye."\n  -> end session'
        )
        == []
    )


def test_a_finding_shows_the_conversation_from_its_start() -> None:
    text = f'{HEAD}on message\n  -> ask x: int "X?"\n      on "no" -> set x = none\n'
    text += '  -> set y = x + 1\n  -> reply "Bye."\n  -> end session'
    [found] = compile_flow(source_of("a.flow", text)).diagnostics
    assert found.notes == (
        "it is none in this conversation:\n  user: hello\n  bot:  X?\n  user: no\n  bot:  Bye.\n  session: ended",
    )


ASK = 'on message\n  -> ask n "?"\n      '
END = '\n  -> reply "Thanks." -> end session'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("action f(n: int, n: int)\non message -> end session", ["F0202"]),
        ('on message -> ask n "?" -> reply "Hi." -> end session\naction f(n: text)', []),
        (ASK + 'after 1 minute -> reply "A"\n      after 60 seconds -> reply "B"' + END, ["F0413"]),
        (ASK + 'after 1 minute -> reply "A"\n      timeout 1 minute' + END, ["F0414"]),
        (ASK + 'after 1 hour -> reply "A"' + END, ["F0414"]),
        (ASK + "timeout 2 hours" + END, ["F0414"]),
        ("on message -> wait 1 hour -> end session", ["F0414"]),
        ('on message\n  -> ask n "?"\n      tries 0 -> end session\n  -> end session', ["F0415"]),
        (
            'on message\n  -> ask n "?"\n      tries 99999999999999999999 -> end session\n  -> end session',
            ["F0415"],
        ),
        ('on message -> ask n "" -> end session', ["F0416"]),
        ('on message -> ask n "?" choices "" | "B" -> end session', ["F0416"]),
        ('on "" -> end session', ["F0416"]),
        ("on message -> goto start\nstate start\n  -> end session", ["F0207"]),
    ],
)
def test_what_can_never_be_is_said(body: str, expected: list[str]) -> None:
    assert codes(HEAD + body) == expected


def test_a_variable_may_be_named_as_a_part_of_the_module_is() -> None:
    for name in ("everywhere", "waits", "states", "transitions", "initial"):
        talk = Conversation(flow(f'{HEAD}on message -> ask {name} "?" -> reply "{{{name}}}" -> end session'))
        talk.say("hi")
        assert texts(talk.say("there")) == ["there"]


def test_what_an_action_without_a_result_returns_is_its_own_affair(tmp_path: Path) -> None:
    class Actions:
        async def save(self) -> object:
            return object()

        def import_(self) -> None:
            return None

    compiled = flow(f"""{HEAD}
action save()
action import()
on message
  -> call save()
      failed -> reply "failed" -> end session
  -> call import()
      failed -> reply "failed" -> end session
  -> end session
""")

    async def main() -> list[object]:
        told: list[object] = []

        class Listener:
            async def told(self, notice: object) -> None:
                told.append(notice)

        path = f"sqlite:///{tmp_path / 'a.db'}"
        async with Bot(
            compiled, actions=Actions(), store=path, listener=Listener(), clock=FakeClock()
        ) as bot:
            await bot.receive(Message("1", "ada", "hi"))
            await bot.idle()
        return told

    [ended] = asyncio.run(main())
    assert isinstance(ended, Ended)
    assert ended.reason == "ended"


def test_opening_a_flow_that_cannot_be_opened_leaves_the_session_alone() -> None:
    compiled = flow(f'{HEAD}on message -> ask n "?" -> end session')
    session = compiled.session("ada")
    compiled.step(session, Message("1", "ada", "hi"), 1)
    [dropped] = compiled.step(session, Opened("2", "ada"), 2)
    assert isinstance(dropped, Dropped)
    assert session.state == "ask_n"


def test_a_text_made_of_holes_has_its_bound_too() -> None:
    grow = "\n".join('  -> set n = "{n}{n}"' for _ in range(14))
    compiled = flow(f'{HEAD}on message\n  -> set n = "0123456789"\n{grow}\n  -> end session')
    *_, ended = compiled.step(compiled.session("ada"), Message("1", "ada", "hi"), 1)
    assert isinstance(ended, Ended)
    assert ended.cause is not None
    assert ended.cause.startswith("OutOfBounds: ")
