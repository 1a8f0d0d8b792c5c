"""Text patterns with captures, such as `order {number: int}`.

The fixed texts are compared folded, a capture takes as little as lets the rest match, and what it captures keeps
the user's spelling. A capture with a reader matches only what its reader accepts, and tries longer if it does not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from flowrt.answers import Reader
from flowrt.events import Message
from flowrt.text import fold, nfkc
from flowrt.time import Instant
from flowrt.values import TEXT_MAX, Value

READ_LONGEST = 256
"""The longest text, in folded code points, that a capture with a reader can take."""

READINGS_MAX = 256
"""How often readers are asked for one message; a text that would need more does not match."""


class Capture:
    """A hole of a text pattern: the value that `reader` makes of what stands there; without one, the text.

    >>> Capture("name").name
    'name'
    """

    __slots__ = ("name", "reader")

    def __init__(self, name: str, reader: Reader[Any] | None = None) -> None:
        self.name = name
        self.reader = reader


class TextPattern:
    """Fixed texts and captures, in the order in which they stand.

    A whole message is held against it, never a part of one. A capture is never empty, and has no white space
    around it.

    >>> from flowrt.answers import IntAnswer
    >>> TextPattern("order ", Capture("number", IntAnswer())).match(" ORDER   66 ")
    {'number': 66}
    >>> TextPattern("I am ", Capture("name"), "!").match("i am Ada Lovelace!")
    {'name': 'Ada Lovelace'}
    """

    __slots__ = ("_captures", "_fixed")

    def __init__(self, *parts: str | Capture) -> None:
        fixed, captures = [""], list[Capture]()
        for part in parts:
            if isinstance(part, Capture):
                captures.append(part)
                fixed.append("")
            else:
                fixed[-1] += part
        self._captures = tuple(captures)
        self._fixed = _folded_parts(fixed)

    def match(self, text: str, at: Instant = 0) -> dict[str, Value] | None:
        """What the captures hold, by name, if `text`, which came at the instant `at`, is of this pattern; else None.

        The work is linear in the length of `text`, for each capture, and readers are asked at most
        `READINGS_MAX` times. A text over `TEXT_MAX` code points, as it is or folded, does not match.
        """
        first, last = self._fixed[0], self._fixed[-1]
        if len(text) > TEXT_MAX:
            return None
        folded = fold(text)
        if not self._captures:
            return {} if folded == first else None
        if not (folded.startswith(first) and folded.endswith(last)):
            return None
        if len(folded) > TEXT_MAX:  # one code point can stand for eighteen
            return None
        return Matching(self._captures, self._fixed, Spelling(text), at).run()


class Spelling:
    """A text folded, and for each place in it the place in the user's spelling, `shown`, which is trimmed NFKC.

    `starts[i]` is where what stands at `folded[i]` begins in `shown`; -1 inside of what cannot be divided, such
    as the two letters that one `ß` is folded to. The last entry is the end of both.
    """

    __slots__ = ("folded", "shown", "starts")

    def __init__(self, text: str) -> None:
        self.shown = nfkc(text).strip()
        parts: list[str] = []
        self.starts: list[int] = []
        space = False
        for start, piece in _pieces(self.shown):
            said = piece.lower() if piece.isascii() else _nfkc(_nfkc(piece).casefold())
            if said.isspace():
                if not space:
                    parts.append(" ")
                    self.starts.append(start)
            else:
                parts.append(said)
                self.starts += [start, *[-1] * (len(said) - 1)]
            space = said.isspace()
        self.folded = "".join(parts)
        self.starts.append(len(self.shown))

    def between(self, start: int, end: int) -> str:
        """The user's spelling of `folded[start:end]`, trimmed."""
        return self.shown[self.starts[start] : self.starts[end]].strip()


class _Attempt:
    """A capture on its way: where it begins, the ends still to try, and the one that is tried, with its value."""

    __slots__ = ("_tries", "end", "start", "value")

    def __init__(self, start: int, tries: Iterator[tuple[int, Value]]) -> None:
        self.start = start
        self.end = start
        self.value: Value = None
        self._tries = tries

    def goes_on(self) -> bool:
        """Take the next end; False where there is none."""
        self.end, self.value = next(self._tries, (-1, None))
        return self.end >= 0


class Matching:
    """One attempt: a depth-first search, by the ends of the captures in order, that enters no place twice.

    `steps` and `readings` count its work.
    """

    __slots__ = ("_at", "_captures", "_dead", "_ends", "_fixed", "_spelling", "readings", "steps")

    def __init__(
        self, captures: tuple[Capture, ...], fixed: tuple[str, ...], spelling: Spelling, at: Instant
    ) -> None:
        self._captures = captures
        self._fixed = fixed
        self._spelling = spelling
        self._at = at
        # Where a capture was tried in vain. A text that could not begin here cannot begin further on, as
        # every end it would have there was tried; so for those the first such place says all.
        self._dead: set[tuple[int, int]] = set()
        self._ends = [len(spelling.folded) + 1] * len(captures)
        self.readings = 0
        self.steps = 0

    def run(self) -> dict[str, Value] | None:
        """What the captures hold, by name; None where the text is not of the pattern."""
        start = len(self._fixed[0])
        path = [_Attempt(start, self._tries(0, start))]
        while path:
            self.steps += 1
            attempt = path[-1]
            if not attempt.goes_on():
                self._give_up(len(path) - 1, attempt.start)
                path.pop()
            elif len(path) == len(self._captures):
                return {
                    capture.name: self._value(one) for capture, one in zip(self._captures, path, strict=True)
                }
            else:
                start = attempt.end + len(self._fixed[len(path)])
                if not self._is_dead(len(path), start):
                    path.append(_Attempt(start, self._tries(len(path), start)))
        return None

    def _value(self, attempt: _Attempt) -> Value:
        if attempt.value is not None:
            return attempt.value
        return self._spelling.between(attempt.start, attempt.end)

    def _give_up(self, index: int, start: int) -> None:
        if self._captures[index].reader is None:
            self._ends[index] = min(self._ends[index], start)
        else:
            self._dead.add((index, start))

    def _is_dead(self, index: int, start: int) -> bool:
        return start >= self._ends[index] or (index, start) in self._dead

    def _tries(self, index: int, start: int) -> Iterator[tuple[int, Value]]:
        """The ends that capture `index`, begun at `start`, can have, nearest first, each with what its reader made
        of it; None where it has no reader.
        """
        reader = self._captures[index].reader
        for end in self._candidates(index, start):
            if end == start + 1 and self._spelling.folded[start] == " ":
                continue  # nothing but white space
            if reader is None:
                yield end, None
                continue
            if self.readings == READINGS_MAX:
                return
            self.readings += 1
            value = reader(Message("", "", self._spelling.between(start, end)), self._at)
            if value is not None:
                yield end, value

    def _candidates(self, index: int, start: int) -> Iterator[int]:
        """Where capture `index`, begun at `start`, can end for the text behind it to follow."""
        folded, starts, after = self._spelling.folded, self._spelling.starts, self._fixed[index + 1]
        longest = len(folded) if self._captures[index].reader is None else start + READ_LONGEST
        stop = len(folded) - len(after)
        if index == len(self._captures) - 1:
            self.steps += 1
            if start < stop <= longest and starts[start] >= 0 and starts[stop] >= 0:
                yield stop
            return
        if starts[start] < 0:
            return
        end = folded.find(after, start + 1, min(longest, stop) + len(after))
        while end >= 0:
            self.steps += 1
            if starts[end] >= 0 and starts[end + len(after)] >= 0:
                yield end
            end = folded.find(after, end + 1, min(longest, stop) + len(after))


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """`text`, in NFKC, in the smallest pieces that fold by themselves, each with its place: a letter with its
    marks, a syllable with its parts.
    """
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not _joins(text[place]) or text[start].isspace():
            yield start, text[start:place]
            start = place


def _joins(character: str) -> bool:
    """Whether a character can be part of the piece before it."""
    if character.isascii():
        return False
    vowel_or_tail = "\u1160" <= character <= "\u11ff"  # of a Hangul syllable
    return vowel_or_tail or unicodedata.category(character)[0] == "M"


def _folded_parts(fixed: list[str]) -> tuple[str, ...]:
    """The fixed texts, folded; white space beside a capture is one space, at the ends of the pattern none."""
    return tuple(
        [
            _folded_part(text, at_start=number == 0, at_end=number == len(fixed) - 1)
            for number, text in enumerate(fixed)
        ]
    )


def _folded_part(text: str, *, at_start: bool, at_end: bool) -> str:
    folded = fold(text)
    if not folded:
        return " " if text and not (at_start or at_end) else ""
    text = _nfkc(text)
    before = "" if at_start or not text[0].isspace() else " "
    after = "" if at_end or not text[-1].isspace() else " "
    return f"{before}{folded}{after}"
