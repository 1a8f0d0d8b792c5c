"""How texts, values and durations are written in a transcript: the writing half. `reading` is the other.

A text stands on its line as it is. The escapes are those of a text in a flow, and `\\…` for a reply that is
`…`. Half of a surrogate pair, which a flow cannot hold but a user can send, is written `\\u{D800}` too.
"""

from __future__ import annotations

from decimal import Decimal
from typing import get_args
from unicodedata import category

from flowrt.effects import EndReason
from flowrt.values import Value

Literal = Value
"""A value as a transcript writes it."""

WITH_COLON = ("user", "press", "bot", "call", "session")
"""The words that a colon follows."""

WORDS = (*WITH_COLON, "after", "test")
"""The words that lines begin with."""

ENDS: tuple[EndReason, ...] = get_args(EndReason)
"""The ways in which a session ends."""

ELLIPSIS = "…"
"""What stands for some replies."""
UNIT_SECONDS = {"day": 86_400, "hour": 3600, "minute": 60, "second": 1}
"""The units a duration is written in, the largest first."""

_NAMED = {"\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_JOINERS = "\u200c\u200d"  # they cannot be seen, but emoji and letters are made with them


def write_text(text: str) -> str:
    r"""`text` as it stands behind `user:` or `bot:`. White space at its ends is escaped, to be seen.

    >>> print(write_text(" C:\\data\n…"))
    \u{20}C:\\data\n…
    >>> print(write_text("…"))
    \…
    """
    if text == ELLIPSIS:
        return f"\\{ELLIPSIS}"
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return "".join(_escaped(point, hide=not start <= place < end) for place, point in enumerate(text))


def quote(text: str) -> str:
    r"""`text` as it stands in a test's name or in a call.

    >>> print(quote('say "hi"'))
    "say \"hi\""
    """
    return '"' + "".join(_escaped(point, hide=False) for point in text).replace('"', '\\"') + '"'


def write_value(value: Literal) -> str:
    """`value` as it stands in a call.

    >>> ", ".join(write_value(value) for value in ("Ada", 2, True, None, Decimal("1.50")))
    '"Ada", 2, true, none, 1.50'
    """
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case str():
            return quote(value)
        case Decimal():
            digits = f"{value:f}"
            return digits if "." in digits else f"{digits}.0"
        case int():
            return str(value)
        case _:
            return f"({type(value).__name__})"  # other values have no written form yet, so none is ever equal


def write_duration(seconds: int) -> str:
    """`seconds` in the largest unit that divides them.

    >>> write_duration(900), write_duration(3600), write_duration(90)
    ('15 minutes', '1 hour', '90 seconds')
    """
    unit, size = next((unit, size) for unit, size in UNIT_SECONDS.items() if seconds % size == 0)
    count = seconds // size
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def visible(text: str) -> str:
    """`text` with an escape in place of what cannot be seen. What `write_text` has written stays as it is.

    >>> visible("a\\u202eb")
    'a\\\\u{202E}b'
    """
    return "".join(point if point == "\\" else _escaped(point, hide=False) for point in text)


def same_value(one: Literal, other: Literal) -> bool:
    """Whether two values are one value of the language, where `true` is not 1.

    >>> same_value(True, 1), same_value("a", "a")
    (False, True)
    """
    return type(one) is type(other) and one == other


def _escaped(point: str, *, hide: bool) -> str:
    if point in _NAMED:
        return _NAMED[point]
    unseen = category(point) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and point not in _JOINERS
    return f"\\u{{{ord(point):X}}}" if hide or unseen else point
