"""What the language looks like: its grammar, its words, and the mistakes that have a message of their own."""

from __future__ import annotations

from importlib import resources

LANGUAGE_VERSION = 1
"""The version of the language that the grammar describes."""

RESERVED = frozenset({"and", "or", "not", "is", "in", "matches", "none", "true", "false"})
"""The words that name nothing: all others may name variables, states, actions, dialogs and records."""


def grammar() -> str:
    """The text of the Lark grammar.

    >>> grammar().startswith("// The grammar of .flow")
    True
    """
    return resources.files(__name__).joinpath("flow.lark").read_text(encoding="utf-8")
