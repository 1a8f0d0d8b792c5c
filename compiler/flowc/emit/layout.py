"""The layout of generated Python: lines longer than `WIDTH` are broken at their brackets."""

from __future__ import annotations

import io
import tokenize
from itertools import pairwise

WIDTH = 110
"""The longest line, in code points, that need not be broken."""


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


def _tokens(line: str) -> list[tokenize.TokenInfo]:
    try:
        return list(tokenize.generate_tokens(io.StringIO(line.strip()).readline))
    except tokenize.TokenError:
        return []


def _split_comment(line: str) -> tuple[str, str]:
    """The code of a line, and its comment with the space before."""
    shift = len(line) - len(line.lstrip())
    for token in _tokens(line):
        if token.type == tokenize.COMMENT:
            at = token.start[1] + shift
            return line[:at].rstrip(), f"  {line[at:]}"
    return line.rstrip(), ""


def _outermost(code: str) -> tuple[int, int, list[int]] | None:
    """Where the last outermost brackets open and close, and the commas right between them."""
    shift = len(code) - len(code.lstrip())
    depth = 0
    start = -1
    commas: list[int] = []
    counts = False
    found: tuple[int, int, list[int]] | None = None
    for token in _tokens(code):
        if token.type != tokenize.OP:
            continue
        at = token.start[1] + shift
        if token.string in "([{":
            if depth == 0:
                start, commas, counts = at, [], _may_be_broken(code[:at], token.string)
            depth += 1
        elif token.string in ")]}":
            depth -= 1
            if depth == 0 and counts:
                found = (start, at, commas)
        elif token.string == "," and depth == 1:
            commas.append(at)
    return found if found and found[1] - found[0] > 1 else None
