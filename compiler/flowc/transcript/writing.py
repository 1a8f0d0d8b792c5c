"""Write a transcript: what `parse_script` reads back as it was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from flowc.transcript.notation import ELLIPSIS, Literal, quote, write_duration, write_text, write_value
from flowc.transcript.script import (
    After,
    Bot,
    CallLine,
    Entry,
    Fails,
    Misread,
    Press,
    Returns,
    SessionLine,
    SomeReplies,
    User,
)
from flowrt.effects import Call, Dropped, Effect, Emitted, Ended, Reply


def write_script(name: str, entries: Iterable[Entry]) -> str:
    r"""The test `name` with these lines, as a `.flowtest` holds it. Their line numbers do not matter.

    A duration that is to be read back lies between 1 second and 366 days.

    >>> entries = [User("hi"), Bot("Hello!\nHow are you?"), SessionLine("ended")]
    >>> print(write_script("a greeting", entries), end="")
    test "a greeting"
      user: hi
      bot:  Hello!\nHow are you?
      session: ended
    """
    lines = [f"test {quote(name)}", *(f"  {write_entry(entry)}".rstrip() for entry in entries)]
    return "".join(f"{line}\n" for line in lines)


def write_entry(entry: Entry) -> str:
    """One line, without its indentation.

    >>> write_entry(CallLine("save", ("Ada", 2), Fails(), after=5))
    'call: save("Ada", 2) -> failed after 5 seconds'
    """
    match entry:
        case User(text):
            return f"user: {write_text(text)}"
        case Press(label):
            return f"press: {write_text(label)}"
        case Bot(text):
            return f"bot:  {write_text(text)}"
        case SomeReplies():
            return f"bot:  {ELLIPSIS}"
        case After(seconds):
            return f"after {write_duration(seconds)}"
        case CallLine(action, arguments, outcome, after):
            slow = f" after {write_duration(after)}" if after else ""
            return f"{write_call(action, arguments)}{_outcome(outcome)}{slow}"
        case SessionLine(reason):
            return f"session: {reason}"
        case Misread(text):
            return text
        case _:
            assert_never(entry)


def write_call(action: str, arguments: Iterable[Literal]) -> str:
    """A call, without how it ends.

    >>> write_call("save", ["Ada", None])
    'call: save("Ada", none)'
    """
    return f"call: {action}({', '.join(write_value(argument) for argument in arguments)})"


def entry_of(effect: Effect) -> Bot | CallLine | SessionLine | None:
    """The line that stands for `effect`; None where transcripts do not show it yet.

    >>> entry_of(Reply("1#0", "ada", "Hello!"))
    Bot(text='Hello!', line=0)
    """
    match effect:
        case Reply():
            return Bot(effect.text)
        case Call():
            return CallLine(effect.name, tuple(effect.arguments.values()))
        case Ended():
            return SessionLine(effect.reason)
        case Emitted() | Dropped():
            return None
        case _:
            assert_never(effect)


def _outcome(outcome: Returns | Fails | None) -> str:
    match outcome:
        case None:
            return ""
        case Returns(value):
            return f" -> {write_value(value)}"
        case Fails():
            return " -> failed"
