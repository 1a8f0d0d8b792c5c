"""The layout of generated Python: lines longer than `WIDTH` are broken at their brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

WIDTH = 110
"""The longest line, in code points, that need not be broken."""

_PART = re.compile(r"""["(){}\[\],#']""")
_REST_OF_LITERAL = {quote: re.compile(rf"(?:[^{quote}\\]|\\.)*{quote}") for quote in ('"', "'")}


def wrapped(text: str) -> str:
    """`text` with its long lines broken: what stands between their outermost brackets goes below, one item
    a line.
    """
    return "\n".join(part for line in text.split("\n") for part in _wrap(line))


def _wrap(line: str) -> list[str]:
    if len(line) <= WIDTH or line.lstrip().startswith(("#", '"""', "def ")):
        return [line]
    code, comment = _split_comment(line)
    opened = _outermost(code)
    if opened is None:
        return [line]
    start, end, commas = opened
    indentation = " " * (len(line) - len(line.lstrip()))
    cuts = [start, *commas, end]
    items = [code[low + 1 : high].strip() for low, high in pairwise(cuts)]
    body = [f"{indentation}    {item}," for item in items if item]
    return [
        f"{code[: start + 1]}{comment}",
        *(part for item in body for part in _wrap(f"{item}{comment}")),
        f"{indentation}{code[end:]}",
    ]


def _may_be_broken(before: str, bracket: str) -> bool:
    """Whether a last comma within changes nothing: this is no subscript, nor merely around an expression."""
    follows_name = before[-1:].isidentifier() or before.endswith((")", "]"))
    return follows_name if bracket == "(" else not (bracket == "[" and follows_name)


def _punctuation(line: str) -> Iterator[tuple[int, str]]:
    """The brackets, commas and the comment sign of a line of Python, without those in text literals."""
    at = 0
    while part := _PART.search(line, at):
        at, sign = part.end(), part.group()
        if sign in _REST_OF_LITERAL:
            literal = _REST_OF_LITERAL[sign].match(line, at)
            at = literal.end() if literal else len(line)
            continue
        yield part.start(), sign
        if sign == "#":
            return


def _split_comment(line: str) -> tuple[str, str]:
    """The code of a line, and its comment with the space before."""
    for at, sign in _punctuation(line):
        if sign == "#":
            return line[:at].rstrip(), f"  {line[at:]}"
    return line.rstrip(), ""


def _outermost(code: str) -> tuple[int, int, list[int]] | None:
    """Where the last outermost brackets open and close, and the commas right between them."""
    depth = 0
    start = -1
    commas: list[int] = []
    counts = False
    found: tuple[int, int, list[int]] | None = None
    for at, sign in _punctuation(code):
        if sign in "([{":
            if depth == 0:
                start, commas, counts = at, [], _may_be_broken(code[:at], sign)
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if depth == 0 and counts:
                found = (start, at, commas)
        elif sign == "," and depth == 1:
            commas.append(at)
    return found if found and found[1] - found[0] > 1 else None
