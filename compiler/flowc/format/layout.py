"""Layout: lines and blocks as text, in the canonical form.

A block stands two columns deeper than its head, clauses four columns deeper than the line of their step. A line
that is too wide becomes a head with a block, then one step a line, then is continued at its `|`.
"""

from __future__ import annotations

from collections.abc import Iterator

from flowc.cells import cells
from flowc.format.lines import Line, Node, Remark
from flowc.format.words import Word
from flowc.layout import MAX_DEPTH

WIDTH = 100
"""How wide a line may be, in cells of a terminal; a comment behind it does not count."""

BLOCK = 2
CLAUSES = 4
CONTINUED = 4

_TOGETHER = {
    "import": "settings",
    "channel": "settings",
    "timeout": "settings",
    "failed": "settings",
    "outdated": "settings",
    "let": "settings",
    "keep": "settings",
    "renamed": "settings",
    "action": "signatures",
    "function": "signatures",
    "anytime": "anytime",
    "on": "entries",
}
"""Declarations that may follow one of their own group without an empty line, by their first word."""


def lay_out(nodes: list[Node]) -> str:
    """The text of a file with these outermost lines.

    >>> lay_out([Remark("# one", after_blank=False), Remark("# two", after_blank=True)])
    '# one\\n\\n# two\\n'
    """
    _separate(nodes)
    return "".join(f"{row}\n" for row in _block(nodes, 0, 0))


def _separate(nodes: list[Node]) -> None:
    """See that an empty line stands between declarations, unless both are of one group and the author wrote
    none.
    """
    first_after: Node | None = None
    declaration: Line | None = None
    blank = False
    for node in nodes:
        first_after = first_after or node
        blank = blank or node.after_blank
        if not isinstance(node, Line):
            continue
        if declaration is not None and not blank and not _are_together(declaration, node):
            first_after.after_blank = True
        declaration, first_after, blank = node, None, False


def _are_together(one: Line, other: Line) -> bool:
    group = _TOGETHER.get(one.words[0].text)
    return group is not None and group == _TOGETHER.get(other.words[0].text)


def _block(nodes: list[Node], column: int, depth: int) -> Iterator[str]:
    """The rows of a block whose lines begin at `column`; empty lines at its start are left out."""
    for number, node in enumerate(nodes):
        if number and node.after_blank:
            yield ""
        match node:
            case Remark():
                yield " " * column + node.text
            case Line():
                yield from _line(node, column, depth)


def _line(line: Line, column: int, depth: int) -> Iterator[str]:
    """The rows of a line and of the block below it."""
    parts = _parts(line)
    head, *steps = parts
    whole = range(len(line.words))
    below = column + (CLAUSES if steps else BLOCK)
    if not steps or _fits(line, whole, column) or (head and depth + _height(line) > MAX_DEPTH):
        rows = list(_continued(line, whole, column))
    else:
        rows = list(_continued(line, head, column)) if head else []
        depth += bool(head)
        column += BLOCK if head else 0
        rows += [row for step in steps for row in _continued(line, step, column)]
        below = column + CLAUSES
    if line.trailing:
        rows[-1] += f"  {line.trailing}"
    yield from rows
    yield from _block(line.block, below, depth + 1)


def _parts(line: Line) -> list[range]:
    """The numbers of the words of the head, empty where there is none, and of each step."""
    starts = [0, *(number for number, word in enumerate(line.words) if word.text == "->")]
    return [range(start, end) for start, end in zip(starts, [*starts[1:], len(line.words)], strict=True)]


def _height(line: Line) -> int:
    """How many levels of blocks may come to stand below a line, if all below it become blocks that can."""
    head, *steps = _parts(line)
    below = [_height(node) for node in line.block if isinstance(node, Line)]
    return bool(head and steps) + (1 + max(below) if below else 0)


def _continued(line: Line, part: range, column: int) -> Iterator[str]:
    """The rows of a part of a line: one, or as many as it takes, each but the first with a `|` at its start."""
    bars = [number for number in part[1:] if line.words[number].text == "|"]
    ends = [*bars, part.stop]
    row = " " * column + _text(line.words[part.start : ends[0]])
    indentation = " " * (column + CONTINUED)
    for start, end in zip(bars, ends[1:], strict=True):
        alternative = _text(line.words[start:end])
        longer = f"{row} {alternative}"
        comments = line.breaks.get(start, [])
        if not comments and _width(longer) <= WIDTH:
            row = longer
            continue
        if comments and not comments[0].begins_line:
            row += f"  {comments[0].text}"
        yield row
        yield from (indentation + comment.text for comment in comments if comment.begins_line)
        row = indentation + alternative
    yield row


def _fits(line: Line, part: range, column: int) -> bool:
    """Whether a part of a line takes one row, and no comment breaks it."""
    return (
        not line.breaks.keys() & part and column + _width(_text(line.words[part.start : part.stop])) <= WIDTH
    )


def _text(words: list[Word]) -> str:
    """Words on one row."""
    return words[0].text + "".join(f" {word.text}" if word.spaced else word.text for word in words[1:])


def _width(text: str) -> int:
    return len(text) if text.isascii() else cells(text)
