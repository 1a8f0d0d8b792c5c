"""A program as somebody in a hurry writes it down: any indentation, spaces, empty lines and comments."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

COMMENTS = [
    "#",
    "# a note",
    "#!flow",
    "# flowc: off",
    '# -> reply "x" | "y"',
    "#\ttab ",
    "# 日本語 👩‍👩‍👧",
    "## {",
]


@dataclass
class Row:
    """A line as its words, and the block below it. Words that are `|` may begin a line."""

    words: list[str]
    below: list[Row] = field(default_factory=list["Row"])


def written(program: list[Row], random: Random, *, remarks: bool = True) -> str:
    """A program as somebody in a hurry would write it; without `remarks`, with no comment and no empty line."""
    return _Hand(random, remarks).write(program)


class _Hand:
    """Writes rows down."""

    def __init__(self, random: Random, remarks: bool) -> None:
        self._random = random
        self._remarks = 0.15 if remarks else 0.0
        self._indent = random.choice([" ", " ", "\t"])
        self._lines: list[str] = []

    def write(self, program: list[Row]) -> str:
        """The text."""
        self._block(program, 0)
        self._between(0)
        if self._lines and self._lines[0][:1].isalpha() and self._maybe(0.1):
            self._lines[0] = f"  {self._lines[0]}"  # before the first word of a file it says nothing
        end = self._random.choice(["\n", "\n", "\r\n"])
        last = self._random.choice(["", end]) if self._lines else ""
        return self._random.choice(["", "", "\ufeff"]) + end.join(self._lines) + last

    def _block(self, block: list[Row], column: int) -> None:
        inside = column + self._random.choice([1, 2, 2, 3, 4, 8])
        for row in block:
            self._between(column)
            self._row(row, column)
            self._block(row.below, inside)

    def _between(self, column: int) -> None:
        """Empty lines and comments, at any column."""
        while self._maybe(self._remarks):
            if self._maybe(0.5):
                self._lines.append(self._random.choice(["", "", "  ", "\t"]))
            else:
                shift = self._random.choice([0, 0, -2, 2, 5])
                self._lines.append(self._indent * max(0, column + shift) + self._comment())

    def _maybe(self, probability: float) -> bool:
        return self._random.random() >= 1 - probability

    def _comment(self) -> str:
        return self._random.choice(COMMENTS)

    def _row(self, row: Row, column: int) -> None:
        line = self._indent * column
        before = ""
        for word in row.words:
            if word == "|" and self._maybe(0.15):
                self._lines.append(line + self._trailing())
                self._between(column)
                line = self._random.choice(["", "  ", "\t", " \t  "])
            elif before:
                line += self._random.choice(self._gaps(before, word))
            line += word
            before = word
        self._lines.append(line + self._trailing())

    def _trailing(self) -> str:
        if self._maybe(self._remarks):
            return self._random.choice(["", " ", "   "]) + self._comment()
        return self._random.choice(["", "", "", " ", "\t"])

    @staticmethod
    def _gaps(left: str, right: str) -> list[str]:
        """What may stand between two words."""
        apart = [" ", " ", "  ", " \t"]
        letters = (left[-1].isalnum() or left[-1] == "_") and (right[0].isalnum() or right[0] == "_")
        after_number = left.isdigit() and right[0].isalpha()
        return apart if letters and not after_number else ["", *apart]
