"""Shadowing: handlers that can take nothing, because those before them in the same place take all that they would."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from flowc import syntax as ast
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import ShadowedHandler
from flowc.source import Span
from flowc.types import Type, written_type
from flowrt.text import fold


def shadowed(handlers: tuple[ast.Handler, ...]) -> Iterator[Mistake]:
    """The handlers of one place that never take anything; one with a guard takes nothing from those behind it."""
    before = _Earlier()
    for handler in handlers:
        takers = [before.taker(pattern) for pattern in handler.patterns]
        if takers and all(takers):
            yield ShadowedHandler(span=handler.head, earlier=next(taker for taker in takers if taker))
        if handler.guard is None:
            for pattern in handler.patterns:
                before.add(pattern, handler.head)


class _Earlier:
    """What the handlers before take, each with its place."""

    def __init__(self) -> None:
        self._same: dict[Hashable, Span] = {}
        self._events: dict[str, list[tuple[dict[str, Type], Span]]] = {}

    def add(self, pattern: ast.Pattern, place: Span) -> None:
        if isinstance(pattern, ast.EventPattern):
            self._events.setdefault(pattern.name.text, []).append((_values(pattern), place))
        else:
            self._same.setdefault(_key(pattern), place)

    def taker(self, pattern: ast.Pattern) -> Span | None:
        """The one that takes all that `pattern` would."""
        match pattern:
            case ast.EventPattern():
                values = _values(pattern)
                known = self._events.get(pattern.name.text, [])
                return next((place for wanted, place in known if wanted.items() <= values.items()), None)
            case ast.KindPattern(kind=kind) if kind != "start":
                return self._same.get(_key(pattern)) or self._same.get(("kind", "message"))
            case _:
                return self._same.get(_key(pattern))


def _values(pattern: ast.EventPattern) -> dict[str, Type]:
    return {each.name.text: written_type(each.type) for each in pattern.parameters}


def _key(pattern: ast.Text | ast.Regex | ast.KindPattern) -> Hashable:
    """What two patterns that take the same have in common."""
    match pattern:
        case ast.Text(plain=str() as plain):
            return "text", fold(plain)
        case ast.Text(parts=parts):
            return "text", tuple(map(_part, parts))
        case ast.Regex(pattern=regex):
            return "regex", regex
        case ast.KindPattern(kind=kind):
            return "kind", kind


def _part(part: str | ast.Expr | ast.Capture) -> Hashable:
    if isinstance(part, ast.Capture):
        return None if part.type is None else part.type.name
    if not isinstance(part, str):
        raise AssertionError("an expression stands in a pattern")
    return fold(part), part[:1].isspace(), part[-1:].isspace()
