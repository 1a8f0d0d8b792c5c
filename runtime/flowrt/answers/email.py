"""Reading email addresses, with the package `email-validator`: by their form alone, no server is asked."""

from __future__ import annotations

from flowrt.answers.extras import MissingExtra
from flowrt.answers.plain import trimmed
from flowrt.events import Message
from flowrt.time import Instant

_LONGEST = 254  # of an address, by RFC 5321


class EmailAnswer:
    """An email address; its domain is put to lower case and its text to the normal form NFC.

    Raises `MissingExtra` where `email-validator` is not installed.

    >>> EmailAnswer()(Message("1", "ada", text="Ada@Example.com"))
    'Ada@example.com'
    """

    __slots__ = ("_refusal", "_validate")

    def __init__(self) -> None:
        try:
            from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 — optional
        except ImportError:
            raise MissingExtra("email addresses", "email-validator", "email") from None
        self._refusal = EmailNotValidError
        self._validate = validate_email

    def __call__(self, message: Message, _at: Instant = 0, /) -> str | None:
        """The address that `message` is."""
        text = trimmed(message)
        if len(text) > _LONGEST:
            return None
        try:
            return self._validate(text, check_deliverability=False).normalized
        except self._refusal:
            return None
