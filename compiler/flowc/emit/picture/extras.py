"""Packages that only pictures need, and that are installed only by those who want pictures."""

from __future__ import annotations

from flowrt.errors import FlowrtError


class MissingPackage(FlowrtError):
    """A picture cannot be drawn, since a package is not installed.

    >>> str(MissingPackage("resvg-py"))
    'to draw this, flowc needs the package resvg-py: install flowc[graph]'
    """

    def __init__(self, package: str) -> None:
        super().__init__(f"to draw this, flowc needs the package {package}: install flowc[graph]")
