"""The shape of a generated module: what may stand in one, and nothing else.

The emitter writes literals through one filter and names from the grammar alone. This reads the result back as Python
does, so that a mistake in either could not turn a text of the author's into code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

_TOP = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.Expr)
_METHODS = frozenset(
    {
        "reads",
        "answer",
        "reply",
        "call",
        "open",
        "arrive",
        "pick",
        "emit",
        "hand_over",
        "gave",
        "result",
        "finds",
        "found",
        "fits",
        "captured",
        "has",
        "matches",
        "carries",
        "carried",
        "apply",
        "reply_with",
        "call_secretly",
        "forget",
    }
)
_MODULES = frozenset({"__future__", "collections.abc", "typing", "flowrt.generated"})


class WrongShape(AssertionError):
    """A generated module holds what it must not: a bug of the compiler's."""


def check_shape(text: str, functions: frozenset[str]) -> None:
    """Raise `WrongShape` unless `text` is a module as the emitter means it.

    `functions` are the names of the runtime that it may call.

    >>> check_shape("import os", frozenset())
    Traceback (most recent call last):
    flowc.emit.shape.WrongShape: line 1: an import of os
    """
    for statement in ast.parse(text).body:
        if not isinstance(statement, _TOP):
            raise WrongShape(f"line {statement.lineno}: a {type(statement).__name__}")
        if isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant):
            raise WrongShape(f"line {statement.lineno}: an expression")
        for node in _checked_nodes(statement):
            _check(node, functions)


_FORBIDDEN = (ast.Lambda, ast.JoinedStr, ast.Await, ast.Global, ast.Try, ast.While)
_CHECKED = (ast.Import, ast.ImportFrom, ast.Call, *_FORBIDDEN)


def _checked_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement that may be what must not stand there."""
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, _CHECKED):
            yield node
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                pending += [each for each in cast("list[object]", value) if isinstance(each, ast.AST)]
            elif isinstance(value, ast.AST):
                pending.append(value)


def _check(node: ast.AST, functions: frozenset[str]) -> None:
    match node:
        case ast.Import(names=[ast.alias(name="flowrt.generated")]):
            pass
        case ast.Import():
            raise WrongShape(
                f"line {node.lineno}: an import of {', '.join(alias.name for alias in node.names)}"
            )
        case ast.ImportFrom() if node.module not in _MODULES:
            raise WrongShape(f"line {node.lineno}: an import of {node.module}")
        case ast.Call(func=ast.Name(id=name)) if name not in functions:
            raise WrongShape(f"line {node.lineno}: a call of {name}")
        case ast.Call(func=ast.Attribute(attr=name)) if name not in _METHODS:
            raise WrongShape(f"line {node.lineno}: a call of .{name}")
        case ast.Call(func=ast.Name() | ast.Attribute()):
            pass
        case ast.ImportFrom():
            pass
        case _:
            raise WrongShape(f"line {getattr(node, 'lineno', 0)}: a {type(node).__name__}")
