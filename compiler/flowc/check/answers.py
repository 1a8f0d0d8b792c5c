"""Answers: what is shown to press or to choose from, held against what takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flowc import syntax as ast
from flowc.again import said_last
from flowc.check.checked import Checked
from flowc.diagnostics.buttons import TakenChoice, TooManyChoices, UnansweredButton
from flowc.diagnostics.conversations import UnreachedAnswer
from flowc.diagnostics.diagnostic import Mistake
from flowc.machine import Constant, Expression, Reader
from flowc.program import Program
from flowc.types import MEDIA
from flowc.walk import all_states, steps_of
from flowrt.answers import BoolAnswer, ChoiceAnswer, IntAnswer, TextAnswer
from flowrt.answers import Reader as Answer
from flowrt.events import Message
from flowrt.patterns import UnusablePattern, compile_pattern
from flowrt.text import fold
from flowrt.values import INT_MAX

MAX_CHOICES = 100
"""How many choices an ask may have, and how many buttons a message."""


def check_answers(program: Program, checked: Checked) -> Iterator[Mistake]:
    """What is wrong with the buttons and choices of `program`, and with handlers that take answers."""
    for step in program.steps:
        match step:
            case ast.Ask():
                yield from _ask(program, checked, step)
            case ast.Reply() | ast.ReplyMedia():
                yield from _too_many(step.options)
            case _:
                pass
    for state in all_states(program.file):
        yield from _buttons_of_state(program, state)


def _ask(program: Program, checked: Checked, ask: ast.Ask) -> Iterator[Mistake]:
    reader = checked.readers.get(id(ask))
    handlers = tuple(clause for clause in ask.clauses if isinstance(clause, ast.Handler))
    yield from _too_many(ask.options)
    if ask.choices is not None and len(ask.choices.values) > MAX_CHOICES:
        count = len(ask.choices.values)
        yield TooManyChoices(span=ask.choices.span, count=count, limit=MAX_CHOICES, what="choices")
    yield from _taken_choices(ask, handlers)
    if reader is None:
        return
    yield from _unreached(ask, handlers, reader)
    if ask.options is not None and (reads := _reading(reader)) is not None:
        waits = (*handlers, *program.anytimes)
        for label in _labels(ask.options):
            text = label.plain or ""
            if not _taken(text, waits) and not reads(text):
                yield UnansweredButton(
                    span=label.span, text=text, wait=ask.name.text, wait_span=ask.name.span
                )


def _too_many(options: ast.Options | None) -> Iterator[Mistake]:
    if options is not None and len(options.labels) > MAX_CHOICES:
        what = "rows" if options.word == "list" else "buttons"
        yield TooManyChoices(span=options.span, count=len(options.labels), limit=MAX_CHOICES, what=what)


def _taken_choices(ask: ast.Ask, handlers: tuple[ast.Handler, ...]) -> Iterator[Mistake]:
    """The choices that a handler takes before they can be the answer. One that gives the answer itself may."""
    unguarded = [each for each in handlers if each.guard is None and not _sets(each, ask.name.text)]
    for choice in ask.choices.values if ask.choices else ():
        text = choice.plain if isinstance(choice, ast.Text) else None
        earlier = next((each for each in unguarded if text is not None and _certainly(text, each)), None)
        if text is not None and earlier is not None:
            yield TakenChoice(span=choice.span, text=text, earlier=earlier.head)


def _sets(handler: ast.Handler, name: str) -> bool:
    return any(isinstance(step, ast.Set) and step.name.text == name for step in steps_of(handler.chain))


def _unreached(ask: ast.Ask, handlers: tuple[ast.Handler, ...], reader: Reader) -> Iterator[Mistake]:
    """The handlers that leave nothing for the answer."""
    if reader.choices or reader.given is not None:
        return
    kind = reader.type.name if reader.type.name in MEDIA else "text"
    for handler in handlers:
        kinds = {pattern.kind for pattern in handler.patterns if isinstance(pattern, ast.KindPattern)}
        if handler.guard is None and kind in kinds:
            yield UnreachedAnswer(span=handler.head, name=ask.name.text, ask=ask.name.span)


def _buttons_of_state(program: Program, state: ast.State) -> Iterator[Mistake]:
    """The buttons that a state shows while it waits, and does not take."""
    if not state.handlers or any(_wants_any_text(handler) for handler in state.handlers):
        return
    waits = (*state.handlers, *program.anytimes)
    said = ast.Chain(said_last(state.chain.steps), inline=False, span=state.chain.span)
    for step in steps_of(said):
        for label in _labels(step.options) if isinstance(step, ast.Reply | ast.ReplyMedia) else ():
            text = label.plain or ""
            if not _taken(text, waits):
                yield UnansweredButton(
                    span=label.span, text=text, wait=state.name.text, wait_span=state.name.span
                )


def _labels(options: ast.Options | None) -> tuple[ast.Text, ...]:
    """The labels that are known: those without holes."""
    return tuple(label for label in options.labels if label.plain) if options else ()


def _wants_any_text(handler: ast.Handler) -> bool:
    """Whether a handler is there for whatever is written: `on message` alone is for all the rest."""
    kinds = {pattern.kind for pattern in handler.patterns if isinstance(pattern, ast.KindPattern)}
    return "text" in kinds or ("message" in kinds and handler.alias is not None)


def _taken(text: str, handlers: tuple[ast.Handler, ...]) -> bool:
    """Whether some handler may take `text` for what it says."""
    return any(_matches(text, pattern) for handler in handlers for pattern in handler.patterns)


def _matches(text: str, pattern: ast.Pattern) -> bool:
    match pattern:
        case ast.Text():
            return pattern.plain is None or fold(pattern.plain) == fold(text)
        case ast.Regex():
            return _finds(pattern, text, unusable=True)
        case ast.KindPattern():
            return pattern.kind == "text"
        case ast.EventPattern():
            return False


def _certainly(text: str, handler: ast.Handler) -> bool:
    """Whether a handler takes `text` by one of its patterns, whatever happens."""
    for pattern in handler.patterns:
        if isinstance(pattern, ast.Text) and pattern.plain is not None and fold(pattern.plain) == fold(text):
            return True
        if isinstance(pattern, ast.Regex) and _finds(pattern, text, unusable=False):
            return True
    return False


def _finds(regex: ast.Regex, text: str, *, unusable: bool) -> bool:
    """Whether a regular expression finds something in `text`; one that cannot be used is a mistake elsewhere."""
    try:
        return compile_pattern(regex.pattern).matches(text)
    except UnusablePattern:
        return unusable


def _reading(reader: Reader) -> Callable[[str], bool] | None:
    """Whether a text is an answer; None where that depends on more than the text."""
    answer: Answer[object]
    match reader.type.name:
        case _ if reader.choices:
            answer = ChoiceAnswer(*reader.choices)
        case _ if reader.given is not None or not reader.is_fixed:
            return None
        case "text" | "secret":
            answer = TextAnswer()
        case "bool":
            answer = BoolAnswer()
        case "int":
            answer = IntAnswer(_end(reader.low, -INT_MAX), _end(reader.high, INT_MAX))
        case name if name in MEDIA:
            return lambda _: False
        case _:
            return None
    return lambda text: answer(Message("", "", text)) is not None


def _end(end: Expression | None, without: int) -> int:
    """One end of a range of whole numbers."""
    return end.value if isinstance(end, Constant) and isinstance(end.value, int) else without
