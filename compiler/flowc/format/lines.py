"""Lines: words gathered into the lines of a chain, a head or a clause, and those into blocks by indentation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flowc.format.words import Word


@dataclass(slots=True)
class Remark:
    """A comment on a line of its own, in the block that it belongs to."""

    text: str
    after_blank: bool


@dataclass(slots=True)
class Line:
    """A line, with those that the author continued it on, and the block below it.

    `breaks` holds the comments that stand between its words, by the number of the word that follows: each of
    those is a `|`. `trailing` is the comment behind its last word.
    """

    words: list[Word]
    after_blank: bool
    breaks: dict[int, list[Word]] = field(default_factory=dict[int, list[Word]])
    trailing: str | None = None
    block: list[Node] = field(default_factory=list["Node"])


Node = Line | Remark


def lines_of(words: Iterable[Word]) -> list[Node]:
    """The outermost lines of a file, with all that stands below them.

    >>> from flowc.format.words import words_of
    >>> from flowc.parse import parse
    >>> from flowc.source import source_of
    >>> source = source_of("a.flow", "on message\\n  -> again # why\\n# the end")
    >>> head, remark = lines_of(words_of(source.text, parse(source).file))
    >>> [below.trailing for below in head.block], remark.text
    (['# why'], '# the end')
    """
    reader = _Reader()
    comments: list[Word] = []
    for word in words:
        if word.is_comment:
            comments.append(word)
        else:
            reader.take(word, comments)
            comments = []
    reader.end(comments)
    return reader.outermost


class _Reader:
    """Follows the indentation of one file, which is known to be sound."""

    def __init__(self) -> None:
        self.outermost: list[Node] = []
        self._open = [(0, self.outermost)]
        self._line: Line | None = None

    def take(self, word: Word, comments: list[Word]) -> None:
        """A word, and the comments right before it."""
        if self._line is None or (word.begins_line and word.text != "|"):
            self._begin(word, self._trail(comments))
            return
        if comments:
            self._line.breaks[len(self._line.words)] = comments
        self._line.words.append(word)

    def end(self, comments: list[Word]) -> None:
        """The end of the file, and the comments right before it."""
        self._remark(self._trail(comments), 0)

    def _trail(self, comments: list[Word]) -> list[Word]:
        """Put a comment behind the present line, if the first is that; the others stand on lines of their own."""
        if self._line is None or not comments or comments[0].begins_line:
            return comments
        self._line.trailing = comments[0].text
        return comments[1:]

    def _begin(self, word: Word, comments: list[Word]) -> None:
        if self._line is not None and word.column > self._open[-1][0]:
            self._open.append((word.column, self._line.block))
        level = next(level for level, (column, _) in enumerate(self._open) if column == word.column)
        self._remark(comments, level)
        del self._open[level + 1 :]
        self._line = Line([word], word.after_blank)
        self._open[-1][1].append(self._line)

    def _remark(self, comments: list[Word], lowest: int) -> None:
        """Put comments before a line at level `lowest`: one that is indented deeper ends the block that it
        stands in.
        """
        level = len(self._open) - 1
        for comment in comments:
            while level > lowest and self._open[level][0] > comment.column:
                level -= 1
            self._open[level][1].append(Remark(comment.text, comment.after_blank))
