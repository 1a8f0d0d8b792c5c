"""Reading decimals as people write them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from flowrt.answers.plain import figures, trimmed
from flowrt.arithmetic import exact
from flowrt.errors import OutOfBounds
from flowrt.events import Message
from flowrt.time import Instant

Mark = Literal[".", ","]
"""What stands before the fraction."""

_LONGEST = 64
_NUMBER = re.compile(r"([+-]?)([0-9.,' ]+)")
# Thousands; and in India thousands, then hundreds of them.
_GROUPED = re.compile(r"[0-9]{1,3}([.,' ])[0-9]{3}(?:\1[0-9]{3})*|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")
_UNCLEAR = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_AS_ASCII = str.maketrans({"\u2019": "'", "\u066b": ".", "\u066c": "'"})


class DecimalAnswer:
    """A number with or without a fraction, within `low` and `high` where they are given.

    `4.5` and `4,5` are the same; thousands may be set apart by a point, a comma, a space or an apostrophe, as
    long as what is meant is clear: `1,234.5`, `1.234,5`, `1 234`, `1,234,567`. A single point or comma before
    exactly three digits is not (`1,234` is a thousand to some and a little over one to others), and so is no
    answer. `mark` settles it: with "." a comma sets thousands apart, with "," a point does.

    >>> DecimalAnswer()(Message("1", "ada", text="4,5"))
    Decimal('4.5')
    >>> DecimalAnswer()(Message("2", "ada", text="1,234")) is None
    True
    >>> DecimalAnswer(mark=".")(Message("3", "ada", text="1,234"))
    Decimal('1234')
    """

    __slots__ = ("_high", "_low", "_mark")

    def __init__(
        self, low: Decimal | int | None = None, high: Decimal | int | None = None, *, mark: Mark | None = None
    ) -> None:
        self._low = low
        self._high = high
        self._mark: Mark | None = mark

    def __call__(self, message: Message, _at: Instant = 0, /) -> Decimal | None:
        """The number that `message` says, in the digits of any script."""
        text = figures(trimmed(message)).translate(_AS_ASCII)
        number = read_number(text, self._mark) if len(text) <= _LONGEST else None
        if number is None or (self._low is not None and number < self._low):
            return None
        return None if self._high is not None and number > self._high else number


def read_number(text: str, mark: Mark | None = None) -> Decimal | None:
    """The decimal that `text`, in the digits of ASCII, says; None where it says none or it is not clear which.

    >>> read_number("-1'234.50")
    Decimal('-1234.50')
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    sign, body = found[1], found[2]
    if mark is None and _UNCLEAR.fullmatch(body):
        return None
    whole, point, fraction = body.partition(mark or _mark_of(body))
    digits = _ungrouped(whole)
    if digits is None or (point and not fraction.isdecimal()) or not (digits or point):
        return None
    try:
        return exact(Decimal(f"{sign}{digits or '0'}{f'.{fraction}' if fraction else ''}"))
    except OutOfBounds:
        return None


def _ungrouped(whole: str) -> str | None:
    """The digits before the fraction without what sets thousands apart; None where it stands elsewhere."""
    if not whole or whole.isdecimal():
        return whole
    if not _GROUPED.fullmatch(whole):
        return None
    return "".join([character for character in whole if character.isdecimal()])


def _mark_of(body: str) -> Mark:
    """Which of point and comma stands before the fraction: the last, unless there are more of its kind."""
    last: Mark = "," if body.rfind(",") > body.rfind(".") else "."
    other: Mark = "." if last == "," else ","
    return other if body.count(last) > 1 else last
