"""Words: the text cut into words, signs, literals and comments, each with how it stands in its line.

Which text is a literal, and which sign hugs its neighbour, is asked of the AST: it was made by a lexer that knows
where a regular expression may stand, and by a grammar that knows a list from an index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowc import syntax as ast
from flowc.format.same import nodes_of
from flowc.records import dataclass

_PIECE = re.compile(
    r"""(?P<blank>[ \t\r\n]+)
      | (?P<comment>\#[^\n]*)
      | (?P<word>[A-Za-z][A-Za-z0-9_]*|[0-9]+(?:\.[0-9]+)?|->|==|!=|<=|>=|\.\.|.)""",
    re.VERBOSE,
)
_HUGS_LEFT = frozenset({")", "]", ",", ":", "?", ".", ".."})
_HUGS_RIGHT = frozenset("([.")
"""First characters: `..` is among them."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, sign, literal or comment. `spaced` says whether a space comes before it within a line.

    `begins_line` says that it stands first in its line, at this `column`; `after_blank`, that an empty line
    comes before it.
    """

    text: str
    spaced: bool
    begins_line: bool
    after_blank: bool
    column: int

    @property
    def is_comment(self) -> bool:
        """Whether it is a comment."""
        return self.text.startswith("#")


def words_of(text: str, file: ast.File) -> Iterator[Word]:
    """The words of `text`, whose AST is `file`, in order.

    >>> from flowc.parse import parse
    >>> from flowc.source import source_of
    >>> source = source_of("a.flow", 'on "a # b"->set x=f(-1)')
    >>> print(*[word.text for word in words_of(source.text, parse(source).file)], sep="  ")
    on  "a # b"  ->  set  x  =  f  (  -  1  )
    """
    marks = _Marks(text, file)
    before = 0
    line_ends, line_start = 1, 0  # the first word begins a line, wherever it stands
    for position, piece in _pieces(text, marks.literals):
        if piece.isspace():
            if "\n" in piece:
                line_ends += piece.count("\n")
                line_start = position + piece.rindex("\n") + 1
            continue
        # What stands before the very first word is no indentation.
        column = position - line_start if line_start else 0
        spaced = marks.spaced(before, piece, position)
        yield Word(piece.rstrip(), spaced, line_ends > 0, line_ends > 1, column)
        before, line_ends = position, 0


def _pieces(text: str, literals: dict[int, int]) -> Iterator[tuple[int, str]]:
    """The text in pieces, with where they start: blanks, comments, literals and other words."""
    position = 0
    while position < len(text):
        end = literals.get(position)
        if end is None:
            match = _PIECE.match(text, position)
            end = match.end() if match else position + 1
        yield position, text[position:end]
        position = end


class _Marks:
    """What the AST knows of a place: where literals end, and which of two meanings a sign has."""

    def __init__(self, text: str, file: ast.File) -> None:
        self._text = text
        self.literals: dict[int, int] = {}
        self._applied: set[int] = set()
        self._lists: set[int] = set()
        self._signs: set[int] = set()
        for node in nodes_of(file):
            match node:
                case ast.Text() | ast.Regex():
                    self.literals[node.span.start] = node.span.end
                case ast.ListLiteral():
                    self._lists.add(node.span.start)
                case ast.Unary(operator="-"):
                    self._signs.add(node.span.start)
                case _:
                    self._apply(node)

    def _apply(self, node: object) -> None:
        """Note the name that stands right before its arguments or parameters."""
        match node:
            case (
                ast.Application(function=name)
                | ast.Call(action=name)
                | ast.Emit(event=name)
                | ast.Run(dialog=name)
                | ast.EventPattern(name=name)
                | ast.Action(name=name)
                | ast.Function(name=name)
                | ast.Dialog(name=name)
            ):
                self._applied.add(name.span.start)
            case _:
                pass

    def spaced(self, left: int, right_text: str, right: int) -> bool:
        """Whether a space stands between the word that starts at `left` and the one that follows it."""
        if right_text in _HUGS_LEFT or left in self._signs or self._text[left] in _HUGS_RIGHT:
            return False
        if right_text == "(":
            return left not in self._applied
        if right_text == "[":
            return right in self._lists
        return True
