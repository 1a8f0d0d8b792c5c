from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowc.emit.mermaid import emit_mermaid, escape
from flowc.machine import Machine
from flowc.pipeline import compile_flow
from flowc.source import load, source_of
from tests.cli.program import FEEDBACK

FEEDBACK_DIAGRAM = """\
stateDiagram-v2
    state choice <<choice>>
    state "anywhere in the session" as anytime
    [*] --> ask_name : any message
    ask_name --> ask_rating : name: text
    ask_name --> ask_name : anything else
    ask_rating --> choice : rating: int in 1..5
    ask_rating --> [*] : 3 wrong answers
    ask_rating --> ask_rating : anything else
    choice --> unhappy : rating #lt;= 2
    choice --> ask_comment : else
    unhappy --> save_feedback : comment: text
    unhappy --> unhappy : anything else
    unhappy --> unhappy : ⏱ after 5 minutes
    ask_comment --> save_feedback : "no" | "nope"
    ask_comment --> save_feedback : comment: text
    ask_comment --> ask_comment : anything else
    save_feedback --> [*] : failed
    save_feedback --> [*] : done
    anytime --> [*] : "stop" | "cancel"
    anytime --> anytime : "help"
    anytime --> [*] : ⏱ after 15 minutes
"""

LINE = re.compile(
    r"""stateDiagram-v2
      | \ {4}state\ "[^"\n]*"\ as\ \w+
      | \ {4}state\ \w+\ <<choice>>
      | \ {4}(\w+|\[\*\])\ -->\ (\w+|\[\*\])\ :\ (\#\w+;|:\ |[^\W\d_]|[\w "'()+,./=?!|…⏱-])+
    """,
    re.VERBOSE,
)


def machine_of(text: str) -> Machine:
    machine = compile_flow(source_of("a.flow", text)).machine
    assert machine is not None
    return machine


def drawn(text: str) -> list[str]:
    diagram = emit_mermaid(machine_of(text))
    for line in diagram.splitlines():
        assert LINE.fullmatch(line), line
    return [line.strip() for line in diagram.splitlines()[1:]]


def test_the_feedback_flow() -> None:
    machine = compile_flow(load(FEEDBACK)).machine
    assert machine is not None
    assert emit_mermaid(machine) == FEEDBACK_DIAGRAM


def test_the_smallest_flow() -> None:
    assert drawn('timeout 1 hour\non message -> reply "Thanks" -> end session') == [
        "[*] --> [*] : any message"
    ]


def test_names_that_mermaid_would_misread() -> None:
    text = 'timeout 1 hour\non "state" -> goto style\non message -> goto note\n'
    text += 'state style\n  -> reply "x"\n  on message -> end session\n'
    text += "state note\n  -> ask end\n  -> goto anytime\n"
    text += 'state anytime\n  -> reply "y"\n  on "z" -> end session\n  on message -> again\n'
    lines = drawn(text)
    assert 'state "style" as s_style' in lines
    assert 'state "note.ask_end" as note_ask_end' in lines
    assert '[*] --> s_style : "state"' in lines
    assert 'anytime --> [*] : "z"' in lines
    assert 'state "anywhere in the session" as anytime_2' in lines


@pytest.mark.parametrize(
    ("condition", "label"),
    [
        ("a < 1 or a > 5 and not b", "a #lt; 1 or a #gt; 5 and not b"),
        ("(a < 1 or a > 5) and not (b or b)", "(a #lt; 1 or a #gt; 5) and not (b or b)"),
        ("a - (a - 1) == (a - a) - 1", "a - (a - 1) == a - a - 1"),
        ("(a + 1) * 2 == -3", "(a + 1) #42; 2 == -3"),
        ('t == "{a}: \\"x\\""', 't == "#123;a#125;: #92;"x#92;""'),
        ("t is none", "t is none"),
    ],
)
def test_conditions_are_written_as_in_a_flow(condition: str, label: str) -> None:
    text = 'timeout 1 hour\non message\n  -> ask a: int "a"\n  -> ask b: bool "b"\n  -> ask t "t"\n'
    text += '      on "skip" -> set t = none\n'
    text += f"  when {condition} -> end session\n  else -> end session\n"
    lines = drawn(text)
    assert f"choice --> [*] : {label}" in lines
    assert "choice --> [*] : else" in lines


@given(st.text())
def test_any_text_is_a_label(text: str) -> None:
    escaped = escape(f"x{text}")
    assert LINE.fullmatch(f"    a --> b : {escaped}") or not escaped.isascii()
    assert not set(escaped) & set("\n\r{}<>%$`\\*~")
    assert ";" not in re.sub(r"#\w+;", "", escaped)
    assert "#" not in re.sub(r"#\w+;", "", escaped)
