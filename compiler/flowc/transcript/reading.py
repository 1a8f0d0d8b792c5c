"""How texts, values and durations are read from one line of a transcript; `notation` writes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.syntax import UNITS, ControlCharacter, DurationOutOfRange, UnclosedText, UnknownUnit
from flowc.records import dataclass
from flowc.source import Span
from flowc.transcript.literals import Literal, RecordLiteral
from flowc.transcript.mistakes import (
    BadCall,
    BadDuration,
    BadLine,
    BadMoment,
    BadValue,
    Leftover,
    NamedTwice,
    UnknownTranscriptEscape,
)
from flowrt.values import DURATION_MAX, INT_MAX, NESTING_MAX

LONGEST = 366 * 86_400
"""The longest duration, in seconds. It is that of the language; a line more moves the clock further."""

_TOKEN = re.compile(
    r"""[ \t]*(?:
        (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<unclosed>".*)
      | (?P<datetime>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?Z)
      | (?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})
      | (?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)
      | (?P<decimal>-?[0-9]+\.[0-9]+)
      | (?P<int>-?[0-9]+)
      | (?P<name>[A-Za-z][A-Za-z0-9_]*)
      | (?P<arrow>->)
      | (?P<end>\#.*|$)
      | (?P<other>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_VARIABLE = re.compile(r"[ \t]*([A-Za-z][A-Za-z0-9_]*(?:[./][A-Za-z][A-Za-z0-9_]*)*)")
_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|(.?))|([\x00-\x1f\x7f-\x9f])", re.DOTALL)
_ESCAPES = {"\\": "\\", "n": "\n", "t": "\t", '"': '"', "…": "…", "(": "("}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "none": None}
_DIGITS = len(str(INT_MAX))
_LAST_POINT = 0x10FFFF
T = TypeVar("T")


class Misreading(Exception):
    """A line cannot be read, for this mistake. Raised and caught within the parser."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.title())
        self.mistake = mistake


def read_text(raw: str, path: str, start: int) -> str:
    """The text that `raw` writes; it begins at code point `start` of the file at `path`.

    Raises `Misreading` where a backslash escapes nothing and where a control character stands unescaped.
    """

    def meant(match: re.Match[str]) -> str:
        code, letter, control = match.groups()
        span = Span(path, start + match.start(), start + match.end())
        if control is not None:
            raise Misreading(ControlCharacter(span=span, character=control))
        if code is not None and int(code, 16) <= _LAST_POINT:
            return chr(int(code, 16))
        if letter is not None and letter in _ESCAPES:
            return _ESCAPES[letter]
        raise Misreading(UnknownTranscriptEscape(span=span, escape=match.group()))

    return _ESCAPE.sub(meant, raw)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class Cursor:
    """Reads one line from left to right, from code point `at`; `start` is where the line begins in its file.

    Each method raises `Misreading` where the line has something else at that place. `form` is an example of how
    such a line is written, for lines other than calls.
    """

    def __init__(self, path: str, line: str, start: int, at: int, form: str | None = None) -> None:
        self._path = path
        self._line = line
        self._start = start
        self._form = form
        self._depth = 0
        self._token = self._read(at)

    # Pieces.

    def span(self) -> Span:
        """Where the next piece stands."""
        return self._span(self._token.start, self._token.end)

    @property
    def next(self) -> str:
        """The next piece as it is written; empty at the end of the line."""
        return "" if self._token.kind == "end" else self._token.text

    def takes(self, *pieces: str) -> bool:
        """Whether the next piece is one of these; if so it is passed."""
        found = self._token.kind in {"name", "arrow", "other"} and self._token.text in pieces
        if found:
            self._pass()
        return found

    def need(self, piece: str) -> None:
        """Pass `piece`, which must come next."""
        if not self.takes(piece):
            raise self.misses(f"`{piece}`")

    def name(self, what: str) -> str:
        """The name that comes next; `what` says in a mistake what it names."""
        if self._token.kind != "name":
            raise self.misses(what)
        return self._pass().text

    def variable(self) -> str:
        """The name of a variable that comes next, behind the path of its dialog if it has one."""
        match = _VARIABLE.match(self._line, self._token.start)
        if match is None:
            raise self.misses("the name of a variable")
        self._token = self._read(match.end())
        return match[1]

    def done(self) -> None:
        """Nothing may come but a comment."""
        if self._token.kind != "end":
            raise Misreading(Leftover(span=self._rest(), found=self._found()))

    # What is written in pieces.

    def text(self) -> str | None:
        """The text in quotes that comes next; None where none does."""
        token = self._token
        if token.kind == "unclosed":
            raise Misreading(UnclosedText(span=self._span(token.start, token.start + 1)))
        if token.kind != "text":
            return None
        self._pass()
        return read_text(token.text[1:-1], self._path, self._start + token.start + 1)

    def listed(self, item: Callable[[], T], end: str) -> list[T]:
        """What `item` reads, with commas between, up to `end`."""
        items: list[T] = []
        while not self.takes(end):
            if items:
                self.need(",")
            items.append(item())
        return items

    def named(self) -> tuple[tuple[str, Literal], ...]:
        """Values by name, in parentheses: `(amount: 12.50)`."""
        self.need("(")
        seen: set[str] = set()

        def one() -> tuple[str, Literal]:
            span, name = self.span(), self.name("a name")
            if name in seen:
                raise Misreading(NamedTwice(span=span, name=name))
            seen.add(name)
            self.need(":")
            return name, self.value()

        return tuple(self.listed(one, ")"))

    def value(self) -> Literal:
        """The value that comes next."""
        if (text := self.text()) is not None:
            return text
        token = self._token
        match token.kind:
            case "int" | "decimal":
                return self._number()
            case "date" | "time" | "datetime":
                return self._moment()
            case "name" if token.text in _WORDS:
                self._pass()
                return _WORDS[token.text]
            case "name" if self._read(token.end).text == "(":
                return self._nested(lambda: RecordLiteral(self.name("a record"), self.named()))
            case "other" if token.text == "[":
                self._pass()
                return self._nested(lambda: tuple(self.listed(self.value, "]")))
            case "other" if token.text == "(":
                from flowc.transcript.sending import read_media  # noqa: PLC0415 - it reads values as well

                return read_media(self)
            case _:
                raise self._no_value()

    def duration(self) -> int:
        """The duration that comes next, in seconds."""
        count = self._token
        unit = self._read(count.end)
        if count.kind != "int" or unit.kind != "name":
            raise Misreading(BadDuration(span=self._rest(), found=self._line[count.start :].strip()[:40]))
        size = UNITS.get(unit.text.removesuffix("s"))
        if size is None:
            raise Misreading(UnknownUnit(span=self._span(unit.start, unit.end), unit=unit.text))
        number = _number(count)
        if not isinstance(number, int) or not 1 <= number * size <= LONGEST:
            raise Misreading(DurationOutOfRange(span=self._span(count.start, unit.end)))
        self._token = self._read(unit.end)
        return number * size

    def instant(self) -> datetime:
        """The day and the time of day that come next, in UTC: `2026-01-05 09:00`, or as a value."""
        if self._token.kind == "datetime":
            return self._moment_as(datetime)
        day = self._moment_as(date)
        return datetime.combine(day, self._moment_as(time), UTC)

    # Parts of these.

    def _nested(self, read: Callable[[], Literal]) -> Literal:
        self._depth += 1
        if self._depth > NESTING_MAX:
            raise self._no_value()
        value = read()
        self._depth -= 1
        return value

    def _number(self) -> Literal:
        """A number, or the duration that it begins."""
        token = self._token
        unit = self._read(token.end)
        size = UNITS.get(unit.text.removesuffix("s")) if unit.kind == "name" else None
        value = _number(token)
        if value is None:
            raise self._no_value()
        self._pass()
        if size is None:
            return value
        self._pass()
        microseconds = Decimal(value) * size * 1_000_000
        if microseconds % 1 or abs(microseconds) > DURATION_MAX // timedelta(microseconds=1):
            raise Misreading(
                BadValue(span=self._span(token.start, unit.end), found=f"{token.text} {unit.text}")
            )
        return timedelta(microseconds=int(microseconds))

    def _moment(self) -> Literal:
        reads: dict[str, Callable[[str], Literal]] = {
            "date": date.fromisoformat,
            "time": time.fromisoformat,
            "datetime": datetime.fromisoformat,
        }
        token = self._token
        try:
            value = reads[token.kind](token.text)
        except ValueError:
            raise Misreading(BadMoment(span=self.span(), found=token.text)) from None
        self._pass()
        return value

    def _moment_as(self, kind: type[T]) -> T:
        if self._token.kind not in {"date", "time", "datetime"}:
            raise self.misses("a day and a time, such as `2026-01-05 09:00`")
        span, value = self.span(), self._moment()
        if type(value) is not kind:
            raise Misreading(BadMoment(span=span, found=self._line[span.start - self._start :][:40]))
        return value  # pyright: ignore[reportReturnType]  # its type was just compared

    def _pass(self) -> _Token:
        token = self._token
        self._token = self._read(token.end)
        return token

    def _read(self, at: int) -> _Token:
        match = _TOKEN.match(self._line, at)
        if match is None or match.lastgroup is None:
            raise AssertionError("the last of the alternatives takes any code point")
        return _Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup))

    # What is wrong.

    def misses(self, expected: str) -> Misreading:
        """`expected` was to come next."""
        if self._form is None:
            return Misreading(BadCall(span=self.span(), found=self._found(), expected=expected))
        return Misreading(BadLine(span=self.span(), found=self._found(), expected=expected, form=self._form))

    def _no_value(self) -> Misreading:
        return Misreading(BadValue(span=self.span(), found=self._found()))

    def _found(self) -> str:
        return self.next[:40]

    def _span(self, start: int, end: int) -> Span:
        return Span(self._path, self._start + start, self._start + end)

    def _rest(self) -> Span:
        return self._span(self._token.start, max(self._token.end, len(self._line.rstrip())))


def _number(token: _Token) -> int | Decimal | None:
    """The number that `token` is; None where it is none that the language has."""
    if token.kind == "decimal":
        return Decimal(token.text)
    digits = token.text.lstrip("-").lstrip("0") or "0"
    if token.kind != "int" or len(digits) > _DIGITS or int(digits) > INT_MAX:
        return None
    return -int(digits) if token.text.startswith("-") else int(digits)
