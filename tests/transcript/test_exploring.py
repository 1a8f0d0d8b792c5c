"""Conversations that lead somewhere really lead there: each is written, read back and run as a test."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from flowc.machine import Machine, State
from flowc.pipeline import compile_flow, load_flow
from flowc.source import load, source_of
from flowc.transcript.coverage import Tracker
from flowc.transcript.entries import Entry
from flowc.transcript.exploring import conversation_into, conversations_into
from flowc.transcript.report import report
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script
from flowc.transcript.writing import write_entry, write_script
from flowrt.flow import Flow
from tests.cli.program import FEEDBACK, ROOT

FLOWS = [
    *sorted((ROOT / "examples").glob("*/*.flow")),
    *sorted((ROOT / "tests/conversations").glob("*.flow")),
    ROOT / "tests/emit/clinic.flow",
]


def machine_of(text: str) -> Machine:
    compiled = compile_flow(source_of("a.flow", text))
    assert compiled.machine is not None, compiled.diagnostics
    return compiled.machine


def where_it_ends(machine: Machine, flow: Flow[Any], state: State, entries: tuple[Entry, ...]) -> str:
    """The state in which the conversation, run as a test, leaves the contact; or that of the choices it passed."""
    text = write_script("the way", entries)
    script, mistakes = parse_script(source_of("way.flowtest", text))
    assert mistakes == ()
    tracker = Tracker(flow)
    result = run_script(script, flow, tracker=tracker)
    assert result.failed == 0, report(result)
    if not state.rests:
        passed = {machine.transitions[cell.row].dest for cell in tracker.coverage.taken}
        return state.name if state.name in passed else f"{passed}"
    script, _ = parse_script(source_of("way.flowtest", f"{text}  session: superseded\n"))
    failure = run_script(script, flow).tests[0].failure
    assert failure is not None
    standing = re.fullmatch(r"\(the session is open, in (.*)\)", failure.actual[failure.differs])
    return standing[1] if standing else failure.actual[failure.differs]


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_every_state_of_every_flow_is_reached(path: Path) -> None:
    machine = compile_flow(load(path)).machine
    assert machine is not None
    flow = load_flow(machine)
    found = conversations_into(machine, flow)
    for state in machine.states:
        if state.kind != "start":
            assert where_it_ends(machine, flow, state, found[state.name]) == state.name


def test_the_shortest_conversation_is_found() -> None:
    machine = compile_flow(load(FEEDBACK)).machine
    assert machine is not None
    entries = conversation_into(machine, load_flow(machine), "unhappy")
    assert entries is not None
    assert list(map(write_entry, entries)) == [
        "user: hello",
        "bot:  Hi! Three quick questions.",
        "bot:  What's your name?",
        "user: Ada",
        "bot:  How was it, from 1 to 5?",
        "user: 1",
        "bot:  Sorry to hear that, Ada. What went wrong?",
    ]


WAYS = {
    "a comparison of numbers": (
        'on message\n  -> ask n: int "?"\n  when n == 4711 -> goto there\n  -> end session\n',
        ["user: 4711"],
    ),
    "a comparison of texts": (
        'on message\n  -> ask t "?"\n  when t == "sesame" -> goto there\n  -> end session\n',
        ["user: sesame"],
    ),
    "what a variable was given before": (
        "on message -> set count = 0 -> goto again\n"
        'state again\n  -> reply "?"\n  on "more" -> set count = count + 1 -> goto look\n'
        '  on message -> reply "no"\n'
        "state look\n  when count >= 3 -> goto there\n  -> goto again\n",
        ["user: more", "user: more", "user: more"],
    ),
    "wrong answers": (
        'on message\n  -> ask n: int in 1..3 "?"\n      tries 3 -> goto there\n  -> end session\n',
        ["user: something else", "user: something else", "user: something else"],
    ),
    "a silence": (
        'on message\n  -> ask n: int "?"\n      after 2 minutes -> reply "?"\n      timeout 5 minutes -> goto there\n'
        "  -> end session\n",
        ["after 2 minutes", "after 3 minutes"],
    ),
    "a failure": (
        "action save()\non message\n  -> call save()\n      failed -> goto there\n  -> end session\n",
        ["call: save() -> failed"],
    ),
    "a result": (
        "action find() returns int?\non message\n  -> call find() as n\n      failed -> end session\n"
        "  when n is none -> goto there\n  -> end session\n",
        ["call: find() -> none"],
    ),
    "a regular expression": (
        'on /^order \\d{3}$/ -> goto there\non message -> reply "?" -> end session\n',
        ["user: order 111"],
    ),
    "anytime": (
        'anytime on "help" -> goto there\non message\n  -> ask n: int "?" -> end session\n',
        ["user: help"],
    ),
    "a function": (
        'function is_open(day: text) returns bool\non message\n  -> ask day "?"\n'
        "  when not is_open(day) -> goto there\n  -> end session\n",
        ['function: is_open("something") -> false'],
    ),
    "a record": (
        "record Order\n  number: int\n  notes: list of text\naction find() returns Order?\non message\n"
        "  -> call find() as found\n      failed -> end session\n  when found is not none -> goto there\n"
        "  -> end session\n",
        ['call: find() -> Order(number: 1, notes: ["something"])'],
    ),
    "media": (
        'on image -> goto there\non message -> reply "?" -> end session\n',
        ['user: (image "https://example.com/image" mime "image/png" size 2048 name "image")'],
    ),
    "an event": (
        'on event paid(amount: int) when amount > 5 -> goto there\non message -> reply "?" -> end session\n',
        ["event: paid(amount: 6)"],
    ),
    "the host": ('on start -> goto there\non message -> reply "?" -> end session\n', ["open:"]),
    "a capture": (
        'on "order {number: int}" -> goto there\non message -> reply "?" -> end session\n',
        ["user: order 1"],
    ),
    "a button that the flow works out": (
        'on message\n  -> set xs = ["Red", "Blue"]\n  -> ask c "?" choices xs\n'
        "  when c == xs[1] -> goto there\n  -> end session\n",
        ["user: Blue"],
    ),
    "a session before": (
        "keep visits: int = 0\non message\n  -> set visits = visits + 1\n  when visits >= 2 -> goto there\n"
        '  -> reply "?"\n  -> end session\n',
        ["user: hello", "user: hello"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), WAYS.values(), ids=WAYS)
def test_what_a_way_may_need(text: str, expected: list[str]) -> None:
    state = 'state there\n  -> reply "here"\n  on "x" -> end session\n  on message -> again\n'
    machine = machine_of(f"timeout 1 hour\n{text}{state}")
    flow = load_flow(machine)
    entries = conversation_into(machine, flow, "there")
    assert entries is not None
    lines = [write_entry(entry) for entry in entries]
    assert [line for line in lines if line in expected][-len(expected) :] == expected
    there = next(each for each in machine.states if each.name == "there")
    assert where_it_ends(machine, flow, there, entries) == "there"


def test_a_state_that_no_conversation_reaches_is_not_made_up() -> None:
    text = 'timeout 1 hour\non message\n  -> ask n: int in 1..5 "?"\n'
    text += '  when n > 5 -> ask m "?" -> end session\n  -> end session\n'
    machine = machine_of(text)
    assert conversation_into(machine, load_flow(machine), "ask_m") is None


def test_the_search_ends_after_so_many_moves() -> None:
    text = 'timeout 1 hour\non message -> set n = 0 -> goto s\nstate s\n  -> reply "{n}"\n'
    text += (
        "  on message -> set n = n + 1 -> goto look\nstate look\n  when n == -1 -> goto there\n  -> goto s\n"
        'state there\n  -> reply "?"\n  -> end session\n'
    )
    machine = machine_of(text)
    assert conversation_into(machine, load_flow(machine), "there", most=50) is None
