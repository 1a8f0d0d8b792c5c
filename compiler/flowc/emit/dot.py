"""A machine for Graphviz and for all that reads its language."""

from __future__ import annotations

from collections.abc import Container, Iterator

from flowc import machine as ir
from flowc.emit.drafting import drawing_of
from flowc.emit.drawing import Card, Edge, Kind, Look, Taken, taken_together

_SHAPES: dict[Look, str] = {
    "start": "shape=oval",
    "end": "shape=oval, peripheries=2",
    "back": "shape=oval",
    "choice": "shape=diamond",
    "anywhere": 'shape=box, style="rounded,dashed"',
}
_LINES: dict[Kind, str] = {
    "event": 'color="#0e7490"',
    "timeout": 'style=dashed, color="#a16207"',
    "failure": 'style=bold, color="#cf2f2f"',
    "anytime": 'color="#7c3aed"',
}
_COLORS: dict[Taken, str] = {"taken": "#15803d", "partly": "#b45309", "missed": "#cf2f2f"}


def emit_dot(machine: ir.Machine, *, taken: Container[tuple[int, str]] | None = None) -> str:
    r"""The text of the graph. With `taken` it is colored by what some tests have taken.

    >>> from flowc.pipeline import compile_flow
    >>> from flowc.source import source_of
    >>> machine = compile_flow(source_of("a.flow", 'on "hi" -> reply "Hello!" -> end session')).machine
    >>> print(emit_dot(machine).splitlines()[-2].strip())
    n0 -> n1 [label="\"hi\"\nHello!"];
    """
    drawing = drawing_of(machine)
    ids = {card.id: f"n{place}" for place, card in enumerate(drawing.cards)}
    lines = ['node [shape=box, style=rounded, fontname="sans-serif"];', 'edge [fontname="sans-serif"];']
    lines += [f"{ids[card.id]} [{', '.join(_node(card))}];" for card in drawing.cards]
    lines += [
        f"{ids[edge.source]} -> {ids[edge.dest]} [{', '.join(_edge(edge, taken))}];" for edge in drawing.edges
    ]
    return "\n".join([f"digraph {quoted(drawing.name)} {{", *(f"  {line}" for line in lines), "}"]) + "\n"


def _node(card: Card) -> Iterator[str]:
    about = [card.about] if card.about else []
    stays = [" ".join([way.label, *way.says]) for way in card.stays]
    yield f"label={quoted(*([] if card.look == 'choice' else [card.name, *about, *card.says, *stays]))}"
    if card.look in _SHAPES:
        yield _SHAPES[card.look]


def _edge(edge: Edge, taken: Container[tuple[int, str]] | None) -> Iterator[str]:
    yield f"label={quoted(*(line for way in edge.ways for line in (way.label, *way.says)))}"
    if edge.kind in _LINES:
        yield _LINES[edge.kind]
    if taken is not None:
        yield f'color="{_COLORS[taken_together(edge.ways, taken)]}"'


def quoted(*lines: str) -> str:
    r"""Lines as one string of the language, in which a backslash and an ampersand mean something.

    >>> print(quoted('say "hi" & go', "C:\\n"))
    "say \"hi\" &amp; go\nC:\\n"
    """
    plain = ("".join(point if point.isprintable() else " " for point in line) for line in lines)
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in plain)
    return '"' + "\\n".join(escaped) + '"'
