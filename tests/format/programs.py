"""Programs at random, over the whole language: what they say, and apart from it how they are written down.

`rows` makes a program, `written` writes it with odd indentation, spaces, blank lines and comments. Both take a
`Random`: of a test that searches and shrinks (`programs`), or with a seed where many are wanted:

    for seed in range(2_000):
        check(program(Random(seed)))

They have no mistake that the parser finds; names and types are anything.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hypothesis import strategies as st

from tests.format.expressions import Expressions, Words
from tests.format.handwriting import Row, written

MEDIA = ["image", "audio", "video", "document", "location", "contact", "template"]
KINDS = ["message", "text", "image", "audio", "video", "document", "location", "start"]
CLAUSES = ["retry", "require", "tries", "on", "after", "timeout"]
NESTING = {"(", "[", "not", "or", "and", "+", "-", "*", "/", ".", "of"}
MAX_NESTING = 100
"""How many of these signs a line may have."""


def program(random: Random) -> str:
    """A program, written down."""
    return written(rows(random), random)


def programs() -> st.SearchStrategy[str]:
    """Programs, written down."""
    return st.randoms(use_true_random=False).map(program)


def rows(random: Random) -> list[Row]:
    """The declarations of a program."""
    writer = _Declarations(random)
    found: list[Row] = []
    for _ in range(random.randint(0, 6)):
        declaration = writer.declaration()
        while _is_too_deep(declaration):
            declaration = writer.declaration()
        found.append(declaration)
    return found


def _is_too_deep(row: Row) -> bool:
    nesting = sum(word in NESTING for word in row.words)
    return nesting > MAX_NESTING or any(map(_is_too_deep, row.below))


class _Chains(Expressions):
    """Steps, clauses and chains. `deeper` says how many blocks may still be nested."""

    def chain(self, head: Words, deeper: int, *, silent: bool = False) -> Row:
        """A head with its chain, on its line or below it; `silent`: or with none."""
        if silent and self.maybe():
            return Row(head)
        if deeper <= 0 or self.maybe():
            return self.line(deeper, head)
        return Row(head, self.block(deeper - 1))

    def line(self, deeper: int, head: Words | None = None) -> Row:
        """Steps on one line, with clauses below where the last can have some."""
        words = list(head or [])
        last = "reply"
        for _ in range(self.random.choice([1, 1, 1, 2, 3, 5])):
            last = self.random.choice(list(self.steps))
            label = ["->"]
            if last in {"ask", "call", "run", "wait"} and self.maybe(0.3):
                label = ["->", self.label(), ":"]
            words += [*label, *self.steps[last]()]
        kinds = {"ask": CLAUSES, "call": ["failed"]}.get(last, [])
        count = self.random.choice([0, 1, 2, 3]) if kinds and deeper > 0 else 0
        return Row(words, [self.clause(self.random.choice(kinds), deeper - 1) for _ in range(count)])

    def block(self, deeper: int) -> list[Row]:
        """Lines and decisions, at least one."""
        found: list[Row] = []
        for _ in range(self.random.randint(1, 3)):
            found += self.when(deeper - 1) if self.maybe(0.2) else [self.line(deeper)]
        return found

    def when(self, deeper: int) -> list[Row]:
        """`when … / else when … / else`."""
        heads = [["when", *self.expression()]]
        heads += [["else", "when", *self.expression()] for _ in range(self.random.choice([0, 0, 1, 2]))]
        heads += [["else"]] * self.maybe()
        return [self.chain(head, deeper) for head in heads]

    def clause(self, kind: str, deeper: int) -> Row:
        """A clause of this kind."""
        match kind:
            case "retry" | "require":
                head = ["retry"] if kind == "retry" else ["require", *self.expression(), "else"]
                if self.maybe():
                    return self.chain(head, deeper)
                return self.chain([*head, self.text()], deeper, silent=True)
            case "tries":
                return self.chain(["tries", str(self.random.randint(0, 99))], deeper)
            case "on":
                return self.handler(deeper)
            case "failed":
                return self.chain(["failed"], deeper)
            case _:
                return self.chain([kind, *self.duration()], deeper, silent=kind == "timeout")

    def handler(self, deeper: int, before: tuple[str, ...] = ()) -> Row:
        """`on …`."""
        head = [*before, "on", *self.several(self.pattern)]
        head += ["as", self.name()] if self.maybe(0.2) else []
        head += ["when", *self.expression()] if self.maybe(0.2) else []
        return self.chain(head, deeper)

    def pattern(self) -> Words:
        """What a handler waits for."""
        event = ["event", self.label(), *self.parameters()]
        return self.random.choice([[self.text_pattern()], [self.regex()], [self.random.choice(KINDS)], event])

    @property
    def steps(self) -> dict[str, Callable[[], Words]]:
        """Every kind of step."""
        return {
            "reply": lambda: ["reply", self.text(), *self.options()],
            "any": lambda: ["reply", "any", *self.several(lambda: [self.text()]), *self.options()],
            "media": self._media,
            "ask": self._ask,
            "set": self._set,
            "call": self._call,
            "emit": lambda: ["emit", self.name(), *self.arguments()],
            "goto": lambda: ["goto", self.name()],
            "again": lambda: ["again"],
            "run": lambda: ["run", self.name(), *self.arguments(), *self._alias()],
            "return": lambda: ["return", *(self.expression() if self.maybe() else [])],
            "wait": lambda: ["wait", *self.duration()],
            "handoff": lambda: ["handoff", self.text()],
            "end": lambda: ["end", "session"],
        }

    def _alias(self) -> Words:
        return ["as", self.name()] if self.maybe(0.3) else []

    def _call(self) -> Words:
        within = ["within", *self.duration()] if self.maybe(0.3) else []
        return ["call", self.name(), *self.arguments(), *self._alias(), *within]

    def _media(self) -> Words:
        caption = ["caption", self.text()] if self.maybe() else []
        return ["reply", self.random.choice(MEDIA), self.text(), *caption, *self.options()]

    def _set(self) -> Words:
        path = [word for _ in range(self.random.choice([0, 0, 1, 2])) for word in (".", self.name())]
        return ["set", self.name(), *path, "=", *self.expression()]

    def _ask(self) -> Words:
        words = ["ask", self.name()]
        words += [":", *self.type()] if self.maybe() else []
        words += ["in", *self.sum(1), "..", *self.sum(1)] if self.maybe(0.3) else []
        words += [self.text()] if self.maybe(0.7) else []
        words += ["choices", *self.several(self.expression)] if self.maybe(0.3) else []
        return words + self.options()

    def options(self) -> Words:
        """Buttons, or a list, or none."""
        if self.maybe(0.7):
            return []
        return [self.random.choice(["buttons", "list"]), *self.several(lambda: [self.text()])]


class _Declarations(_Chains):
    """What stands at the left edge."""

    def declaration(self) -> Row:
        """One of any kind."""
        return self.random.choice([self._setting, self._signature, self._speaking, self._speaking])()

    def _setting(self) -> Row:
        kind = [self.name()] if self.maybe(0.3) else []
        return Row(
            self.random.choice(
                [
                    ["flow", self.name()],
                    ["import", self.text()],
                    ["channel", self.name()],
                    ["renamed", *kind, self.label(), "to", self.name()],
                    self._variable(self.random.choice(["let", "keep"])),
                ]
            )
        )

    def _variable(self, word: str) -> Words:
        type_ = [":", *self.type()] if self.maybe() else []
        return [word, self.name(), *type_, *(["=", *self.expression()] if self.maybe() else [])]

    def _signature(self) -> Row:
        returns = ["returns", *self.type()]
        match self.random.choice(["action", "function", "record"]):
            case "record":
                fields = [
                    Row([self.label(), ":", *self.type()]) for _ in range(self.random.choice([1, 2, 3]))
                ]
                return Row(["record", self.name()], fields)
            case "action":
                return Row(["action", self.name(), *self.parameters(), *(returns if self.maybe() else [])])
            case _:
                return Row(["function", self.name(), *self.parameters(), *returns])

    def _speaking(self) -> Row:
        match self.random.choice(["timeout", "failed", "outdated", "on", "anytime", "state", "dialog"]):
            case "timeout":
                return self.chain(["timeout", *self.duration()], 2, silent=True)
            case "failed" | "outdated" as word:
                return self.chain([word], 2)
            case "on":
                return self.handler(4)
            case "anytime":
                return self.handler(3, ("anytime",))
            case "state":
                return self._state()
            case _:
                return self._dialog()

    def _state(self) -> Row:
        head = ["state", self.name()]
        if self.maybe(0.2):
            return self.line(2, head)
        found = self.block(3) if self.maybe(0.8) else []
        for _ in range(self.random.choice([0, 1, 2, 3]) or not found):
            found.append(self.clause(self.random.choice(["on", "on", "after", "timeout"]), 2))
        return Row(head, found)

    def _dialog(self) -> Row:
        found: list[Row] = []
        for _ in range(self.random.randint(1, 3)):
            match self.random.choice(["block", "let", "state"]):
                case "block":
                    found += self.block(2)
                case "let":
                    found.append(Row(self._variable("let")))
                case _:
                    found.append(self._state())
        returns = ["returns", *self.type()] if self.maybe() else []
        return Row(["dialog", self.name(), *self.parameters(), *returns], found)
