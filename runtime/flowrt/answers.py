"""How an `ask` reads what the contact sends: one reader for each type, from a message to a value or None."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Protocol, TypeVar

from flowrt.events import Message
from flowrt.text import fold
from flowrt.values import INT_MAX, TEXT_MAX

T_co = TypeVar("T_co", covariant=True)

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_YES = frozenset({"yes", "y", "true", "ok", "1"})
_NO = frozenset({"no", "n", "false", "0"})


class Reader(Protocol[T_co]):
    """Reads an answer."""

    def __call__(self, message: Message) -> T_co | None:
        """The value that `message` gives, or None where it gives none."""
        ...


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """Any text but an empty one, trimmed.

    >>> TextAnswer()(Message("1", "ada", text="  Ada "))
    'Ada'
    """

    def __call__(self, message: Message) -> str | None:
        """The text of `message`."""
        text = (message.text or "").strip()
        return text if 0 < len(text) <= TEXT_MAX else None


@dataclass(frozen=True, slots=True)
class IntAnswer:
    """A whole number, within `low` and `high` where they are given.

    >>> IntAnswer(1, 5)(Message("1", "ada", text=" 4 ")), IntAnswer(1, 5)(Message("2", "ada", text="9"))
    (4, None)
    """

    low: int = -INT_MAX
    high: int = INT_MAX

    def __call__(self, message: Message) -> int | None:
        """The number that `message` says, in the digits of any script."""
        text = unicodedata.normalize("NFKC", message.text or "").strip()
        digits = "".join([str(unicodedata.digit(character, character)) for character in text])
        if not _WHOLE.fullmatch(digits):
            return None
        number = int(digits)
        return number if self.low <= number <= self.high else None


@dataclass(frozen=True, slots=True)
class BoolAnswer:
    """Yes or no.

    >>> BoolAnswer()(Message("1", "ada", text="Yes"))
    True
    """

    def __call__(self, message: Message) -> bool | None:
        """True for a yes, False for a no."""
        said = fold(message.text or "")
        return True if said in _YES else False if said in _NO else None


class ChoiceAnswer:
    """One of a few texts, given back as the flow writes it.

    >>> ChoiceAnswer("Morning", "Evening")(Message("1", "ada", text="evening"))
    'Evening'
    """

    __slots__ = ("_written",)

    def __init__(self, *choices: str) -> None:
        self._written = {fold(choice): choice for choice in choices}

    def __call__(self, message: Message) -> str | None:
        """The choice that `message` names."""
        return self._written.get(fold(message.text or ""))
