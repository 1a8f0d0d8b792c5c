"""What is wrong where the parser stopped, in the author's words.

The parser knows where it stands and what it would accept there; together with the word it found this tells
one kind of mistake from another. `flowgrammar.malformed` holds an example of each kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from flowc.diagnostics import syntax as mistakes
from flowc.diagnostics.diagnostic import Mistake
from flowc.records import dataclass
from flowc.source import Source, Span

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*|->|==|!=|<=|>=|\.\.|[0-9]+(?:\.[0-9]+)?|.", re.DOTALL)
_CLOSED_TEXT = re.compile(r'"(?:[^"\\{\n\r]|\\.|\{\{|\{(?:[^{}"\n\r]|"(?:[^"\\\n\r]|\\.)*")*\})*"')

_STEPS = frozenset(step.split()[0] for step in mistakes.STEPS)
_PARTS = frozenset({"buttons", "list", "choices", "caption", "as", "within"})
"""What may stand behind a step, on its line."""
_QUOTES = frozenset(
    "'`\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}"
)
_ARROWS = ("=>", "\N{RIGHTWARDS ARROW}", "-->", "\N{EN DASH}>", "\N{EM DASH}>")
_CLAUSES = {
    "retry": "an `ask`",
    "require": "an `ask`",
    "tries": "an `ask`",
    "on": "an `ask` or a state",
    "after": "an `ask` or a state",
    "timeout": "an `ask`, a state or the flow",
    "failed": "a `call` or the flow",
    "outdated": "the flow",
}
_DECLARED_OUTSIDE = frozenset({"anytime", "let", "keep", "renamed", "channel", "import", "flow"})
_OPERATORS = frozenset(
    {"AND", "OR", "EQ", "NE", "LE", "LT", "GE", "GT", "PLUS", "MINUS", "STAR", "SLASH", "IN", "IS"}
)
_OPERANDS = frozenset(
    ["TEXT", "INT", "DECIMAL", "NAME", "LPAR", "LSQB", "MINUS", "NOT", "TRUE", "FALSE", "NONE"]
)
_NAMES = {
    "_NL": "the end of the line",
    "_ARROW": "`->`",
    "TEXT": "a text in double quotes",
    "NAME": "a name",
    "INT": "a whole number",
    "DECIMAL": "a number",
    "REGEX": "a regular expression between slashes",
}
_SYMBOLS = {"_BAR": "|", "_COMMA": ",", "COLON": ":", "ASSIGN": "=", "DOTDOT": "..", "QUESTION": "?"}
_BRACKETS = {"LPAR": "(", "RPAR": ")", "LSQB": "[", "RSQB": "]", "DOT": "."}


@dataclass(frozen=True, slots=True)
class Found:
    """Where the parser stopped: the terminal it got, what it would take, and the name before, if one stands
    there.
    """

    source: Source
    kind: str
    start: int
    accepts: frozenset[str]
    name_before: Span | None
    after_number: bool
    end: int | None = None
    """Where the hole ends, if this is within one."""

    @property
    def word(self) -> str:
        """The word or the sign at the place."""
        match = _WORD.match(self.source.text, self.start)
        return match.group() if match and self.start != self.end else ""

    @property
    def span(self) -> Span:
        """The place of the word; at the end of a line, an empty one behind its last word."""
        if self.kind in {"_NL", "$END"}:
            return Span(self.source.path, self.start, self.start)
        return Span(self.source.path, self.start, self.start + max(len(self.word), 1))

    @property
    def line_is_step(self) -> bool:
        """Whether the line above begins with an arrow."""
        above = self.source.line_of(self.start) - 1
        return above >= 1 and self.source.line(above).lstrip().startswith("->")

    @property
    def at_left_edge(self) -> bool:
        """Whether the place begins its line, without indentation."""
        return self.start in self.source.line_starts


def explain(found: Found) -> Mistake:
    """The mistake that stopped the parser."""
    for kind in _KINDS:
        mistake = kind(found)
        if mistake is not None:
            return mistake
    return mistakes.Unexpected(span=found.span, found=_describe(found), expected=_expected(found))


def _quotes(found: Found) -> Mistake | None:
    if found.word in _QUOTES and "TEXT" in found.accepts:
        return mistakes.SingleQuotes(span=found.span, quote=found.word)
    return None


def _unclosed(found: Found) -> Mistake | None:
    if found.kind != "UNCLOSED" or _CLOSED_TEXT.match(found.source.text, found.start):
        return None
    line_end = found.source.text.index("\n", found.start)
    literal = found.source.text[found.start + 1 : line_end].replace("{{", "  ").replace("}}", "  ")
    brace = literal.rfind("{")
    if brace >= 0 and "}" not in literal[brace:] and '"' in literal[brace:]:
        at = found.start + 1 + brace
        return mistakes.UnclosedHole(span=Span(found.source.path, at, at + 1))
    return mistakes.UnclosedText(span=Span(found.source.path, found.start, found.start + 1))


def _other_word(found: Found) -> Mistake | None:
    text, start = found.source.text, found.start
    arrow = next((arrow for arrow in _ARROWS if text.startswith(arrow, start)), None)
    if arrow is not None and "_ARROW" in found.accepts:
        span = Span(found.source.path, start, start + len(arrow))
        return mistakes.OtherWord(span=span, found=arrow, meant="->")
    if text.startswith("//", start):
        return mistakes.OtherWord(span=Span(found.source.path, start, start + 2), found="//", meant="#")
    meant = {"if": "when", "elif": "else when", "elsif": "else when"}.get(found.word)
    if meant is not None and "WHEN" in found.accepts:
        return mistakes.OtherWord(span=found.span, found=found.word, meant=meant)
    return None


def _equals_sign(found: Found) -> Mistake | None:
    if found.word == "=" and "EQ" in found.accepts:
        return mistakes.EqualsSign(span=found.span)
    return None


def _unknown_step(found: Found) -> Mistake | None:
    before = found.name_before
    if (
        found.accepts == frozenset({"COLON"})
        and before
        and found.source.text[: before.start].rstrip().endswith("->")
    ):
        return mistakes.UnknownStep(span=before, word=found.source.text[before.start : before.end])
    if "HANDOFF" in found.accepts and found.word.isidentifier():
        return mistakes.UnknownStep(span=found.span, word=found.word)
    return None


def _unknown_declaration(found: Found) -> Mistake | None:
    if "ANYTIME" in found.accepts and found.at_left_edge and found.kind not in {"_INDENT", "$END"}:
        return mistakes.UnknownDeclaration(span=found.span, word=found.word)
    return None


def _not_a_text(found: Found) -> Mistake | None:
    """`reply name`: the name was read as a kind of media, so the mistake is noticed a word too late."""
    before = found.name_before
    if before is None or found.accepts != frozenset({"TEXT"}):
        return None
    word = found.source.text[before.start : before.end]
    return mistakes.Unexpected(span=before, found=f"`{word}`", expected=(_NAMES["TEXT"],))


def _part_of_the_step_above(found: Found) -> Mistake | None:
    """`buttons` and its like on a line of their own, where the clauses of the step would stand."""
    if found.word not in _PARTS or not {"TRIES", "RETRY"} <= found.accepts:
        return None
    instead = f"write `{found.word}` on the line of its step; a line that begins with `|` goes on from the one above"
    return mistakes.Unexpected(span=found.span, found=f"`{found.word}`", expected=(), instead=instead)


def _value_behind_a_text(found: Found) -> Mistake | None:
    """`reply "Hi " + name`."""
    if found.word != "+" or not found.source.text[: found.start].rstrip().endswith('"'):
        return None
    instead = 'a value stands in the text, between braces: `"Hi {name}"`'
    return mistakes.Unexpected(span=found.span, found="`+`", expected=(), instead=instead)


def _clock_behind_on(found: Found) -> Mistake | None:
    """`on timeout 5 minutes`."""
    before = found.source.text[: found.start].split()[-2:]
    if not found.word.isdigit() or before[:1] != ["on"] or before[-1] not in {"timeout", "after"}:
        return None
    instead = f"`{before[-1]} {found.word} … -> …` stands without `on`"
    return mistakes.Unexpected(span=found.span, found=f"`{found.word}`", expected=(), instead=instead)


def _declaration_inside(found: Found) -> Mistake | None:
    """A declaration in a block that has none of its kind."""
    line = found.source.line(found.source.line_of(found.start))
    if found.word not in _DECLARED_OUTSIDE or found.at_left_edge or line.split()[:1] != [found.word]:
        return None
    here = {"anytime": "; here write `on`", "let": ", or in a `dialog`"}.get(found.word, "")
    instead = f"`{found.word}` stands at the left edge{here}"
    return mistakes.Unexpected(span=found.span, found=f"`{found.word}`", expected=(), instead=instead)


def _loop(found: Found) -> Mistake | None:
    """`for item in items`."""
    if (
        found.word not in {"for", "foreach", "while", "loop", "repeat"}
        or not {"_ARROW", "WHEN"} <= found.accepts
    ):
        return None
    instead = (
        "there are no loops: go round with a `state` and `goto`, or let a `function` make one text of a list"
    )
    return mistakes.Unexpected(span=found.span, found=f"`{found.word}`", expected=(), instead=instead)


def _split_chain(found: Found) -> Mistake | None:
    if found.word in {"->", "when"} and {"TRIES", "RETRY"} <= found.accepts:
        kind = mistakes.UnexpectedBlock if found.line_is_step else mistakes.SplitChain
        return kind(span=found.span)
    return None


def _block(found: Found) -> Mistake | None:
    if found.kind != "_INDENT":
        return None
    line = found.source.line_of(found.start)
    indentation = found.source.line_starts[line - 1]
    text = found.source.line(line)
    kind = mistakes.UnexpectedBlock
    start = indentation + len(text) - len(text.lstrip())
    return kind(span=Span(found.source.path, start, indentation + len(text.rstrip())))


def _misplaced_clause(found: Found) -> Mistake | None:
    below_a_step = found.word == "outdated" and "FAILED" in found.accepts and not found.at_left_edge
    on_the_line_of_its_step = {"_ARROW", "_NL"} <= found.accepts and found.word in _CLAUSES.keys() - {"on"}
    if (
        below_a_step
        or on_the_line_of_its_step
        or (found.word in _CLAUSES and {"_ARROW", "WHEN"} <= found.accepts)
    ):
        return mistakes.MisplacedClause(span=found.span, clause=found.word, owners=_CLAUSES[found.word])
    return None


def _missing_arrow(found: Found) -> Mistake | None:
    if found.word in _STEPS and "_ARROW" in found.accepts:
        return mistakes.MissingArrow(span=found.span, word=found.word)
    before = found.name_before
    if (
        before
        and found.accepts == frozenset({"LPAR"})
        and (word := found.source.text[before.start : before.end]) in _STEPS
    ):
        return mistakes.MissingArrow(span=before, word=word)
    return None


_KINDS: tuple[Callable[[Found], Mistake | None], ...] = (
    _quotes,
    _other_word,
    _unclosed,
    _equals_sign,
    _unknown_step,
    _missing_arrow,
    _not_a_text,
    _part_of_the_step_above,
    _value_behind_a_text,
    _clock_behind_on,
    _declaration_inside,
    _loop,
    _split_chain,
    _misplaced_clause,
    _unknown_declaration,
    _block,
)


def _describe(found: Found) -> str:
    if found.kind == "_NL":
        return "the end of the line"
    if found.kind == "$END":
        return "the end of the text between braces" if found.end is not None else "the end of the file"
    if found.kind == "_DEDENT":
        return "the end of the block"
    if found.word == '"':
        return "a text"
    return f"`{found.word}`"


def _expected(found: Found) -> tuple[str, ...]:
    """What may stand there, in words, most useful first, at most six."""
    accepts = found.accepts
    if found.after_number and accepts == frozenset({"NAME"}):
        return ("a unit of time, such as `minutes`",)
    words: list[str] = []
    if {"TEXT", "INT", "LPAR"} <= accepts:
        words.append("an expression")
        accepts -= _OPERANDS
    if "HANDOFF" in accepts:
        return ("a step",)
    signs = _SYMBOLS | _BRACKETS
    words += [_NAMES[kind] for kind in _NAMES if kind in accepts]
    if accepts & _OPERATORS - {"NOT"}:
        words.append("an operator")
        accepts -= _OPERATORS
    words += [f"`{signs[kind]}`" for kind in signs if kind in accepts]
    others = accepts - _NAMES.keys() - signs.keys() - {"_INDENT", "_DEDENT", "MISTAKE", "$END", "MINUS"}
    words += sorted(f"`{kind.lower()}`" for kind in others)
    return tuple(words[:6])
