r"""From a regular expression as an author writes it to one for RE2, which knows the letters of ASCII alone.

`\d \w \s` and their opposites become Unicode classes. A character that is not in ASCII is put to NFKC, as the
text is. What RE2 cannot do, or would silently do in another way, is `Unsupported`, with a reason in plain words.

`\b` has no Unicode form in RE2. For a text in ASCII its own is right. For another it is emulated: the text gets
marks (`MARK`) at both ends of every word, every other part of a second expression passes over marks, and `\b`
takes one. Three at each place serve expressions in which as many `\b` meet.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MARK = "\U0010fffe"
"""What stands at the ends of words, for `\\b`. It is no character, and taken out of texts before."""

WORD = r"\p{L}\p{M}\p{N}\p{Pc}"
"""What words are made of: letters, their marks, numbers and the likes of `_`."""

_SPACE = r"\t-\r\x1c- \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_NO_SPACE = (
    r"\x00-\x08\x0e-\x1b!-\x{84}\x{86}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}"
    r"\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{10fffd}"
)
_SETS = {"d": r"\p{Nd}", "w": WORD, "s": _SPACE}
_SETS_INSIDE = {**_SETS, "D": r"\P{Nd}", "S": _NO_SPACE}

_TOKEN = re.compile(
    r"""(?P<property> \\[pP](?:\{\^?\w+\}|[A-Z]))
      | (?P<code> \\x(?:[0-9A-Fa-f]{2}|\{[0-9A-Fa-f]{1,6}\}))
      | \\(?P<escape> .)
      | (?P<look> \(\?<?[=!])
      | (?P<back> \(\?P=)
      | (?P<open> \((?:\?(?:P?<(?P<name>\w+)>|(?P<flags>[imsU-]*)[:)])|(?!\?)))
      | (?P<odd> \(\?.?)
      | (?P<repeat> (?:[*+?]|\{\d+(?:,\d*)?\})\??)
      | (?P<until> \{,\d+\})
      | (?P<posix> \[:\^?\w+:\])
      | (?P<single> [^\\])""",
    re.VERBOSE | re.DOTALL,
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SURROGATES = range(0xD800, 0xE000)
_SIMPLE_ESCAPES = "aftnrv"
_SIGNS = frozenset({"look", "back", "open", "odd", "repeat", "until"})


class Unsupported(Exception):
    """A regular expression cannot be used; the message says why, for its author."""


@dataclass(frozen=True, slots=True)
class Translated:
    """An expression for RE2, and the names of its groups; `for_marks` is another for texts with marks, where `\\b`
    makes one necessary.
    """

    expression: str
    names: tuple[str, ...]
    for_marks: str | None


def translated(pattern: str) -> Translated:
    r"""`pattern` for RE2. Raises `Unsupported`; mistakes of syntax that RE2 will see itself are left to it.

    >>> translated(r"\d+").expression
    '(?:\\p{Nd})+'
    """
    pattern = unicodedata.normalize("NFC", pattern)
    plain = _Translation(pattern, marked=False)
    expression = plain.run()
    for_marks = _Translation(pattern, marked=True).run() if plain.has_boundary else None
    return Translated(expression, tuple(plain.names), for_marks)


class _Translation:
    """One walk over the tokens of a pattern."""

    def __init__(self, pattern: str, *, marked: bool) -> None:
        self._pattern = pattern
        self._at = 0
        self.names: list[str] = []
        self.has_boundary = False
        self._marked = marked
        self._before = ""  # the escape or sign that the last token was, if it takes no character

    def run(self) -> str:
        """The expression."""
        parts: list[str] = []
        while self._at < len(self._pattern):
            parts.append(self._part(self._next()))
        return "".join(parts)

    def _next(self) -> re.Match[str]:
        token = _TOKEN.match(self._pattern, self._at)
        if token is None:
            raise Unsupported("a \\ at its end escapes nothing")
        self._at = token.end()
        return token

    def _part(self, token: re.Match[str]) -> str:
        before, self._before = self._before, ""
        match token.lastgroup:
            case "property":
                return self._property(token[0])
            case "code":
                return self._atom(self._code(token[0]))
            case "escape":
                return self._escape(token["escape"], before)
            case "repeat":
                return self._repeat(token[0], before)
            case "single":
                return self._single(token[0], before)
            case "posix":
                raise Unsupported(f"{token[0]} stands inside of other brackets: [{token[0]}]")
            case "until":
                raise Unsupported(f"RE2 has no {token[0]}: write {{0{token[0][1:]}")
            case _:
                return self._group(token)

    # Groups.

    def _group(self, token: re.Match[str]) -> str:
        if token["look"]:
            raise Unsupported(f"it looks around with `{token[0]}`, which cannot be done in linear time")
        if token["back"]:
            raise Unsupported(
                f"it refers back to a group with `{token[0]}`, which cannot be done in linear time"
            )
        if token["odd"]:
            raise Unsupported(f"it has a group of a kind that is not supported: `{token[0]}`")
        name, flags = token["name"], token["flags"]
        if name is not None:
            if not _NAME.fullmatch(name):
                raise Unsupported(
                    f"a group cannot be named `{name}`: a name is letters of ASCII, digits and _"
                )
            if name in self.names:
                raise Unsupported(f"two of its groups are named `{name}`")
            self.names.append(name)
            return f"(?P<{name}>"
        if flags and self._marked and set(flags) & {"s", "m"}:
            raise Unsupported("the flags s and m do not go together with \\b")
        return token[0]

    def _repeat(self, sign: str, before: str) -> str:
        if before == "repeat":
            raise Unsupported(f"`{sign}` repeats a repetition (possessive repetition is not supported)")
        if before == "b":
            raise Unsupported("\\b is repeated, which means nothing")
        self._before = "repeat"
        return sign

    # What stands for one character.

    def _single(self, sign: str, before: str) -> str:
        if sign == "[":
            return self._bracket()
        if sign == ".":
            return self._atom(rf"[^\n{MARK}]" if self._marked else ".")
        if sign in "^$":
            if self._marked and sign == "^" and before == "b":
                raise Unsupported("\\b stands before ^: write ^\\b")
            self._before = sign
            return f"(?:{MARK}*$)" if self._marked and sign == "$" else sign
        if sign in ")|":
            return sign
        return self._literal(sign)

    def _literal(self, character: str) -> str:
        between = f"{MARK}*" if self._marked else ""
        return self._atom(between.join([_quoted(part) for part in self._normal(character)]))

    def _atom(self, one: str) -> str:
        return f"(?:{MARK}*{one})" if self._marked else one if len(one) == 1 else f"(?:{one})"

    def _escape(self, letter: str, before: str) -> str:
        if letter == "b":
            if before == "$":
                raise Unsupported("\\b stands after $: write \\b$")
            self._before = "b"
            self.has_boundary = True
            if before == "b":
                return ""
            return MARK if self._marked else "\\b"
        if letter in "dws":
            return self._atom(f"[{_SETS[letter]}]" if letter != "d" or self._marked else _SETS[letter])
        if letter in "DWS":
            return self._atom(f"[^{_SETS[letter.lower()]}{MARK if self._marked else ''}]")
        if letter == "Q":
            end = self._pattern.find("\\E", self._at)
            quoted = self._pattern[self._at : end if end >= 0 else None]
            self._at += len(quoted) + (2 if end >= 0 else 0)
            return "".join([self._literal(character) for character in quoted])
        if letter in "Az":
            return self._single("^" if letter == "A" else "$", before)
        return self._atom(self._plain_escape(letter))

    def _plain_escape(self, letter: str) -> str:
        if letter in _SIMPLE_ESCAPES:
            return f"\\{letter}"
        if not (letter.isalnum() or letter == "_"):
            return "".join([_quoted(part) for part in self._normal(letter)])
        if letter in "123456789k":
            raise Unsupported(
                f"it refers back to a group with `\\{letter}`, which cannot be done in linear time"
            )
        hints = {
            "B": ": only \\b is supported",
            "Z": ": write \\z",
            "u": ": write \\x{…} with the number of the character",
        }
        raise Unsupported(f"`\\{letter}` means nothing here{hints.get(letter, '')}")

    def _property(self, form: str) -> str:
        negative = (form[1] == "P") != ("^" in form)
        if not (self._marked and negative):
            return self._atom(form)
        return self._atom(f"[^\\p{form[2:].replace('^', '')}{MARK}]")

    def _code(self, form: str) -> str:
        number = int(form[2:].strip("{}"), 16)
        if number >= ord(MARK) or number in _SURROGATES:
            raise Unsupported(f"`{form}` is no character")
        return form

    def _normal(self, character: str) -> str:
        if "\ud800" <= character <= "\udfff" or character >= MARK:
            raise Unsupported("it holds what is no character")
        return unicodedata.normalize("NFKC", character)

    # Brackets.

    def _bracket(self) -> str:
        negative = self._pattern.startswith("^", self._at)
        self._at += negative
        items: list[str] = []
        while True:
            if self._at >= len(self._pattern):
                raise Unsupported("a [ is not closed")
            token = self._next()
            if token[0] == "]" and items:
                break
            if token.lastgroup in _SIGNS or (token[0] == "["):
                self._at = token.start() + 1  # inside of brackets each stands for itself
                items.append(_quoted(token[0][0]))
            else:
                items.append(self._inside(token, negative))
        marks = MARK if negative and self._marked else ""
        return self._atom(f"[{'^' if negative else ''}{''.join(items)}{marks}]")

    def _inside(self, token: re.Match[str], negative: bool) -> str:
        if token["property"] or token["posix"]:
            return self._checked_set(token[0], negative, wide=token[0][1] == "P" or "^" in token[0])
        if token["code"]:
            return self._code(token[0])
        letter = token["escape"]
        if letter == "W":
            raise Unsupported("\\W inside of brackets is not supported: for letters write \\p{L}")
        if letter is not None and letter in "dwsDS":
            return self._checked_set(_SETS_INSIDE[letter], negative, wide=letter == "D")
        if letter is not None:
            if letter in "bAzQ":
                raise Unsupported(f"`\\{letter}` means nothing inside of brackets")
            return self._plain_escape(letter)
        if token[0] == "-":
            return "-"
        parts = self._normal(token[0])
        if len(parts) > 1:
            raise Unsupported(
                f"`{token[0]}` stands for several characters ({parts}): write it outside of brackets"
            )
        return _quoted(parts)

    def _checked_set(self, form: str, negative: bool, *, wide: bool) -> str:
        if self._marked and wide and not negative:
            raise Unsupported(f"`{form}` inside of brackets does not go together with \\b")
        return form


def _quoted(character: str) -> str:
    if character.isascii() and not (character.isalnum() or character in " _"):
        return f"\\x{ord(character):02x}"
    return character
