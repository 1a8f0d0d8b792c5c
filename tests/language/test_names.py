"""Rule 1: the names of states are made of the author's names, and of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowc.pipeline import compile_flow
from flowc.source import source_of

FLOW = """\
timeout 1 day

action find(number: int) returns int

anytime on "survey" -> ask mood "How are you?" -> run address()
anytime on "other" -> other: ask mood "And now?"

on "call"
  -> call find(1) as n
      failed -> end session
  -> second: call find(2) as n
      failed -> end session
  -> wait 1 hour
  -> pause: wait 1 hour
  -> end session
on message -> ask name "Name?" -> home: run address() -> goto menu

state menu
  -> ask number: int "Number?"
  -> call find(number) as n
      failed -> goto menu
  -> run address()
  -> away: run address()
  when n > 3
    -> reply "Large."
  on "go" -> goto silent
  on message -> again

state silent
  -> last: ask number: int "Last?"
  -> end session

dialog address()
  -> ask street "Street?"
  -> run city()
  -> goto check
  state check
    on "yes" -> return
    on message -> again

dialog city()
  -> ask town "Town?"
"""

NAMES = {
    *("start", "resume"),
    *("ask_mood", "address.ask_street", "address/city.ask_town", "address.check", "other"),
    *("find", "second", "wait", "pause"),
    *("ask_name", "home.ask_street", "home/city.ask_town", "home.check"),
    *("menu", "menu.ask_number", "menu.find"),
    *("menu/address.ask_street", "menu/address/city.ask_town", "menu/address.check"),
    *("menu/away.ask_street", "menu/away/city.ask_town", "menu/away.check"),
    *("silent.last",),
}


def names_of(text: str) -> set[str]:
    compiled = compile_flow(source_of("names.flow", text))
    assert compiled.machine is not None, [each.title for each in compiled.diagnostics]
    return {state.name for state in compiled.machine.states if state.kind != "choice"}


def test_each_ask_wait_call_and_state_is_a_state_named_after_what_the_author_wrote() -> None:
    assert names_of(FLOW) == NAMES


def test_a_state_without_handlers_is_none() -> None:
    assert "silent" not in names_of(FLOW)


@pytest.mark.parametrize(
    ("old", "new", "gone", "come"),
    [
        ("on message", 'on "new" -> ask fresh "?" -> end session\non message', "", "ask_fresh"),
        ('  -> ask street "Street?"\n', '  -> ask zip "Zip?"\n  -> ask street "Street?"\n', "", "*.ask_zip"),
        ('  -> wait 1 hour\n', '  -> early: wait 1 hour\n  -> wait 1 hour\n', "", "early"),
        ("  -> call find(number) as n\n      failed -> goto menu\n", "  -> set n = 1\n", "menu.find", ""),
        ("state menu\n", "state first\n  on message -> end session\n\nstate menu\n  -> ask x \"?\"\n"
         "      on \"f\" -> goto first\n", "", "first menu.ask_x"),
    ],
)  # fmt: skip
def test_an_edit_in_one_place_renames_no_other(old: str, new: str, gone: str, come: str) -> None:
    after = names_of(FLOW.replace(old, new, 1))
    added = after - NAMES
    if come.startswith("*"):
        assert added
        assert all(name.endswith(come.removeprefix("*")) for name in added)
    else:
        assert added == set(come.split())
    assert NAMES - after == set(gone.split())


def test_no_session_rests_in_a_choice() -> None:
    compiled = compile_flow(source_of("names.flow", FLOW))
    assert compiled.machine is not None
    choices = [state for state in compiled.machine.states if state.kind in {"choice", "resume"}]
    assert [state.name for state in choices] == ["resume", "menu.when n > 3", "menu.again.when n > 3"]
    assert not any(state.rests for state in choices)


def test_a_mistake_says_how_to_label_what_it_is() -> None:
    for step, flow in {
        "ask": 'on message -> ask x "?" -> ask x "?" -> end session',
        "wait": "on message -> wait 1 minute -> wait 1 minute -> end session",
        "run": 'on message -> run d() -> run d() -> end session\ndialog d()\n  -> ask x "?"',
    }.items():
        [found] = compile_flow(source_of("names.flow", f"timeout 1 hour\n{flow}")).diagnostics
        assert found.help == f"label one of them: `-> other: {step} …`"


def test_the_flow_is_named_after_its_file_where_it_names_itself_not(tmp_path: Path) -> None:
    text = "on message -> end session\n"
    for path, body, name in [
        ("my desk.flow", text, "my_desk"),
        ("desk.flow", f"flow support\n\n{text}", "support"),
    ]:
        compiled = compile_flow(source_of(str(tmp_path / path), body))
        assert compiled.machine is not None
        assert compiled.machine.name == name
