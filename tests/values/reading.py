"""How the tests of readers ask them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar

from flowrt.answers import Reader
from flowrt.events import Message
from flowrt.time import Instant, instant

T = TypeVar("T")

WEDNESDAY = instant(datetime(2026, 1, 7, 22, 30, tzinfo=UTC))
"""When the messages of the tests come."""


def read(reader: Reader[T], text: str | None, at: Instant = WEDNESDAY) -> T | None:
    """What `reader` makes of a message that says `text`."""
    return reader(Message("1", "ada", text=text), at)
