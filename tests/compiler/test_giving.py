"""What may be none is given to nothing that is declared as never none, whether or not that is looked at later."""

from __future__ import annotations

import pytest

from flowc.pipeline import compile_flow
from flowc.source import source_of
from flowc.transcript.conversation import Conversation, texts
from tests.compiler.programs import codes, flow

HEAD = """\
timeout 1 hour
record Tag
  name: text
let plain: text = "x"
let names: list of text = []
let first = Tag("x")
action save(name: text)
function listed(names: list of text) returns text
dialog told(name: text)
  -> reply "Hm."
dialog maybe() returns text?
  -> return none
"""

BYE = '-> reply "Bye." -> end session'

ASKED = """\
on message
  -> ask n "N?"
      on "no" -> set n = none
"""

GIVING = [
    "set plain = n",
    "set tag = Tag(n)",
    "set first.name = n",
    "set names = [n]",
    "set names = names + [n]",
    "set names = names + ([n] + names)",
    'reply "{listed([n])}"',
    "run told(n)",
]


@pytest.mark.parametrize("step", GIVING)
def test_what_may_be_none_is_tested_before_it_is_given(step: str) -> None:
    assert codes(f"{HEAD}{ASKED}  -> {step}\n  {BYE}\n") == ["F0408"]
    assert codes(f"{HEAD}{ASKED}  when n is not none\n    -> {step}\n  {BYE}\n") == []


def test_so_is_what_a_dialog_returns() -> None:
    dialog = "dialog same(n: text?) returns text\n"
    run = f"on message -> run same(none) as other {BYE}\n"
    assert codes(f"{HEAD}{dialog}  -> return n\n{run}") == ["F0408"]
    tested = '  when n is not none\n    -> return n\n  -> return "x"\n'
    assert codes(f"{HEAD}{dialog}{tested}{run}") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("on message -> set plain = none", "F0301"),
        ("on message -> set names = [none]", "F0301"),
        ("on message -> run maybe() as plain", "F0302"),
        ("let more: list of text? = []\non message -> set names = more", "F0301"),
        ("let other: text = none\non message", "F0301"),
        ("let more: text? = none\nlet other: text = more\non message", "F0408"),
    ],
)
def test_a_variable_is_never_given_what_its_declaration_excludes(text: str, found: str) -> None:
    assert codes(f"{HEAD}{text} {BYE}\n") == [found]


def test_the_conversation_that_shows_it_has_each_reply_on_one_line() -> None:
    says = '  -> reply "Your\\nname:"\n  -> reply image "https://a.org/b"\n'
    text = f"{HEAD}{ASKED}{says}  -> set plain = n\n  {BYE}\n"
    [found] = compile_flow(source_of("a.flow", text)).diagnostics
    assert [line.strip() for line in found.notes[0].splitlines()[3:]] == [
        "user: no",
        "bot:  Your\\nname:",
        'bot:  (image "https://a.org/b")',
        "bot:  Bye.",
        "session: ended",
    ]


def test_what_is_taken_off_a_list_may_be_none() -> None:
    talk = Conversation(
        flow(
            f"{HEAD}on message\n"
            '  -> set names = ["a", "b"]\n'
            "  -> set names = names - [names[length(names) - 1]]\n"
            '  -> reply "{join(names, ",")}"\n'
            "  -> end session\n"
        )
    )
    assert texts(talk.say("hi")) == ["a"]
