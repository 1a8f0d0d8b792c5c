"""The readers that most flows use: text, secret, int, bool and choices."""

from __future__ import annotations

import re
import unicodedata
from typing import Protocol, TypeVar

from flowrt.events import Message
from flowrt.text import fold, nfkc
from flowrt.time import Instant
from flowrt.values import INT_MAX, TEXT_MAX

T_co = TypeVar("T_co", covariant=True)

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_YES = frozenset({"yes", "y", "true", "ok", "1"})
_NO = frozenset({"no", "n", "false", "0"})


class Reader(Protocol[T_co]):
    """Reads an answer."""

    def __call__(self, message: Message, at: Instant = 0, /) -> T_co | None:
        """The value that `message`, which came at the instant `at`, gives, or None where it gives none.

        What is relative, such as "tomorrow", is relative to `at` and never to the system's clock.
        """
        ...


def trimmed(message: Message) -> str:
    """The text of `message` without white space around it; nothing where there is none, or over `TEXT_MAX`.

    >>> trimmed(Message("1", "ada", text="  Ada "))
    'Ada'
    """
    text = (message.text or "").strip()
    return text if len(text) <= TEXT_MAX else ""


FIGURES_MAX = 1_000
"""The longest text, in code points, that is looked at for figures of other scripts than ASCII's."""


def figures(text: str) -> str:
    """`text` in NFKC, trimmed, the digits of every script as those of ASCII and each minus sign as `-`.

    >>> figures(" \u0664\u0662 ")
    '42'
    """
    text = text.strip()
    if text.isascii() or len(text) > FIGURES_MAX:
        return text
    text = nfkc(text).strip()
    text = text.replace("\u2212", "-")
    return "".join([str(unicodedata.decimal(character, character)) for character in text])


class TextAnswer:
    """Any text but an empty one, trimmed, of at most `TEXT_MAX` code points.

    >>> TextAnswer()(Message("1", "ada", text="  Ada "))
    'Ada'
    """

    __slots__ = ()

    def __call__(self, message: Message, _at: Instant = 0, /) -> str | None:
        """The text of `message`."""
        return trimmed(message) or None


class SecretAnswer(TextAnswer):
    """A secret: any text but an empty one, trimmed. What keeps it out of sessions and logs is not the reader.

    >>> SecretAnswer()(Message("1", "ada", text=" 1234 "))
    '1234'
    """

    __slots__ = ()


class IntAnswer:
    """A whole number, within `low` and `high` where they are given.

    >>> IntAnswer(1, 5)(Message("1", "ada", text=" 4 ")), IntAnswer(1, 5)(Message("2", "ada", text="9"))
    (4, None)
    """

    __slots__ = ("_high", "_low")

    def __init__(self, low: int = -INT_MAX, high: int = INT_MAX) -> None:
        self._low = low
        self._high = high

    def __call__(self, message: Message, _at: Instant = 0, /) -> int | None:
        """The number that `message` says, in the digits of any script."""
        digits = figures(trimmed(message))
        if not _WHOLE.fullmatch(digits):
            return None
        number = int(digits)
        return number if self._low <= number <= self._high else None


class BoolAnswer:
    """Yes or no.

    >>> BoolAnswer()(Message("1", "ada", text="Yes"))
    True
    """

    __slots__ = ()

    def __call__(self, message: Message, _at: Instant = 0, /) -> bool | None:
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

    def __call__(self, message: Message, _at: Instant = 0, /) -> str | None:
        """The choice that `message` names."""
        return self._written.get(fold(message.text or ""))
