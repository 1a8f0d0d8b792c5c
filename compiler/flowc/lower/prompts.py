"""What is said: replies, the prompts of asks, and what an ask says to a wrong answer."""

from __future__ import annotations

from typing import Literal

from flowc import machine as ir
from flowc import syntax as ast
from flowc.check import Checked
from flowc.program import Program
from flowc.types import TEXT

_DEFAULTS = {
    "text": "Please answer with a text.",
    "int": "Please answer with a whole number.",
    "bool": "Please answer yes or no.",
    "email": "Please answer with an e-mail address.",
    "phone": "Please answer with a telephone number, with its country code.",
    "url": "Please answer with a web address.",
}


def say(
    program: Program,
    checked: Checked,
    text: ast.Text,
    options: ast.Options | None,
    role: Literal["reply", "prompt", "retry"],
) -> ir.Say:
    """The effect that says `text`."""
    template = checked.expressions[id(text)]
    if not isinstance(template, ir.Template):
        raise AssertionError("a text was typed as something else")
    return ir.Say(template, _labels(options), role, program.origin(text.span))


def told(program: Program, checked: Checked, step: ast.Reply | ast.Emit) -> ir.Effect:
    """The effect of a `reply` or an `emit`."""
    origin = program.origin(step.span)
    if isinstance(step, ast.Emit):
        return ir.Emit(step.event.text, checked.arguments[id(step)], origin)
    says = [say(program, checked, text, step.options, "reply") for text in step.texts]
    if len(says) == 1:
        return says[0]
    return ir.SayAny(tuple(said.text for said in says), says[0].buttons, origin)


def handoff(program: Program, checked: Checked, step: ast.Handoff) -> ir.HandOff:
    """The effect that leaves the contact to a team."""
    said = say(program, checked, step.team, None, "reply")
    return ir.HandOff(said.text, program.origin(step.span))


def prompt(program: Program, checked: Checked, ask: ast.Ask) -> tuple[ir.Effect, ...]:
    """What an ask says when it is reached; nothing, where it has no text."""
    if ask.prompt is None:
        return ()
    said = say(program, checked, ask.prompt, ask.options, "prompt")
    return (ir.Say(said.text, _buttons(checked, ask), "prompt", said.origin),)


def wrong_answer(program: Program, checked: Checked, ask: ast.Ask, text: ast.Text | None) -> ir.Say:
    """What an ask says to an answer it does not take: its `retry`, or a sentence that its type brings."""
    if text is not None:
        said = say(program, checked, text, None, "retry")
        return ir.Say(said.text, _buttons(checked, ask), "retry", said.origin)
    origin = program.origin(ask.span)
    template = ir.Template((_default(checked.readers[id(ask)]),), TEXT, origin)
    return ir.Say(template, _buttons(checked, ask), "retry", origin)


def _default(reader: ir.Reader) -> str:
    if reader.choices:
        return f"Please choose one of these: {', '.join(reader.choices)}."
    match (reader.low, reader.high):
        case (None, None):
            return _DEFAULTS[reader.type.name]
        case (low, None):
            return f"Please answer with a whole number from {low} up."
        case (None, high):
            return f"Please answer with a whole number up to {high}."
        case (low, high):
            return f"Please answer with a whole number from {low} to {high}."


def _buttons(checked: Checked, ask: ast.Ask) -> tuple[str, ...]:
    """The buttons of an ask: those it names, else its choices."""
    return _labels(ask.options) or checked.readers[id(ask)].choices


def _labels(options: ast.Options | None) -> tuple[str, ...]:
    return tuple(label.plain or "" for label in options.labels) if options else ()
