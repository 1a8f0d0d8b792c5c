"""What the patterns of a handler take for variables: captures, named groups, what `as` names, values of events."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import machine as ir
from flowc import syntax as ast
from flowc.check.groups import sure_groups
from flowc.records import dataclass
from flowc.source import Span
from flowc.types import MEDIA, TEXT, Type, written_type
from flowrt.patterns import check_pattern, compile_pattern


@dataclass(frozen=True, slots=True)
class Take:
    """A variable, and what it is given."""

    name: str
    span: Span
    taken: ir.Taken
    type: Type


def takes(handler: ast.Handler, pattern: ast.Pattern) -> Iterator[Take]:
    """What `handler` gives to variables when `pattern` is what takes the event."""
    match pattern:
        case ast.Text():
            parts = text_parts(pattern)
            for part in pattern.parts:
                if isinstance(part, ast.Capture):
                    taken = ir.TakenCapture(parts, part.name.text)
                    yield Take(part.name.text, part.name.span, taken, capture_type(part))
        case ast.Regex() if check_pattern(pattern.pattern) is None:
            names = compile_pattern(pattern.pattern).names
            sure = sure_groups(pattern.pattern)
            for name in names:
                type_ = TEXT if name in sure else TEXT.or_none
                yield Take(name, pattern.span, ir.TakenText(pattern.pattern, name), type_)
        case ast.EventPattern():
            for parameter in pattern.parameters:
                name = parameter.name.text
                yield Take(name, parameter.name.span, ir.TakenValue(name), written_type(parameter.type))
        case _:
            pass
    if handler.alias is not None:
        named = _named(pattern)
        if named is not None:
            yield Take(handler.alias.text, handler.alias.span, *named)


def all_takes(handler: ast.Handler) -> Iterator[Take]:
    """What any pattern of `handler` gives to variables."""
    for pattern in handler.patterns:
        yield from takes(handler, pattern)


def _named(pattern: ast.Pattern) -> tuple[ir.Taken, Type] | None:
    """What `as` names: the text matched, in the user's spelling, or the media; None where there is neither."""
    match pattern:
        case ast.Text():
            return ir.TakenText(), TEXT
        case ast.Regex():
            return ir.TakenText(pattern.pattern), TEXT
        case ast.KindPattern(kind="text"):
            return ir.TakenText(), TEXT
        case ast.KindPattern(kind="message"):
            return ir.TakenText(), TEXT.or_none
        case ast.KindPattern(kind=kind) if kind in MEDIA:
            return ir.TakenMedia(), Type(kind)
        case _:
            return None


def text_parts(pattern: ast.Text) -> ir.TextParts:
    """A text pattern, as the machine has it."""
    parts: list[str | ir.CapturePart] = []
    for part in pattern.parts:
        if isinstance(part, str):
            parts.append(part)
        elif isinstance(part, ast.Capture):
            parts.append(ir.CapturePart(part.name.text, ir.Reader(capture_type(part))))
    return tuple(parts)


def capture_type(capture: ast.Capture) -> Type:
    """The type of a capture; a text where it has none written."""
    return written_type(capture.type) if capture.type else TEXT
