"""One line of a transcript: what it says, or the mistake in it."""

from __future__ import annotations

import re
from collections.abc import Callable

from flowc.records import dataclass
from flowc.source import Span
from flowc.transcript.entries import (
    DEFAULT,
    After,
    Bot,
    BotSends,
    Buttons,
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
from flowc.transcript.mistakes import MissingColon, NamedTwice, UnknownEnd, UnknownLine
from flowc.transcript.notation import ELLIPSIS, ENDS, SENT, WITH_COLON, WITH_CONTACT
from flowc.transcript.reading import Cursor, Misreading, read_text
from flowc.transcript.sending import read_reply, read_sent
from flowrt.time import instant

_WORD = re.compile(r"""give[ \t]+back\b|stopped[ \t]+for\b|[^\s:("]+""")
_CONTACT = re.compile(r"""[ \t]+([^\s:("]+)(?=[ \t]*:)""")
_COLON = re.compile(r"[ \t]*:[ \t]*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its number, where in the file it begins, its text, and where in that its first word begins."""

    path: str
    number: int
    start: int
    text: str
    indent: int

    def span(self, start: int, end: int) -> Span:
        """The code points of the line from `start` to `end`."""
        return Span(self.path, self.start + start, self.start + end)

    @property
    def whole(self) -> Span:
        """All of it, without its indentation."""
        return self.span(self.indent, len(self.text))

    @property
    def word(self) -> str:
        """The word that the line begins with; for want of one, its first code point."""
        match = _WORD.match(self.text, self.indent)
        return " ".join(match.group()[:40].split()) if match else self.text[self.indent]

    @property
    def word_end(self) -> int:
        """Where the text behind that word begins."""
        match = _WORD.match(self.text, self.indent)
        return match.end() if match else self.indent + 1

    def cursor(self, at: int, form: str | None = None) -> Cursor:
        """Reads the line from `at`."""
        return Cursor(self.path, self.text, self.start, at, form)


def read_line(line: Line) -> Entry:
    """What `line`, which begins no test, says. Raises `Misreading`."""
    plain = _PLAIN.get(line.word)
    if plain is not None:
        return plain(line, line.cursor(line.word_end))
    if line.word not in WITH_COLON:
        raise Misreading(UnknownLine(span=line.span(line.indent, line.word_end), word=line.word))
    end, contact = line.word_end, DEFAULT
    if line.word in WITH_CONTACT and (match := _CONTACT.match(line.text, end)):
        end, contact = match.end(), match[1]
    colon = _COLON.match(line.text, end)
    if colon is None:
        raise Misreading(MissingColon(span=line.span(line.indent, line.word_end), word=line.word))
    return _READERS[line.word](_Rest(line, colon.end(), contact))


@dataclass(frozen=True, slots=True)
class _Rest:
    """What stands behind the colon of a line, from code point `at`, about `contact`."""

    line: Line
    at: int
    contact: str

    @property
    def number(self) -> int:
        return self.line.number

    @property
    def raw(self) -> str:
        return self.line.text[self.at :]

    @property
    def text(self) -> str:
        return read_text(self.raw, self.line.path, self.line.start + self.at)

    def cursor(self, form: str | None = None) -> Cursor:
        return self.line.cursor(self.at, form)


# Lines with a word alone.


def _after(line: Line, cursor: Cursor) -> Entry:
    return After(_duration(cursor), line=line.number)


def _stopped(line: Line, cursor: Cursor) -> Entry:
    return Restart(_duration(cursor), line=line.number)


def _restart(line: Line, cursor: Cursor) -> Entry:
    outdated = cursor.takes("outdated")
    cursor.done()
    return Restart(outdated=outdated, line=line.number)


def _duration(cursor: Cursor) -> int:
    seconds = cursor.duration()
    cursor.done()
    return seconds


_PLAIN: dict[str, Callable[[Line, Cursor], Entry]] = {
    "after": _after,
    "restart": _restart,
    "stopped for": _stopped,
}


# What happens.


def _user(rest: _Rest) -> User | Sends:
    if not SENT.match(rest.raw):
        return User(rest.text, rest.contact, line=rest.number)
    cursor = rest.cursor()
    sent = read_sent(cursor, rest.contact, rest.number)
    cursor.done()
    return sent


def _press(rest: _Rest) -> Press:
    return Press(rest.text, rest.contact, line=rest.number)


def _name(rest: _Rest) -> Named:
    return Named(rest.text, rest.contact, line=rest.number)


def _duplicate(rest: _Rest) -> Duplicate:
    rest.cursor().done()
    return Duplicate(rest.contact, line=rest.number)


def _open(rest: _Rest) -> Opens:
    rest.cursor().done()
    return Opens(rest.contact, line=rest.number)


def _end(rest: _Rest) -> Ends:
    rest.cursor().done()
    return Ends(rest.contact, line=rest.number)


def _give_back(rest: _Rest) -> GivesBack:
    rest.cursor().done()
    return GivesBack(rest.contact, line=rest.number)


def _event(rest: _Rest) -> Happens:
    name, values = _named(rest.cursor("event: paid(amount: 12.50)"), "the name of an event")
    return Happens(name, values, rest.contact, line=rest.number)


# What the bot does.


def _bot(rest: _Rest) -> Bot | BotSends | SomeReplies:
    if rest.raw == ELLIPSIS:
        return SomeReplies(rest.contact, line=rest.number)
    if not SENT.match(rest.raw):
        return Bot(rest.text, rest.contact, line=rest.number)
    cursor = rest.cursor()
    sent = read_reply(cursor, rest.contact, rest.number)
    cursor.done()
    return sent


def _buttons(rest: _Rest) -> Buttons:
    cursor = rest.cursor('buttons: "Yes" | "No"')
    labels: list[str] = []
    if not cursor.takes("none"):
        labels.append(_label(cursor))
        while cursor.takes("|"):
            labels.append(_label(cursor))
    cursor.done()
    return Buttons(tuple(labels), line=rest.number)


def _label(cursor: Cursor) -> str:
    label = cursor.text()
    if label is None:
        raise cursor.misses("a label in quotes")
    return label


def _call(rest: _Rest) -> CallLine:
    cursor = rest.cursor()
    action = cursor.name("the name of an action")
    cursor.need("(")
    arguments = cursor.listed(cursor.value, ")")
    outcome = _outcome(cursor) if cursor.takes("->") else None
    after = cursor.duration() if cursor.takes("after") else 0
    cursor.done()
    return CallLine(action, tuple(arguments), outcome, after, rest.contact, line=rest.number)


def _outcome(cursor: Cursor) -> Returns | Fails:
    return Fails() if cursor.takes("failed") else Returns(cursor.value())


def _emit(rest: _Rest) -> EmitLine:
    name, values = _named(rest.cursor("emit: ordered(count: 2)"), "the name of what is emitted")
    return EmitLine(name, values, rest.contact, line=rest.number)


def _named(cursor: Cursor, what: str) -> tuple[str, tuple[tuple[str, Literal], ...]]:
    name, values = cursor.name(what), cursor.named()
    cursor.done()
    return name, values


def _dropped(rest: _Rest) -> DroppedLine:
    cursor = rest.cursor("dropped: paid")
    name = cursor.name("the name of an event")
    cursor.done()
    return DroppedLine(name, rest.contact, line=rest.number)


def _session(rest: _Rest) -> SessionLine:
    raw = rest.raw.partition("#")[0]
    word = " ".join(raw.split())
    for reason in ENDS:
        if word == reason:
            return SessionLine(reason, rest.contact, line=rest.number)
    raise Misreading(UnknownEnd(span=rest.line.span(rest.at, rest.at + len(raw.rstrip())), word=word[:40]))


def _vars(rest: _Rest) -> Vars:
    cursor = rest.cursor('vars: name = "Ada", rating = unset')
    values: dict[str, Literal | Unset] = {}
    while not values or cursor.takes(","):
        span, name = cursor.span(), cursor.variable()
        if name in values:
            raise Misreading(NamedTwice(span=span, name=name))
        cursor.need("=")
        values[name] = Unset() if cursor.takes("unset") else cursor.value()
    cursor.done()
    return Vars(tuple(values.items()), rest.contact, line=rest.number)


# What holds for the whole test.


def _clock(rest: _Rest) -> ClockLine:
    cursor = rest.cursor("clock: 2026-01-05 09:00")
    at = cursor.instant()
    cursor.done()
    return ClockLine(instant(at), line=rest.number)


def _function(rest: _Rest) -> FunctionLine:
    cursor = rest.cursor('function: short_date(2026-01-05) -> "5 January"')
    name = cursor.name("the name of a function")
    cursor.need("(")
    arguments = cursor.listed(cursor.value, ")")
    cursor.need("->")
    outcome = _outcome(cursor)
    cursor.done()
    return FunctionLine(name, tuple(arguments), outcome, line=rest.number)


_READERS: dict[str, Callable[[_Rest], Entry]] = {
    "user": _user,
    "press": _press,
    "name": _name,
    "duplicate": _duplicate,
    "open": _open,
    "event": _event,
    "end": _end,
    "give back": _give_back,
    "bot": _bot,
    "buttons": _buttons,
    "call": _call,
    "emit": _emit,
    "dropped": _dropped,
    "session": _session,
    "vars": _vars,
    "clock": _clock,
    "function": _function,
}
