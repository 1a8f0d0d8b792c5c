"""Lines that run over cards or labels, and labels that are moved along their own line to where nothing runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from flowc.emit.picture.places import Arrangement, Link, Node, Point, Route, Size
from flowc.records import dataclass

_STEPS = 40
"""In so many steps a curve is followed."""
_STRIDE = 5
"""A label is tried at each of so many of those points."""
_CROWDED = 14.0
"""Cards that are closer than this, in pixels, look like one."""
_APART = 3.0
"""How far a label that was moved stays away from all else, in pixels."""


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, point: Point) -> bool:
        return self.left < point.x < self.right and self.top < point.y < self.bottom

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class _Line:
    """Points along a line, and the room in which they are."""

    points: list[Point]
    room: _Box

    def runs_over(self, box: _Box) -> bool:
        return self.room.meets(box) and any(map(box.holds, self.points))


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything that stands somewhere; no label where an edge has none."""

    cards: list[_Box]
    lines: list[_Line]
    labels: list[_Box | None]

    def hits(self, box: _Box, *, but_label: int | None = None) -> bool:
        """Whether a line, a card or another label is in `box`."""
        others = [label for at, label in enumerate(self.labels) if label and at != but_label]
        return any(map(box.meets, (*self.cards, *others))) or self.runs_over(box)

    def runs_over(self, box: _Box) -> bool:
        """Whether a line is in `box`."""
        return any(line.runs_over(box) for line in self.lines)


def collisions(arrangement: Arrangement, nodes: Sequence[Node], links: Sequence[Link]) -> int:
    """How many cards have a line run over them that does not join them, how many labels any line, and how many
    pairs of cards are crowded.
    """
    scene = _scene(arrangement, nodes, links)
    crossed = sum(
        line.runs_over(card)
        for link, line in zip(links, scene.lines, strict=True)
        for at, card in enumerate(scene.cards)
        if at not in {link.source, link.dest}
    )
    run_over = sum(label is not None and scene.runs_over(label) for label in scene.labels)
    roomy = [_box(at, node.size, -_CROWDED / 2) for at, node in zip(arrangement.nodes, nodes, strict=True)]
    crowded = sum(one.meets(other) for one, other in combinations(roomy, 2))
    return crossed + run_over + crowded


def with_labels_moved(arrangement: Arrangement, nodes: Sequence[Node], links: Sequence[Link]) -> Arrangement:
    """The same with each label that a line runs over beside another piece of its own line, if one is free."""
    scene = _scene(arrangement, nodes, links)
    routes = list(arrangement.routes)
    for at, label in enumerate(scene.labels):
        if label is None or not scene.runs_over(label):
            continue
        for middle in _beside(scene.lines[at].points[::_STRIDE], links[at].label):
            if not scene.hits(_box(middle, links[at].label, -_APART), but_label=at):
                routes[at] = replace(routes[at], label=middle)
                scene.labels[at] = _box(middle, links[at].label, 1)
                break
    return replace(arrangement, routes=tuple(routes))


def _beside(line: list[Point], size: Size) -> Iterator[Point]:
    """Where a label may stand, the middle of the line first: right of it, left of it, above or below."""
    half = len(line) // 2
    wide, high = size.width / 2 + _APART + 1, size.height / 2 + _APART + 1
    for at in sorted(range(len(line)), key=lambda at: abs(at - half)):
        x, y = line[at].x, line[at].y
        for across, down in ((1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1)):
            yield Point(x + across * wide, y + down * high)


def _scene(arrangement: Arrangement, nodes: Sequence[Node], links: Sequence[Link]) -> _Scene:
    routes = arrangement.routes
    return _Scene(
        [_box(at, node.size, 1) for at, node in zip(arrangement.nodes, nodes, strict=True)],
        [_line(route) for route in routes],
        [
            _box(route.label, link.label, 1) if link.label.width else None
            for route, link in zip(routes, links, strict=True)
        ],
    )


def _line(route: Route) -> _Line:
    points = list(_followed(route))
    across, down = [point.x for point in points], [point.y for point in points]
    return _Line(points, _Box(min(across), min(down), max(across), max(down)))


def _box(middle: Point, size: Size, less: float) -> _Box:
    """The room that something takes, a little less on each side: lines may touch."""
    wide, high = size.width / 2 - less, size.height / 2 - less
    return _Box(middle.x - wide, middle.y - high, middle.x + wide, middle.y + high)


def _followed(route: Route) -> Iterator[Point]:
    """Points along the curves of a line."""
    for first in range(0, len(route.points) - 3, 3):
        a, b, c, d = route.points[first : first + 4]
        for step in range(_STEPS + 1):
            t = step / _STEPS
            u = 1 - t
            one, two, three, four = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
            yield Point(
                one * a.x + two * b.x + three * c.x + four * d.x,
                one * a.y + two * b.y + three * c.y + four * d.y,
            )
