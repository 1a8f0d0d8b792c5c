"""Text as the language sees it: folded for comparing, rendered for saying."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time
from typing import TYPE_CHECKING, TypeAlias

from flowrt.values import TEXT_MAX, fitting

if TYPE_CHECKING:
    from decimal import Decimal

if TYPE_CHECKING:
    Sayable: TypeAlias = str | int | Decimal | date | time | datetime
else:
    Sayable = object  # for annotations alone: to spell it out would load `decimal`
"""What may stand in a hole of a text."""


MARKS_MAX = 30
"""How many marks upon one letter are put in order. No language has more; the number is Unicode's own."""

_JOINER = "\u034f"
"""COMBINING GRAPHEME JOINER: marks on its two sides are not put in order with each other."""

_HIDDEN_MARKS = {"\u0344": 2, "\u0f73": 2, "\u0f75": 2, "\u0f81": 2, "\uff9e": 1, "\uff9f": 1}
"""What is of more marks than one, or does not say that it is one, with how many it is."""


def nfkc(text: str) -> str:
    """`text` in NFKC, in time linear in its length.

    To put marks in order takes the square of their number: a letter under tens of thousands of marks would hold up
    everybody for seconds. So after each `MARKS_MAX` marks in a row begins another row.

    >>> nfkc("\uff21\u030a")
    '\u00c5'
    """
    return unicodedata.normalize("NFKC", text if len(text) <= MARKS_MAX else _in_short_rows(text))


def _in_short_rows(text: str) -> str:
    """`text` with a joiner after each `MARKS_MAX` marks in a row."""
    if text.isascii():
        return text
    parts: list[str] = []
    begun = row = 0
    for place, character in enumerate(text):
        marks = _HIDDEN_MARKS.get(character) or (1 if unicodedata.combining(character) else 0)
        row = row + marks if marks else 0
        if row > MARKS_MAX:
            parts += [text[begun:place], _JOINER]
            begun, row = place, marks
    return "".join([*parts, text[begun:]]) if parts else text


def fold(text: str) -> str:
    r"""`text` as the language compares it: NFKC, case folded, trimmed, white space folded to single spaces.

    >>> fold("  Track   an ORDER ")
    'track an order'
    >>> fold("\uff33\uff34\uff2f\uff30")
    'stop'
    """
    if not text.isascii():
        # Folding can undo the normal form and the normal form can undo folding: Unicode defines
        # NFKC_Casefold so.
        text = unicodedata.normalize("NFKC", nfkc(text).casefold())
        return " ".join(text.split())
    return " ".join(text.lower().split())


def render(*parts: Sayable) -> str:
    """The text made of `parts`, each said as the language says it; no longer than `TEXT_MAX` code points.

    Raises `OutOfBounds`.

    >>> render("You are number ", 3, ".")
    'You are number 3.'
    """
    text = "".join([part if isinstance(part, str) else said(part) for part in parts])
    return text if len(text) <= TEXT_MAX else fitting(text)


def said(value: Sayable) -> str:
    """One value as the language says it.

    A text, an email, a phone number, a url and a choice as they are; a decimal without trailing zeros and
    without an exponent; a date, a time and a datetime as ISO 8601, the seconds left out where there are none,
    and a datetime in UTC, with its Z.

    >>> from datetime import UTC
    >>> said(date(2026, 1, 5)), said(time(9, 30)), said(time(9, 30, 15))
    ('2026-01-05', '09:30', '09:30:15')
    >>> said(datetime(2026, 1, 5, 9, 30, tzinfo=UTC))
    '2026-01-05T09:30Z'
    """
    match value:
        case str():
            return value
        case int():
            return str(value)
        case datetime():
            return _clock(value.replace(tzinfo=None).isoformat(), value.second, value.microsecond) + "Z"
        case date():
            return value.isoformat()
        case time():
            return _clock(value.isoformat(), value.second, value.microsecond)
        case _:
            return _decimal(format(value, "f"))


def _clock(iso: str, second: int, microsecond: int) -> str:
    if microsecond:
        return iso.rstrip("0")
    return iso if second else iso.removesuffix(":00")


def _decimal(digits: str) -> str:
    if "." in digits:
        digits = digits.rstrip("0").removesuffix(".")
    return "0" if digits == "-0" else digits


def same(left: str | None, right: str | None) -> bool:
    """Whether two texts are equal as the language compares them; none equals only none.

    >>> same("Yes ", "yes")
    True
    """
    if left is None or right is None:
        return left is right
    return left == right or fold(left) == fold(right)
