"""How texts, values and durations are read from one line of a transcript; `notation` writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.syntax import UNITS, ControlCharacter, DurationOutOfRange, UnclosedText, UnknownUnit
from flowc.source import Span
from flowc.transcript.mistakes import BadCall, BadDuration, BadValue, Leftover, UnknownTranscriptEscape
from flowc.transcript.notation import Literal
from flowrt.values import INT_MAX

LONGEST = 366 * 86_400
"""The longest duration, in seconds. It is that of the language; a line more moves the clock further."""

_TOKEN = re.compile(
    r"""[ \t]*(?:
        (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<unclosed>".*)
      | (?P<decimal>-?[0-9]+\.[0-9]+)
      | (?P<int>-?[0-9]+)
      | (?P<name>[A-Za-z][A-Za-z0-9_]*)
      | (?P<arrow>->)
      | (?P<end>\#.*|$)
      | (?P<other>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|(.?))|([\x00-\x1f\x7f-\x9f])", re.DOTALL)
_ESCAPES = {"\\": "\\", "n": "\n", "t": "\t", '"': '"', "…": "…"}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "none": None}
_DIGITS = len(str(INT_MAX))
_LAST_POINT = 0x10FFFF


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

    Each method raises `Misreading` where the line has something else at that place.
    """

    def __init__(self, path: str, line: str, start: int, at: int) -> None:
        self._path = path
        self._line = line
        self._start = start
        self._token = self._read(at)

    def span(self) -> Span:
        """Where the next piece stands."""
        return self._span(self._token.start, self._token.end)

    def takes(self, *pieces: str) -> bool:
        """Whether the next piece is one of these; if so it is passed."""
        found = self._token.kind in {"name", "arrow", "other"} and self._token.text in pieces
        if found:
            self._token = self._read(self._token.end)
        return found

    def text(self) -> str | None:
        """The text in quotes that comes next; None where none does."""
        token = self._token
        if token.kind == "unclosed":
            raise Misreading(UnclosedText(span=self._span(token.start, token.start + 1)))
        if token.kind != "text":
            return None
        self._token = self._read(token.end)
        return read_text(token.text[1:-1], self._path, self._start + token.start + 1)

    def name(self, what: str) -> str:
        """The name that comes next; `what` says in a mistake what it names."""
        token = self._token
        if token.kind != "name":
            raise Misreading(BadCall(span=self.span(), found=self._found(), expected=what))
        self._token = self._read(token.end)
        return token.text

    def need(self, piece: str) -> None:
        """Pass `piece`, which must come next."""
        if not self.takes(piece):
            raise Misreading(BadCall(span=self.span(), found=self._found(), expected=f"`{piece}`"))

    def value(self) -> Literal:
        """The value that comes next."""
        if (text := self.text()) is not None:
            return text
        token, value = self._token, _number(self._token)
        if value is None and (token.kind != "name" or token.text not in _WORDS):
            raise Misreading(BadValue(span=self.span(), found=self._found()))
        self._token = self._read(token.end)
        return _WORDS[token.text] if value is None else value

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

    def done(self) -> None:
        """Nothing may come but a comment."""
        if self._token.kind != "end":
            raise Misreading(Leftover(span=self._rest(), found=self._found()))

    def _read(self, at: int) -> _Token:
        match = _TOKEN.match(self._line, at)
        if match is None or match.lastgroup is None:
            raise AssertionError("the last of the alternatives takes any code point")
        return _Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup))

    def _found(self) -> str:
        return "" if self._token.kind == "end" else self._token.text[:40]

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
