"""Colors and fonts of a picture, as CSS: for light, for dark, or for whichever the reader prefers."""

from __future__ import annotations

from typing import Literal

from flowc.records import dataclass

Theme = Literal["auto", "light", "dark"]

FONTS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif'
"""The fonts of the reader's own system."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colors of one theme."""

    page: str
    card: str
    line: str
    rule: str
    text: str
    faint: str
    ask: str
    call: str
    wait: str
    state: str
    anytime: str
    failure: str
    timeout: str
    event: str
    taken: str
    partly: str
    missed: str


LIGHT = Palette(
    page="#f8f9fb",
    card="#ffffff",
    line="#7b8494",
    rule="#d9dee7",
    text="#1b2130",
    faint="#5b6475",
    ask="#2563eb",
    call="#0f8a6b",
    wait="#a16207",
    state="#7c3aed",
    anytime="#7c3aed",
    failure="#cf2f2f",
    timeout="#a16207",
    event="#0e7490",
    taken="#15803d",
    partly="#b45309",
    missed="#cf2f2f",
)
DARK = Palette(
    page="#12151c",
    card="#1c212b",
    line="#8a94a6",
    rule="#343c4a",
    text="#eef1f6",
    faint="#a5aebd",
    ask="#6ea0ff",
    call="#3ecfa6",
    wait="#e0b04a",
    state="#b394ff",
    anytime="#b394ff",
    failure="#ff7b72",
    timeout="#e0b04a",
    event="#67c7d9",
    taken="#4ade80",
    partly="#fbbf24",
    missed="#ff7b72",
)


def style_sheet(theme: Theme, *, fonts: str = FONTS) -> str:
    """The CSS of a picture."""
    fixed = f"text {{ font-family: {fonts} }}\n{_SHAPES}"
    if theme == "auto":
        dark = "".join(f"  {line}\n" for line in _colors(DARK).splitlines())
        return f"{fixed}{_colors(LIGHT)}@media (prefers-color-scheme: dark) {{\n{dark}}}\n"
    return fixed + _colors(LIGHT if theme == "light" else DARK)


_SHAPES = """\
.title { font-size: 16px; font-weight: 700 }
.name { font-size: 13.5px; font-weight: 600 }
.look { font-size: 10.5px }
.about { font-size: 11px }
.says { font-size: 12.5px }
.button { font-size: 11px }
.way { font-size: 11.5px }
.said { font-size: 11px }
.route { fill: none; stroke-width: 1.4 }
.timeout .route { stroke-dasharray: 5 4 }
.failure .route { stroke-width: 1.8 }
.box { stroke-width: 1.2 }
.anywhere .box { stroke-dasharray: 6 4 }
.rule { stroke-width: 1 }
.pill { fill: none; stroke-width: 1 }
.icon { fill: none; stroke-width: 1.3; stroke-linecap: round; stroke-linejoin: round }
.halo { stroke-width: 4; stroke-linejoin: round; paint-order: stroke }
"""


def _colors(palette: Palette) -> str:
    """The rules that say colors; later ones win over earlier ones."""
    rules = [
        (".page", f"fill: {palette.page}"),
        (".title, .name, .says, .way", f"fill: {palette.text}"),
        (".look, .about, .said, .button", f"fill: {palette.faint}"),
        (".box", f"fill: {palette.card}; stroke: {palette.rule}"),
        (".choice .box, .start .box, .end .box, .back .box, .anywhere .box", f"stroke: {palette.line}"),
        (".rule", f"stroke: {palette.rule}"),
        (".pill", f"stroke: {palette.rule}"),
        (".dot, .tip", f"fill: {palette.line}"),
        (".ring", f"fill: none; stroke: {palette.line}"),
        (".route", f"stroke: {palette.line}"),
        (".icon", f"stroke: {palette.line}"),
        (".halo", f"stroke: {palette.page}"),
        *(_accent(kind, color) for kind, color in _accents(palette)),
        *(rule for kind, color in _kinds(palette) for rule in _marked(kind, color)),
    ]
    return "".join(f"{selector} {{ {rule} }}\n" for selector, rule in rules)


def _accents(palette: Palette) -> tuple[tuple[str, str], ...]:
    return (
        ("ask", palette.ask),
        ("call", palette.call),
        ("wait", palette.wait),
        ("state", palette.state),
        ("anywhere", palette.line),
    )


def _accent(look: str, color: str) -> tuple[str, str]:
    return f".{look} .accent, .{look} .look", f"fill: {color}"


def _kinds(palette: Palette) -> tuple[tuple[str, str], ...]:
    return (
        ("anytime", palette.anytime),
        ("failure", palette.failure),
        ("timeout", palette.timeout),
        ("event", palette.event),
        ("taken", palette.taken),
        ("partly", palette.partly),
        ("missed", palette.missed),
    )


def _marked(kind: str, color: str) -> tuple[tuple[str, str], ...]:
    return (
        (f".card-{kind} .box", f"stroke: {color}"),
        (f".{kind} .route, .{kind} .icon", f"stroke: {color}"),
        (f".{kind} .tip", f"fill: {color}"),
    )
