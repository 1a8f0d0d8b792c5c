"""Lark's parser, one token at a time, behind methods with types: lark's own are partly without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from lark import Token, Tree
from lark.parsers.lalr_interactive_parser import InteractiveParser


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A parser at the start of a line.

    Lark extends the children of its unfinished lists in place, so their lengths belong to it.
    """

    states: list[int]
    values: list[Any]
    lengths: list[int]


class Stepper:
    """A run of the parser over one text."""

    def __init__(self, interactive: InteractiveParser) -> None:
        self._interactive: Any = interactive
        self._state: Any = self._interactive.parser_state

    def tokens(self) -> Iterator[Token]:
        """The tokens of the text, each read as the parser stands when it is asked for."""
        return cast("Iterator[Token]", self._interactive.lexer_thread.lex(self._state))

    def feed(self, token: Token) -> None:
        """Take one token. Raises `UnexpectedToken` where it does not fit."""
        self._state.feed_token(token)

    def finish(self, end: Token | None = None) -> object:
        """What was read. Raises `UnexpectedToken` where the text ends too early."""
        return self._interactive.feed_eof(end)

    def accepts(self) -> frozenset[str]:
        """The terminals that would fit."""
        return frozenset(self._interactive.accepts())

    @property
    def top(self) -> object:
        """What was read last, a token or what a rule made; None at the very start."""
        return self._state.value_stack[-1] if self._state.value_stack else None

    @property
    def wants_block(self) -> bool:
        """Whether only a block can follow."""
        actions = self._state.parse_conf.parse_table.states[self._state.position]
        return len(actions) == 1 and "_INDENT" in actions

    def checkpoint(self) -> Checkpoint:
        """The parser as it stands."""
        values: list[Any] = list(self._state.value_stack)
        lengths = [len(_children(value)) for value in values]
        return Checkpoint(list(self._state.state_stack), values, lengths)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Put the parser back to where it stood."""
        for value, length in zip(checkpoint.values, checkpoint.lengths, strict=True):
            del _children(value)[length:]
        self._state.state_stack[:] = checkpoint.states
        self._state.value_stack[:] = checkpoint.values


def _children(value: object) -> list[Any]:
    return cast("list[Any]", cast("Any", value).children) if isinstance(value, Tree) else []
