"""What is written on a card and beside an edge, line by line, and how much room that takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from flowc.emit.drawing import Card, Edge, Kind, Way
from flowc.emit.picture.lettering import shortened, width, wrap

Style = Literal["name", "look", "about", "says", "button", "way", "said"]

SIZES: dict[Style, float] = {
    "name": 13.5,
    "look": 10.5,
    "about": 11,
    "says": 12.5,
    "button": 11,
    "way": 11.5,
    "said": 11,
}
"""The size of the font of each style, in pixels."""

_LEADING = 1.36
_BOLD = frozenset({"name"})
_MARGIN = 16.0
_ROOM = 216.0
"""How wide the text of a card may be."""
_LABEL_ROOM = 150.0
_ICON = 17.0
"""The room for an icon before a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. `x` is its left end, and `y` its baseline, from the corner of the sheet."""

    x: float
    y: float
    text: str
    style: Style
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class Pill:
    """The outline of a button."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the sheet."""

    y: float


@dataclass(frozen=True, slots=True)
class Icon:
    """A small picture, in the middle of `x` and `y`: of a way that stays."""

    x: float
    y: float
    kind: Kind
    way: Way


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written, and the room that it takes, in pixels."""

    width: float
    height: float
    parts: tuple[Line | Pill | Rule | Icon, ...] = ()


@dataclass
class _Writer:
    """Writes line below line."""

    left: float
    room: float
    y: float = 0.0
    right: float = 0.0
    parts: list[Line | Pill | Rule | Icon] = field(default_factory=list["Line | Pill | Rule | Icon"])

    def line(self, text: str, style: Style, *, indent: float = 0, way: Way | None = None) -> None:
        size = SIZES[style]
        x = self.left + indent
        self.parts.append(Line(x, round(self.y + size * 1.02, 2), text, style, way))
        self.y += size * _LEADING
        self.right = max(self.right, x + width(text, size, bold=style in _BOLD))

    def wrapped(
        self, text: str, style: Style, most: int, *, indent: float = 0, way: Way | None = None
    ) -> None:
        for line in wrap(text, SIZES[style], self.room - indent, most):
            self.line(line, style, indent=indent, way=way)

    def sheet(self, margin: float = 0) -> Sheet:
        return Sheet(round(self.right + margin, 2), round(self.y + margin, 2), tuple(self.parts))


# Cards


def card_sheet(card: Card) -> Sheet:
    """What is written on a card."""
    match card.look:
        case "choice":
            return Sheet(26, 26)
        case "start" | "end" | "back":
            return _place(card.name)
        case "ask" | "call" | "wait" | "state" | "anywhere":
            return _full(card)


def _place(name: str) -> Sheet:
    text = width(name, SIZES["about"])
    return Sheet(text + 38, 28, (Line(26, 18, name, "about"),))


def _full(card: Card) -> Sheet:
    writer = _Writer(_MARGIN, _ROOM, _MARGIN * 0.75)
    look = "" if card.look == "anywhere" else card.look
    look_width = width(look, SIZES["look"])
    writer.line(shortened(card.name, SIZES["name"], _ROOM - look_width - 10, bold=True), "name")
    head = len(writer.parts)
    writer.right += look_width + 10 if look else 0
    if card.about:
        writer.wrapped(card.about, "about", 2)
    for said in card.says[:3]:
        writer.y += 4
        writer.wrapped(said, "says", 3)
    if len(card.says) > 3:  # noqa: PLR2004 - as many as are shown
        writer.line("…", "says")
    _buttons(writer, card.buttons)
    if card.stays:
        _stays(writer, card.stays, ruled=len(writer.parts) > head or bool(look))
    sheet = writer.sheet(_MARGIN)
    sheet_width = max(sheet.width, 130.0)
    parts = list(sheet.parts)
    if look:
        parts.insert(
            head, Line(round(sheet_width - _MARGIN - look_width, 2), parts_y(parts[0]), look, "look")
        )
    return Sheet(sheet_width, sheet.height - _MARGIN * 0.25, tuple(parts))


def parts_y(part: Line | Pill | Rule | Icon) -> float:
    """Where the first line stands."""
    return part.y


def _buttons(writer: _Writer, labels: tuple[str, ...]) -> None:
    """The buttons, as many in a row as there is room for."""
    size, height = SIZES["button"], 20.0
    x = writer.left
    writer.y += 7 if labels else 0
    for label in labels[:10]:
        text = shortened(label, size, writer.room - 18)
        wide = width(text, size) + 18
        if x > writer.left and x + wide > writer.left + writer.room:
            x = writer.left
            writer.y += height + 5
        writer.parts.append(Pill(round(x, 2), round(writer.y, 2), round(wide, 2), height))
        writer.parts.append(Line(round(x + 9, 2), round(writer.y + 14, 2), text, "button"))
        writer.right = max(writer.right, x + wide)
        x += wide + 6
    writer.y += height + 2 if labels else 0


def _stays(writer: _Writer, ways: tuple[Way, ...], *, ruled: bool) -> None:
    if ruled:
        writer.y += 7
        writer.parts.append(Rule(round(writer.y, 2)))
        writer.y += 2
    for way in ways:
        writer.y += 5
        icon_y = round(writer.y + SIZES["way"] * 0.64, 2)
        writer.parts.append(Icon(writer.left + 5, icon_y, way.kind, way))
        writer.wrapped(way.brief, "way", 2, indent=_ICON, way=way)
        if way.says:
            writer.wrapped(" ".join(way.says), "said", 2, indent=_ICON, way=way)


# Edges


def edge_sheet(edge: Edge) -> Sheet:
    """What is written beside an edge: each of its ways, and what is said on it."""
    writer = _Writer(0, _LABEL_ROOM)
    for number, way in enumerate(edge.ways):
        writer.y += 4 if number else 0
        writer.wrapped(way.brief, "way", 2, way=way)
        for deed in way.does:
            if deed.startswith("handed off"):
                writer.wrapped(deed, "way", 2, way=way)
        if way.says:
            writer.wrapped(" ".join(way.says), "said", 2, way=way)
    return writer.sheet(2)
