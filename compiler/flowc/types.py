"""The types of the language."""

from __future__ import annotations

from dataclasses import replace

from flowc import syntax as ast
from flowc.records import dataclass


@dataclass(frozen=True, slots=True)
class Type:
    """A type: its name, whether none is among its values, and what it holds if it is a list.

    >>> str(Type("text", optional=True))
    'text?'
    """

    name: str
    optional: bool = False
    element: Type | None = None

    def __str__(self) -> str:
        if self.element is not None:
            return f"list of {self.element}"
        return f"{self.name}?" if self.optional else self.name

    @property
    def plain(self) -> Type:
        """This type without none."""
        return replace(self, optional=False) if self.optional else self

    @property
    def or_none(self) -> Type:
        """This type with none."""
        return self if self.optional else replace(self, optional=True)


TEXT = Type("text")
INT = Type("int")
DECIMAL = Type("decimal")
BOOL = Type("bool")
DATE = Type("date")
TIME = Type("time")
DATETIME = Type("datetime")
DURATION = Type("duration")
SECRET = Type("secret")
NOTHING = Type("none", optional=True)
"""The type of `none` itself, which fits every optional."""
UNKNOWN = Type("unknown")
"""The type of what is already a mistake: it fits everywhere, so that one mistake gives one message."""
EMPTY = Type("nothing")
"""What `[]` holds."""

MEDIA = frozenset({"image", "audio", "video", "document", "location"})
"""The types of what a contact can send that is no text."""

BUILT_IN = frozenset(
    {
        *("text", "int", "decimal", "bool", "date", "time", "datetime", "duration"),
        *("email", "phone", "url", "secret", *MEDIA),
    }
)
"""The types that need no declaration."""

TEXTUAL = frozenset({"text", "email", "phone", "url"})
"""The types whose values are texts: each may stand where a text is wanted."""

NUMBERS = frozenset({"int", "decimal"})
"""The types that mix: an int and a decimal make a decimal."""

ORDERED = frozenset({*NUMBERS, "date", "time", "datetime", "duration"})
"""The types whose values have an order."""

SAYABLE = frozenset({*TEXTUAL, *NUMBERS, "date", "time", "datetime"})
"""The types whose values may stand in a text as they are."""


def list_of(element: Type) -> Type:
    """A list of `element`."""
    return Type("list", element=element)


def written_type(written: ast.TypeName) -> Type:
    """The type that an author has written."""
    element = None if written.element is None else written_type(written.element)
    return Type(written.name, written.optional, element)


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value of `given` may stand where `wanted` is; that it may be none is judged elsewhere.

    >>> fits(Type("int"), Type("int", optional=True)), fits(Type("int"), Type("text"))
    (True, False)
    >>> fits(Type("int"), Type("decimal")), fits(list_of(Type("email")), list_of(Type("text")))
    (True, True)
    """
    if given == NOTHING or UNKNOWN in (given, wanted):
        return True
    if given.name == "int" and wanted.name == "decimal":
        return True
    return _same(given, wanted)


def _same(given: Type, wanted: Type) -> bool:
    """Whether values of `given` are values of `wanted` as they are."""
    if given.element is not None and wanted.element is not None:
        one, other = given.element, wanted.element
        within = other.optional or not one.optional
        return one == EMPTY or UNKNOWN in (one, other) or (within and _same(one, other))
    textual = wanted.name == "text" and given.name in TEXTUAL
    return textual or (given.name == wanted.name and given.element == wanted.element)


def joined(one: Type, other: Type) -> Type | None:
    """The type that holds the values of both, or None where there is none.

    >>> str(joined(Type("text"), NOTHING))
    'text?'
    """
    if one == NOTHING:
        return other.or_none
    if other == NOTHING:
        return one.or_none
    if one.element is not None and other.element is not None:
        if EMPTY in (one.element, other.element):
            return one if other.element == EMPTY else other
        element = joined(one.element, other.element)
        return (
            None
            if element is None
            else replace(one, element=element, optional=one.optional or other.optional)
        )
    if one.plain != other.plain:
        return None
    return one if one.optional else other


def comparable(one: Type, other: Type) -> bool:
    """Whether values of both can be equal: texts of all kinds among themselves, and numbers.

    >>> comparable(Type("email"), Type("text")), comparable(Type("int"), Type("text"))
    (True, False)
    """
    names = {one.name, other.name}
    if UNKNOWN in (one, other) or names <= TEXTUAL or names <= NUMBERS:
        return True
    if one.element is not None and other.element is not None:
        return EMPTY in (one.element, other.element) or comparable(one.element, other.element)
    return joined(one, other) is not None
