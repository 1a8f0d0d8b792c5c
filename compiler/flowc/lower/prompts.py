"""What is said: replies, prompts, and the answers to wrong answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from flowc import machine as ir
from flowc import syntax as ast
from flowc.lower.scope import Scope
from flowc.types import DURATION, TEXT

_DEFAULTS = {
    "text": "Please answer with a text.",
    "secret": "Please answer with a text.",
    "int": "Please answer with a whole number.",
    "decimal": "Please answer with a number.",
    "bool": "Please answer yes or no.",
    "date": "Please answer with a date.",
    "time": "Please answer with a time of day.",
    "datetime": "Please answer with a date and a time.",
    "duration": "Please answer with a length of time, such as 2 hours.",
    "email": "Please answer with an e-mail address.",
    "phone": "Please answer with a telephone number, with its country code.",
    "url": "Please answer with a web address.",
    "image": "Please send a picture.",
    "audio": "Please send a voice message.",
    "video": "Please send a video.",
    "document": "Please send a document.",
    "location": "Please send a place.",
}
"""What follows an answer that is of another type."""


def say(
    scope: Scope, text: ast.Text, options: ir.Options, role: Literal["reply", "prompt", "retry"]
) -> ir.Say:
    """The effect that says `text`."""
    return ir.Say(scope.template(text), options, role, scope.origin(text.span))


def options_of(scope: Scope, options: ast.Options | None) -> ir.Options:
    """The labels below a text."""
    if options is None:
        return ir.Options()
    return ir.Options(tuple(map(scope.template, options.labels)), as_list=options.word == "list")


def told(scope: Scope, step: ast.Reply | ast.ReplyMedia | ast.Emit) -> ir.Effect:
    """The effect of a `reply` or an `emit`."""
    origin = scope.origin(step.span)
    match step:
        case ast.Emit():
            return ir.Emit(step.event.text, scope.arguments(step), origin)
        case ast.ReplyMedia():
            caption = scope.template(step.caption) if step.caption else None
            options = options_of(scope, step.options)
            return ir.SayMedia(step.kind.text, scope.template(step.url), caption, options, origin)
        case ast.Reply():
            options = options_of(scope, step.options)
            if len(step.texts) == 1:
                return say(scope, step.texts[0], options, "reply")
            return ir.SayAny(tuple(map(scope.template, step.texts)), options, origin)


def handoff(scope: Scope, step: ast.Handoff) -> ir.HandOff:
    """The effect that leaves the contact to a team."""
    return ir.HandOff(scope.template(step.team), scope.origin(step.span))


def prompt(scope: Scope, ask: ast.Ask) -> tuple[ir.Effect, ...]:
    """What an ask says when it is reached; nothing, where it has no text."""
    return (say(scope, ask.prompt, _options(scope, ask), "prompt"),) if ask.prompt else ()


def wrong_answer(scope: Scope, ask: ast.Ask, text: ast.Text | None) -> ir.Say:
    """What an ask says to an answer it does not take: its `retry`, or a sentence that its type brings."""
    options = _options(scope, ask)
    if text is not None:
        return say(scope, text, options, "retry")
    origin = scope.origin(ask.span)
    sentence = ir.Template(tuple(_default(scope.reader(ask), origin)), TEXT, origin)
    return ir.Say(sentence, options, "retry", origin)


def _default(reader: ir.Reader, origin: ir.Origin) -> Iterator[str | ir.Expression]:
    """The sentence that a type, or choices, bring; choices that an expression gives are named as they are then."""
    if reader.given is None:
        yield _fixed_default(reader)
    else:
        yield "Please choose one of these: "
        yield ir.BuiltIn("join", (reader.given, ir.Constant(", ", TEXT, origin)), TEXT, origin)
        yield "."


def _fixed_default(reader: ir.Reader) -> str:
    if reader.choices:
        return f"Please choose one of these: {', '.join(reader.choices)}."
    sentence = _DEFAULTS[reader.type.name]
    ends = [end for end in (reader.low, reader.high) if end is not None]
    if not ends or not all(isinstance(end, ir.Constant) for end in ends):
        return sentence
    low, high = (_end(end) for end in (reader.low, reader.high))
    return f"{sentence.removesuffix('.')}{_between(low, high)}."


def _end(end: ir.Expression | None) -> str | None:
    if not isinstance(end, ir.Constant):
        return None
    if end.type != DURATION:
        return str(end.value)
    from flowc.transcript.notation import write_duration  # noqa: PLC0415 - it loads what a check does not need

    return write_duration(int(end.value or 0))


def _between(low: str | None, high: str | None) -> str:
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return f" from {low} up" if high is None else f" up to {high}"


def _options(scope: Scope, ask: ast.Ask) -> ir.Options:
    """The labels of an ask: those it names, else its choices."""
    if ask.options is not None:
        return options_of(scope, ask.options)
    reader = scope.reader(ask)
    origin = scope.origin(ask.span)
    labels = tuple(ir.Template((choice,), TEXT, origin) for choice in reader.choices)
    return ir.Options(labels, reader.given)
