"""A machine in words: what its guards ask, what its effects do, and expressions as a flow writes them.

Every drawing says these words, so a guard, an effect or an expression that is new gets its words here.
"""

from __future__ import annotations

from typing import assert_never

from flowc import machine as ir
from flowc.emit.expression_words import BINDS, expression, text
from flowc.emit.names import shown_parts
from flowc.transcript.notation import quote, write_duration


def event(machine: ir.Machine, row: ir.Transition, source: ir.State, *, first: bool) -> str:
    """What makes the machine take `row` in `source`, whole; `first` if no other row was tried before it."""
    conditions = [text for guard in row.guards if (text := _condition(guard))]
    if row.trigger == "advance":
        return " and ".join(conditions) or "else"
    cause = _cause(machine, row, source, first=first)
    return f"{cause} when {' and '.join(conditions)}" if conditions else cause


def brief(machine: ir.Machine, row: ir.Transition, source: ir.State, *, first: bool) -> str:
    """The same where what an ask reads and requires is said beside it already."""
    answers = any(isinstance(guard, ir.Reads) for guard in row.guards)
    if answers and not any(isinstance(guard, ir.Requires) and not guard.holds for guard in row.guards):
        return "answer"
    return event(machine, row, source, first=first)


def _cause(machine: ir.Machine, row: ir.Transition, source: ir.State, *, first: bool) -> str:
    if row.trigger == "message":
        said = [text for guard in row.guards if (text := _message(guard))]
        return " and ".join(said) or ("any message" if first else "anything else")
    if is_of_host(row):
        carries = (
            text for guard in row.guards if isinstance(guard, ir.Carries) and (text := _message(guard))
        )
        return next(carries, "start" if row.trigger == "open" else row.trigger)
    if row.trigger == "result":
        return "failed" if any(isinstance(guard, ir.CallFailed) for guard in row.guards) else "done"
    return silence(machine, row, source) or row.trigger


def is_of_host(row: ir.Transition) -> bool:
    """Whether `row` is taken when the host opens a session, or says that something happened."""
    return row.trigger == "open" or row.trigger.startswith("event ")


def silence(machine: ir.Machine, row: ir.Transition, source: ir.State) -> str | None:
    """How long nothing happened before `row` is taken, as `after 5 minutes`; None where no clock fires it."""
    if row.trigger == "expire":
        return after(machine.expire or 0)
    if row.trigger == "result":
        return None
    clocks = (clock.seconds for clock in source.clocks if clock.trigger == row.trigger)
    return next(map(after, clocks), None)


def after(seconds: int) -> str:
    """A deadline.

    >>> after(300)
    'after 5 minutes'
    """
    return f"after {write_duration(seconds)}"


# Guards


def _message(guard: ir.Guard) -> str | None:
    """Which messages a guard lets pass; None where it does not look at the message."""
    match guard:
        case ir.Says(texts):
            return " | ".join(quote(text) for text in texts)
        case ir.Finds(pattern):
            return f"/{pattern}/"
        case ir.Fits(parts):
            return quote(shown_parts(parts))
        case ir.IsText():
            return "any text"
        case ir.Brings(kind):
            return f"any {kind}"
        case ir.Carries(name, parameters):
            return f"event {name}({', '.join(parameter for parameter, _ in parameters)})"
        case ir.Reads(variable, reader):
            return f"{variable}: {reads(reader)}"
        case ir.TriesReached(limit):
            return "1 wrong answer" if limit == 1 else f"{limit} wrong answers"
        case (
            ir.Condition()
            | ir.Requires()
            | ir.CallFailed()
            | ir.CameFrom()
            | ir.SaysAgain()
            | ir.FirstFailure()
        ):
            return None
        case _:
            assert_never(guard)


def _condition(guard: ir.Guard) -> str | None:
    """What must hold beside the event; None where a guard asks for no more than that."""
    match guard:
        case ir.Condition():
            return expression(guard.expression)
        case ir.Requires(variable=variable, expression=required, holds=holds):
            around = 0 if holds else BINDS["not"]
            return f"{'' if holds else 'not '}{expression(required, around, answer=variable)}"
        case (
            ir.Says()
            | ir.Finds()
            | ir.Fits()
            | ir.IsText()
            | ir.Brings()
            | ir.Carries()
            | ir.Reads()
            | ir.TriesReached()
            | ir.CallFailed()
            | ir.CameFrom()
            | ir.SaysAgain()
            | ir.FirstFailure()
        ):
            return None
        case _:
            assert_never(guard)


def reads(reader: ir.Reader) -> str:
    """What an answer must be.

    >>> from flowc.types import INT
    >>> origin = ir.Origin("a.flow", 0, 1, 1)
    >>> reads(ir.Reader(INT, ir.Constant(1, INT, origin), ir.Constant(5, INT, origin)))
    'int in 1..5'
    """
    if reader.given is not None:
        return f"one of {expression(reader.given)}"
    if reader.choices:
        return " | ".join(quote(choice) for choice in reader.choices)
    if reader.low is None and reader.high is None:
        return str(reader.type)
    low, high = ("" if bound is None else expression(bound) for bound in (reader.low, reader.high))
    return f"{reader.type} in {low}..{high}"


# Effects


def says(effect: ir.Effect) -> tuple[str, ...]:
    """The texts that an effect says, or those of which it says one; none where it says nothing."""
    match effect:
        case ir.Say():
            return (text(effect.text),)
        case ir.SayAny():
            return tuple(text(one) for one in effect.texts)
        case ir.SayMedia():
            caption = "" if effect.caption is None else f" {text(effect.caption)}"
            return (f"({effect.media}){caption}",)
        case (
            ir.Open()
            | ir.Emit()
            | ir.HandOff()
            | ir.Store()
            | ir.StoreResult()
            | ir.StoreTaken()
            | ir.Assign()
            | ir.Default()
            | ir.Forget()
            | ir.CallAction()
            | ir.Do()
        ):
            return ()
        case _:
            assert_never(effect)


def deed(effect: ir.Effect) -> str | None:
    """What an effect does beside saying something; None where that is the runtime's own business."""
    match effect:
        case ir.Emit(event, arguments):
            return f"emit {event}({_arguments(arguments)})"
        case ir.HandOff():
            return f"handed off to {quote(text(effect.team))}"
        case ir.Store(variable):
            return f"{variable} = the answer"
        case ir.StoreResult(variable):
            return f"{variable} = the result"
        case ir.StoreTaken(variable):
            return f"{variable} = what was said"
        case ir.Assign(variable, value):
            return f"{variable} = {expression(value)}"
        case ir.CallAction():
            return f"call {call(effect)}"
        case ir.Open() | ir.Say() | ir.SayAny() | ir.SayMedia() | ir.Default() | ir.Forget() | ir.Do():
            return None
        case _:
            assert_never(effect)


def call(effect: ir.CallAction) -> str:
    """A call as a flow writes it."""
    return f"{effect.action}({_arguments(effect.arguments)})"


def _arguments(arguments: tuple[tuple[str, ir.Expression], ...]) -> str:
    return ", ".join(expression(value) for _, value in arguments)
