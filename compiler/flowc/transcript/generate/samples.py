"""A text in which a regular expression finds something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowrt.patterns import compile_pattern

_PIECE = re.compile(
    r"""(?P<open>\((?:\?(?:P?<\w+>|[a-zA-Z-]*:))?)
      | (?P<flags>\(\?[a-zA-Z-]*\))
      | (?P<close>\))
      | (?P<either>\|)
      | (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
      | (?P<repeat>(?:[*?+]|\{(?P<least>\d+)(?:,\d*)?\})\??)
      | (?P<place>[\^$]|\\[bBAz])
      | (?P<code>\\x(?:\{(?P<long>[0-9A-Fa-f]+)\}|(?P<short>[0-9A-Fa-f]{2})))
      | (?P<property>\\[pP](?:\{\^?\w+\}|\w))
      | \\(?P<escape>.)
      | (?P<plain>.)""",
    re.VERBOSE | re.DOTALL,
)
_SETS = {"d": "1", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "n": "\n", "t": "\t"}
_TRIED = "a1 -AZz0_.,éß!"
_MOST = 1_000
"""The longest text that is made."""
_WAYS = 4


def samples(pattern: str) -> list[str]:
    r"""Texts in which `pattern` finds something, each by another of what is either; as short as is easily found.

    >>> samples(r"order (?P<number>\d+)|ship.*"), samples("[^a]{2}b?")
    (['order 1', 'ship'], ['11'])
    """
    finds = compile_pattern(pattern).find
    found: dict[str, None] = {}
    for way in range(_WAYS):
        made = "".join(_Sampler(pattern, way).either())[:_MOST]
        text = next((text for text in (made, made.strip(), made.upper(), f"{made} x") if finds(text)), None)
        if text is not None:
            found[text] = None
    return list(found)


class _Sampler:
    """Walks over a pattern once: of what is either, number `way` or the last; of what may be left out, nothing."""

    def __init__(self, pattern: str, way: int) -> None:
        self._way = way
        self._pieces = list(_PIECE.finditer(pattern))
        self._at = 0

    def either(self) -> list[str]:
        """What stands up to the end of a group, or of all."""
        texts: list[str] = []
        seen = 0
        while self._at < len(self._pieces):
            piece = self._pieces[self._at]
            if piece.lastgroup == "close":
                break
            self._at += 1
            if piece.lastgroup == "either":
                seen += 1
                texts = [] if seen <= self._way else texts
            elif seen <= self._way:
                texts += self._one(piece)
            elif piece.lastgroup == "open":
                self._group()
        return texts

    def _one(self, piece: re.Match[str]) -> list[str]:
        once = self._group() if piece.lastgroup == "open" else _single(piece)
        repeat = self._pieces[self._at] if self._at < len(self._pieces) else None
        if repeat is None or repeat["repeat"] is None:
            return once
        self._at += 1
        if repeat["least"] is not None:
            return once * min(int(repeat["least"]), _MOST)
        return once if repeat["repeat"].startswith("+") else []

    def _group(self) -> list[str]:
        inside = self.either()
        self._at += 1  # its end
        return inside


def _single(piece: re.Match[str]) -> list[str]:
    if piece["set"] is not None:
        return [next(_members(piece["set"]), "")]
    if piece["escape"] is not None:
        return [_SETS.get(piece["escape"], piece["escape"])]
    if piece["code"] is not None:
        return [chr(int(piece["long"] or piece["short"], 16))]
    if piece["property"] is not None:
        return ["1" if "N" in piece["property"] else "a"]
    if piece["plain"] is not None:
        return ["a" if piece["plain"] == "." else piece["plain"]]
    return []


def _members(written: str) -> Iterator[str]:
    """What is in a set in brackets, of what is tried."""
    inside = re.findall(r"\\(.)|([^\\])", written.removeprefix("[").removeprefix("^")[:-1])
    literal = [_SETS.get(escape, escape) or plain for escape, plain in inside]
    finds = compile_pattern(f"^{written}$").find
    return (text for text in (*_TRIED, *literal) if finds(text))
