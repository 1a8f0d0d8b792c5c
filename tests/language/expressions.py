"""Expressions at random, of the type that is asked for, over variables that all have a value."""

from __future__ import annotations

from random import Random

VARIABLES: dict[str, list[str]] = {
    "int": ["n1", "n2", "kept"],
    "decimal": ["c1"],
    "text": ["t1", "t2"],
    "bool": ["b1"],
    "date": ["d1"],
    "datetime": ["m1"],
    "duration": ["u1"],
    "list of text": ["xs"],
    "list of int": ["ns"],
    "Order": ["order"],
    "int?": ["on"],
    "text?": ["ot"],
    "date?": ["od"],
}
"""The variables of each type."""

PLAIN = {
    "int": ["0", "7", "-3"],
    "decimal": ["1.50", "2", "0.25"],
    "text": ['"words"', '"Zwölf {{x}} \\"q\\" \\u{1F600}"', '""'],
    "bool": ["true", "false"],
    "date": ["today"],
    "datetime": ["now"],
    "duration": ["2 hours", "90 seconds", "1 week"],
    "list of text": ["[]", '["a", "b"]'],
    "list of int": ["[]", "[1, 2, 3]"],
    "Order": ['Order(number: 1, status: "new", due: none, tags: [])', 'Order(2, "old", today, ["x"])'],
}
"""What a variable may begin with."""

SAID = ["int", "text", "decimal", "date", "datetime"]
"""The types that may stand in a hole."""


class Expressions:
    """Writes expressions; `in_hole` keeps out what a hole of a text cannot hold."""

    variables = VARIABLES

    def __init__(self, random: Random) -> None:
        self.random = random
        self.in_hole = False

    def maybe(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def variable(self, type_: str) -> str:
        """A variable of this type."""
        return self.random.choice(self.variables[type_])

    def plain(self, type_: str) -> str:
        """A value without variables."""
        if type_.endswith("?"):
            return self.random.choice(["none", *PLAIN[type_.removesuffix("?")]])
        return self.random.choice(PLAIN[type_])

    def say(self) -> str:
        """What may stand in a hole."""
        self.in_hole = True
        said = self.of(self.random.choice(SAID), 1)
        self.in_hole = False
        return said

    def of(self, type_: str, deeper: int = 2) -> str:
        """An expression of `type_`."""
        if deeper <= 0 or self.maybe(0.35):
            return self.variable(type_) if self.maybe(0.7) else self._literal(type_)
        if type_.endswith("?"):
            return self.random.choice(
                ["none", self.variable(type_), self.of(type_.removesuffix("?"), deeper - 1)]
            )
        return self.random.choice(self._forms(type_, deeper - 1))

    def _literal(self, type_: str) -> str:
        return '"in"' if self.in_hole and type_ == "text" else self.plain(type_)

    def _forms(self, type_: str, d: int) -> list[str]:
        def of(wanted: str) -> str:
            return self.of(wanted, d)

        match type_:
            case "int":
                return [
                    *(f"({of('int')} {operator} {of('int')})" for operator in "+-*"),
                    *(f"(-{of('int')})", f"round({of('decimal')})", f"length({of('text')})"),
                    *(f"length({of('list of int')})", f"max({of('int')}, {of('int')}, 1)"),
                    *(
                        f"({of('list of int')}[{of('int')}] or 1)",
                        f"({self.variable('int?')} or {of('int')})",
                    ),
                    *(f"{self.variable('Order')}.number", f"score({of('list of int')}, {of('text?')})"),
                    f"(min({of('list of int')}) or 0)",
                ]
            case "decimal":
                return [
                    *(f"({of('decimal')} {operator} {of('int')})" for operator in "+-*"),
                    *(
                        f"({of('int')} / {of('decimal')} or 1.5)",
                        f"max(1, {of('decimal')})",
                        f"(-{of('decimal')})",
                    ),
                ]
            case "text":
                return [
                    *(f"({of('text')} + {of('text')})", f"lower({of('text')})", f"upper({of('text')})"),
                    *(
                        f"join({of('list of text')}, " + '", ")',
                        f"({self.variable('text?')} or {of('text')})",
                    ),
                    *(f"{self.variable('Order')}.status", "contact.id", '(contact.name or "you")'),
                    *(
                        f"(label({of('date?')}) or {of('text')})",
                        f"({of('list of text')}[0] or " + '"first")',
                    ),
                ]
            case "bool":
                return self._conditions(d)
            case "date":
                return [
                    f"({of('date')} + {of('duration')})",
                    f"({of('date')} - 1 day)",
                    f"({self.variable('date?')} or today)",
                ]
            case "datetime":
                return [f"({of('datetime')} - {of('duration')})", "(message.sent or now)", "(now + 1 hour)"]
            case "duration":
                return [
                    f"({of('duration')} + 1 minute)",
                    f"({of('datetime')} - {of('datetime')})",
                    "(2 * 3 minutes)",
                ]
            case "list of text":
                return [
                    *(f"[{of('text')}, {of('text')}]", f"({of('list of text')} + {of('list of text')})"),
                    *(f"({of('list of text')} - [{of('text')}])", f"{self.variable('Order')}.tags"),
                ]
            case "list of int":
                return [
                    f"[{of('int')}]",
                    f"({of('list of int')} + [{of('int')}])",
                    f"({of('list of int')} - [1])",
                ]
            case _:
                return [f"Order({of('int')}, {of('text')}, due: {of('date?')}, tags: {of('list of text')})"]

    def _conditions(self, d: int) -> list[str]:
        def of(wanted: str) -> str:
            return self.of(wanted, d)

        kind = self.random.choice(
            ["int", "text", "decimal", "date", "datetime", "duration", "list of int", "Order"]
        )
        ordered = self.random.choice(["int", "decimal", "date", "datetime", "duration"])
        found = [
            *(f"({of(kind)} == {of(kind)})", f"({of(kind)} != {of(kind)})"),
            *(f"({of(ordered)} {operator} {of(ordered)})" for operator in ("<", "<=", ">", ">=")),
            *(f"(not {of('bool')})", f"({of('bool')} and {of('bool')})", f"({of('bool')} or {of('bool')})"),
            *(f"({of('text')} in {of('list of text')})", f"({of('text')} not in {of('text')})"),
            *(f"({self.variable('text?')} is none)", f"({self.variable('int?')} is not none)"),
            f"({self.variable('text?')} is not none and length({self.variable('text?')}) > 2)",
        ]
        return found if self.in_hole else [*found, f"({of('text')} matches /w[a-z]+s/)"]
