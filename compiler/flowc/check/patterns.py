"""Patterns that no message matches, and handlers that are never waited in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowc import syntax as ast
from flowc.check.chains import leaves
from flowc.diagnostics.conversations import ImpossiblePattern, LeftBeforeHandlers
from flowc.diagnostics.diagnostic import Mistake
from flowc.program import Program
from flowc.source import Span
from flowc.walk import all_states

_PIECE = re.compile(
    r"""(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])
      | (?P<start>\^|\\A)
      | (?P<end>\$|\\z|\\Z)
      | (?P<space>[ \t]|\\[ stn])
      | (?P<boundary>\\[bB])
      | (?P<escape>\\.)
      | (?P<group>\()
      | (?P<close>\))
      | (?P<bar>\|)
      | (?P<atom>.)""",
    re.VERBOSE | re.DOTALL,
)
_OTHER_RULES = re.compile(r"\(\?[a-zA-Z]*m|\\Q")
"""Lines of a text may begin and end within it, or signs stand for themselves."""
_OPTIONAL = re.compile(r"[*?]|\{0")
_CONSUMING = frozenset({"class", "space", "escape", "atom"})
_QUANTIFIER = re.compile(r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})[?+]?")


def check_patterns(program: Program) -> Iterator[Mistake]:
    """What can never take anything, whatever is written."""
    for handler in program.handlers:
        for pattern in handler.patterns:
            why = impossible(pattern.pattern) if isinstance(pattern, ast.Regex) else None
            if why is not None:
                yield ImpossiblePattern(span=pattern.span, why=why)
    for state in all_states(program.file):
        yield from _left_before(state)


def impossible(pattern: str) -> str | None:
    r"""Why a regular expression is found in no trimmed text; None where it may be.

    Groups are passed over, as if they held nothing, so that None proves nothing.

    >>> impossible("hello$ there")
    'nothing can follow the end of the message'
    >>> impossible("hello there$|$")
    """
    if _OTHER_RULES.search(pattern):
        return None
    reasons: list[str] = []
    for alternative in _alternatives(pattern):
        why = _why(alternative)
        if why is None:
            return None
        reasons.append(why)
    return reasons[0]


_Pieces = list[tuple[str, bool]]
"""The kinds of what stands outside groups, each with whether it must be there."""


def _alternatives(pattern: str) -> Iterator[_Pieces]:
    """The pieces of each alternative of an expression, a group as one piece."""
    pieces: _Pieces = []
    depth = position = 0
    while (found := _PIECE.match(pattern, position)) is not None:
        kind, position = str(found.lastgroup), found.end()
        depth += (kind == "group") - (kind == "close")
        if depth > 0:
            continue
        if kind == "bar":
            yield pieces
            pieces = []
            continue
        repeats = _QUANTIFIER.match(pattern, position)
        position = repeats.end() if repeats else position
        optional = kind == "close" or (repeats is not None and _OPTIONAL.match(repeats.group()) is not None)
        pieces.append((kind, not optional))
    yield pieces


def _why(pieces: _Pieces) -> str | None:
    for place, (kind, needed) in enumerate(pieces):
        if not needed:
            continue
        before = [each for each, must in pieces[:place] if must and each in _CONSUMING]
        behind = [each for each, must in pieces[place + 1 :] if must and each in _CONSUMING]
        if kind == "start" and before:
            return "nothing can precede the start of the message"
        if kind == "end" and behind:
            return "nothing can follow the end of the message"
        if kind == "start" and pieces[place + 1 : place + 2] == [("space", True)]:
            return "a message never begins with white space: it is trimmed"
        if kind == "end" and place and pieces[place - 1] == ("space", True):
            return "a message never ends with white space: it is trimmed"
    return None


def _left_before(state: ast.State) -> Iterator[Mistake]:
    """A state whose chain leaves it in every case, and that waits for something all the same."""
    steps = state.chain.steps
    parts: tuple[ast.Handler | ast.After | ast.Timeout, ...]
    parts = (*state.handlers, *state.reminders, *state.timeouts)
    leaver = leaves(steps[-1]) if steps else None
    if leaver is not None and parts:
        first = min(parts, key=lambda part: part.span.start)
        span = first.head if isinstance(first, ast.Handler) else _word(first.span)
        last = steps[-1].span
        where = Span(last.path, last.start, last.start + len(leaver))
        yield LeftBeforeHandlers(span=span, name=state.name.text, leaver=leaver, leaver_span=where)


def _word(span: Span) -> Span:
    """The span of `after` or `timeout`: of the line's first word, as far as it matters."""
    return Span(span.path, span.start, span.start + len("after"))
