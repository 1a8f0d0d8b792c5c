"""The line below a picture that says what its lines mean."""

from __future__ import annotations

from flowc.emit.drawing import Drawing
from flowc.emit.picture.lettering import width
from flowc.emit.picture.marks import moved, tag
from flowc.emit.picture.sheets import SIZES
from flowc.records import dataclass

_KINDS = {
    "message": "a message",
    "event": "the host",
    "failure": "a failure",
    "timeout": "a silence",
    "anytime": "a message at any time",
}
_COVERAGE = {"taken": "tested", "partly": "tested in part", "missed": "not tested"}
_SAMPLE, _GAP = 26.0, 20.0


@dataclass(frozen=True, slots=True)
class Legend:
    """The elements, from their left end and middle, and how wide they are."""

    marks: str
    width: float


def legend(drawing: Drawing, *, covered: bool) -> Legend:
    """A sample of each kind of line that is drawn; with `covered` the colors of what was tested."""
    kinds = {way.kind for _, way in drawing.ways}
    entries = _COVERAGE if covered else {kind: text for kind, text in _KINDS.items() if kind in kinds}
    x = 0.0
    marks: list[str] = []
    for name, text in entries.items():
        sample = tag("path", class_="route", d=f"M{x:g} 0h{_SAMPLE:g}")
        words = tag("text", text, class_="about", x=f"{x + _SAMPLE + 7:g}", y="4")
        marks.append(tag("g", sample + words, class_=name))
        x += round(_SAMPLE + 7 + width(text, SIZES["about"]) + _GAP)
    return Legend(tag("g", "".join(marks), class_="legend", transform=moved(0, 0)), x - _GAP)
