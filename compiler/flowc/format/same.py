"""Same: whether two ASTs are one program, wherever its words stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import cast

from flowc import syntax as ast
from flowc.source import Span

_LAYOUT = frozenset({"span", "head", "inline"})
"""The fields that say where something stands, not what it is."""


def same(one: ast.File, other: ast.File) -> bool:
    """Whether two files say the same, comments included; spans, and whether a chain is inline, do not count.

    >>> from flowc.parse import parse
    >>> from flowc.source import source_of
    >>> inline, block = 'on message -> reply "x"', 'on message\\n  -> reply "x"'
    >>> same(parse(source_of("a.flow", inline)).file, parse(source_of("b.flow", block)).file)
    True
    """
    pending: list[tuple[object, object]] = [(one.items, other.items), (one.comments, other.comments)]
    while pending:
        left, right = pending.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, ast.Comment):
            if left.text.rstrip() != cast("ast.Comment", right).text.rstrip():
                return False
            continue
        parts, others = _parts(left), _parts(right)
        if parts is None or others is None:
            if left != right:
                return False
        elif len(parts) != len(others):
            return False
        else:
            pending.extend(zip(parts, others, strict=True))
    return True


def nodes_of(file: ast.File) -> Iterator[object]:
    """Every node of a file, in no particular order."""
    pending: list[object] = [file]
    while pending:
        value = pending.pop()
        if is_dataclass(value):
            yield value
        pending.extend(_parts(value) or ())


def _parts(value: object) -> tuple[object, ...] | None:
    """What a node or a tuple is made of; None for what is not made of parts."""
    if isinstance(value, tuple) and not isinstance(value, Span):
        return cast("tuple[object, ...]", value)
    if is_dataclass(value):
        return tuple(getattr(value, field.name) for field in fields(value) if field.name not in _LAYOUT)
    return None
