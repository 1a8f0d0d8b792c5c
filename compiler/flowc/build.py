"""Build: the AST, made in the parser's own callbacks, one for each rule of the grammar.

Walking a tree afterwards would cost as much again as parsing. A method's name is the rule's name; its
argument is what the rule matched, without arrows, commas and line ends, with None for what was left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from lark import Token

from flowc import syntax as ast
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.syntax import (
    UNITS,
    DurationOutOfRange,
    MisplacedClause,
    MisplacedLabel,
    ReservedName,
    StepAfterHandlers,
    UnknownKind,
    UnknownUnit,
)
from flowc.records import dataclass
from flowc.source import Span
from flowc.texts import Hole, read_text
from flowgrammar import RESERVED

Children = list[Any]
"""What a rule matched: tokens and nodes, as the grammar orders them."""

KINDS = ("message", "text", "image", "audio", "video", "document", "location", "start", "event")
MEDIA = ("image", "audio", "video", "document", "location", "contact", "template")
MAX_SECONDS = 366 * 86_400

_LONGEST_NUMBER = 100
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

_CLAUSE_WORDS: dict[type, str] = {
    ast.Retry: "retry",
    ast.Require: "require",
    ast.Tries: "tries",
    ast.Handler: "on",
    ast.After: "after",
    ast.Timeout: "timeout",
    ast.Failed: "failed",
}


class Builder:
    """Makes the nodes of one file. `parse_hole` and `parse_capture` read what stands between braces."""

    def __init__(
        self,
        parse_hole: Callable[[Span], ast.Expr | None],
        parse_capture: Callable[[Span], ast.Capture | None],
    ) -> None:
        self._parse_hole = parse_hole
        self._parse_capture = parse_capture
        self.begin("")

    def begin(self, path: str) -> None:
        """Start with a new file."""
        self.path = path
        self.mistakes: list[Mistake] = []

    def _span(self, first: Any, last: Any = None) -> Span:
        """From the start of `first` to the end of `last`, each a token or a node."""
        last = first if last is None else last
        start = cast("int", first.start_pos) if isinstance(first, Token) else first.span.start
        end = cast("int", last.end_pos) if isinstance(last, Token) else last.span.end
        return Span(self.path, start, end)

    def _around(self, children: Children) -> Span:
        """The span of all that a rule matched."""
        first, last = children[0], children[-1]
        if first is None or last is None:
            present = [child for child in children if child is not None]
            first, last = present[0], present[-1]
        return self._span(first, last)

    # Declarations

    def start(self, children: Children) -> ast.File:
        return ast.File(self.path, tuple(child for child in children if child is not None), ())

    def flow_name(self, children: Children) -> ast.FlowName:
        return ast.FlowName(children[1], self._around(children))

    def import_file(self, children: Children) -> ast.Import:
        return ast.Import(children[1], self._around(children))

    def channel(self, children: Children) -> ast.Channel:
        return ast.Channel(children[1], self._around(children))

    def flow_timeout(self, children: Children) -> ast.Timeout:
        return self.timeout(children)

    def flow_failed(self, children: Children) -> ast.Failed:
        return self.failed(children)

    def flow_outdated(self, children: Children) -> ast.Outdated:
        return ast.Outdated(children[1], self._around(children))

    def let(self, children: Children) -> ast.Variable:
        _, name, type_, value = children
        return ast.Variable("let", name, type_, value, self._around(children))

    def keep(self, children: Children) -> ast.Variable:
        _, name, type_, value = children
        return ast.Variable("keep", name, type_, value, self._around(children))

    def renamed(self, children: Children) -> ast.Renamed:
        _, kind, old, _, new = children
        return ast.Renamed(kind, old, new, self._around(children))

    def action(self, children: Children) -> ast.Action:
        _, name, parameters, returns = children
        return ast.Action(name, parameters[1], returns, self._head(children, parameters))

    def function(self, children: Children) -> ast.Function:
        _, name, parameters, returns = children
        return ast.Function(name, parameters[1], returns, self._head(children, parameters))

    def _head(self, children: Children, parameters: tuple[Token, tuple[ast.Parameter, ...], Token]) -> Span:
        returns = children[-1]
        return self._span(children[0], parameters[2] if returns is None else returns)

    def record(self, children: Children) -> ast.Record:
        _, name, *fields = children
        return ast.Record(name, tuple(field for field in fields if field is not None), self._around(children))

    def field(self, children: Children) -> ast.Parameter:
        return ast.Parameter(children[0], children[2], self._around(children))

    def mistake(self, _children: Children) -> None:
        return None

    def parameters(self, children: Children) -> tuple[Token, tuple[ast.Parameter, ...], Token]:
        return children[0], tuple(child for child in children[1:-1] if child is not None), children[-1]

    def parameter(self, children: Children) -> ast.Parameter:
        return ast.Parameter(children[0], children[2], self._around(children))

    def typed(self, children: Children) -> ast.TypeName:
        return cast("ast.TypeName", children[1])

    returns = typed

    def assigned(self, children: Children) -> ast.Expr:
        return cast("ast.Expr", children[1])

    def entry(self, children: Children) -> ast.Entry:
        return ast.Entry(children[0], children[0].span)

    def anytime(self, children: Children) -> ast.Anytime:
        return ast.Anytime(children[1], self._around(children))

    def state(self, children: Children) -> ast.State:
        word, name, *parts = children
        first_handler: ast.Handler | ast.After | ast.Timeout | None = None
        steps: list[ast.Step] = []
        for part in parts:
            match part:
                case ast.Handler() | ast.After() | ast.Timeout():
                    first_handler = first_handler or part
                case None:
                    pass
                case _:
                    found = _steps_of(part)
                    steps.extend(found)
                    if first_handler is not None:
                        head = getattr(first_handler, "head", first_handler.span)
                        self.mistakes.append(StepAfterHandlers(span=found[0].span, handler=head))
        return ast.State(
            name,
            self._chain(steps, inline=False, near=name),
            tuple(part for part in parts if isinstance(part, ast.Handler)),
            tuple(part for part in parts if isinstance(part, ast.After)),
            tuple(part for part in parts if isinstance(part, ast.Timeout)),
            self._span(word, name),
        )

    def dialog(self, children: Children) -> ast.Dialog:
        word, name, parameters, returns, *parts = children
        steps: list[ast.Step] = []
        for part in parts:
            if isinstance(part, _Line | ast.When):
                steps.extend(_steps_of(part))
        return ast.Dialog(
            name,
            parameters[1],
            returns,
            self._chain(steps, inline=False, near=name),
            tuple(part for part in parts if isinstance(part, ast.Variable)),
            tuple(part for part in parts if isinstance(part, ast.State)),
            self._span(word, parameters[2] if returns is None else returns),
        )

    # Handlers

    def handler(self, children: Children) -> ast.Handler:
        word, patterns, alias, guard, chain = children
        last = next(part for part in (guard, alias, patterns[-1]) if part is not None)
        return ast.Handler(patterns, alias, guard, chain, self._span(word, last), self._span(word, chain))

    def alias(self, children: Children) -> ast.Name:
        return cast("ast.Name", children[1])

    def guard(self, children: Children) -> ast.Expr:
        return cast("ast.Expr", children[1])

    def patterns(self, children: Children) -> tuple[ast.Pattern, ...]:
        return tuple(children)

    def text_pattern(self, children: Children) -> ast.Text:
        return self._text(children[0], self._parse_capture)

    def regex_pattern(self, children: Children) -> ast.Regex:
        return self._regex(children[0])

    def kind_pattern(self, children: Children) -> ast.KindPattern:
        name = children[0]
        if name.text not in KINDS or name.text == "event":
            self.mistakes.append(UnknownKind(span=name.span, word=name.text, what="event", kinds=KINDS))
        return ast.KindPattern(name.text, name.span)

    def event_pattern(self, children: Children) -> ast.EventPattern:
        word, name, parameters = children
        if word.text != "event":
            self.mistakes.append(UnknownKind(span=word.span, word=word.text, what="event", kinds=KINDS))
        return ast.EventPattern(word, name, parameters[1], self._span(word, parameters[2]))

    def _regex(self, token: Token) -> ast.Regex:
        return ast.Regex(token[1:-1], self._span(token))

    # Chains

    def inline_chain(self, children: Children) -> ast.Chain:
        return self._chain(list(_steps_of(children[0])), inline=True)

    def block_chain(self, children: Children) -> ast.Chain:
        steps = [step for part in children if part is not None for step in _steps_of(part)]
        return self._chain(steps, inline=False)

    def _chain(self, steps: list[ast.Step], *, inline: bool, near: ast.Name | None = None) -> ast.Chain:
        """A chain; where it has no step (each was a mistake) it stands right behind `near`."""
        if steps:
            return ast.Chain(tuple(steps), inline, self._span(steps[0], steps[-1]))
        end = near.span.end if near else 0
        return ast.Chain((), inline, Span(self.path, end, end))

    def line(self, children: Children) -> _Line:
        """Steps on one line, and the clauses below, which belong to the last of them."""
        steps: list[ast.Step] = [child for child in children if isinstance(child, _STEP_TYPES)]
        clauses = [cast("ast.Clause", child) for child in children if isinstance(child, _CLAUSE_TYPES)]
        if clauses:
            steps[-1] = self._with_clauses(steps[-1], clauses)
        return _Line(tuple(steps))

    def _with_clauses(self, step: ast.Step, clauses: list[ast.Clause]) -> ast.Step:
        accepted: list[ast.Clause] = []
        for clause in clauses:
            is_call_clause = isinstance(clause, ast.Failed)
            if isinstance(step, ast.Call if is_call_clause else ast.Ask):
                accepted.append(clause)
                continue
            word = _CLAUSE_WORDS[type(clause)]
            span = Span(self.path, clause.span.start, clause.span.start + len(word))
            owners = "a `call`" if is_call_clause else "an `ask`"
            self.mistakes.append(MisplacedClause(span=span, clause=word, owners=owners))
        match step:
            case ast.Ask():
                return ast.Ask(
                    step.name,
                    step.type,
                    step.range,
                    step.prompt,
                    step.choices,
                    step.options,
                    tuple(accepted),
                    step.label,
                    step.span,
                )
            case ast.Call():
                return ast.Call(
                    step.action,
                    step.arguments,
                    step.alias,
                    step.within,
                    tuple(accepted),
                    step.label,
                    step.span,
                )
            case _:
                return step

    def when(self, children: Children) -> ast.When:
        word, condition, chain, *others = children
        otherwise = next((part for part in others if isinstance(part, ast.Chain)), None)
        branches = [ast.Branch(condition, chain, self._span(word, condition))]
        branches += [part for part in others if isinstance(part, ast.Branch)]
        return ast.When(tuple(branches), otherwise, self._span(word, otherwise or branches[-1].chain))

    def else_when(self, children: Children) -> ast.Branch:
        _, word, condition, chain = children
        return ast.Branch(condition, chain, self._span(word, condition))

    def else_(self, children: Children) -> ast.Chain:
        return cast("ast.Chain", children[1])

    def labelled(self, children: Children) -> ast.Step:
        label, _, step = children
        span = self._span(label, step)
        match step:
            case ast.Ask():
                return ast.Ask(
                    step.name, step.type, step.range, step.prompt, step.choices, step.options, (), label, span
                )
            case ast.Call():
                return ast.Call(step.action, step.arguments, step.alias, step.within, (), label, span)
            case ast.Run():
                return ast.Run(step.dialog, step.arguments, step.alias, label, span)
            case ast.Wait():
                return ast.Wait(step.duration, label, span)
            case _:
                self.mistakes.append(MisplacedLabel(span=label.span, label_name=label.text))
                return cast("ast.Step", step)

    # Steps

    def reply(self, children: Children) -> ast.Reply:
        _, text, options = children
        return ast.Reply((text,), False, options, self._around(children))

    def reply_any(self, children: Children) -> ast.Reply:
        texts = tuple(child for child in children if isinstance(child, ast.Text))
        return ast.Reply(texts, True, children[-1], self._around(children))

    def reply_media(self, children: Children) -> ast.ReplyMedia:
        _, kind, url, caption, options = children
        if kind.text not in MEDIA:
            self.mistakes.append(UnknownKind(span=kind.span, word=kind.text, what="media", kinds=MEDIA))
        return ast.ReplyMedia(kind, url, caption, options, self._around(children))

    def caption(self, children: Children) -> ast.Text:
        return cast("ast.Text", children[1])

    def buttons(self, children: Children) -> ast.Options:
        word, *labels = children
        return ast.Options(
            "list" if word.type == "LIST" else "buttons", tuple(labels), self._around(children)
        )

    def ask(self, children: Children) -> ast.Ask:
        _, name, type_, range_, prompt, choices, options = children
        return ast.Ask(name, type_, range_, prompt, choices, options, (), None, self._around(children))

    def choices(self, children: Children) -> ast.Choices:
        return ast.Choices(tuple(children[1:]), self._around(children))

    def range(self, children: Children) -> ast.Range:
        _, low, _, high = children
        return ast.Range(low, high, self._around(children))

    def set(self, children: Children) -> ast.Set:
        names = [child for child in children if isinstance(child, ast.Name)]
        return ast.Set(names[0], tuple(names[1:]), children[-1], self._around(children))

    def call(self, children: Children) -> ast.Call:
        _, action, arguments, alias, within = children
        return ast.Call(action, arguments.items, alias, within, (), None, self._around(children))

    def within(self, children: Children) -> ast.Duration:
        return cast("ast.Duration", children[1])

    def emit(self, children: Children) -> ast.Emit:
        _, event, arguments = children
        return ast.Emit(event, arguments.items, self._around(children))

    def goto(self, children: Children) -> ast.Goto:
        return ast.Goto(children[1], self._around(children))

    def again(self, children: Children) -> ast.Again:
        return ast.Again(self._around(children))

    def run(self, children: Children) -> ast.Run:
        _, dialog, arguments, alias = children
        return ast.Run(dialog, arguments.items, alias, None, self._around(children))

    def return_(self, children: Children) -> ast.Return:
        return ast.Return(children[1], self._around(children))

    def wait(self, children: Children) -> ast.Wait:
        return ast.Wait(children[1], None, self._around(children))

    def handoff(self, children: Children) -> ast.Handoff:
        return ast.Handoff(children[1], self._around(children))

    def end_session(self, children: Children) -> ast.EndSession:
        return ast.EndSession(self._around(children))

    # Clauses

    def retry(self, children: Children) -> ast.Retry:
        text, chain = self._answer(children[1:])
        return ast.Retry(text, chain, self._around(children))

    def require(self, children: Children) -> ast.Require:
        text, chain = self._answer(children[3:])
        return ast.Require(children[1], text, chain, self._around(children))

    def _answer(self, parts: Children) -> tuple[ast.Text | None, ast.Chain | None]:
        text = next((part for part in parts if isinstance(part, ast.Text)), None)
        return text, next((part for part in parts if isinstance(part, ast.Chain)), None)

    def tries(self, children: Children) -> ast.Tries:
        _, count, chain = children
        return ast.Tries(_whole(count), chain, self._around(children))

    def after(self, children: Children) -> ast.After:
        _, duration, chain = children
        return ast.After(duration, chain, self._around(children))

    def timeout(self, children: Children) -> ast.Timeout:
        _, duration, *chain = children
        return ast.Timeout(duration, chain[0] if chain else None, self._around(children))

    def failed(self, children: Children) -> ast.Failed:
        return ast.Failed(children[1], self._around(children))

    # Types and expressions

    def plain_type(self, children: Children) -> ast.TypeName:
        return ast.TypeName(children[0].text, False, None, children[0].span)

    def optional_type(self, children: Children) -> ast.TypeName:
        return ast.TypeName(children[0].text, True, None, self._around(children))

    def list_type(self, children: Children) -> ast.TypeName:
        return ast.TypeName(children[0].text, False, children[2], self._around(children))

    def binary(self, children: Children) -> ast.Binary:
        left, operator, right = children
        return ast.Binary(cast("ast.BinaryOperator", str(operator)), left, right, self._span(left, right))

    def not_in(self, children: Children) -> ast.Binary:
        left, _, _, right = children
        return ast.Binary("not in", left, right, self._span(left, right))

    def unary(self, children: Children) -> ast.Unary:
        operator, operand = children
        return ast.Unary("not" if operator.type == "NOT" else "-", operand, self._span(operator, operand))

    def is_none(self, children: Children) -> ast.IsNone:
        return ast.IsNone(children[0], False, self._around(children))

    def is_not_none(self, children: Children) -> ast.IsNone:
        return ast.IsNone(children[0], True, self._around(children))

    def matches(self, children: Children) -> ast.Matches:
        return ast.Matches(children[0], self._regex(children[2]), self._around(children))

    def field_of(self, children: Children) -> ast.FieldOf:
        return ast.FieldOf(children[0], children[2], self._around(children))

    def index_of(self, children: Children) -> ast.IndexOf:
        return ast.IndexOf(children[0], children[2], self._around(children))

    def int_literal(self, children: Children) -> ast.IntLiteral:
        return ast.IntLiteral(_whole(children[0]), self._around(children))

    def decimal_literal(self, children: Children) -> ast.DecimalLiteral:
        return ast.DecimalLiteral(Decimal(children[0]), self._around(children))

    def true(self, children: Children) -> ast.BoolLiteral:
        return ast.BoolLiteral(True, self._around(children))

    def false(self, children: Children) -> ast.BoolLiteral:
        return ast.BoolLiteral(False, self._around(children))

    def none(self, children: Children) -> ast.NoneLiteral:
        return ast.NoneLiteral(self._around(children))

    def reference(self, children: Children) -> ast.Reference:
        return ast.Reference(children[0].text, children[0].span)

    def application(self, children: Children) -> ast.Application:
        function, arguments = children
        return ast.Application(function, arguments.items, self._around(children))

    def list_literal(self, children: Children) -> ast.ListLiteral:
        items = tuple(child for child in children[1:-1] if child is not None)
        return ast.ListLiteral(items, self._around(children))

    def parenthesised(self, children: Children) -> ast.Expr:
        return cast("ast.Expr", children[1])

    def arguments(self, children: Children) -> _Arguments:
        items = tuple(
            child if isinstance(child, ast.Argument) else ast.Argument(None, child, child.span)
            for child in children[1:-1]
            if child is not None
        )
        return _Arguments(items, self._around(children))

    def named_argument(self, children: Children) -> ast.Argument:
        return ast.Argument(children[0], children[2], self._around(children))

    def duration(self, children: Children) -> ast.Duration:
        count, unit = children
        span = self._around(children)
        seconds = UNITS.get(unit.removesuffix("s"))
        if seconds is None:
            self.mistakes.append(UnknownUnit(span=self._span(unit), unit=str(unit)))
            seconds = 1
        elif not 1 <= _whole(count) * seconds <= MAX_SECONDS:
            self.mistakes.append(DurationOutOfRange(span=span))
        return ast.Duration(_whole(count), unit.removesuffix("s"), _whole(count) * seconds, span)

    def name(self, children: Children) -> ast.Name:
        token = children[0]
        span = Span(self.path, token.start_pos, token.end_pos)
        if token in RESERVED:
            self.mistakes.append(ReservedName(span=span, name=str(token)))
        return ast.Name(str(token), span)

    def text(self, children: Children) -> ast.Text:
        return self._text(children[0], self._parse_hole)

    def _text(self, token: Token, parse: Callable[[Span], ast.Expr | ast.Capture | None]) -> ast.Text:
        span = Span(self.path, cast("int", token.start_pos), cast("int", token.end_pos))
        parts: list[str | ast.Expr | ast.Capture] = []
        for part in read_text(token, span):
            match part:
                case str():
                    if parts and isinstance(parts[-1], str):
                        parts[-1] += part
                    else:
                        parts.append(part)
                case Hole():
                    alone = self._name_alone(part, token) if parse == self._parse_hole else None
                    value = alone or parse(part.span)
                    if value is not None:
                        parts.append(value)
                case _:
                    self.mistakes.append(part)
        return ast.Text(tuple(parts), span)

    def _name_alone(self, hole: Hole, token: Token) -> ast.Reference | None:
        """The variable of a hole that holds a name and nothing else: most do, and need no parser."""
        start = hole.span.start - cast("int", token.start_pos)
        text = token[start : start + hole.span.end - hole.span.start]
        is_name = _NAME.fullmatch(text) and text not in RESERVED
        return ast.Reference(text, hole.span) if is_name else None

    def hole(self, children: Children) -> ast.Expr:
        return cast("ast.Expr", children[0])

    def capture(self, children: Children) -> ast.Capture:
        return ast.Capture(children[0], children[1], self._around(children))


def _whole(digits: str) -> int:
    """The number that `digits` write; the longest are cut short, being too large for anything all the same."""
    return int(digits[:_LONGEST_NUMBER])


@dataclass(frozen=True, slots=True)
class _Line:
    """The steps of one line, until the chain that has them is built."""

    steps: tuple[ast.Step, ...]


def _steps_of(part: _Line | ast.When) -> tuple[ast.Step, ...]:
    return part.steps if isinstance(part, _Line) else (part,)


class _Arguments:
    """Arguments with the span of their parentheses, until the step that has them is built."""

    __slots__ = ("items", "span")

    def __init__(self, items: tuple[ast.Argument, ...], span: Span) -> None:
        self.items = items
        self.span = span


_STEP_TYPES = (
    ast.Reply,
    ast.ReplyMedia,
    ast.Ask,
    ast.Set,
    ast.Call,
    ast.Emit,
    ast.Goto,
    ast.Again,
    ast.Run,
    ast.Return,
    ast.Wait,
    ast.Handoff,
    ast.EndSession,
)
_CLAUSE_TYPES = tuple(_CLAUSE_WORDS)
