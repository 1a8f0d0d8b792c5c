"""Sizes and places of what is drawn, in pixels."""

from __future__ import annotations

from flowc.records import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """A size in pixels."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Node:
    """A card to be placed: at the top if it is the `first`; if it `floats`, there or elsewhere."""

    size: Size
    shape: str
    first: bool = False
    floats: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An edge to be routed, with room for its label. The heavier, the straighter."""

    source: int
    dest: int
    label: Size
    weight: int


@dataclass(frozen=True, slots=True)
class Point:
    """A place, in pixels from the upper left corner."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Route:
    """The way of an edge: a chain of Bézier curves, of one point and then three for each curve, up to `tip`.

    `label` is the middle of its label.
    """

    points: tuple[Point, ...]
    tip: Point
    label: Point


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where everything is: the middle of each node, the way of each link, and the size of it all."""

    size: Size
    nodes: tuple[Point, ...]
    routes: tuple[Route, ...]
