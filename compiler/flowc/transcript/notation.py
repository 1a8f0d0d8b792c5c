"""How texts, values and durations are written in a transcript: the writing half. `reading` is the other.

A text stands on its line as it is. The escapes are those of a text in a flow, `\\…` for a reply that is
`…`, and `\\(` for a text that begins as media do. Half of a surrogate pair, which a flow cannot hold but a user
can send, is written `\\u{D800}` too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import get_args
from unicodedata import category

from flowc.transcript.literals import Literal, RecordLiteral, Unset
from flowrt.effects import EndReason, ReplyKind
from flowrt.text import said
from flowrt.time import Instant, moment
from flowrt.values import Media, Record, declared, record_name

WITH_CONTACT = (
    *("user", "press", "open", "event", "duplicate", "name", "end", "give back"),
    *("bot", "call", "emit", "dropped", "session", "vars"),
)
"""The words that a contact may follow, and a colon does."""

WITH_COLON = (*WITH_CONTACT, "buttons", "function", "clock")
"""The words that a colon follows."""

WORDS = (*WITH_COLON, "after", "restart", "stopped for", "test")
"""The words that lines begin with."""

ENDS: tuple[EndReason, ...] = get_args(EndReason)
"""The ways in which a session ends."""

KINDS: tuple[ReplyKind, ...] = tuple(kind for kind in get_args(ReplyKind) if kind != "text")
"""What can be sent that is no text."""

SENT = re.compile(rf"\((?:{'|'.join(KINDS)})\b")
"""How that begins."""

ELLIPSIS = "…"
"""What stands for some replies."""
UNIT_SECONDS = {"day": 86_400, "hour": 3600, "minute": 60, "second": 1}
"""The units a duration is written in, the largest first."""

_NAMED = {"\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_JOINERS = "\u200c\u200d"  # they cannot be seen, but emoji and letters are made with them
_SECOND = timedelta(seconds=1)


def write_text(text: str) -> str:
    r"""`text` as it stands behind `user:` or `bot:`. White space at its ends is escaped, to be seen.

    >>> print(write_text(" C:\\data\n…"))
    \u{20}C:\\data\n…
    >>> print(write_text("…"), write_text("(image lost)"))
    \… \(image lost)
    """
    if text == ELLIPSIS or SENT.match(text):
        return f"\\{text[0]}{write_text(text[1:])}"
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return "".join(_escaped(point, hide=not start <= place < end) for place, point in enumerate(text))


def quote(text: str) -> str:
    r"""`text` as it stands in a test's name or in a call.

    >>> print(quote('say "hi"'))
    "say \"hi\""
    """
    return '"' + "".join(_escaped(point, hide=False) for point in text).replace('"', '\\"') + '"'


def write_value(value: Literal | Unset) -> str:
    """`value` as it stands in a call.

    >>> ", ".join(write_value(value) for value in ("Ada", 2, True, None, Decimal("1.50")))
    '"Ada", 2, true, none, 1.50'
    >>> write_value((date(2026, 1, 5), timedelta(minutes=90), RecordLiteral("Order", (("number", 1),))))
    '[2026-01-05, 90 minutes, Order(number: 1)]'
    """
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case str():
            return quote(value)
        case int():
            return str(value)
        case Decimal():
            digits = f"{value:f}"
            return digits if "." in digits else f"{digits}.0"
        case tuple():
            return f"[{', '.join(map(write_value, value))}]"
        case Record():
            fields = [(declared(slot), getattr(value, slot)) for slot in value.__slots__]
            return write_named(record_name(type(value)), fields)
        case RecordLiteral():
            return write_named(value.name, value.fields)
        case _:
            return _single(value)


def _single(value: date | time | timedelta | Media | Unset) -> str:
    match value:
        case date() | time():
            return said(value)
        case timedelta():
            return _duration(value)
        case Media():
            return write_media(value)
        case Unset():
            return "unset"


def write_named(name: str, values: Iterable[tuple[str, Literal]]) -> str:
    """A name, and values by name.

    >>> write_named("paid", [("amount", Decimal("12.5"))])
    'paid(amount: 12.5)'
    """
    return f"{name}({', '.join(f'{key}: {write_value(value)}' for key, value in values)})"


def write_media(media: Media, caption: str | None = None) -> str:
    """Media, with the text that comes with them.

    >>> write_media(Media("image", url="a.png", size=2048), "my cat")
    '(image "a.png" size 2048 caption "my cat")'
    """
    fields: list[tuple[str, Literal]] = [
        *((slot, getattr(media, slot)) for slot in ("id", "mime", "size", "name", "latitude", "longitude")),
        ("caption", caption),
    ]
    url = [] if media.url is None else [quote(media.url)]
    rest = [f"{name} {write_value(value)}" for name, value in fields if value is not None]
    return f"({' '.join([media.kind, *url, *rest])})"


def write_instant(at: Instant) -> str:
    """An instant as `clock:` shows it, in UTC.

    >>> write_instant(0)
    '1970-01-01 00:00'
    """
    return said(moment(at)).removesuffix("Z").replace("T", " ")


def write_duration(seconds: int) -> str:
    """`seconds` in the largest unit that divides them.

    >>> write_duration(900), write_duration(3600), write_duration(90)
    ('15 minutes', '1 hour', '90 seconds')
    """
    unit, size = next((unit, size) for unit, size in UNIT_SECONDS.items() if seconds % size == 0)
    count = seconds // size
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _duration(value: timedelta) -> str:
    """A duration that a variable may hold: also a negative one, none at all, and parts of a second."""
    if value < timedelta():
        return f"-{_duration(-value)}"
    if value % _SECOND:
        return f"{said(Decimal(value // timedelta(microseconds=1)) / 1_000_000)} seconds"
    return write_duration(value // _SECOND) if value else "0 seconds"


def visible(text: str) -> str:
    """`text` with an escape in place of what cannot be seen. What `write_text` has written stays as it is.

    >>> visible("a\\u202eb")
    'a\\\\u{202E}b'
    """
    return "".join(point if point == "\\" else _escaped(point, hide=False) for point in text)


def _escaped(point: str, *, hide: bool) -> str:
    if point in _NAMED:
        return _NAMED[point]
    unseen = category(point) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and point not in _JOINERS
    return f"\\u{{{ord(point):X}}}" if hide or unseen else point
