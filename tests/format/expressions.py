"""Expressions, types and literals at random, as the words of a program."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

Words = list[str]

PLAIN = ["x", "n", "order", "Order", "name", "a_1", "List"]
WORDS = [
    "list",
    "text",
    "message",
    "on",
    "when",
    "reply",
    "choices",
    "buttons",
    "return",
    "else",
    "to",
    "any",
]
"""Keywords that may name things."""

TYPES = ["text", "int", "decimal", "date", "phone", "Order", "list"]
PIECES = [
    "Hi",
    " there",
    "!",
    "#",
    "|",
    "->",
    "/",
    ":",
    "'",
    "日本",
    "👩‍👩‍👧",
    "e\u0301",
    "\u202e",
    "long " * 12,
]
ESCAPES = ['\\"', "\\\\", "\\n", "\\t", "\\u{1F600}", "{{", "}}"]
REGEX_PIECES = ["a", "[a-z]+", "|", " ", "\\/", "\\d", "#", '"', "->", "{2}", "(x)"]


class Expressions:
    """Follows the grammar, rule by rule, with a `Random` to choose."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._in_hole = False

    def maybe(self, probability: float = 0.5) -> bool:
        """Whether to do something that need not be done; a search that shrinks finds out that it need not."""
        return self.random.random() >= 1 - probability

    def several(self, part: Callable[[], Words]) -> Words:
        """One or more, with bars between."""
        words = part()
        for _ in range(self.random.choice([0, 0, 1, 2, 6])):
            words = [*words, "|", *part()]
        return words

    def _listed(self, part: Callable[[], Words], brackets: str) -> Words:
        words: Words = []
        for _ in range(self.random.choice([0, 1, 1, 2, 3])):
            words += ([","] if words else []) + part()
        return [brackets[0], *words, brackets[1]]

    # Names and types

    def name(self) -> str:
        """A name, where no keyword may stand."""
        return self.random.choice([*PLAIN, *PLAIN, *WORDS])

    def label(self) -> str:
        """A name where a keyword may stand."""
        return self.random.choice(PLAIN)

    def type(self) -> Words:
        """A type."""
        name = self.random.choice(TYPES)
        if self.maybe(0.2):
            return [name, "of", *self.type()]
        return [name, "?"] if self.maybe(0.3) else [name]

    def parameters(self) -> Words:
        """Parameters in their brackets."""
        return self._listed(lambda: [self.name(), ":", *self.type()], "()")

    def duration(self) -> Words:
        """A duration within its bounds."""
        unit = self.random.choice(["second", "minutes", "hours", "day", "weeks"])
        return [self.random.choice(["1", "15", "007", "52"]), unit]

    # Literals

    def text(self) -> str:
        """A text, perhaps with holes."""
        return self._literal(self._hole)

    def text_pattern(self) -> str:
        """A text, perhaps with captures."""
        return self._literal(self._capture)

    def _literal(self, hole: Callable[[], str]) -> str:
        kinds: list[Callable[[], str]] = [lambda: self.random.choice(PIECES)]
        if not self._in_hole:
            kinds += [lambda: self.random.choice(ESCAPES), hole]
        count = self.random.choice([0, 1, 1, 2, 4])
        return f'"{"".join(self.random.choice(kinds)() for _ in range(count))}"'

    def _hole(self) -> str:
        self._in_hole = True
        words = self.expression(1)
        self._in_hole = False
        blank = self.random.choice(["", " "])
        return f"{{{blank}{' '.join(words)}{blank}}}"

    def _capture(self) -> str:
        type_ = f": {' '.join(self.type())}" if self.maybe() else ""
        return f"{{{self.name()}{type_}}}"

    def regex(self) -> str:
        """A regular expression."""
        return f"/{''.join(self.random.choice(REGEX_PIECES) for _ in range(self.random.choice([1, 2, 4])))}/"

    # Expressions

    def expression(self, deeper: int = 2) -> Words:
        """Any expression."""
        words = self._and(deeper)
        return [*words, "or", *self._and(deeper - 1)] if self.maybe(0.2) else words

    def _and(self, deeper: int) -> Words:
        words = self._not(deeper)
        return [*words, "and", *self._not(deeper - 1)] if self.maybe(0.2) else words

    def _not(self, deeper: int) -> Words:
        return ["not", *self._not(deeper)] if self.maybe(0.1) else self._comparison(deeper)

    def _comparison(self, deeper: int) -> Words:
        words = self.sum(deeper)
        if self.maybe(0.7):
            return words
        match self.random.choice(["none", "some", "matches", "compare", "compare"]):
            case "none":
                return [*words, "is", "none"]
            case "some":
                return [*words, "is", "not", "none"]
            case "matches" if not self._in_hole:
                return [*words, "matches", self.regex()]
            case _:
                operator = self.random.choice(["==", "!=", "<", "<=", ">", ">=", "in", "not in"])
                return [*words, *operator.split(), *self.sum(deeper - 1)]

    def sum(self, deeper: int) -> Words:
        """An expression without comparisons, outside of parentheses."""
        words = self._unary(deeper)
        for _ in range(self.random.choice([0, 0, 0, 1, 2])):
            words = [*words, self.random.choice("+-*/"), *self._unary(deeper - 1)]
        return words

    def _unary(self, deeper: int) -> Words:
        return ["-", *self._unary(deeper)] if self.maybe(0.1) else self._postfix(deeper)

    def _postfix(self, deeper: int) -> Words:
        words = self._atom(deeper)
        while self.maybe(0.15):
            index = ["[", *self.expression(deeper - 1), "]"]
            words = [*words, *(index if deeper > 0 and self.maybe() else [".", self.name()])]
        return words

    def _atom(self, deeper: int) -> Words:
        plain: list[Callable[[], Words]] = [
            lambda: [self.random.choice(["0", "7", "007", "1.50", "true", "false", "none"])],
            lambda: [self.text()],
            self.duration,
            lambda: [self.name()],
        ]
        nested: list[Callable[[], Words]] = [
            lambda: [self.name(), *self.arguments(deeper - 1)],
            lambda: self._listed(lambda: self.expression(deeper - 1), "[]"),
            lambda: ["(", *self.expression(deeper - 1), ")"],
        ]
        return self.random.choice(plain + nested if deeper > 0 else plain)()

    def arguments(self, deeper: int = 1) -> Words:
        """Arguments in their brackets, some by name."""
        return self._listed(
            lambda: ([self.name(), ":"] if self.maybe(0.2) else []) + self.expression(deeper), "()"
        )
