from __future__ import annotations

from pathlib import Path

import pytest

from flowc.emit.drafting import drawing_of
from flowc.emit.drawing import ANYWHERE, BACK, END, Cell, Drawing, taken_together
from tests.cli.program import FEEDBACK, ROOT
from tests.emit.pictures import CLINIC, FLOWS, machine_at, machine_of


def edges(drawing: Drawing) -> list[tuple[str, str, str, list[str]]]:
    return [(edge.source, edge.dest, edge.kind, [way.label for way in edge.ways]) for edge in drawing.edges]


def stays(drawing: Drawing, card: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(way.kind, way.label, way.says) for way in drawing.card(card).stays]


def test_the_edges_of_the_feedback_flow() -> None:
    assert edges(drawing_of(machine_at(FEEDBACK))) == [
        ("start", "ask_name", "message", ["any message"]),
        ("ask_name", "ask_rating", "message", ["name: text"]),
        ("ask_rating", "when rating <= 2", "message", ["rating: int in 1..5"]),
        ("ask_rating", END, "failure", ["3 wrong answers"]),
        ("when rating <= 2", "unhappy", "step", ["rating <= 2"]),
        ("when rating <= 2", "ask_comment", "step", ["else"]),
        ("unhappy", "save_feedback", "message", ["comment: text"]),
        ("ask_comment", "save_feedback", "message", ['"no" | "nope"', "comment: text"]),
        ("save_feedback", END, "failure", ["failed"]),
        ("save_feedback", END, "step", ["done"]),
        (ANYWHERE, END, "anytime", ['"stop" | "cancel"']),
        (ANYWHERE, END, "timeout", ["after 15 minutes"]),
    ]


def test_a_card_says_what_the_bot_says_there_and_an_edge_what_it_says_before() -> None:
    drawing = drawing_of(machine_at(FEEDBACK))
    card = drawing.card("ask_name")
    assert (card.look, card.about, card.says) == ("ask", "name: text", ("What's your name?",))
    assert drawing.edges[0].ways[0].says == ("Hi! Three quick questions.",)
    assert drawing.card("save_feedback").about == "save_feedback(name, rating, comment)"
    menu = drawing_of(machine_at(CLINIC)).card("menu")
    assert menu.says == ("What can I do for you, {patient}?",)
    assert menu.buttons == ("Book", "Cancel", "Results", "Opening hours")


def test_what_does_not_leave_a_card_stands_on_it() -> None:
    drawing = drawing_of(machine_at(FEEDBACK))
    assert stays(drawing, "unhappy") == [
        ("message", "anything else", ("Please answer with a text.",)),
        ("timeout", "after 5 minutes", ("Take your time, I'm still here.",)),
    ]
    assert stays(drawing, ANYWHERE) == [("anytime", '"help"', ("I'm collecting feedback on your order.",))]


def test_choices_that_only_say_something_again_are_no_cards() -> None:
    drawing = drawing_of(machine_at(ROOT / "tests/conversations/again.flow"))
    assert [card.id for card in drawing.cards if card.look == "choice"] == ["cart.when items == 0"]
    assert stays(drawing, "cart")[0] == (
        "message",
        '"add"',
        ("Your cart.", "It is empty.", "Items: {items}."),
    )
    assert ("ask_mood", BACK, "message", ['"skip"', "mood: text"]) in edges(drawing)


def test_what_is_required_of_an_answer_is_said_in_the_authors_names() -> None:
    drawing = drawing_of(machine_at(ROOT / "tests/conversations/saying.flow"))
    labels = [way.label for way in drawing.card("ask_count").stays]
    assert labels == [
        "count: int when not count > 0",
        "count: int when not (count <= 10 and count != 7)",
        "anything else",
    ]
    assert drawing.card("wait").about == "after 1 hour"
    handed_off = next(way for _, way in drawing.ways if way.label == '"human"')
    assert handed_off.does == ('handed off to "support"',)


def test_what_the_host_says_is_no_silence() -> None:
    drawing = drawing_of(
        machine_of(
            """\
flow visit
timeout 1 hour
on start -> reply "Hello." -> goto waiting
on event paid(amount: decimal) -> reply "Paid." -> end session
on message -> goto waiting
state waiting
  on event ready() -> reply "It is ready." -> end session
  on event late() -> reply "It takes longer." -> again
  on message -> again
"""
        )
    )
    kinds = {way.label: way.kind for _, way in drawing.ways}
    assert {label: kind for label, kind in kinds.items() if "message" not in label} == {
        "start": "event",
        "event paid(amount)": "event",
        "event ready": "event",
        "event late": "event",
        "after 1 hour": "timeout",
    }


def test_a_hole_shows_its_expression() -> None:
    drawing = drawing_of(
        machine_of('timeout 1 hour\non message -> ask n: int "?" -> reply "{n + 1}" -> end session')
    )
    assert drawing.edges[1].ways[0].says == ("{n + 1}",)


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_every_state_has_a_card_and_every_row_that_people_meet_a_way(path: Path) -> None:
    machine = machine_at(path)
    drawing = drawing_of(machine)
    ids = [card.id for card in drawing.cards]
    assert len(ids) == len(set(ids))
    assert {state.name for state in machine.waits} <= set(ids)
    drawn = {cell for _, way in drawing.ways for cell in way.cells}
    left_out = {
        row.trigger
        for number, row in enumerate(machine.transitions)
        for source in row.sources
        if Cell(number, source) not in drawn and source != "resume" and "again" not in source
    }
    held = {"message"} if any(state.kind in {"call", "wait"} for state in machine.states) else set[str]()
    assert left_out - held <= {"end", "failed"}


def test_how_much_of_a_way_is_taken() -> None:
    drawing = drawing_of(machine_at(FEEDBACK))
    [stop] = next(edge.ways for edge in drawing.edges if edge.kind == "anytime")
    assert len(stop.cells) == 5
    assert stop.taken(set()) == "missed"
    assert stop.taken({stop.cells[0]}) == "partly"
    assert stop.taken(set(stop.cells)) == "taken"
    other = drawing.edges[0].ways[0]
    assert taken_together([stop, other], set(stop.cells)) == "partly"
    assert taken_together([stop, other], {*stop.cells, *other.cells}) == "taken"
