"""A drawing as SVG."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from math import hypot

from flowc import machine as ir
from flowc.emit.drafting import drawing_of
from flowc.emit.drawing import END, Card, Drawing, Way, taken_together
from flowc.emit.picture.arrange import arrange
from flowc.emit.picture.legend import legend
from flowc.emit.picture.marks import icon, moved, number, tag, written
from flowc.emit.picture.places import Link, Node, Point, Route, Size
from flowc.emit.picture.sheets import Icon, Line, Pill, Rule, Sheet, card_sheet, edge_sheet
from flowc.emit.picture.style import FONTS, Theme, style_sheet
from flowc.records import dataclass

Cells = Container[tuple[int, str]]
"""Transitions that some tests have taken, each a row of the table and one of its sources."""

_MARGIN, _HEAD, _FOOT = 24.0, 30.0, 30.0
_WEIGHTS = {"message": 4, "event": 4, "step": 4, "failure": 2, "timeout": 1, "anytime": 1}
_GAP = 12.0
"""The room between a line and what is written beside it, on both sides together."""


def emit_svg(machine: ir.Machine, *, theme: Theme = "auto", taken: Cells | None = None) -> str:
    """The picture of a machine, as SVG. With `taken` it is colored by what some tests have taken.

    Raises `MissingPackage` where the layout engine is not installed.
    """
    return Picture(drawing_of(machine), taken).svg(theme)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A card where it is drawn. The end is drawn once for each card that leads there: fewer long lines."""

    card: Card
    number: int
    sheet: Sheet
    source: str | None = None


class Picture:
    """A drawing, laid out. Raises `MissingPackage` where the layout engine is not installed."""

    def __init__(self, drawing: Drawing, taken: Cells | None = None) -> None:
        self.drawing = drawing
        self._taken = taken
        self._spots = list(_spots(drawing))
        self._labels = [edge_sheet(edge) for edge in drawing.edges]
        self._places = arrange(self._nodes(), self._links())

    def _nodes(self) -> list[Node]:
        return [_node(spot.card, Size(spot.sheet.width, spot.sheet.height)) for spot in self._spots]

    def _links(self) -> list[Link]:
        at = {(spot.card.id, spot.source): place for place, spot in enumerate(self._spots)}
        return [
            Link(
                at[edge.source, None],
                at[edge.dest, edge.source if edge.dest == END else None],
                Size(label.width + _GAP if label.parts else 0, label.height),
                _WEIGHTS[edge.kind],
            )
            for edge, label in zip(self.drawing.edges, self._labels, strict=True)
        ]

    def svg(self, theme: Theme, *, fonts: str = FONTS, buttons: bool = False) -> str:
        """The picture. With `buttons` its cards and edges can be reached by keys, and are numbered."""
        foot = legend(self.drawing, covered=self._taken is not None)
        room = max(self._places.size.width, foot.width)
        wide, high = room + 2 * _MARGIN, self._places.size.height + _HEAD + _FOOT + 2 * _MARGIN
        left = _MARGIN + (room - self._places.size.width) / 2
        marks = [
            f"<title>{written(self.drawing.name)}</title>",
            f"<style>\n{style_sheet(theme, fonts=fonts)}</style>",
            tag("rect", class_="page", width=number(wide), height=number(high), rx="12"),
            tag(
                "text", written(self.drawing.name), class_="title", x=number(_MARGIN), y=number(_MARGIN + 10)
            ),
            f'<g transform="{moved(left, _MARGIN + _HEAD)}">',
            *self._edges(buttons=buttons),
            *self._cards(buttons=buttons),
            "</g>",
            f'<g transform="{moved(_MARGIN, high - _MARGIN)}">{foot.marks}</g>',
        ]
        inside = "\n".join(marks)
        size = {
            "width": number(wide),
            "height": number(high),
            "viewBox": f"0 0 {number(wide)} {number(high)}",
        }
        return tag("svg", f"\n{inside}\n", xmlns="http://www.w3.org/2000/svg", **size) + "\n"

    # Edges

    def _edges(self, *, buttons: bool) -> Iterator[str]:
        """The lines, then what is written beside them, so that no line runs over it."""
        routes = self._places.routes
        for place, (edge, route) in enumerate(zip(self.drawing.edges, routes, strict=True)):
            title = "\n".join(way.label for way in edge.ways)
            marks = f"<title>{written(title)}</title>{_route(route)}"
            yield tag(
                "g", marks, class_=f"edge {edge.kind}{self._mark(edge.ways)}", **_data("edge", place, buttons)
            )
        for place, (edge, label, route) in enumerate(
            zip(self.drawing.edges, self._labels, routes, strict=True)
        ):
            corner = moved(route.label.x - label.width / 2, route.label.y - label.height / 2)
            marks = "".join(self._parts(label, "halo"))
            data = {"data_edge": str(place)} if buttons else {}
            yield tag("g", marks, class_=f"label {edge.kind}", transform=corner, **data)

    # Cards

    def _cards(self, *, buttons: bool) -> Iterator[str]:
        for spot, middle in zip(self._spots, self._places.nodes, strict=True):
            card, sheet = spot.card, spot.sheet
            marks = f"<title>{written(card.name)}</title>{_shape(card, sheet)}{''.join(self._parts(sheet))}"
            corner = moved(middle.x - sheet.width / 2, middle.y - sheet.height / 2)
            look = f"card {card.look}{self._mark(self._leading_to(spot), 'card-')}"
            yield tag("g", marks, class_=look, transform=corner, **_data("card", spot.number, buttons))

    def _leading_to(self, spot: _Spot) -> list[Way]:
        """The ways by which a card is reached; those that leave it where none can lead there."""
        here = spot.card.id
        into = [
            way
            for source, way in self.drawing.ways
            if way.dest == here != source and spot.source in {None, source}
        ]
        return into or [way for source, way in self.drawing.ways if source == here]

    def _parts(self, sheet: Sheet, extra: str = "") -> Iterator[str]:
        for part in sheet.parts:
            match part:
                case Line(x, y, text, style):
                    look = f"{style} {extra}".rstrip()
                    yield tag("text", written(text), class_=look, x=number(x), y=number(y))
                case Pill(x, y, wide, high):
                    size = {"width": number(wide), "height": number(high), "rx": number(high / 2)}
                    yield tag("rect", class_="pill", x=number(x), y=number(y), **size)
                case Rule(y):
                    yield tag("path", class_="rule", d=f"M14 {number(y)}H{number(sheet.width - 14)}")
                case Icon(x, y, kind, way):
                    yield tag("g", icon(kind, x, y), class_=f"{kind}{self._mark([way])}")

    def _mark(self, ways: Sequence[Way], prefix: str = "") -> str:
        """The class that colors what stands for these ways."""
        return f" {prefix}{taken_together(ways, self._taken)}" if self._taken is not None and ways else ""


def _spots(drawing: Drawing) -> Iterator[_Spot]:
    for at, card in enumerate(drawing.cards):
        sheet = card_sheet(card)
        if card.id != END:
            yield _Spot(card, at, sheet)
            continue
        for source in dict.fromkeys(edge.source for edge in drawing.edges if edge.dest == END):
            yield _Spot(card, at, sheet, source)


def _node(card: Card, size: Size) -> Node:
    shape = "diamond" if card.look == "choice" else "box"
    return Node(size, shape, first=card.look == "start", floats=card.look == "anywhere")


def _data(what: str, place: int, buttons: bool) -> dict[str, str]:
    return {f"data_{what}": str(place), "tabindex": "0", "role": "button"} if buttons else {}


def _shape(card: Card, sheet: Sheet) -> str:
    """The outline of a card."""
    wide, high = number(sheet.width), number(sheet.height)
    match card.look:
        case "choice":
            half = number(sheet.width / 2)
            return tag("path", class_="box", d=f"M{half} 0L{wide} {half}L{half} {high}L0 {half}Z")
        case "start" | "end" | "back":
            box = tag("rect", class_="box", width=wide, height=high, rx=number(sheet.height / 2))
            middle = {"cx": "15", "cy": number(sheet.height / 2)}
            ring = tag("circle", class_="ring", r="5.5", **middle) if card.look == "end" else ""
            return box + ring + tag("circle", class_="dot", r="3" if ring else "4.5", **middle)
        case "ask" | "call" | "wait" | "state" | "anywhere":
            box = tag("rect", class_="box", width=wide, height=high, rx="9")
            bar = {"x": "5", "y": "11", "width": "3", "height": number(sheet.height - 22), "rx": "1.5"}
            return box + (tag("rect", class_="accent", **bar) if card.look != "anywhere" else "")


def _route(route: Route) -> str:
    """The line of an edge, and its tip."""
    first, *rest = route.points
    curve = f"M{_pair(first)}C{' '.join(map(_pair, rest))}"
    last, tip = route.points[-1], route.tip
    length = hypot(tip.x - last.x, tip.y - last.y) or 1.0
    along = Point((tip.x - last.x) / length, (tip.y - last.y) / length)
    wings = [Point(last.x + side * 3.6 * along.y, last.y - side * 3.6 * along.x) for side in (1, -1)]
    head = f"M{_pair(tip)}L{_pair(wings[0])}L{_pair(wings[1])}Z"
    return tag("path", class_="route", d=curve) + tag("path", class_="tip", d=head)


def _pair(point: Point) -> str:
    return f"{number(point.x)},{number(point.y)}"
