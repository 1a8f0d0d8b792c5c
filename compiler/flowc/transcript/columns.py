"""Fit a line of a transcript into a column of a terminal. Widths are in cells: a wide character takes two."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowc.cells import cells, graphemes

CUT = "…"
_INDENT = "      "
"""Before all rows of a line but its first: as wide as `user: `."""


def wrap(text: str, room: int, most: int) -> list[str]:
    """`text` in rows of `room` cells, at most so many, broken between words where that goes.

    >>> wrap("bot:  How was it, from 1 to 5?", 20, 3)
    ['bot:  How was it,', '      from 1 to 5?']
    >>> wrap("bot:  How was it, from 1 to 5?", 20, 1)
    ['bot:  How was it,…']
    """
    rows = [""]
    for word in _pieces(text, room - len(_INDENT)):
        if cells(rows[-1] + word.rstrip()) > room:
            rows[-1] = rows[-1].rstrip()
            rows.append(_INDENT)
            if len(rows) > most:
                break
        rows[-1] += word
    rows[-1] = rows[-1].rstrip()
    return rows if len(rows) <= most else [*rows[: most - 1], _cut(rows[most - 1], room)]


def beginning(text: str, at: int) -> str:
    """A line that goes on at code point `at` of its text; what it begins with is kept, up to its colon.

    >>> beginning("bot:  a very long sentence", 13)
    'bot:  …long sentence'
    """
    head = re.match(r"\w+: +", text)
    start = head.end() if head else 0
    return text if at <= start + 1 else f"{text[:start]}{CUT}{text[at - 1 :].lstrip()}"


def _pieces(text: str, room: int) -> Iterator[str]:
    """The words of `text` with the spaces behind them; one that is longer than `room` in several pieces."""
    for match in re.finditer(r"[^ ]* *", text):
        piece = ""
        for character in graphemes(match.group()):
            if piece.strip(" ") and cells(piece + character) > room and character != " ":
                yield piece
                piece = ""
            piece += character
        yield piece


def _cut(row: str, room: int) -> str:
    kept = list(graphemes(row))
    while kept and cells("".join(kept)) > room - 1:
        kept.pop()
    return "".join(kept) + CUT
