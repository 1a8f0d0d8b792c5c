"""Reading JSON that others may have touched: each field is checked, and what is wrong is said in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from flowrt.errors import FlowrtError
from flowrt.time import SECOND, Instant, Period, on_the_calendar
from flowrt.values import INT_MAX, Media, Records, Value, from_json

T = TypeVar("T")

LONGEST_PERIOD: Period = 36_600 * 24 * 60 * 60 * SECOND
"""The longest clock that is read: a hundred times 366 days, as the longest duration."""


class Unreadable(FlowrtError):
    """A stored text is not what this runtime writes. The message says where, and quotes nothing of it."""


class Mismatch(Exception):
    """A value is not what its place asks for; the message says what that is."""


class Fields:
    """A JSON object whose fields are read by name and checked; `path` leads to it. Each method raises
    `Unreadable`.

    >>> fields = parsed('{"name": "Ada"}')
    >>> fields.text("name")
    'Ada'
    >>> fields.whole("age")
    Traceback (most recent call last):
    flowrt.fields.Unreadable: the stored text has no `age`
    """

    __slots__ = ("_data", "_path")

    def __init__(self, data: Mapping[str, object], path: str = "") -> None:
        self._data = data
        self._path = path

    def read(self, name: str, reader: Callable[[object], T]) -> T:
        """What `reader` makes of the field; it raises `Mismatch` where it makes nothing of it."""
        if name not in self._data:
            raise Unreadable(f"the stored text has no `{self._path}{name}`")
        try:
            return reader(self._data[name])
        except Mismatch as error:
            raise Unreadable(f"`{self._path}{name}` of the stored text is not {error}") from None

    def text(self, name: str) -> str:
        """The text of the field."""
        return self.read(name, text)

    def whole(self, name: str) -> int:
        """The whole number of the field."""
        return self.read(name, whole)

    def optional(self, name: str, reader: Callable[[object], T]) -> T | None:
        """What `reader` makes of the field, None where it is null."""
        return self.read(name, lambda data: None if data is None else reader(data))

    def each(self, name: str, reader: Callable[[object], T]) -> tuple[T, ...]:
        """What `reader` makes of each item of the list."""
        return self.read(name, lambda data: tuple([reader(item) for item in row(data)]))

    def values(self, name: str, records: Records | None = None) -> dict[str, Value]:
        """The object of the field, of values of the language; `records` are those that the flow has."""
        return self.read(name, lambda data: {key: value(item, records) for key, item in obj(data).items()})


def parsed(stored: str) -> Fields:
    """The JSON object in `stored`. Raises `Unreadable`."""
    try:
        return Fields(obj(json.loads(stored)))
    except (ValueError, RecursionError, Mismatch):
        raise Unreadable("the stored text is not a JSON object") from None


# Readers: each returns what `data` is, or raises `Mismatch`.


def obj(data: object) -> dict[str, object]:
    """An object."""
    if not isinstance(data, dict):
        raise Mismatch("an object")
    return cast("dict[str, object]", data)


def row(data: object, length: int | None = None) -> list[object]:
    """A list, of `length` items where that is given."""
    if not isinstance(data, list) or (length is not None and len(cast("list[object]", data)) != length):
        raise Mismatch("a list" if length is None else f"a list of {length}")
    return cast("list[object]", data)


def text(data: object) -> str:
    """A text."""
    if not isinstance(data, str):
        raise Mismatch("a text")
    return data


def whole(data: object) -> int:
    """A whole number within the bounds of an int."""
    if not isinstance(data, int) or isinstance(data, bool) or abs(data) > INT_MAX:
        raise Mismatch("a whole number")
    return data


def instant(data: object) -> Instant:
    """An instant of an event: one that a calendar can show."""
    if on_the_calendar(at := whole(data)) != at:
        raise Mismatch("an instant")
    return at


def period(data: object) -> Period:
    """A length of time that a clock of a flow can have."""
    if not 0 <= (length := whole(data)) <= LONGEST_PERIOD:
        raise Mismatch("a length of time")
    return length


def number(data: object) -> float:
    """A number that is finite."""
    if not isinstance(data, int | float) or isinstance(data, bool) or not abs(data) <= INT_MAX:
        raise Mismatch("a number")
    return data


def flag(data: object) -> bool:
    """True or false."""
    if not isinstance(data, bool):
        raise Mismatch("true or false")
    return data


def value(data: object, records: Records | None = None) -> Value:
    """A value of the language; `records` are those that the flow has."""
    try:
        return from_json(data, records)
    except ValueError:
        raise Mismatch("a value of the language") from None


def media(data: object) -> Media:
    """An image, a recording, a document or a place."""
    found = value(data)
    if not isinstance(found, Media):
        raise Mismatch("media")
    return found
