"""Reading dates in words, such as "next friday at 3pm", with the package `dateparser`.

What a phrase is relative to is always given: no answer depends on the system's clock or time zone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Protocol

from flowrt.answers.extras import MissingExtra
from flowrt.answers.plain import FIGURES_MAX
from flowrt.text import nfkc

Order = Literal["DMY", "MDY", "YMD"]
"""Which of day, month and year is written first."""

_LONGEST = 100
_WARM = datetime(2000, 1, 1)  # noqa: DTZ001 — what a phrase is relative to has the zone beside it


class _Found(Protocol):
    date_obj: datetime | None
    period: str | None


class _Parser(Protocol):
    def get_date_data(self, date_string: str, /) -> _Found: ...


class DateWords:
    """Phrases in a language, a code such as "en" or "en-GB", about moments in a time zone.

    Raises `MissingExtra` where `dateparser` is not installed, and `ValueError` where it does not know the
    language.

    >>> DateWords("en", None, "UTC").read("tomorrow at 5pm", datetime(2026, 1, 5, 9, 30))[0].isoformat()
    '2026-01-06T17:00:00+00:00'
    """

    __slots__ = ("_language", "_parser", "_settings")

    def __init__(self, language: str, order: Order | None, zone: str) -> None:
        try:
            from dateparser.date import DateDataParser  # noqa: PLC0415 — optional
        except ImportError:
            raise MissingExtra(f"dates in words ({language})", "dateparser", "dates") from None
        self._parser: Callable[..., _Parser] = DateDataParser
        key = "locales" if "-" in language else "languages"
        self._language: dict[str, Any] = {key: [language]}
        self._settings: dict[str, Any] = {
            "PARSERS": ["relative-time", "absolute-time"],  # plain figures are read elsewhere
            "PREFER_DATES_FROM": "future",
            "RETURN_AS_TIMEZONE_AWARE": True,
            "RETURN_TIME_AS_PERIOD": True,
            "TIMEZONE": zone,
            **({"DATE_ORDER": order} if order else {}),
        }
        try:  # the words of the language are loaded now, not by the first answer
            self._made(_WARM).get_date_data("1 may 2000")
        except Exception:
            raise ValueError(
                f"there is no language {language!r}, or no time zone {zone!r}, for dates"
            ) from None

    def read(self, text: str, base: datetime) -> tuple[datetime, str] | None:
        """The aware moment that `text` says, and how exactly: to the "time", "day", "week", "month" or "year".

        `base` is what it is relative to, as a clock on the wall of the zone shows it, without a zone.
        None where nothing is understood, and for a text without a letter or of over 100 characters.
        """
        text = nfkc(text[: 2 * FIGURES_MAX]).strip()
        if len(text) > _LONGEST or not any(character.isalpha() for character in text):
            return None
        try:
            found = self._made(base).get_date_data(text)
        except Exception:  # whatever a text makes the parser do, it is no answer
            return None
        moment, exactness = found.date_obj, found.period
        return None if moment is None or moment.utcoffset() is None else (moment, exactness or "")

    def _made(self, base: datetime) -> _Parser:
        return self._parser(settings={**self._settings, "RELATIVE_BASE": base}, **self._language)
