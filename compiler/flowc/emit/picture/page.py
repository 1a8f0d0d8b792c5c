"""A drawing as a page to look around in: one file that holds the picture, the flow and all that moves them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from flowc import machine as ir
from flowc.emit.drafting import drawing_of
from flowc.emit.drawing import Card, Drawing, Edge, Way
from flowc.emit.picture.style import Theme
from flowc.emit.picture.svg import Cells, Picture


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("flowc", "emit/templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
    )


def emit_page(
    machine: ir.Machine,
    sources: Mapping[str, str],
    *,
    conversations: Mapping[str, str] | None = None,
    theme: Theme = "auto",
    taken: Cells | None = None,
) -> str:
    """The page of a machine. `sources` are the texts of its files by path, and `conversations` the transcripts
    that lead into its states, by name.

    Raises `MissingPackage` where the layout engine is not installed.
    """
    drawing = drawing_of(machine)
    paths = {path: f"f{number}" for number, path in enumerate(sources)}
    script = _asset("page.js")
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            name=drawing.name,
            theme=theme,
            style=_asset("page.css"),
            picture=Picture(drawing, taken).svg(theme, buttons=True),
            sources=[
                {"path": path, "id": paths[path], "lines": _visible(text).splitlines()}
                for path, text in sources.items()
            ],
            data=_json(_facts(drawing, paths, conversations or {})),
            script=script,
            script_hash=f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}",
        )
    )


def _asset(name: str) -> str:
    return files("flowc").joinpath("emit", "templates", name).read_text(encoding="utf-8")


def _json(value: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """JSON that may stand in a page: whatever could end it, or begin a tag or a comment, is written as an escape."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _visible(text: str) -> str:
    """The text of a file; what no page can hold is shown as a replacement character."""
    return "".join(point if point.isprintable() or point in "\n\t" else "\ufffd" for point in text)


def _facts(drawing: Drawing, paths: Mapping[str, str], conversations: Mapping[str, str]) -> Any:  # noqa: ANN401
    """What the page tells of each card and edge."""
    numbers = {card.id: number for number, card in enumerate(drawing.cards)}
    return {
        "cards": [_card(card, drawing, paths, conversations.get(card.id, "")) for card in drawing.cards],
        "edges": [_edge(edge, numbers, paths) for edge in drawing.edges],
    }


def _card(card: Card, drawing: Drawing, paths: Mapping[str, str], conversation: str) -> dict[str, Any]:
    leaving = (way.origin for source, way in drawing.ways if source == card.id)
    origins = [card.origin] if card.look in {"ask", "call", "wait", "state", "choice"} else list(leaving)
    return {
        "name": card.name,
        "about": card.about,
        "says": card.says,
        "stays": [_way(way, paths) for way in card.stays],
        "places": [_place(origin, paths) for origin in origins],
        "conversation": conversation,
    }


def _edge(edge: Edge, numbers: Mapping[str, int], paths: Mapping[str, str]) -> dict[str, Any]:
    ways = [_way(way, paths) for way in edge.ways]
    return {"source": numbers[edge.source], "dest": numbers[edge.dest], "ways": ways}


def _way(way: Way, paths: Mapping[str, str]) -> dict[str, Any]:
    return {"label": way.label, "says": way.says, "does": way.does, "place": _place(way.origin, paths)}


def _place(origin: ir.Origin, paths: Mapping[str, str]) -> str:
    """The line of the page that shows it."""
    return f"{paths.get(origin.path, '')}-{origin.line}"
