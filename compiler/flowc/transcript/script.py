"""The transcript as data, and the parser that reads it line by line.

Blank lines and lines that begin with `#` say nothing. A comment may stand behind `test`, `after`, `call:` and
`session:` too; behind `user:`, `press:` and `bot:` everything up to the end of the line is the text.
Indentation is for the reader. A line that cannot be read becomes a `Misread` in its place, so that its test
fails there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.syntax import NotYetCompiled
from flowc.source import Source, Span
from flowc.transcript.mistakes import (
    DuplicateTest,
    LineOutsideTest,
    MissingColon,
    MissingTestName,
    UnknownEnd,
    UnknownLine,
)
from flowc.transcript.notation import ELLIPSIS, ENDS, WITH_COLON, Literal
from flowc.transcript.reading import Cursor, Misreading, read_text
from flowrt.effects import EndReason


def _line_number() -> int:
    """A line's number, from 1; 0 where an entry was not read from a file. Equal entries may differ in it."""
    return field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class User:
    """`user: TEXT`: the user writes."""

    text: str
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Press:
    """`press: LABEL`: the user presses a button."""

    label: str
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class After:
    """`after D`: the clock moves on by `seconds` from where it stands."""

    seconds: int
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Bot:
    """`bot: TEXT`: the bot replies."""

    text: str
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class SomeReplies:
    """`bot: …`: one or more replies, whatever they say."""

    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Returns:
    """`-> VALUE`: the action succeeds with `value`."""

    value: Literal


@dataclass(frozen=True, slots=True)
class Fails:
    """`-> failed`: the action fails."""


@dataclass(frozen=True, slots=True)
class CallLine:
    """`call: f(…) -> … after D`: an action is called, and ends so, `after` that many seconds.

    Without an `outcome` it succeeds with none.
    """

    action: str
    arguments: tuple[Literal, ...]
    outcome: Returns | Fails | None = None
    after: int = 0
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class SessionLine:
    """`session: ended`: the session is over, and how."""

    reason: EndReason
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Misread:
    """A line that cannot be read: its text, and why not."""

    text: str
    mistake: Mistake
    line: int = _line_number()


Stimulus = User | Press | After
"""What happens to the bot."""

Observation = Bot | SomeReplies | CallLine | SessionLine
"""What the bot does about it."""

Entry = Stimulus | Observation | Misread
"""One line of a test."""


@dataclass(frozen=True, slots=True)
class Test:
    """One test: a conversation that begins with no session."""

    __test__ = False  # pytest would take it for a test of its own

    name: str
    entries: tuple[Entry, ...]
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Script:
    """The tests of one file, in order."""

    path: str
    tests: tuple[Test, ...]


def parse_script(source: Source) -> tuple[Script, tuple[Mistake, ...]]:
    r"""The tests in `source`, and all that is wrong with how they are written. Never raises.

    >>> from flowc.source import source_of
    >>> source = source_of("a.flowtest", 'test "a greeting"\n  user: hi\n  bot:  Hello!\n')
    >>> script, mistakes = parse_script(source)
    >>> script.tests[0].entries
    (User(text='hi', line=2), Bot(text='Hello!', line=3))
    >>> mistakes
    ()
    """
    parser = _Parser(source.path)
    for number, start in enumerate(source.line_starts, start=1):
        line = source.line(number).rstrip(" \t")
        text = line.lstrip(" \t")
        if text and not text.startswith("#"):
            parser.read(_Line(source.path, number, start, line, len(line) - len(text)))
    return Script(source.path, parser.tests()), tuple(parser.mistakes)


_WORD = re.compile(r"""[^\s:("]+""")
_NAMED_USER = re.compile(r"[ \t]+\w+[ \t]*:")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line: its number, where in the file it begins, its text, and where in that its first word begins."""

    path: str
    number: int
    start: int
    text: str
    indent: int

    def span(self, start: int, end: int) -> Span:
        return Span(self.path, self.start + start, self.start + end)

    @property
    def whole(self) -> Span:
        return self.span(self.indent, len(self.text))

    @property
    def word(self) -> str:
        """The word that the line begins with; for want of one, its first code point."""
        match = _WORD.match(self.text, self.indent)
        return match.group()[:40] if match else self.text[self.indent]

    def cursor(self, at: int) -> Cursor:
        return Cursor(self.path, self.text, self.start, at)


class _Parser:
    """Collects tests line by line."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.mistakes: list[Mistake] = []
        self._tests: list[tuple[str, int, list[Entry]]] = []
        self._names: dict[str, Span] = {}
        self._strayed = False

    def tests(self) -> tuple[Test, ...]:
        return tuple(Test(name, tuple(entries), line) for name, line, entries in self._tests)

    def read(self, line: _Line) -> None:
        if line.word == "test":
            self._begin(line)
            return
        if not self._tests:
            if not self._strayed:  # one finding is enough for all that stands there
                self.mistakes.append(LineOutsideTest(span=line.whole))
            self._strayed = True
            return
        self._tests[-1][2].append(self._entry(line))

    def _begin(self, line: _Line) -> None:
        entries: list[Entry] = []
        name = ""
        try:
            cursor = line.cursor(line.indent + len("test"))
            span = cursor.span()
            name = self._name(cursor, line)
            if name in self._names:
                raise Misreading(DuplicateTest(span=span, name=name, first=self._names[name]))
            self._names[name] = span
        except Misreading as misreading:
            self.mistakes.append(misreading.mistake)
            entries.append(Misread(line.text.strip(), misreading.mistake, line.number))
        self._tests.append((name, line.number, entries))

    def _name(self, cursor: Cursor, line: _Line) -> str:
        name = cursor.text()
        if name is None:
            raise Misreading(MissingTestName(span=line.whole))
        cursor.done()
        return name

    def _entry(self, line: _Line) -> Entry:
        try:
            return _read_entry(line)
        except Misreading as misreading:
            self.mistakes.append(misreading.mistake)
            return Misread(line.text.strip(), misreading.mistake, line.number)


def _read_entry(line: _Line) -> Entry:
    word = line.word
    end = line.indent + len(word)
    if word == "after":
        return _read_after(line, end)
    if word not in WITH_COLON:
        raise Misreading(UnknownLine(span=line.span(line.indent, end), word=word))
    rest = line.text[end:]
    if not rest.lstrip(" \t").startswith(":"):
        if word == "user" and _NAMED_USER.match(rest):
            raise Misreading(NotYetCompiled(span=line.whole, what="a transcript with several users"))
        raise Misreading(MissingColon(span=line.span(line.indent, end), word=word))
    at = line.text.index(":", end) + 1
    if word == "call":
        return _read_call(line, at)
    if word == "session":
        return _read_session(line, at)
    return _read_said(line, word, at)


def _read_said(line: _Line, word: str, at: int) -> User | Press | Bot | SomeReplies:
    raw = line.text[at:]
    at += len(raw) - len(raw.lstrip(" \t"))
    raw = line.text[at:]
    if word == "bot" and raw == ELLIPSIS:
        return SomeReplies(line.number)
    text = read_text(raw, line.path, line.start + at)
    match word:
        case "user":
            return User(text, line.number)
        case "press":
            return Press(text, line.number)
        case _:
            return Bot(text, line.number)


def _read_after(line: _Line, at: int) -> After:
    cursor = line.cursor(at)
    seconds = cursor.duration()
    cursor.done()
    return After(seconds, line.number)


def _read_call(line: _Line, at: int) -> CallLine:
    cursor = line.cursor(at)
    action = cursor.name("the name of an action")
    cursor.need("(")
    arguments: list[Literal] = []
    while not cursor.takes(")"):
        if arguments:
            cursor.need(",")
        arguments.append(cursor.value())
    outcome: Returns | Fails | None = None
    if cursor.takes("->"):
        outcome = Fails() if cursor.takes("failed") else Returns(cursor.value())
    after = cursor.duration() if cursor.takes("after") else 0
    cursor.done()
    return CallLine(action, tuple(arguments), outcome, after, line.number)


def _read_session(line: _Line, at: int) -> SessionLine:
    raw = line.text[at:].partition("#")[0]
    at += len(raw) - len(raw.lstrip(" \t"))
    word = " ".join(raw.split())
    for reason in ENDS:
        if word == reason:
            return SessionLine(reason, line.number)
    raise Misreading(UnknownEnd(span=line.span(at, max(at, at + len(raw.strip()))), word=word[:40]))
