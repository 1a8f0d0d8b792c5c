from __future__ import annotations

import doctest
import json
from pathlib import Path
from typing import cast

import pytest

from flowc.emit import dot, drafting, words
from flowc.emit.dot import emit_dot
from flowc.emit.drafting import drawing_of
from flowc.emit.picture.arrange import graphviz
from tests.cli.program import FEEDBACK
from tests.emit.pictures import FLOWS, HOSTILE, HOSTILE_FLOW, machine_at, machine_of


def read(text: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The nodes and the edges that Graphviz itself finds in `text`, with their attributes and what is drawn."""
    graph = json.loads(graphviz().render(text, format="json"))
    return graph["objects"], graph.get("edges", [])


def shown(node: dict[str, str]) -> list[str]:
    """The lines of text that Graphviz would draw of a node."""
    drawn = cast("list[dict[str, str]]", node.get("_ldraw_", []))
    return [part["text"] for part in drawn if part["op"] == "T"]


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_graphviz_finds_every_card_and_edge(path: Path) -> None:
    drawing = drawing_of(machine_at(path))
    nodes, edges = read(emit_dot(machine_at(path)))
    assert [node["name"] for node in nodes] == [f"n{at}" for at in range(len(drawing.cards))]
    assert [shown(node)[:1] for node in nodes] == [
        [] if card.look == "choice" else [card.name] for card in drawing.cards
    ]
    assert len(edges) == len(drawing.edges)


def test_labels_say_what_the_flow_says() -> None:
    text = emit_dot(machine_at(FEEDBACK))
    assert text.startswith('digraph "feedback" {\n')
    assert 'n0 -> n1 [label="any message\\nHi! Three quick questions."];' in text
    assert 'style=dashed, color="#a16207"' in text


def test_texts_of_an_author_are_no_dot() -> None:
    nodes, edges = read(emit_dot(machine_of(HOSTILE_FLOW)))
    assert len(edges) == len(drawing_of(machine_of(HOSTILE_FLOW)).edges)
    lines = [line for node in nodes for line in shown(node)]
    assert HOSTILE[0] in lines
    plain = [line.replace("\\\\", "\\") for line in lines]  # some versions of Graphviz show two backslashes
    assert "\\N \\l $&   " in plain


def test_coverage_colors_the_edges() -> None:
    text = 'timeout 1 hour\non message -> reply "Thanks" -> end session'
    assert 'color="#15803d"' in emit_dot(machine_of(text), taken={(0, "start")})
    assert 'color="#cf2f2f"' in emit_dot(machine_of(text), taken=frozenset())


@pytest.mark.parametrize("module", [dot, drafting, words], ids=lambda module: module.__name__)
def test_the_examples_in_docstrings_run(module: object) -> None:
    ran = doctest.testmod(module)  # type: ignore[arg-type]  # a parameter is no module to the type checker
    assert ran.attempted
    assert not ran.failed
