"""How a text looks in a terminal: what of it can be seen, and how many cells that takes.

A wide character takes two cells, a combining mark none, an emoji of several code points two. Everything that
lines things up, the marks under a line of source and the two columns of a failed test, asks here.
"""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import category


def visible(text: str) -> str:
    """The text with an escape in place of each code point that cannot be seen.

    >>> print(visible("pay\\u202ement\\n"))
    pay\\u202ement\\n
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(shown for _, shown in pieces(text))


def cells(text: str) -> int:
    """How many cells of a terminal a visible text takes.

    >>> cells("日本"), cells("e\\u0301"), cells("👩\\u200d🔬")
    (4, 1, 2)
    """
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # noqa: PLC0415 - most texts are ASCII, and its tables take time to load

    return sum(max(0, wcswidth(grapheme)) for grapheme in graphemes(text))


def graphemes(text: str) -> Iterator[str]:
    """The characters of a text as people count them, each with the marks and joiners that belong to it.

    >>> [len(grapheme) for grapheme in graphemes("ne\\u0301e")]
    [1, 2, 1]
    """
    if text.isascii() and "\r" not in text:  # "\r\n" is one
        return iter(text)
    from wcwidth import iter_graphemes  # noqa: PLC0415 - as above

    return iter_graphemes(text)


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """The graphemes of a text, each as written and as shown; what cannot be seen is a piece of its own.

    >>> list(pieces("a\\tb"))
    [('a', 'a'), ('\\t', '\\\\t'), ('b', 'b')]
    """
    start, before = 0, ""
    for place, point in enumerate(text):
        if _is_seen(before, point, text[place + 1 : place + 2]):
            before = point
            continue
        yield from ((grapheme, grapheme) for grapheme in graphemes(text[start:place]))
        yield point, _escape(point)
        start, before = place + 1, ""
    yield from ((grapheme, grapheme) for grapheme in graphemes(text[start:]))


_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Letters and marks that show nothing."""

_JOINERS = frozenset("\u200c\u200d")
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""What asks for one look of the letter or the emoji before it."""


def _is_seen(before: str, point: str, after: str) -> bool:
    """Whether a code point, between its neighbours, can be seen or shapes what is seen.

    `before` and `after` are empty where there is no neighbour. Joiners and selectors count as seen inside an
    emoji or a script that needs them, and a mark where there is something to carry it.
    """
    if "\x20" <= point <= "\x7e":
        return True
    shaped = before > "\xa0" and not before.isspace() and before not in _JOINERS
    if point in _JOINERS:
        return shaped and after > "\xa0" and _is_seen("x", after, "")
    if point in _SELECTORS:
        keycap = before != "" and before in "0123456789#*" and after == "\u20e3"
        return keycap or (shaped and before not in _SELECTORS)
    kind = category(point)
    return (
        point not in _BLANK
        and kind not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        and (before != "" or kind[0] != "M")
    )


def _escape(point: str) -> str:
    named = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}.get(point)
    return named or (f"\\u{ord(point):04x}" if point <= "\uffff" else f"\\U{ord(point):08x}")
