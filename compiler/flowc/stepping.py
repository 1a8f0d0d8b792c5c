"""Lark's parser, one token at a time, behind methods with types: lark's own are partly without.

Lark makes the tables; they are read here with what people write in mind, several times as fast as lark does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, cast

from lark import Lark, Token, Tree
from lark.grammar import Rule
from lark.lexer import TerminalDef
from lark.parse_tree_builder import (
    ChildFilterLALR,
    ChildFilterLALR_NoPlaceholders,
    ExpandSingleChild,
)
from lark.utils import TextSlice

from flowc.records import dataclass

_FILTERS = (ChildFilterLALR, ChildFilterLALR_NoPlaceholders)
_KEYWORD = re.compile(r"([a-z]+)\\b")


Make = Callable[[Sequence[Any]], Any]
"""Makes a node of what a rule matched."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A parser at the start of a line.

    Lark extends the children of its unfinished lists in place, so their lengths belong to it.
    """

    states: list[int]
    values: list[Any]
    lengths: list[int]


class Refused(Exception):
    """A token does not fit where the parser stands."""

    def __init__(self, token: Token) -> None:
        super().__init__(token.type)
        self.token = token


class Reduce(NamedTuple):
    """Put what `make` makes of the last `size` values in their place; without `make` the one value stays."""

    size: int
    origin: str
    make: Make | None


Action = int | Reduce
"""What to do with a terminal: shift it and go to a state, or reduce first."""


class Tables:
    """The tables of lark's parser, and what tells the terminals apart."""

    def __init__(self, lark: Lark) -> None:
        interactive = cast("Any", lark).parse_interactive("", start=lark.options.start[0])
        conf: Any = interactive.parser_state.parse_conf
        lexer: Any = interactive.lexer_thread.lexer.lexer
        self.starts: Mapping[str, int] = conf.parse_table.start_states
        reduces = {rule: _reduce(rule, make) for rule, make in conf.callbacks.items()}
        self.actions: dict[int, dict[str, Action]] = {}
        self.gotos: dict[int, dict[str, int]] = {}
        for state, row in conf.states.items():
            actions = self.actions[state] = {}
            gotos = self.gotos[state] = {}
            for name, (_, arg) in row.items():
                if not name.isupper():
                    gotos[name] = arg
                else:
                    actions[name] = arg if isinstance(arg, int) else reduces[arg]
        for end in conf.parse_table.end_states.values():
            self.actions[end]["$END"] = end
        self.lexers: Mapping[int, Any] = lexer.lexers
        self.keywords, self.match = _lexing(list(lexer.root_lexer.terminals))


def _reduce(rule: Rule, make: Make) -> Reduce:
    """What a rule asks for. Lark wraps what makes the node; most of the wrapping can be done once, here."""
    size = len(rule.expansion)
    if size == 1 and isinstance(make, ExpandSingleChild):
        return Reduce(size, rule.origin.name, None)
    return Reduce(size, rule.origin.name, _picking(make, size) or make)


def _picking(make: Make, size: int) -> Make | None:
    """A filter of children that only picks some, and puts None for what was left out; None for any other."""
    if type(make) not in _FILTERS:
        return None
    filtering = cast("Any", make)
    left_out = size  # where a None is put behind the children
    picked: list[int] = []
    for position, expands, *nones in filtering.to_include:
        if expands:
            return None
        picked += [left_out] * sum(nones) + [position]
    picked += [left_out] * getattr(filtering, "append_none", 0)
    build = filtering.node_builder
    if not picked:
        return lambda _: build([])
    if len(picked) == 1:
        only = picked[0]
        return lambda children: build([*children, None][only : only + 1])
    pick = itemgetter(*picked)
    if left_out not in picked:
        return lambda children: build(pick(children))
    return lambda children: build(pick([*children, None]))


def _lexing(
    terminals: list[TerminalDef],
) -> tuple[dict[str, str], Callable[[str, int, int], re.Match[str] | None]]:
    """The terminal of each keyword, and a pattern that finds any terminal, the first in lark's order.

    A word is found as WORD: a keyword, where one may stand, else a name.
    """
    keywords: dict[str, str] = {}
    others: list[str] = []
    line_end = ""
    for terminal in terminals:
        pattern = terminal.pattern.to_regexp()
        word = _KEYWORD.fullmatch(pattern)
        if word:
            keywords[word[1]] = terminal.name
        elif terminal.name == "_NL":
            line_end = pattern
        elif terminal.name != "SPACE":
            others.append(f"(?P<{terminal.name}>{pattern})")
    name = r"(?P<WORD>[A-Za-z][A-Za-z0-9_]*\b)"
    return keywords, re.compile(f"(?P<_NL>{line_end})|[ \t]*+(?:{'|'.join([name, *others])})").match


class Stepper:
    """A run of the parser over a stretch of one text; `comment` takes the comments, which are no tokens."""

    def __init__(
        self,
        tables: Tables,
        start: str,
        text: str,
        stretch: tuple[int, int],
        comment: Callable[[str, int], None],
    ) -> None:
        self._tables = tables
        self._text = text
        self._low, self._high = stretch
        self._comment = comment
        self._states = [tables.starts[start]]
        self._values: list[Any] = []

    def tokens(self) -> Iterator[Token]:
        """The tokens of the text, each read as the parser stands when it is asked for."""
        text, high, states = self._text, self._high, self._states
        match, keywords, actions = self._tables.match, self._tables.keywords, self._tables.actions
        at = self._low
        while (found := match(text, at, high)) is not None:
            kind = cast("str", found.lastgroup)
            value = found[kind]
            start = found.end() - len(value)
            accepted = actions[states[-1]]
            if kind == "WORD":
                kind = keywords.get(value, "NAME")
                if kind not in accepted:
                    kind = "NAME"
            if kind not in accepted and kind != "_NL":
                value, kind = self._read_here(start)
            at = start + len(value)
            if kind == "COMMENT":
                self._comment(value, start)
            else:
                yield token_of(kind, value, start)

    def _read_here(self, start: int) -> tuple[str, str]:
        """What lark finds where the parser stands: a terminal that fits, or one that nothing takes."""
        lexer = self._tables.lexers[self._states[-1]]
        return cast("tuple[str, str]", lexer.match(TextSlice(self._text, 0, self._high), start))

    def feed(self, token: Token) -> None:
        """Take one token. Raises `Refused` where it does not fit."""
        kind = token.type
        states, values = self._states, self._values
        actions, gotos = self._tables.actions, self._tables.gotos
        while not isinstance(action := actions[states[-1]].get(kind), int):
            if action is None:
                raise Refused(token)
            size, origin, make = action
            if make is None:
                states[-1] = gotos[states[-2]][origin]
                continue
            if size:
                made = make(values[-size:])
                del states[-size:]
                del values[-size:]
                values.append(made)
            else:
                values.append(make([]))
            states.append(gotos[states[-1]][origin])
        states.append(action)
        values.append(token)

    def finish(self, end: int) -> object:
        """What was read; the text ends at `end`. Raises `Refused` where that is too early."""
        self.feed(token_of("$END", "", end))
        return self._values[-2]

    def accepts(self) -> frozenset[str]:
        """The terminals that would fit."""
        choices = self._tables.actions[self._states[-1]]
        return frozenset(kind for kind in choices if self._would_take(kind))

    def _would_take(self, kind: str) -> bool:
        """Whether the reductions that `kind` asks for lead to where it fits."""
        states = list(self._states)
        while not isinstance(action := self._tables.actions[states[-1]].get(kind), int):
            if action is None:
                return False
            del states[len(states) - action.size :]
            states.append(self._tables.gotos[states[-1]][action.origin])
        return True

    @property
    def top(self) -> object:
        """What was read last, a token or what a rule made; None at the very start."""
        return self._values[-1] if self._values else None

    @property
    def wants_block(self) -> bool:
        """Whether only a block can follow."""
        actions = self._tables.actions[self._states[-1]]
        return len(actions) == 1 and "_INDENT" in actions

    def checkpoint(self) -> Checkpoint:
        """The parser as it stands."""
        values = list(self._values)
        lengths = [len(value.children) for value in values if value.__class__ is Tree]
        return Checkpoint(list(self._states), values, lengths)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Put the parser back to where it stood."""
        lists = [value for value in checkpoint.values if value.__class__ is Tree]
        for value, length in zip(lists, checkpoint.lengths, strict=True):
            del value.children[length:]
        self._states[:] = checkpoint.states
        self._values[:] = checkpoint.values


def token_of(kind: str, value: str, start: int) -> Token:
    """A token with its place, and none of the counts of lines and columns that lark keeps."""
    token = str.__new__(Token, value)
    token.type = kind
    token.start_pos = start
    token.end_pos = start + len(value)
    return token
