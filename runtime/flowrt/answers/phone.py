"""Reading phone numbers, with the package `phonenumbers`."""

from __future__ import annotations

import re

from flowrt.answers.extras import MissingExtra
from flowrt.answers.plain import figures, trimmed
from flowrt.events import Message
from flowrt.time import Instant

_NUMBER = re.compile(r"\+?[0-9 ()./-]{3,40}")


class PhoneAnswer:
    """A phone number that can exist, as `+` and its digits (E.164).

    `region`, a country's two letters such as "NL", is where a number without a country code belongs; without
    a region such a number is no answer. Raises `MissingExtra` where `phonenumbers` is not installed, and
    `ValueError` where it does not know the region.

    >>> PhoneAnswer("NL")(Message("1", "ada", text="06 1234 5678"))
    '+31612345678'
    >>> PhoneAnswer()(Message("2", "ada", text="06 1234 5678")) is None
    True
    """

    __slots__ = ("_numbers", "_region")

    def __init__(self, region: str | None = None) -> None:
        try:
            import phonenumbers  # noqa: PLC0415 — optional
        except ImportError:
            raise MissingExtra("phone numbers", "phonenumbers", "phone") from None
        if region is not None and region not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(
                f"there is no region {region!r}: a region is a country's two letters, as in 'NL'"
            )
        self._numbers = phonenumbers
        self._region = region

    def __call__(self, message: Message, _at: Instant = 0, /) -> str | None:
        """The number that `message` is."""
        text = figures(trimmed(message))
        if not _NUMBER.fullmatch(text):
            return None
        numbers = self._numbers
        try:
            number = numbers.parse(text, self._region)
        except numbers.NumberParseException:
            return None
        if not numbers.is_valid_number(number):
            return None
        said: str = numbers.format_number(number, numbers.PhoneNumberFormat.E164)
        return said
