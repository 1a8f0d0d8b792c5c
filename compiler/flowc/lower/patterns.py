"""From the patterns of a handler to the rows that it needs: what each is fired by, tests, and takes."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import machine as ir
from flowc import syntax as ast
from flowc.check.takes import Take, takes, text_parts
from flowc.records import dataclass
from flowc.types import written_type


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way in which a handler takes an event."""

    trigger: str
    guards: tuple[ir.Guard, ...]
    takes: tuple[Take, ...]

    @property
    def is_catch_all(self) -> bool:
        """Whether it takes messages and tests for no words."""
        words = (ir.Says, ir.Finds, ir.Fits)
        return self.trigger == "message" and not any(isinstance(guard, words) for guard in self.guards)


def alternatives(handler: ast.Handler, origin: ir.Origin) -> Iterator[Alternative]:
    """The rows of a handler: one for its plain texts together, one for each other pattern."""
    plain = [pattern for pattern in handler.patterns if isinstance(pattern, ast.Text) and _text(pattern)]
    if plain:
        said = ir.Says(tuple(_text(pattern) for pattern in plain), origin)
        yield Alternative("message", (said,), tuple(takes(handler, plain[0])))
    for pattern in handler.patterns:
        if not (isinstance(pattern, ast.Text) and _text(pattern)):
            trigger, guards = _tests(pattern, origin)
            yield Alternative(trigger, guards, tuple(takes(handler, pattern)))


def _text(pattern: ast.Text) -> str:
    """The text of a pattern without captures; empty for one with."""
    return pattern.plain or ""


def _tests(pattern: ast.Pattern, origin: ir.Origin) -> tuple[str, tuple[ir.Guard, ...]]:
    """What fires the row of a pattern, and what it tests."""
    match pattern:
        case ast.Text():
            return "message", (ir.Fits(text_parts(pattern), origin),)
        case ast.Regex():
            return "message", (ir.Finds(pattern.pattern, origin),)
        case ast.EventPattern():
            parameters = tuple((each.name.text, written_type(each.type)) for each in pattern.parameters)
            guard = (ir.Carries(pattern.name.text, parameters, origin),) if parameters else ()
            return f"event {pattern.name.text}", guard
        case ast.KindPattern(kind="start"):
            return "open", ()
        case ast.KindPattern(kind="message"):
            return "message", ()
        case ast.KindPattern(kind="text"):
            return "message", (ir.IsText(origin),)
        case ast.KindPattern(kind=kind):
            return "message", (ir.Brings(kind, origin),)
