"""What stands between the quotes of a text: escapes, doubled braces and holes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.syntax import ControlCharacter, StrayBrace, UnknownEscape
from flowc.records import dataclass
from flowc.source import Span

_PIECE = re.compile(
    r"""(?P<plain>[^\\{}\x00-\x1f\x7f-\x9f]+)
      | (?P<brace>\{\{|\}\})
      | (?P<hole>\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\})
      | (?P<code>\\u\{[0-9A-Fa-f]{1,8}\})
      | (?P<escape>\\.)
      | (?P<stray>[{}])
      | (?P<control>.)""",
    re.VERBOSE | re.DOTALL,
)
_SURROGATES = range(0xD800, 0xE000)
_ESCAPES = {'\\"': '"', "\\\\": "\\", "\\n": "\n", "\\t": "\t"}


@dataclass(frozen=True, slots=True)
class Hole:
    """A hole: `span` is what stands between its braces."""

    span: Span


def read_text(literal: str, span: Span) -> Iterator[str | Hole | Mistake]:
    """The parts of a literal, quotes included, in order: texts said as they are, holes, and what is wrong.

    >>> list(read_text('"a{{b"', Span("x.flow", 0, 6)))
    ['a', '{', 'b']
    """
    for match in _PIECE.finditer(literal, 1, len(literal) - 1):
        piece = match.group()
        here = Span(span.path, span.start + match.start(), span.start + match.end())
        match match.lastgroup:
            case "plain":
                yield piece
            case "brace":
                yield piece[0]
            case "hole":
                yield Hole(Span(span.path, here.start + 1, here.end - 1))
            case "code" | "escape":
                yield _unescape(piece, here)
            case "stray":
                yield StrayBrace(span=here)
            case _:
                yield ControlCharacter(span=here, character=piece)


def _unescape(piece: str, span: Span) -> str | Mistake:
    if piece.startswith("\\u{"):
        code = int(piece[3:-1], 16)
        if code <= sys.maxunicode and code not in _SURROGATES:
            return chr(code)
        return UnknownEscape(span=span, escape=piece)
    return _ESCAPES.get(piece) or UnknownEscape(span=span, escape=piece)
