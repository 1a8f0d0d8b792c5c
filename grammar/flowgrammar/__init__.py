"""What the language looks like: its grammar, its words, and the mistakes that have a message of their own."""

from __future__ import annotations

import pkgutil

LANGUAGE_VERSION = 1
"""The version of the language that the grammar describes."""

RESERVED = frozenset({"and", "or", "not", "is", "in", "matches", "none", "true", "false"})
"""The words that name nothing: all others may name variables, states, actions, dialogs and records."""


def grammar() -> str:
    """The text of the Lark grammar.

    >>> grammar().startswith("// The grammar of .flow")
    True
    """
    text = pkgutil.get_data(__name__, "flow.lark")
    if text is None:
        raise FileNotFoundError("flow.lark is missing from the package flowgrammar")
    return text.decode()
