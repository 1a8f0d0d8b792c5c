"""Where the keys of a TOML file are written. The reader of the standard library does not say."""

from __future__ import annotations

import re

Key = tuple[str, ...]

_TOKEN = re.compile(
    r"""
      (?P<space> [ \t\r]+ | \#[^\n]* )
    | (?P<text> \"{3} (?: \\. | [^\\] )*? \"{3} | '{3} .*? '{3} | " (?: \\. | [^"\\\n] )* " | ' [^'\n]* ' )
    | (?P<word> [^\s\[\]{}=,."'\#]+ )
    | (?P<sign> . | \n )
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN, _CLOSED = frozenset("[{"), frozenset("]}")


def key_places(text: str) -> dict[Key, tuple[int, int]]:
    """The first place of each key and each table of a file that is TOML, as code points: start and end.

    A key inside an inline table has no place of its own.

    >>> key_places('[tool.flowc]\\ncolor = "never"')
    {('tool',): (1, 5), ('tool', 'flowc'): (6, 11), ('tool', 'flowc', 'color'): (13, 18)}
    """
    reader = _Reader()
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space":
            reader.take(match)
    return reader.places


class _Reader:
    """Follows the tokens of a file, statement by statement."""

    def __init__(self) -> None:
        self.places: dict[Key, tuple[int, int]] = {}
        self._table: Key = ()
        self._begin()

    def _begin(self) -> None:
        """A statement begins."""
        self._path: Key = ()
        self._depth = 0
        self._is_header = False
        self._in_value = False

    def take(self, match: re.Match[str]) -> None:
        """The next token."""
        sign = match[0]
        if sign == "\n" and (self._depth == 0 or self._is_header):
            self._begin()
        elif self._in_value:
            self._depth += (sign in _OPEN) - (sign in _CLOSED)
        elif sign == "=":
            self._in_value = True
        elif sign == "[":
            self._is_header = True
        elif sign == "]":
            self._table = self._path
        elif match.lastgroup != "sign":
            self._add(match)

    def _add(self, match: re.Match[str]) -> None:
        self._path = (*self._path, match[0].strip("\"'"))
        whole = self._path if self._is_header else (*self._table, *self._path)
        self.places.setdefault(whole, match.span())
