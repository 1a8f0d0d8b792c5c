"""The values a flow computes with, their bounds, and the records and media among them.

Importing this module is cheap: what knows decimals is in `flowrt.arithmetic`, and what knows the stored form
of the richer values is in `flowrt.forms`; both are loaded by the first value that needs them.
"""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, ClassVar, Literal, NoReturn, TypeAlias, TypeVar, dataclass_transform

from flowrt.errors import OutOfBounds

if TYPE_CHECKING:
    from decimal import Decimal
    from typing import Self

    Value: TypeAlias = (
        "str | int | Decimal | date | time | timedelta | Media | Record | tuple[Value, ...] | None"
    )
else:
    Value = object  # for annotations alone: to spell it out would load `decimal`
"""A value of the language. Each is immutable and hashable. An unset variable has no value at all; `none` is None.

text, email, phone, url and secret are `str`; bool is `bool`, which Python counts among the `int`; a datetime,
which Python counts among the `date`, is aware and in UTC; a `time` has no zone; a duration is a `timedelta`; a
list is a tuple.
"""

INT_MAX = 2**63 - 1
"""An int lies between -INT_MAX and INT_MAX."""

DECIMAL_DIGITS = 28
"""A decimal has at most so many significant digits, and lies between -(10**28) and 10**28, both excluded."""

DECIMAL_PLACES = 28
"""A decimal has at most so many digits after the point; what is finer is rounded."""

TEXT_MAX = 65_536
"""The longest text a variable may hold, in code points."""

LIST_MAX = 1_000
"""The longest list, in items."""

NESTING_MAX = 8
"""How deep lists and records may hold each other: a list of records is two deep."""

DURATION_MAX = timedelta(days=36_600)
"""The longest duration, forwards and backwards: a hundred times 366 days."""


def whole(number: int) -> int:
    """`number`, if an `int` of the language can hold it: between -(2**63 - 1) and 2**63 - 1.

    Raises `OutOfBounds`.

    >>> whole(40 + 2)
    42
    """
    if -INT_MAX <= number <= INT_MAX:
        return number
    raise OutOfBounds(
        f"the result has {len(str(abs(number)))} digits: an int lies between -(2**63 - 1) and 2**63 - 1"
    )


def joined(left: str, right: str) -> str:
    """Two texts as one, no longer than `TEXT_MAX` code points. Raises `OutOfBounds`.

    >>> joined("ab", "c")
    'abc'
    """
    return fitting(left + right) if len(left) + len(right) <= TEXT_MAX else _too_long(len(left) + len(right))


def fitting(text: str) -> str:
    """`text`, if it is no longer than `TEXT_MAX` code points. Raises `OutOfBounds`.

    >>> fitting("abc")
    'abc'
    """
    return text if len(text) <= TEXT_MAX else _too_long(len(text))


def _too_long(length: int) -> NoReturn:
    raise OutOfBounds(f"the text would be {length} characters long: the limit is {TEXT_MAX}")


# Records and media: immutable values with named fields, which are slots.


@dataclass_transform(eq_default=True, kw_only_default=True, frozen_default=True)
class Frozen:
    """The common part of `Record` and `Media`: equal where class and fields are, hashable, never changed."""

    __slots__: ClassVar[tuple[str, ...]] = ()

    def __init__(self, /, **fields: Value) -> None:
        if len(fields) != len(self.__slots__) or any(name not in fields for name in self.__slots__):
            wanted = ", ".join(self.__slots__)
            raise TypeError(f"{type(self).__name__} has the fields {wanted}; given: {', '.join(fields)}")
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    if not TYPE_CHECKING:  # a type checker that knew of these would take any name for a field

        def __setattr__(self, name: str, value: object) -> NoReturn:
            raise AttributeError(f"{type(self).__name__} never changes: its {name} cannot be set")

        def __delattr__(self, name: str) -> NoReturn:
            raise AttributeError(f"{type(self).__name__} never changes: its {name} cannot be removed")

    def __eq__(self, other: object) -> bool:
        return NotImplemented if type(other) is not type(self) else held(self) == held(other)

    def __hash__(self) -> int:
        return hash((type(self), held(self)))

    def __repr__(self) -> str:
        fields = [f"{name}={getattr(self, name)!r}" for name in self.__slots__]
        return f"{type(self).__name__}({', '.join(fields)})"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self


def held(value: Frozen) -> tuple[Value, ...]:
    """What the fields of a record or of media hold, in order of declaration."""
    return tuple([getattr(value, name) for name in value.__slots__])


class Record(Frozen):
    """The base of the record classes in generated modules.

    Such a class names its fields twice, as slots for Python and with their types for a type checker:

    >>> class Order(Record):
    ...     __slots__ = ("number", "status", "due")
    ...     number: int
    ...     status: str
    ...     due: date | None
    >>> order = Order(number=7, status="new", due=None)
    >>> order.status
    'new'
    >>> changed(order, due=date(2026, 1, 5))
    Order(number=7, status='new', due=datetime.date(2026, 1, 5))

    It has no public names but its fields, so that none can clash. A field whose name means something else in
    Python (`class`, `self`) has an underscore behind it. `name=` in the head says what the flow calls a record
    that Python cannot call so: `class class_(Record, name="class")`.

    Raises `OutOfBounds` where the new record would be more than `NESTING_MAX` deep.
    """

    __slots__: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, name: str | None = None) -> None:
        super().__init_subclass__()
        cls.__record_name__ = cls.__name__ if name is None else name

    def __init__(self, /, **fields: Value) -> None:
        super().__init__(**fields)
        within_depth(self)

    __record_name__: ClassVar[str] = ""


R = TypeVar("R", bound=Record)
Records: TypeAlias = Mapping[str, type[Record]]
"""The records of a flow by the names it gives them."""


def record_name(kind: type[Record]) -> str:
    """What the flow calls the records of a class.

    >>> class class_(Record, name="class"): ...
    >>> record_name(class_)
    'class'
    """
    return kind.__record_name__


def changed(record: R, /, **fields: Value) -> R:
    """`record` with other values in these fields, for `set order.due = …`; `record` stays as it is.

    >>> class Point(Record):
    ...     __slots__ = ("x", "y")
    ...     x: int
    ...     y: int
    >>> changed(Point(x=1, y=2), y=3)
    Point(x=1, y=3)
    """
    kept = dict(zip(record.__slots__, held(record), strict=True))
    return type(record)(**{**kept, **fields})


def declared(slot: str) -> str:
    """What the flow calls the field in a slot.

    >>> declared("due"), declared("class_"), declared("self_"), declared("due_")
    ('due', 'class', 'self', 'due_')
    """
    bare = slot.rstrip("_")
    return slot[:-1] if keyword.iskeyword(bare) or bare == "self" else slot


MediaKind = Literal["image", "audio", "video", "document", "location"]
"""What media can be."""


class Media(Frozen):
    """An image, a recording, a document or a place that a contact sent.

    `url` is where it can be fetched, `id` what the channel calls it; `mime` its media type, `size` its length in
    bytes, `name` the name of its file. A location has a `latitude` and a `longitude`, in degrees. What the
    channel does not tell is None.

    >>> Media("image", url="https://example.com/a.png", mime="image/png", size=2048).mime
    'image/png'
    """

    __slots__ = ("id", "kind", "latitude", "longitude", "mime", "name", "size", "url")
    kind: MediaKind
    url: str | None
    id: str | None
    mime: str | None
    size: int | None
    name: str | None
    latitude: Decimal | None
    longitude: Decimal | None

    def __init__(  # noqa: PLR0913 — all that a channel may tell, each by its name
        self,
        kind: MediaKind,
        *,
        url: str | None = None,
        id: str | None = None,
        mime: str | None = None,
        size: int | None = None,
        name: str | None = None,
        latitude: Decimal | None = None,
        longitude: Decimal | None = None,
    ) -> None:
        super().__init__(
            kind=kind,
            url=url,
            id=id,
            mime=mime,
            size=size,
            name=name,
            latitude=latitude,
            longitude=longitude,
        )


# Depth.


def depth(value: Value) -> int:
    """How deep lists and records hold each other in `value`; counting stops beyond `NESTING_MAX`.

    >>> depth("a"), depth(("a", "b")), depth((("a",), ()))
    (0, 1, 2)
    """
    return _depth(value, NESTING_MAX + 1)


def _depth(value: Value, limit: int) -> int:
    inner = value if isinstance(value, tuple) else held(value) if isinstance(value, Record) else None
    if inner is None or limit == 0:
        return 0
    return 1 + max([_depth(item, limit - 1) for item in inner if isinstance(item, tuple | Record)], default=0)


V = TypeVar("V", bound="Value")


def within_depth(value: V) -> V:
    """`value`, if it is at most `NESTING_MAX` deep. Raises `OutOfBounds`."""
    if depth(value) > NESTING_MAX:
        raise OutOfBounds(f"lists and records would hold each other more than {NESTING_MAX} deep")
    return value


# Values in JSON.


def to_json(value: Value) -> object:
    """`value` as JSON holds it: text, int, bool and none as they are, a list as an array, all else as an object
    that says what it is. `flowrt.forms` has the list.

    >>> to_json(("a", date(2026, 1, 5)))
    ['a', {'date': '2026-01-05'}]
    """
    if value is None or isinstance(value, str | int):
        return value
    from flowrt.forms import encoded  # noqa: PLC0415 — a session of plain values does without

    return encoded(value)


def from_json(data: object, records: Records | None = None) -> Value:
    """The value that `to_json` wrote; `records` are those that the flow has.

    Raises `ValueError` where `data` is not of its making or beyond the bounds of its type, and its subclass
    `flowrt.forms.UnknownRecord` where it is sound but `records` has no place for it.

    >>> from_json(["a", {"date": "2026-01-05"}])
    ('a', datetime.date(2026, 1, 5))
    """
    if data is None or isinstance(data, bool):
        return data
    from flowrt.forms import decoded  # noqa: PLC0415 — loaded with the first session that is

    return decoded(data, records or {})
