"""A drawing as PNG: the SVG, drawn by resvg."""

from __future__ import annotations

from flowc import machine as ir
from flowc.emit.drafting import drawing_of
from flowc.emit.picture.extras import MissingPackage
from flowc.emit.picture.style import Theme
from flowc.emit.picture.svg import Cells, Picture

FONT = "Inter"
"""The font of the texts. Letters that it lacks come from the fonts of this machine."""

_ZOOM = 2


def emit_png(machine: ir.Machine, *, theme: Theme = "light", taken: Cells | None = None) -> bytes:
    """The picture of a machine, as PNG, twice as large as the SVG. A PNG has one theme; `auto` is light.

    Raises `MissingPackage` where one of the packages that draw it is not installed.
    """
    try:
        import fontpkg  # noqa: PLC0415 - optional
        import resvg_py  # noqa: PLC0415 - optional
    except ImportError as error:
        raise MissingPackage("fontpkg-inter" if error.name == "fontpkg" else "resvg-py") from None
    picture = Picture(drawing_of(machine), taken)
    return resvg_py.svg_to_bytes(
        svg_string=picture.svg("light" if theme == "auto" else theme, fonts=FONT),
        zoom=_ZOOM,
        font_files=[str(fontpkg.path(FONT))],
        font_family=FONT,
        sans_serif_family=FONT,
    )
