"""The layout of lines: a post-lexer that turns indentation into _INDENT and _DEDENT."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lark import Token
from lark.lark import PostLex

from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.syntax import TabsAndSpaces, TooDeep, UnevenIndentation
from flowc.source import Span
from flowc.stepping import token_of
from flowc.syntax import Comment

MAX_DEPTH = 100
"""How deep blocks may be nested."""

_COMMENT = re.compile(r"#[^\r\n]*")


class Layout(PostLex):
    """Follows the lines of one text at a time.

    `depth` is the depth of the line that the last _NL leads to, known before the tokens of that line are read;
    a line that cannot be placed is in `mistakes` and makes `misplaced` true until the next line. Unlike lark's
    own `Indenter` it never raises, so the parser can go on behind a mistake.
    """

    always_accept = ("_NL", "UNCLOSED", "ILLEGAL")

    def __init__(self) -> None:
        self.begin("", "")

    def begin(self, path: str, text: str) -> None:
        """Start with a new text."""
        self.path = path
        self.text = text
        self.columns = [0]
        self.comments: list[Comment] = []
        self.mistakes: list[Mistake] = []
        self.misplaced = False
        self._style = ""

    @property
    def depth(self) -> int:
        """How many blocks the present line stands in."""
        return len(self.columns) - 1

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """The tokens of `stream`, with the ends of lines put in their places."""
        begun = False
        for token in stream:
            if token.type != "_NL":
                begun = True
                yield token
                continue
            self._collect_comments(token)
            end = token.end_pos or 0
            if self.text.startswith("|", end):
                continue
            before = self.depth
            self._place(token.rpartition("\n")[2], end)
            if begun:
                yield token
            for _ in range(before, self.depth):
                yield token_of("_INDENT", "", end)
            for _ in range(self.depth, before):
                yield token_of("_DEDENT", "", end)

    def comment(self, text: str, start: int) -> None:
        """Remember a comment that the lexer passes over."""
        self.comments.append(Comment(text, Span(self.path, start, start + len(text))))

    def _collect_comments(self, token: Token) -> None:
        if "#" in token:
            start = token.start_pos or 0
            for match in _COMMENT.finditer(token):
                span = Span(self.path, start + match.start(), start + match.end())
                self.comments.append(Comment(match.group(), span))

    def _place(self, indentation: str, end: int) -> None:
        """Enter or leave blocks, so that a line with this indentation has its place."""
        self.misplaced = False
        span = Span(self.path, end - len(indentation), end)
        if indentation:
            self._style = self._style or indentation[0]
            if indentation.strip(self._style):
                self._misplace(TabsAndSpaces(span=span))
        column = len(indentation)
        if column > self.columns[-1]:
            if self.depth == MAX_DEPTH:
                self._misplace(TooDeep(span=span, limit=MAX_DEPTH))
            else:
                self.columns.append(column)
            return
        while column < self.columns[-1]:
            self.columns.pop()
        if column != self.columns[-1]:
            self._misplace(UnevenIndentation(span=span))

    def _misplace(self, mistake: Mistake) -> None:
        if not self.misplaced:
            self.mistakes.append(mistake)
        self.misplaced = True
