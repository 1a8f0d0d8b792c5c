"""What generated modules are made of. They import from here and from nowhere else.

Every callback takes the `EventData` of transitions: `.model` is the session, `.args[0]` the turn.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from flowrt import sentences
from flowrt.answers import BoolAnswer, ChoiceAnswer, IntAnswer, SecretAnswer, TextAnswer
from flowrt.errors import IncompatibleModule
from flowrt.flow import Flow, Triggers
from flowrt.kinds import (
    AUDIO,
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DOCUMENT,
    DURATION,
    IMAGE,
    INT,
    LOCATION,
    TEXT,
    TIME,
    VIDEO,
    list_of,
    optional,
    record,
)
from flowrt.patterns import compile_pattern
from flowrt.session import Session, Variables
from flowrt.text import render, same
from flowrt.turn import Turn
from flowrt.values import Media, Record, changed, joined, whole

if TYPE_CHECKING:
    from datetime import date, datetime, time, timedelta
    from decimal import Decimal

    from flowrt.answers import (
        DateAnswer,
        DatetimeAnswer,
        DecimalAnswer,
        DurationAnswer,
        EmailAnswer,
        MediaAnswer,
        PhoneAnswer,
        TimeAnswer,
        UrlAnswer,
    )
    from flowrt.arithmetic import as_decimal, divided, minus, negated, plus, rounded, times
    from flowrt.captures import Capture, TextPattern
    from flowrt.functions import join, largest, largest_of, length, lower, smallest, smallest_of, upper
    from flowrt.lists import contains, element, equal, items, with_items, without

__all__ = [
    "AUDIO",
    "BOOL",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "DOCUMENT",
    "DURATION",
    "IMAGE",
    "INT",
    "LOCATION",
    "TEXT",
    "TIME",
    "VIDEO",
    "BoolAnswer",
    "Capture",
    "ChoiceAnswer",
    "DateAnswer",
    "DatetimeAnswer",
    "Decimal",
    "DecimalAnswer",
    "DurationAnswer",
    "EmailAnswer",
    "EventData",
    "Flow",
    "IntAnswer",
    "Media",
    "MediaAnswer",
    "PhoneAnswer",
    "Record",
    "SecretAnswer",
    "TextAnswer",
    "TextPattern",
    "TimeAnswer",
    "UrlAnswer",
    "Variables",
    "advance",
    "arrive",
    "as_decimal",
    "call_failed",
    "changed",
    "come_back",
    "compile_pattern",
    "contains",
    "count_try",
    "date",
    "datetime",
    "divided",
    "either",
    "element",
    "end_by_host",
    "end_session",
    "equal",
    "expire_session",
    "fail_session",
    "forget_interruption",
    "hold_message",
    "interrupt",
    "is_first_failure",
    "items",
    "join",
    "joined",
    "keep_visit",
    "largest",
    "largest_of",
    "length",
    "list_of",
    "lower",
    "minus",
    "negated",
    "optional",
    "outdate_session",
    "plus",
    "record",
    "render",
    "rounded",
    "same",
    "say_again",
    "say_failure",
    "say_outdated",
    "says_again",
    "smallest",
    "smallest_of",
    "sure",
    "time",
    "timedelta",
    "times",
    "upper",
    "whole",
    "with_items",
    "without",
]

_LATER = {
    "flowrt.answers": "DateAnswer DatetimeAnswer DecimalAnswer DurationAnswer EmailAnswer MediaAnswer PhoneAnswer "
    "TimeAnswer UrlAnswer",
    "flowrt.arithmetic": "as_decimal divided minus negated plus rounded times",
    "flowrt.captures": "Capture TextPattern",
    "flowrt.functions": "join largest largest_of length lower smallest smallest_of upper",
    "flowrt.lists": "contains element equal items with_items without",
    "datetime": "date datetime time timedelta",
    "decimal": "Decimal",
}
_HOMES = {name: module for module, names in _LATER.items() for name in names.split()}
"""What is loaded by the first flow that needs it, with what it brings."""

T = TypeVar("T")
U = TypeVar("U")
V = TypeVar("V", bound=Variables)


def __getattr__(name: str) -> object:
    """What only some flows need is loaded by the first that does.

    Raises `IncompatibleModule` for what only a newer runtime has.
    """
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name not in _HOMES:
        raise IncompatibleModule(
            f"the module of a flow needs {name!r}, which this runtime lacks: upgrade flowrt"
        )
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


class EventData(Protocol[V]):
    """The part of `transitions.EventData` that callbacks use, with types."""

    @property
    def model(self) -> Session[V]:
        """The session."""
        ...

    @property
    def args(self) -> tuple[Turn]:
        """The turn, alone."""
        ...

    @property
    def machine(self) -> Triggers:
        """The machine that runs."""
        ...


def advance(event: EventData[Any]) -> None:
    """Pass a choice state: entered, it is left again within the same event."""
    event.args[0].pass_choice()
    event.machine.events["advance"].trigger(event.model, *event.args)


def arrive(event: EventData[Any]) -> None:
    """Come to rest in a wait without clocks of its own."""
    event.args[0].arrive()


def interrupt(event: EventData[Any]) -> None:
    """An `anytime` takes the event: remember the wait it leaves."""
    event.args[0].interrupt()


def come_back(event: EventData[Any]) -> None:
    """Return to the wait that an `anytime` left."""
    event.args[0].come_back()


def forget_interruption(event: EventData[Any]) -> None:
    """The chain of an `anytime` goes elsewhere: there is no way back."""
    event.model.interrupted = None


def say_again(event: EventData[Any]) -> None:
    """`again` at the end of an `anytime`: the way back says what the wait said."""
    event.args[0].says_again = True


def says_again(event: EventData[Any]) -> bool:
    """Whether the way back says again what the wait said."""
    return event.args[0].says_again


def keep_visit(event: EventData[Any]) -> None:
    """`again`: the visit of the wait goes on."""
    event.args[0].stays = True


def count_try(event: EventData[Any]) -> None:
    """One more wrong answer."""
    event.model.tries += 1


def hold_message(event: EventData[Any]) -> None:
    """A result is awaited: the message is kept until it has come."""
    event.args[0].hold()


def call_failed(event: EventData[Any]) -> bool:
    """Whether the call that was awaited failed, or took too long."""
    return event.args[0].failure is not None


def end_session(event: EventData[Any]) -> None:
    """`end session`."""
    event.args[0].end("ended")


def expire_session(event: EventData[Any]) -> None:
    """The flow's `timeout`: the contact was silent too long."""
    event.args[0].end("expired")


def end_by_host(event: EventData[Any]) -> None:
    """The host ends the session, or opens another over it."""
    event.args[0].end(event.args[0].reason)


def is_first_failure(event: EventData[Any]) -> bool:
    """Whether the flow's own `failed` chain may run: not if it is what failed."""
    return event.args[0].failures == 1


def say_failure(event: EventData[Any]) -> None:
    """What a flow without a `failed` chain says."""
    event.args[0].reply(sentences.FAILED)


def say_outdated(event: EventData[Any]) -> None:
    """What is said where the flow's own `outdated` chain says nothing."""
    event.args[0].reply(sentences.OUTDATED)


def either(value: T | None, other: U) -> T | U:
    """`value`, or `other` where it is none."""
    return other if value is None else value


def sure(value: T | None) -> T:
    """`value`, which the compiler has proved not to be none."""
    if value is None:
        raise AssertionError("a value that was proved to be there is none")
    return value


def fail_session(event: EventData[Any]) -> None:
    """The session cannot go on."""
    event.args[0].end("failed")


def outdate_session(event: EventData[Any]) -> None:
    """The flow has no place for the session."""
    event.args[0].outdate()
