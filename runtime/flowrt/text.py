"""Text as the language sees it: folded for comparing, rendered for saying."""

from __future__ import annotations

import unicodedata

Sayable = str | int
"""What may stand in a hole of a text."""


def fold(text: str) -> str:
    r"""`text` as the language compares it: NFKC, case folded, trimmed, white space folded to single spaces.

    >>> fold("  Track   an ORDER ")
    'track an order'
    >>> fold("\uff33\uff34\uff2f\uff30")
    'stop'
    """
    if not text.isascii():
        # Folding can undo the normal form and the normal form can undo folding: Unicode defines
        # NFKC_Casefold so.
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        return " ".join(text.split())
    return " ".join(text.lower().split())


def render(*parts: Sayable) -> str:
    """The text made of `parts`, each said as the language says it.

    >>> render("You are number ", 3, ".")
    'You are number 3.'
    """
    return "".join([part if isinstance(part, str) else str(part) for part in parts])


def same(left: str | None, right: str | None) -> bool:
    """Whether two texts are equal as the language compares them; none equals only none.

    >>> same("Yes ", "yes")
    True
    """
    if left is None or right is None:
        return left is right
    return left == right or fold(left) == fold(right)
