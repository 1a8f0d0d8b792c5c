"""The types of the language at run time: whether a value from outside is of one, and what it is then.

An action's result, the values of a host event, a function's result and what a stored session holds all come from
outside of the compiled flow, and are held against the type that the flow declares for them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, get_args

from flowrt.values import Media, MediaKind, Record, record_name

if TYPE_CHECKING:
    from decimal import Decimal

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
R = TypeVar("R", bound=Record)


class WrongKind(ValueError):
    """A value is not of the type that its place asks for; the message says what was asked for."""


class Kind(Generic[T_co]):
    """A type of the language: its name, and what it makes of a value that `flowrt.forms.admitted` has let in.

    >>> INT.of(4), optional(INT).of(None), list_of(TEXT).of(("a",))
    (4, None, ('a',))
    >>> INT.of("4")
    Traceback (most recent call last):
    flowrt.kinds.WrongKind: not of the type int
    """

    __slots__ = ("_take", "name")

    def __init__(self, name: str, take: Callable[[object], T_co]) -> None:
        self.name = name
        self._take = take

    def of(self, value: object) -> T_co:
        """`value`, as this type holds it. Raises `WrongKind`."""
        try:
            return self._take(value)
        except WrongKind:
            raise WrongKind(f"not of the type {self.name}") from None

    def admits(self, value: object) -> bool:
        """Whether `value` is of this type.

        >>> INT.admits(True), BOOL.admits(True)
        (False, True)
        """
        try:
            self._take(value)
        except WrongKind:
            return False
        return True


def _instance(name: str, of: type[T], *but: type) -> Kind[T]:
    def take(value: object) -> T:
        if isinstance(value, of) and not isinstance(value, but):
            return value
        raise WrongKind

    return Kind(name, take)


TEXT = _instance("text", str)
INT = _instance("int", int, bool)
BOOL = _instance("bool", bool)
DATE = _instance("date", date, datetime)
TIME = _instance("time", time)
DATETIME = _instance("datetime", datetime)
DURATION = _instance("duration", timedelta)


def _decimal(value: object) -> Decimal:
    from decimal import Decimal  # noqa: PLC0415 - a flow without decimals does without

    if isinstance(value, Decimal):
        return value
    return Decimal(INT.of(value))


DECIMAL = Kind("decimal", _decimal)
"""A decimal; a whole number is taken for one."""


def _media(kind: MediaKind) -> Kind[Media]:
    def take(value: object) -> Media:
        if isinstance(value, Media) and value.kind == kind:
            return value
        raise WrongKind

    return Kind(kind, take)


IMAGE, AUDIO, VIDEO, DOCUMENT, LOCATION = (_media(kind) for kind in get_args(MediaKind))


def optional(kind: Kind[T]) -> Kind[T | None]:
    """`T?`: `kind`, or none.

    >>> optional(INT).name
    'int?'
    """
    return Kind(f"{kind.name}?", lambda value: None if value is None else kind.of(value))


def list_of(kind: Kind[T]) -> Kind[tuple[T, ...]]:
    """`list of T`.

    >>> list_of(INT).admits((1, "2"))
    False
    """

    def take(value: object) -> tuple[T, ...]:
        if not isinstance(value, tuple):
            raise WrongKind
        return tuple([kind.of(item) for item in cast("tuple[object, ...]", value)])

    return Kind(f"list of {kind.name}", take)


def record(of: type[R], /, **fields: Kind[Any]) -> Kind[R]:
    """A record of the flow: an instance of its class whose fields are of these types.

    >>> class Point(Record):
    ...     __slots__ = ("x",)
    ...     x: int
    >>> record(Point, x=INT).admits(Point(x=1)), record(Point, x=TEXT).admits(Point(x=1))
    (True, False)
    """

    def take(value: object) -> R:
        if not isinstance(value, of):
            raise WrongKind
        return of(**{name: kind.of(getattr(value, name)) for name, kind in fields.items()})

    return Kind(record_name(of), take)
