"""What generated modules are made of. They import from here and from nowhere else.

Every callback takes the `EventData` of transitions: `.model` is the session, `.args[0]` the turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from flowrt import answers, sentences
from flowrt.answers import BoolAnswer, ChoiceAnswer, IntAnswer, TextAnswer
from flowrt.flow import Flow, Triggers
from flowrt.patterns import compile_pattern
from flowrt.session import Session, Variables
from flowrt.text import render, same
from flowrt.turn import Turn
from flowrt.values import joined, whole

if TYPE_CHECKING:
    from flowrt.answers import EmailAnswer, PhoneAnswer, UrlAnswer

__all__ = [
    "BoolAnswer",
    "ChoiceAnswer",
    "EmailAnswer",
    "EventData",
    "Flow",
    "IntAnswer",
    "PhoneAnswer",
    "TextAnswer",
    "UrlAnswer",
    "Variables",
    "advance",
    "arrive",
    "call_failed",
    "come_back",
    "compile_pattern",
    "count_try",
    "end_by_host",
    "end_session",
    "expire_session",
    "fail_session",
    "forget_interruption",
    "hold_message",
    "interrupt",
    "is_first_failure",
    "joined",
    "keep_visit",
    "render",
    "same",
    "say_again",
    "say_failure",
    "says_again",
    "sure",
    "whole",
]

T = TypeVar("T")
V = TypeVar("V", bound=Variables)


def __getattr__(name: str) -> object:
    """A reader that brings a package of its own is loaded by the first flow that asks for it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(answers, name)
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


def sure(value: T | None) -> T:
    """`value`, which the compiler has proved not to be none."""
    if value is None:
        raise AssertionError("a value that was proved to be there is none")
    return value


def fail_session(event: EventData[Any]) -> None:
    """The session cannot go on."""
    event.args[0].end("failed")
