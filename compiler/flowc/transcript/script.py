"""The parser of transcripts, which reads them line by line.

Blank lines and lines that begin with `#` say nothing. A comment may stand behind all lines but those that end in
a text, `user:`, `press:`, `name:` and `bot:`, where everything up to the end of the line is the text.
Indentation is for the reader. A line that cannot be read becomes a `Misread` in its place, so that its test
fails there.
"""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Mistake
from flowc.source import Source, Span
from flowc.transcript.entries import (
    Bot,
    BotSends,
    Buttons,
    ClockLine,
    Duplicate,
    Entry,
    FunctionLine,
    Misread,
    Press,
    Script,
    Sends,
    SomeReplies,
    Test,
    User,
)
from flowc.transcript.lines import Line, read_line
from flowc.transcript.mistakes import (
    ButtonsWithoutReply,
    DuplicateTest,
    LateClock,
    LineOutsideTest,
    MissingTestName,
    NothingToRepeat,
)
from flowc.transcript.reading import Cursor, Misreading


def parse_script(source: Source) -> tuple[Script, tuple[Mistake, ...]]:
    r"""The tests in `source`, and all that is wrong with how they are written. Never raises.

    >>> from flowc.source import source_of
    >>> source = source_of("a.flowtest", 'test "a greeting"\n  user: hi\n  bot:  Hello!\n')
    >>> script, mistakes = parse_script(source)
    >>> script.tests[0].entries == (User("hi"), Bot("Hello!"))
    True
    >>> mistakes
    ()
    """
    parser = _Parser(source.path)
    for number, start in enumerate(source.line_starts, start=1):
        line = source.line(number).rstrip(" \t")
        text = line.lstrip(" \t")
        if text and not text.startswith("#"):
            parser.read(Line(source.path, number, start, line, len(line) - len(text)))
    return parser.script(), tuple(parser.mistakes)


class _Parser:
    """Collects tests line by line."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.mistakes: list[Mistake] = []
        self._tests: list[tuple[str, int, list[Entry]]] = []
        self._functions: list[FunctionLine] = []
        self._names: dict[str, Span] = {}
        self._strayed = False

    def script(self) -> Script:
        tests = tuple(Test(name, tuple(entries), line=line) for name, line, entries in self._tests)
        return Script(self.path, tests, tuple(self._functions))

    def read(self, line: Line) -> None:
        if line.word == "test":
            self._begin(line)
        elif self._tests:
            self._tests[-1][2].append(self._entry(line, self._tests[-1][2]))
        else:
            self._before_tests(line)

    def _before_tests(self, line: Line) -> None:
        """What the functions of the flow give in all tests; nothing else stands there."""
        if line.word == "function":
            entry = self._entry(line, [])
            if isinstance(entry, FunctionLine):
                self._functions.append(entry)
            return
        if not self._strayed:  # one finding is enough for all that stands there
            self.mistakes.append(LineOutsideTest(span=line.whole))
        self._strayed = True

    def _begin(self, line: Line) -> None:
        entries: list[Entry] = []
        name = ""
        try:
            cursor = line.cursor(line.word_end)
            span = cursor.span()
            name = self._name(cursor, line)
            if name in self._names:
                raise Misreading(DuplicateTest(span=span, name=name, first=self._names[name]))
            self._names[name] = span
        except Misreading as misreading:
            self.mistakes.append(misreading.mistake)
            entries.append(Misread(line.text.strip(), misreading.mistake, line=line.number))
        self._tests.append((name, line.number, entries))

    def _name(self, cursor: Cursor, line: Line) -> str:
        name = cursor.text()
        if name is None:
            raise Misreading(MissingTestName(span=line.whole))
        cursor.done()
        return name

    def _entry(self, line: Line, above: list[Entry]) -> Entry:
        try:
            entry = read_line(line)
            _check_place(entry, above, line)
        except Misreading as misreading:
            self.mistakes.append(misreading.mistake)
            return Misread(line.text.strip(), misreading.mistake, line=line.number)
        return entry


def _check_place(entry: Entry, above: list[Entry], line: Line) -> None:
    """Raises `Misreading` where `entry` may not stand below the entries `above` it."""
    match entry:
        case Buttons() if not (above and isinstance(above[-1], Bot | BotSends | SomeReplies)):
            raise Misreading(ButtonsWithoutReply(span=line.whole))
        case ClockLine() if not all(isinstance(other, FunctionLine) for other in above):
            raise Misreading(LateClock(span=line.whole))
        case Duplicate(contact):
            sent = [other for other in above if isinstance(other, User | Press | Sends)]
            if all(other.contact != contact for other in sent):
                raise Misreading(NothingToRepeat(span=line.whole, contact=contact))
        case _:
            pass
