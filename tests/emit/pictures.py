"""What tests of pictures share: flows to draw, and a picture read back from its SVG."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from flowc.machine import Machine
from flowc.pipeline import compile_flow
from flowc.source import load, source_of
from tests.cli.program import FEEDBACK, ROOT

CLINIC = Path(__file__).parent / "clinic.flow"
FLOWS = [FEEDBACK, CLINIC, *sorted((ROOT / "tests/conversations").glob("*.flow"))]

HOSTILE = (
    "</text><script>alert(1)</script>",
    "]]> <!-- & &lt; 'x' \\\" --> {{",
    "\\\\N \\\\l $& \\u{202E}\\u{7}",
)
"""Texts, as a flow writes them, that look like markup of one of the formats."""

HOSTILE_FLOW = f"""\
flow hostile
timeout 1 hour -> reply "{HOSTILE[0]}"
anytime on "{HOSTILE[1]}" -> reply "{HOSTILE[2]}"
on "{HOSTILE[0]}" -> goto menu
on message -> ask answer "{HOSTILE[0]}" choices "{HOSTILE[1].replace("{{", "x")}" | "b" -> goto menu
state menu
  -> reply "{HOSTILE[2]}" buttons "{HOSTILE[0]}" | "<b>"
  on "<b>" | "{HOSTILE[0]}" -> reply "{HOSTILE[1]}" -> end session
  on message -> reply "<img src=x onerror=alert(1)>" -> again
"""


@cache
def machine_at(path: Path) -> Machine:
    machine = compile_flow(load(path)).machine
    assert machine is not None
    return machine


@cache
def machine_of(text: str, path: str = "a.flow") -> Machine:
    compiled = compile_flow(source_of(path, text))
    assert compiled.machine is not None, compiled.diagnostics
    return compiled.machine


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.left < x < self.right and self.top < y < self.bottom

    def meets(self, other: Box) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Seen:
    """A picture as whoever opens the file would find it: outlines of cards, lines, and the lines of labels."""

    cards: list[Box]
    labels: list[Box]
    lines: list[list[tuple[float, float]]]
    texts: list[str]
    size: tuple[float, float]

    @classmethod
    def of(cls, svg: str) -> Seen:
        root = ET.fromstring(svg)  # noqa: S314 - what we have drawn
        groups = list(root.iter(f"{SVG}g"))
        cards = [_card(group) for group in groups if _is(group, "card")]
        labels = [_label(group) for group in groups if _is(group, "label")]
        lines = [list(_curve(group)) for group in groups if _is(group, "edge")]
        texts = [text.text or "" for text in root.iter(f"{SVG}text")]
        return cls(cards, labels, lines, texts, (float(root.get("width", "")), float(root.get("height", ""))))


def _is(group: ET.Element, kind: str) -> bool:
    return (group.get("class") or "").split(" ")[0] == kind


def _corner(group: ET.Element) -> tuple[float, float]:
    x, y = re.findall(r"-?[0-9.]+", group.get("transform", ""))
    return float(x), float(y)


def _card(group: ET.Element) -> Box:
    x, y = _corner(group)
    rect = group.find(f"{SVG}rect[@class='box']")
    if rect is None:  # a diamond
        return Box(x, y, x + 26, y + 26)
    return Box(x, y, x + float(rect.get("width", "")), y + float(rect.get("height", "")))


def _label(group: ET.Element) -> Box:
    """What the texts cover, if a letter is at least 0.4 of its size wide."""
    x, y = _corner(group)
    texts = group.findall(f"{SVG}text")
    lows = [float(text.get("y", "")) for text in texts]
    wide = max(len(text.text or "") * 11 * 0.4 for text in texts)
    return Box(x, y + min(lows) - 9, x + wide, y + max(lows) + 2)


def _curve(group: ET.Element) -> Iterator[tuple[float, float]]:
    route = group.find(f"{SVG}path[@class='route']")
    assert route is not None
    numbers = [float(each) for each in re.findall(r"-?[0-9.]+", route.get("d", ""))]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    corners = points[::3]
    for (first, last), (one, two) in zip(
        pairwise(corners), zip(points[1::3], points[2::3], strict=True), strict=True
    ):
        for step in range(61):
            t = step / 60
            shares = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
            ends = (first, one, two, last)
            yield (
                sum(share * x for share, (x, _) in zip(shares, ends, strict=True)),
                sum(share * y for share, (_, y) in zip(shares, ends, strict=True)),
            )
