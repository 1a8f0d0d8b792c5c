"""Values as JSON holds them, and values as a host gives them: both are checked to the last field.

text, int, bool, none    as they are
a list                   `[…]`
decimal                  `{"decimal": "4.5"}`
date, time, datetime     `{"date": "2026-01-05"}`, `{"time": "09:30:00"}`, `{"datetime": "2026-01-05T09:30:00+00:00"}`
duration                 `{"duration": 5400000000}`, in microseconds
media                    `{"media": {"kind": "image", "url": "…", …}}`, without the fields that are none
record                   `{"record": "Order", "fields": {"number": 7, …}}`, under the names of the flow

Each value has one form and no other is read: `01.50` is no decimal here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar, cast, get_args

from flowrt.arithmetic import exact
from flowrt.errors import OutOfBounds
from flowrt.kinds import Kind, WrongKind
from flowrt.text import said
from flowrt.values import (
    DURATION_MAX,
    INT_MAX,
    LIST_MAX,
    NESTING_MAX,
    TEXT_MAX,
    Media,
    MediaKind,
    Record,
    Records,
    Value,
    declared,
    held,
    record_name,
)

T = TypeVar("T")

_MICROSECOND = timedelta(microseconds=1)
_DECIMAL = re.compile(r"-?[0-9]{1,28}(?:\.[0-9]{1,28})?")
_KINDS = frozenset(get_args(MediaKind))


class UnknownRecord(ValueError):
    """A stored record is sound, but the flow has no such record, or other fields in it."""


# Values to JSON.


def encoded(value: Value) -> object:
    """`value` as JSON holds it.

    >>> encoded(timedelta(minutes=1))
    {'duration': 60000000}
    """
    match value:
        case None | str() | int():
            return value
        case tuple():
            return [encoded(item) for item in value]
        case Record():
            fields = {declared(slot): encoded(getattr(value, slot)) for slot in value.__slots__}
            return {"record": record_name(type(value)), "fields": fields}
        case Media():
            return {"media": _encoded_media(value)}
        case Decimal():
            return {"decimal": said(value)}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case timedelta():
            return {"duration": value // _MICROSECOND}


def _encoded_media(media: Media) -> dict[str, object]:
    fields = zip(media.__slots__, held(media), strict=True)
    return {
        name: said(value) if isinstance(value, Decimal) else value
        for name, value in fields
        if value is not None
    }


# JSON to values. Whatever `json` can have read is taken; nothing but `ValueError` is raised.


def decoded(data: object, records: Records, depth: int = 0) -> Value:
    """The value that `encoded` wrote. Raises `ValueError`, and `UnknownRecord` among them.

    >>> decoded({"duration": 60000000}, {})
    datetime.timedelta(seconds=60)
    """
    if data is None or isinstance(data, str | int):
        return _admitted_plain(data)
    if depth >= NESTING_MAX and (isinstance(data, list) or _is_record(data)):
        raise ValueError(f"a value nests more than {NESTING_MAX} deep")
    if isinstance(data, list):
        items = cast("list[object]", data)
        return tuple([decoded(item, records, depth + 1) for item in _bounded(items)])
    if not isinstance(data, dict):
        raise ValueError(f"{type(data).__name__} is no stored value")
    fields = cast("dict[str, object]", data)
    if _is_record(fields):
        return _decoded_record(fields, records, depth + 1)
    if len(fields) == 1:
        [(tag, form)] = fields.items()
        reader = _READERS.get(tag)
        if reader is not None:
            return reader(form)
    raise ValueError("an object is no stored value")


def _is_record(data: object) -> bool:
    """Whether JSON has the outer shape of a record."""
    return isinstance(data, dict) and cast("dict[str, object]", data).keys() == {"record", "fields"}


def _decoded_record(data: Mapping[str, object], records: Records, depth: int) -> Record:
    name, fields = data["record"], data["fields"]
    if not isinstance(name, str) or not isinstance(fields, dict):
        raise ValueError("a stored record has no name or no fields")
    values = {key: decoded(form, records, depth) for key, form in cast("dict[str, object]", fields).items()}
    kind = records.get(name)
    if kind is None:
        raise UnknownRecord("the flow has no record of the name that is stored")
    slots = {declared(slot): slot for slot in kind.__slots__}
    if values.keys() != slots.keys():
        raise UnknownRecord(f"the record {name!r} of the flow has other fields than the one stored")
    return kind(**{slots[key]: value for key, value in values.items()})


def _decoded_decimal(form: object) -> Decimal:
    if isinstance(form, str) and _DECIMAL.fullmatch(form):
        number = Decimal(form)
        if said(number) == form:
            return _exact(number)
    raise ValueError("a stored decimal is none")


def _decoded_duration(form: object) -> timedelta:
    if isinstance(form, int) and not isinstance(form, bool) and abs(form) <= DURATION_MAX // _MICROSECOND:
        return form * _MICROSECOND
    raise ValueError("a stored duration is none")


def _decoded_date(form: object) -> date:
    if isinstance(form, str):
        day = date.fromisoformat(form)
        if day.isoformat() == form:
            return day
    raise ValueError("a stored date is none")


def _decoded_time(form: object) -> time:
    if isinstance(form, str):
        hour = time.fromisoformat(form)
        if hour.tzinfo is None and hour.isoformat() == form:
            return hour
    raise ValueError("a stored time is none")


def _decoded_datetime(form: object) -> datetime:
    if isinstance(form, str):
        moment = datetime.fromisoformat(form)
        if moment.tzinfo is UTC and moment.isoformat() == form:
            return moment
    raise ValueError("a stored datetime is none")


def _decoded_media(form: object) -> Media:
    if not isinstance(form, dict):
        raise ValueError("stored media has no fields")
    fields = dict(cast("dict[str, object]", form))
    for name in ("latitude", "longitude"):
        if name in fields:
            fields[name] = _decoded_decimal(fields[name])
    if None in fields.values() or not fields.keys() <= set(Media.__slots__):
        raise ValueError("stored media has fields that media has not")
    kind = fields.pop("kind", None)
    return _admitted_media(Media(cast("MediaKind", kind), **fields))  # type: ignore[arg-type]  # checked next


_READERS: dict[str, Callable[[object], Value]] = {
    "date": _decoded_date,
    "datetime": _decoded_datetime,
    "decimal": _decoded_decimal,
    "duration": _decoded_duration,
    "media": _decoded_media,
    "time": _decoded_time,
}


# What a host gives: the result of an action, the values of its event.


def admitted(value: object, depth: int = 0) -> Value:
    """The value of the language that `value` is, from a host: the result of an action, a value of its event.

    A list becomes a tuple, a datetime of any zone is put to UTC. Raises `ValueError` with what is wrong, in
    words that quote nothing of the value.

    >>> admitted([1, 2])
    (1, 2)
    >>> admitted(0.5)
    Traceback (most recent call last):
    ValueError: float, which is no value of the language: give a Decimal
    """
    match value:
        case None | str() | int():
            return _admitted_plain(value)
        case list() | tuple():
            _check_depth(depth)
            items = cast("list[object] | tuple[object, ...]", value)
            return tuple([admitted(item, depth + 1) for item in _bounded(items)])
        case Record():
            _check_depth(depth)
            fields = {slot: admitted(getattr(value, slot), depth + 1) for slot in value.__slots__}
            return type(value)(**fields)
        case Media():
            return _admitted_media(value)
        case float():
            raise ValueError("float, which is no value of the language: give a Decimal")
        case Decimal():
            return _exact(value)
        case _:
            return _admitted_moment(value)


def admitted_as(value: object, kind: Kind[T]) -> T:
    """The value of `kind` that `value` is, from a host. Raises `ValueError`, as `admitted`; also for another kind.

    >>> from flowrt.kinds import INT
    >>> admitted_as("4", INT)
    Traceback (most recent call last):
    ValueError: str, not of the type int
    """
    try:
        return kind.of(admitted(value))
    except WrongKind as error:
        raise ValueError(f"{type(value).__name__}, {error}") from None


def _admitted_plain(value: str | int | None) -> Value:
    if isinstance(value, str):
        if len(value) > TEXT_MAX:
            raise ValueError(f"a text of {len(value)} characters, over {TEXT_MAX}")
    elif value is not None and abs(value) > INT_MAX:
        raise ValueError("a whole number beyond the bounds of an int")
    return value


def _admitted_moment(value: object) -> Value:
    match value:
        case datetime():
            if value.utcoffset() is None:
                raise ValueError("a datetime without a time zone")
            try:
                return value.astimezone(UTC)
            except OverflowError:
                raise ValueError("a datetime outside of the years 1 to 9999 in UTC") from None
        case date():
            return value
        case time():
            if value.tzinfo is not None:
                raise ValueError("a time with a time zone: a time of the language has none")
            return value.replace(fold=0)
        case timedelta():
            if abs(value) > DURATION_MAX:
                raise ValueError(f"a duration over {DURATION_MAX.days} days")
            return value
        case _:
            raise ValueError(f"{type(value).__name__}, which is no value of the language")


def _admitted_media(media: Media) -> Media:
    [kind] = _fields(media, "kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ValueError("media of no kind that is known")
    for text in _fields(media, "url", "id", "mime", "name"):
        if not isinstance(text, str | None) or len(text or "") > TEXT_MAX:
            raise ValueError("media with a field that is no text, or too long")
    [size] = _fields(media, "size")
    if not isinstance(size, int | None) or isinstance(size, bool) or not 0 <= (size or 0) <= INT_MAX:
        raise ValueError("media with a size that is no number of bytes")
    for degrees in _fields(media, "latitude", "longitude"):
        if not isinstance(degrees, Decimal | None):
            raise ValueError("a location whose degrees are no Decimal")
        if degrees is not None:
            _exact(degrees)
    return media


def _fields(media: Media, *names: str) -> list[object]:
    """What these fields hold, whatever their types promise."""
    return [getattr(media, name) for name in names]


def _exact(number: Decimal) -> Decimal:
    try:
        return exact(number)
    except OutOfBounds as error:
        raise ValueError(str(error)) from None


def _bounded(items: Sequence[object]) -> Sequence[object]:
    if len(items) > LIST_MAX:
        raise ValueError(f"a list of {len(items)} items, over {LIST_MAX}")
    return items


def _check_depth(depth: int) -> None:
    if depth >= NESTING_MAX:
        raise ValueError(f"a value nests more than {NESTING_MAX} deep")
