"""Regular expressions. Patterns of text with captures are in `flowrt.captures`.

They run on RE2, in time linear in the text; the package is loaded with the first of them. They search the trimmed
NFKC text, without regard to case but with the user's spelling. `\\d \\w \\s \\b` know all of Unicode;
`flowrt.regex` says how, and what is not supported.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, Protocol

from flowrt.errors import FlowrtError
from flowrt.regex import MARK, WORD, Unsupported, translated
from flowrt.text import nfkc
from flowrt.values import TEXT_MAX

PATTERN_MAX = 1_000
"""The longest regular expression, in code points."""

MEMORY_MAX = 4 * 1024 * 1024
"""How many bytes one compiled regular expression, and the search in progress, may take."""

_MARKS = 3


class UnusablePattern(FlowrtError):
    """A regular expression is not supported; the message says why."""


class _Match(Protocol):
    def group(self, group: int | str, /) -> str | None: ...


class _Regexp(Protocol):
    def search(self, text: str) -> _Match | None: ...
    def sub(self, repl: Callable[[_Match], str], text: str) -> str: ...


class Found(NamedTuple):
    """What a regular expression found: the text it matched, and what its named groups did; None for a group that
    took no part.
    """

    text: str
    groups: dict[str, str | None]


class Pattern:
    """A regular expression, compiled; made by `compile_pattern`. `names` are those of its groups, in order."""

    __slots__ = ("_compiled", "_for_marks", "names")

    def __init__(self, compiled: _Regexp, for_marks: _Regexp | None, names: tuple[str, ...]) -> None:
        self._compiled = compiled
        self._for_marks = for_marks
        self.names = names

    def search(self, text: str) -> dict[str, str | None] | None:
        r"""What the named groups hold where the pattern is first found in `text`; None where it is not.

        >>> compile_pattern(r"order (?P<number>\d+)").search(" My Order 66 ")
        {'number': '66'}
        """
        found = self.find(text)
        return None if found is None else found.groups

    def find(self, text: str) -> Found | None:
        r"""The first match in `text`, in the user's spelling; None where there is none, and where the NFKC of `text`
        is longer than `TEXT_MAX`.

        >>> compile_pattern(r"\bcafé\b").find("Le Café!").text
        'Café'
        """
        match = self._search(text)
        if match is None:
            return None
        groups = {name: _shown(match.group(name)) for name in self.names}
        return Found(_shown(match.group(0)) or "", groups)

    def matches(self, text: str) -> bool:
        """Whether the pattern is found in `text`, for `matches`.

        >>> compile_pattern("track|where").matches("WHERE is it?")
        True
        """
        return self._search(text) is not None

    def _search(self, text: str) -> _Match | None:
        if text.isascii():
            return self._compiled.search(text.strip())
        text = nfkc(text).strip()
        if len(text) > TEXT_MAX:  # one code point can stand for eighteen
            return None
        text = text.encode("utf-8", "replace").decode()  # a lone surrogate is no character
        if self._for_marks is None:
            return self._compiled.search(text)
        return self._for_marks.search(_words().sub(_with_marks, text.replace(MARK, "?")))


@lru_cache(maxsize=1)
def _words() -> _Regexp:
    return _compiled(f"[{WORD}]+")


def _with_marks(word: _Match) -> str:
    return f"{MARK * _MARKS}{word.group(0)}{MARK * _MARKS}"


def _shown(text: str | None) -> str | None:
    return None if text is None else text.replace(MARK, "")


@lru_cache(maxsize=1024)
def compile_pattern(text: str) -> Pattern:
    r"""The regular expression that stands between the strokes of `/…/`.

    Raises `UnusablePattern`, with the reason in plain words.

    >>> compile_pattern("(").search("")
    Traceback (most recent call last):
    flowrt.patterns.UnusablePattern: a ( is not closed
    """
    if len(text) > PATTERN_MAX:
        raise UnusablePattern(f"it is {len(text)} characters long: the limit is {PATTERN_MAX}")
    try:
        parts = translated(text)
    except Unsupported as error:
        raise UnusablePattern(str(error)) from None
    for_marks = None if parts.for_marks is None else _compiled(parts.for_marks)
    return Pattern(_compiled(parts.expression), for_marks, parts.names)


def check_pattern(text: str) -> str | None:
    r"""Why the regular expression `text` cannot be used, in plain words; None where it can.

    >>> check_pattern(r"(a)\1")
    'it refers back to a group with `\\1`, which cannot be done in linear time'
    >>> check_pattern("track|where") is None
    True
    """
    try:
        compile_pattern(text)
    except UnusablePattern as error:
        return str(error)
    return None


def _compiled(expression: str) -> _Regexp:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MEMORY_MAX
    try:
        return re2.compile(expression, options)
    except re2.error as error:
        raise UnusablePattern(_in_words(error)) from None


_REASONS = {
    "missing )": "a ( is not closed",
    "missing ]": "a [ is not closed",
    "unexpected )": "a ) closes nothing",
    "no argument for repetition operator": "there is nothing to repeat before a repetition",
    "bad repetition operator": "a repetition repeats another",
    "invalid repetition size": "a repetition counts to more than 1,000, or backwards",
    "invalid character class range": "a range in brackets goes backwards, or a class has no such name",
    "pattern too large": "it is too large once its repetitions are counted out",
    "expression nesting too deeply": "its groups are nested too deeply",
}


def _in_words(error: Exception) -> str:
    said = error.args[0].decode("utf-8", "replace") if error.args else ""
    for start, reason in _REASONS.items():
        if said.startswith(start):
            return reason
    return "it is no regular expression that is supported"
