"""Write a transcript: what `parse_script` reads back as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flowc.transcript.entries import (
    DEFAULT,
    After,
    Bot,
    BotSends,
    Buttons,
    ByContact,
    CallLine,
    ClockLine,
    DroppedLine,
    Duplicate,
    EmitLine,
    Ends,
    Entry,
    Fails,
    FunctionLine,
    GivesBack,
    Happens,
    Misread,
    Named,
    Opens,
    Press,
    Restart,
    Returns,
    Sends,
    SessionLine,
    SomeReplies,
    User,
    Vars,
)
from flowc.transcript.literals import Literal, Unset
from flowc.transcript.notation import (
    ELLIPSIS,
    quote,
    write_duration,
    write_instant,
    write_media,
    write_named,
    write_text,
    write_value,
)
from flowrt.effects import Call, Dropped, Effect, Emitted, Ended, Reply
from flowrt.values import Value


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
    lines = [f"test {quote(name)}", *(f"  {write_entry(entry)}" for entry in entries)]
    return "".join(f"{line}\n" for line in lines)


def write_entry(entry: Entry) -> str:
    """One line, without its indentation.

    >>> write_entry(CallLine("save", ("Ada", 2), Fails(), after=5))
    'call: save("Ada", 2) -> failed after 5 seconds'
    >>> write_entry(Happens("paid", (("amount", 3),), "ada"))
    'event ada: paid(amount: 3)'
    """
    match entry:
        case After(seconds):
            return f"after {write_duration(seconds)}"
        case Restart(outdated=True):
            return "restart outdated"
        case Restart(stopped):
            return f"stopped for {write_duration(stopped)}" if stopped else "restart"
        case Buttons(labels):
            return f"buttons: {' | '.join(map(quote, labels)) or 'none'}"
        case ClockLine(at):
            return f"clock: {write_instant(at)}"
        case FunctionLine(name, arguments, outcome):
            return f"function: {name}({_values(arguments)}){_outcome(outcome)}"
        case Misread(text):
            return text
        case _:
            word, rest = _parts(entry)
            whose = "" if entry.contact == DEFAULT else f" {entry.contact}"
            return f"{word}{whose}:{'  ' if word == 'bot' else ' '}{rest}".rstrip()


_Whose = ByContact | Bot | BotSends | SomeReplies | CallLine | EmitLine | DroppedLine | SessionLine | Vars


def _parts(entry: _Whose) -> tuple[str, str]:
    """The word that the line begins with, and what stands behind its colon."""
    match entry:
        case Bot(text):
            return "bot", write_text(text)
        case BotSends():
            caption = f" caption {quote(entry.caption)}" if entry.caption else ""
            return "bot", f"({entry.kind} {quote(entry.content)}{caption})"
        case SomeReplies():
            return "bot", ELLIPSIS
        case CallLine(action, arguments, outcome, after):
            slow = f" after {write_duration(after)}" if after else ""
            return "call", f"{action}({_values(arguments)}){_outcome(outcome)}{slow}"
        case EmitLine(name, values):
            return "emit", write_named(name, values)
        case DroppedLine(name):
            return "dropped", name
        case SessionLine(reason):
            return "session", reason
        case Vars(variables):
            return "vars", ", ".join(f"{name} = {write_value(value)}" for name, value in variables)
        case _:
            return _happening(entry)


def _happening(entry: ByContact) -> tuple[str, str]:
    match entry:
        case User(text):
            return "user", write_text(text)
        case Sends(media, caption):
            return "user", write_media(media, caption)
        case Press(label):
            return "press", write_text(label)
        case Named(name):
            return "name", write_text(name)
        case Duplicate():
            return "duplicate", ""
        case Opens():
            return "open", ""
        case Happens(name, values):
            return "event", write_named(name, values)
        case Ends():
            return "end", ""
        case GivesBack():
            return "give back", ""


def write_call(action: str, arguments: Iterable[Literal], contact: str = DEFAULT) -> str:
    """A call, without how it ends.

    >>> write_call("save", ["Ada", None])
    'call: save("Ada", none)'
    """
    return write_entry(CallLine(action, tuple(arguments), contact=contact))


def shown_vars(line: Vars, held: Mapping[str, Value]) -> Vars:
    """What the variables of `line` hold in truth."""
    return Vars(tuple((name, held.get(name, Unset())) for name, _ in line.values), line.contact)


def entry_of(effect: Effect) -> Bot | BotSends | CallLine | SessionLine | EmitLine | DroppedLine:
    """The line that stands for `effect`.

    >>> write_entry(entry_of(Reply("1#0", "ada", "Hello!")))
    'bot ada:  Hello!'
    """
    contact = effect.contact
    match effect:
        case Reply(kind="text"):
            return Bot(effect.text, contact)
        case Reply():
            return BotSends(effect.kind, effect.content or "", effect.text, contact)
        case Call():
            return CallLine(effect.name, tuple(effect.arguments.values()), contact=contact)
        case Ended():
            return SessionLine(effect.reason, contact)
        case Emitted():
            return EmitLine(effect.name, tuple(effect.values.items()), contact)
        case Dropped():
            return DroppedLine(effect.name, contact)


def _values(values: Iterable[Literal]) -> str:
    return ", ".join(map(write_value, values))


def _outcome(outcome: Returns | Fails | None) -> str:
    match outcome:
        case None:
            return ""
        case Returns(value):
            return f" -> {write_value(value)}"
        case Fails():
            return " -> failed"
