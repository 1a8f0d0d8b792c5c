"""Parse: `Source` to AST and mistakes. Every mistake of a file is found in one run.

Lark's parser is driven token by token. Where a token does not fit, the mistake is noted, the parser is put
back to the start of the line, the line and the block below it are passed over, and a MISTAKE stands in
their place.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import lark
from lark import Lark, Token

from flowc import __version__
from flowc import syntax as ast
from flowc.build import Builder
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.syntax import (
    ControlCharacter,
    EmptyHole,
    MissingChain,
    SplitChain,
    TooDeep,
    UnexpectedBlock,
    UnknownDeclaration,
)
from flowc.layout import MAX_DEPTH, Layout
from flowc.malformed import Found, explain
from flowc.records import dataclass
from flowc.source import Source, Span
from flowc.stepping import Refused, Stepper, Tables, token_of
from flowgrammar import grammar

MAX_NESTING = 100
"""How deep an expression may be nested, counted as the operators and brackets of a line."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")
_NESTING = frozenset({"LPAR", "LSQB", "NOT", "OR", "AND", "PLUS", "MINUS", "STAR", "SLASH", "DOT", "OF"})
_STRUCTURE = frozenset({"_NL", "_INDENT", "_DEDENT"})
_WATCHED = _NESTING | _STRUCTURE


@dataclass(frozen=True, slots=True)
class Parsed:
    """One file as read, and what is wrong with it."""

    file: ast.File
    mistakes: tuple[Mistake, ...]


def _cache_file() -> str | None:
    """Where the tables of the parser are kept: making them takes longer than reading most flows.

    Lark keeps them as a pickle, so the place is one that only the user writes; None where there is none.
    """
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(home) / "flowc"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = folder.stat().st_uid == os.getuid() and not folder.stat().st_mode & 0o022
    except (OSError, RuntimeError, AttributeError):
        return None
    version = f"{__version__}-{lark.__version__}-{sys.version_info.major}.{sys.version_info.minor}"
    return str(folder / f"parser-{version}.lark") if usable else None


def parse(source: Source) -> Parsed:
    """Read `source`.

    >>> from flowc.source import source_of
    >>> parsed = parse(source_of("thanks.flow", 'on message -> reply "Thanks" -> end session'))
    >>> len(parsed.file.items), parsed.mistakes
    (1, ())
    """
    parser = getattr(_local, "parser", None)
    if parser is None:
        parser = _local.parser = Parser()
    return cast("Parser", parser).parse(source)


_local = threading.local()


class Parser:
    """A parser, for one thread at a time. Building one costs more than reading most files: keep it."""

    def __init__(self) -> None:
        self._layout = Layout()
        self._builder = Builder(self._parse_hole, self._parse_capture)
        made = Lark(
            grammar(),
            parser="lalr",
            lexer="contextual",
            postlex=self._layout,
            transformer=cast("Any", self._builder),
            start=["start", "hole", "capture"],
            maybe_placeholders=True,
            cache=_cache_file() or False,
        )
        self._tables = Tables(made)

    def parse(self, source: Source) -> Parsed:
        """Read one file."""
        control = _CONTROL.search(source.text)
        if control is not None:
            span = Span(source.path, control.start(), control.end())
            mistake = ControlCharacter(span=span, character=control.group())
            return Parsed(ast.File(source.path, (), ()), (mistake,))
        self._text = source.text
        self._path = source.path
        self._layout.begin(source.path, source.text)
        self._builder.begin(source.path)
        drive = _Drive(self._stepper("start", 0, len(source.text)), self._layout, source)
        file = cast("ast.File", drive.run())
        # A rule that is matched again after the parser was put back reports its mistakes again.
        mistakes = list(dict.fromkeys([*drive.mistakes, *self._layout.mistakes, *self._builder.mistakes]))
        mistakes.sort(key=lambda mistake: mistake.span.start)
        comments = sorted(self._layout.comments, key=lambda comment: comment.span.start)
        return Parsed(replace(file, comments=tuple(comments)), tuple(_without_echoes(mistakes, source)))

    def _stepper(self, start: str, low: int, high: int) -> Stepper:
        return Stepper(self._tables, start, self._text, (low, high), self._layout.comment)

    def _parse_hole(self, span: Span) -> ast.Expr | None:
        return cast("ast.Expr | None", self._parse_part("hole", span))

    def _parse_capture(self, span: Span) -> ast.Capture | None:
        return cast("ast.Capture | None", self._parse_part("capture", span))

    def _parse_part(self, start: str, span: Span) -> object:
        """Read what stands between two braces; None where that is not what it should be."""
        if not self._text[span.start : span.end].strip():
            self._builder.mistakes.append(EmptyHole(span=Span(span.path, span.start - 1, span.end + 1)))
            return None
        stepper = self._stepper(start, span.start, span.end)
        nesting = 0
        try:
            for token in stepper.tokens():
                nesting += token.type in _NESTING
                if nesting > MAX_NESTING:
                    self._builder.mistakes.append(TooDeep(span=span, limit=MAX_NESTING))
                    return None
                stepper.feed(token)
            return stepper.finish(span.end)
        except Refused as refused:
            source = Source(self._path, self._text)
            self._builder.mistakes.append(explain(_found(refused.token, stepper, source, hole_end=span.end)))
            return None


def _found(token: Token, stepper: Stepper, source: Source, hole_end: int | None = None) -> Found:
    """Where the parser stopped, as the explanations want to know it."""
    top = stepper.top
    name_before = top.span if isinstance(top, ast.Name) else None
    if isinstance(top, Token) and top.type == "NAME":
        name_before = Span(source.path, top.start_pos or 0, top.end_pos or 0)
    after_number = isinstance(top, Token) and top.type == "INT"
    start = token.start_pos if token.start_pos is not None else len(source.text)
    return Found(source, token.type, start, stepper.accepts(), name_before, after_number, hole_end)


class _Drive:
    """One run of the parser over one file."""

    def __init__(self, stepper: Stepper, layout: Layout, source: Source) -> None:
        self.stepper = stepper
        self.layout = layout
        self.source = source
        self.mistakes: list[Mistake] = []
        self.depth = 0
        self.checkpoint = stepper.checkpoint()
        self.checkpoint_depth = 0
        self.line_start = 0
        self.line_depth = 0
        self.begins_line = True
        self.nesting = 0
        self.skip_to_depth: int | None = None
        self.lost_whens: set[int] = set()

    def run(self) -> object:
        """Feed all tokens, passing over what does not fit."""
        for token in self.layout.process(self.stepper.tokens()):
            if self.skip_to_depth is None:
                if self.begins_line or token.type in _WATCHED:
                    self._watch(token)
                else:
                    self._feed(token)
            if (
                self.skip_to_depth is not None
                and token.type == "_NL"
                and self.layout.depth <= self.skip_to_depth
            ):
                self._resume()
        return self.stepper.finish(len(self.source.text))

    def _feed(self, token: Token) -> bool:
        """Take one token; whether it fits."""
        try:
            self.stepper.feed(token)
        except Refused:
            self._stop(token, explain(_found(token, self.stepper, self.source)))
            return False
        return True

    def _watch(self, token: Token) -> None:
        """Take a token that begins a line, shapes a block or nests an expression."""
        kind = token.type
        if kind == "_DEDENT" and self.depth <= self.layout.depth:
            return  # it closes a block that was passed over
        if kind not in _STRUCTURE and self.begins_line:
            self._begin_line(token)
            if self.layout.misplaced:
                self.skip_to_depth = MAX_DEPTH
                return
        if kind in _NESTING:
            self.nesting += 1
            if self.nesting > MAX_NESTING:
                self._give_up(TooDeep(span=self._span(token), limit=MAX_NESTING))
                return
        if not self._feed(token):
            return
        if kind == "_NL":
            self._end_line(token)
        else:
            self.depth += (kind == "_INDENT") - (kind == "_DEDENT")

    def _begin_line(self, token: Token) -> None:
        self.begins_line = False
        self.nesting = 0
        self.line_start = token.start_pos or 0
        self.line_depth = self.layout.depth
        if self.lost_whens:
            goes_on = self.source.text.startswith("else", self.line_start)
            self.lost_whens = {depth for depth in self.lost_whens if depth < self.line_depth + goes_on}
        self._mark()

    def _mark(self) -> None:
        self.checkpoint = self.stepper.checkpoint()
        self.checkpoint_depth = self.depth

    def _end_line(self, token: Token) -> None:
        """A head that is followed by no block is a mistake of its own line, so it is found before the next
        is read.
        """
        self.begins_line = True
        if self.stepper.wants_block and self.layout.depth <= self.line_depth:
            at = token.start_pos or 0
            self._give_up(MissingChain(span=Span(self.source.path, at, at), head=self._head()))

    def _head(self) -> str:
        """The word that the line begins with."""
        return self.source.text[self.line_start :].split(maxsplit=1)[0]

    def _stop(self, token: Token, mistake: Mistake) -> None:
        """A token does not fit: note why, and pass over its line, or over the whole block where that is the
        mistake.
        """
        if token.type == "_INDENT":
            self._mark()
            if not self.layout.misplaced:
                self.mistakes.append(mistake)
            self.skip_to_depth = self.layout.depth - 1
        elif isinstance(mistake, SplitChain | UnexpectedBlock):
            self.mistakes.append(mistake)
            self.skip_to_depth = self.line_depth - 1
        elif self.line_depth in self.lost_whens and self.source.text.startswith("else", token.start_pos or 0):
            self.skip_to_depth = MAX_DEPTH
        else:
            self._give_up(mistake)

    def _give_up(self, mistake: Mistake) -> None:
        """Pass over the rest of the line; the block below is read all the same."""
        self.mistakes.append(mistake)
        self.skip_to_depth = MAX_DEPTH
        if self.source.text.startswith(("when", "else", "if", "elif", "elsif"), self.line_start):
            self.lost_whens.add(self.line_depth)

    def _resume(self) -> None:
        """Put a MISTAKE in the place of what was passed over."""
        self.skip_to_depth = None
        self.begins_line = True
        self.stepper.restore(self.checkpoint)
        self.depth = self.checkpoint_depth
        try:
            self.stepper.feed(token_of("MISTAKE", "", self.line_start))
        except Refused:
            self.stepper.restore(self.checkpoint)

    def _span(self, token: Token) -> Span:
        return Span(self.source.path, cast("int", token.start_pos), cast("int", token.end_pos))


def _without_echoes(mistakes: list[Mistake], source: Source) -> Iterator[Mistake]:
    """The mistakes, of which each line of a chain that stands at the left edge is one, without all but the first."""
    echo_in = 0
    for mistake in mistakes:
        line = source.line_of(mistake.span.start)
        unindented = isinstance(mistake, UnknownDeclaration) and mistake.word == "->"
        if not (unindented and line == echo_in):
            yield mistake
        if unindented or isinstance(mistake, MissingChain):
            echo_in = line + 1
