"""How wide a text is, in whatever font it will be shown, and how it is broken into lines."""

from __future__ import annotations

import unicodedata

# The widest of several common fonts, in shares of the size of the font.
_SHARES = {
    0.25: "ijl",
    0.3: " !',.:;",
    0.35: "()I[]`ft",
    0.4: "/\\r",
    0.45: '"-{}',
    0.55: "*17?JL^_acksvxyz|",
    0.6: "235689Fbdeghnopqu",
    0.65: "#$+04<=>BEKPSTZ",
    0.7: "ARVXY~",
    0.75: "&CDHNU",
    0.8: "GOQw",
    0.9: "Mm",
    1.0: "%@W",
}
_SHARE = {point: share for share, points in _SHARES.items() for point in points}
_FULL, _OTHER = 1.05, 0.68
"""The share of a letter that fills a square, as those of Chinese do, and of any letter not listed."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide `text` is at the most, at a font of this size.

    >>> round(width("menu", 10), 1)
    28.1
    """
    return sum(map(_share, text)) * size * (1.2 if bold else 1.04)


def _share(point: str) -> float:
    known = _SHARE.get(point)
    if known is not None:
        return known
    if unicodedata.combining(point):
        return 0
    full = unicodedata.east_asian_width(point) in "WF" or unicodedata.category(point) == "So"
    return _FULL if full else _OTHER


def wrap(text: str, size: float, room: float, most: int, *, bold: bool = False) -> list[str]:
    """`text` in at most `most` lines that are no wider than `room`; an ellipsis stands for what is left out.

    >>> wrap("What can I do for you today?", 10, 84, 2)
    ['What can I do', 'for you today?']
    >>> wrap("What can I do for you today?", 10, 84, 1)
    ['What can I do f…']
    """
    words = "".join(point if point.isprintable() else " " for point in text).split()
    lines: list[str] = []
    for word in words:
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width(joined, size, bold=bold) <= room:
            lines[-1] = joined
        else:
            lines += _pieces(word, size, room, bold=bold)
        if len(lines) > most:
            last = f"{lines[most - 1]} {lines[most]}"
            return [*lines[: most - 1], shortened(last, size, room, bold=bold, always=True)]
    return lines


def _pieces(word: str, size: float, room: float, *, bold: bool) -> list[str]:
    """A word that is wider than a line, cut."""
    pieces = [""]
    for point in word:
        if pieces[-1] and width(pieces[-1] + point, size, bold=bold) > room:
            pieces.append("")
        pieces[-1] += point
    return pieces


def shortened(text: str, size: float, room: float, *, bold: bool = False, always: bool = False) -> str:
    """`text`, or as much of it as `room` holds with an ellipsis behind; `always` with one."""
    if not always and width(text, size, bold=bold) <= room:
        return text
    while text and width(f"{text}…", size, bold=bold) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"
