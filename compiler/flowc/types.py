"""The types of the language."""

from __future__ import annotations

from dataclasses import dataclass, replace


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
        name = f"list of {self.element}" if self.element else self.name
        return f"{name}?" if self.optional else name

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
BOOL = Type("bool")
NOTHING = Type("none", optional=True)
"""The type of `none` itself, which fits every optional."""

BUILT_IN = frozenset(
    {
        *("text", "int", "decimal", "bool", "date", "time", "datetime", "duration"),
        *("email", "phone", "url", "secret", "image", "audio", "video", "document", "location"),
    }
)
"""The types that need no declaration."""

TEXTUAL = frozenset({"text", "email", "phone", "url"})
"""The types whose values are texts: each may stand where a text is wanted."""

COMPILED = frozenset({"int", "bool", *TEXTUAL})
"""The types that this version compiles."""


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value of `given` may stand where `wanted` is; that it may be none is judged elsewhere.

    >>> fits(Type("int"), Type("int", optional=True)), fits(Type("int"), Type("text"))
    (True, False)
    """
    textual = wanted.name == "text" and given.name in TEXTUAL
    return given == NOTHING or textual or given.plain == wanted.plain


def joined(one: Type, other: Type) -> Type | None:
    """The type that holds the values of both, or None where there is none.

    >>> str(joined(Type("text"), NOTHING))
    'text?'
    """
    if one == NOTHING:
        return other.or_none
    if other == NOTHING:
        return one.or_none
    if one.plain != other.plain:
        return None
    return one if one.optional else other
