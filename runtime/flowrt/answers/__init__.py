"""How an `ask` reads what the contact sends: one reader for each type, from a message to a value or None.

The readers of text, int, bool and choices are loaded at once; each other one with its first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from flowrt.answers.plain import BoolAnswer, ChoiceAnswer, IntAnswer, Reader, SecretAnswer, TextAnswer

if TYPE_CHECKING:
    from flowrt.answers.durations import DurationAnswer
    from flowrt.answers.email import EmailAnswer
    from flowrt.answers.extras import MissingExtra
    from flowrt.answers.media import MediaAnswer
    from flowrt.answers.moments import DateAnswer, DatetimeAnswer, TimeAnswer
    from flowrt.answers.numbers import DecimalAnswer
    from flowrt.answers.phone import PhoneAnswer
    from flowrt.answers.url import UrlAnswer

__all__ = [
    "BoolAnswer",
    "ChoiceAnswer",
    "DateAnswer",
    "DatetimeAnswer",
    "DecimalAnswer",
    "DurationAnswer",
    "EmailAnswer",
    "IntAnswer",
    "MediaAnswer",
    "MissingExtra",
    "PhoneAnswer",
    "Reader",
    "SecretAnswer",
    "TextAnswer",
    "TimeAnswer",
    "UrlAnswer",
]

_LATER = {
    "DateAnswer": "moments",
    "DatetimeAnswer": "moments",
    "DecimalAnswer": "numbers",
    "DurationAnswer": "durations",
    "EmailAnswer": "email",
    "MediaAnswer": "media",
    "MissingExtra": "extras",
    "PhoneAnswer": "phone",
    "TimeAnswer": "moments",
    "UrlAnswer": "url",
}


def __getattr__(name: str) -> object:
    """A reader that is loaded with its first use."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"flowrt.answers.{_LATER[name]}"), name)
    globals()[name] = value
    return value
