"""Packages that a reader needs and that are installed only by those who want them."""

from __future__ import annotations

from flowrt.errors import FlowrtError


class MissingExtra(FlowrtError):
    """A flow asks for something that only an optional package can read, and the package is not installed.

    It is raised where the reader is made, which is when the flow is loaded.

    >>> str(MissingExtra("phone numbers", "phonenumbers", "phone"))
    'this flow asks for phone numbers, which needs the package phonenumbers: install flowc[phone]'
    """

    def __init__(self, what: str, package: str, extra: str) -> None:
        super().__init__(
            f"this flow asks for {what}, which needs the package {package}: install flowc[{extra}]"
        )
        self.extra = extra
