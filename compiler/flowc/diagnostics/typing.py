"""Mistakes of types: a value where another kind of value belongs. Codes F03…"""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Label, Mistake, did_you_mean, near_names
from flowc.records import dataclass
from flowc.source import Span


@dataclass(frozen=True, kw_only=True)
class WrongType(Mistake):
    """A value has another type than its place wants.

    Wrong:

        timeout 1 hour
        on message
          -> ask name "What's your name?"
          when name > 3
            -> reply "That is a lot."
          -> end session

    Right:

        timeout 1 hour
        on message
          -> ask count: int "How many?"
          when count > 3
            -> reply "That is a lot."
          -> reply "Thanks." -> end session
    """

    code = "F0301"
    where: str
    wanted: str
    found: str

    def title(self) -> str:
        return f"{self.where} wants {self.wanted}"

    def label(self) -> str:
        return f"this is {self.found}"

    def help(self) -> str | None:
        if self.where == "`+` behind a `text`":
            return 'a value stands in a text, between braces: `"n is {n}"`'
        if self.where == f"`+` behind a {self.wanted}" and self.wanted == f"`list of {self.found[1:]}":
            return "put it between brackets: `xs + [x]`"
        return None


@dataclass(frozen=True, kw_only=True)
class TwoTypes(Mistake):
    """A variable is given values of two types. It has one, wherever it is set.

    Wrong:

        timeout 1 hour
        on message
          -> set count = 1
          -> ask count "How many?"
          -> end session

    Right:

        timeout 1 hour
        on message
          -> set count = 1
          -> ask count: int "How many?"
          -> reply "Thanks." -> end session
    """

    code = "F0302"
    name: str
    type: str
    first_type: str
    first: Span

    def title(self) -> str:
        return f"`{self.name}` is {self.first_type} in one place and {self.type} in another"

    def label(self) -> str:
        return f"here it is {self.type}"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.first, f"here it is {self.first_type}"),)

    def help(self) -> str | None:
        if self.type == f"{self.first_type}?":
            return f"declare it as `{self.type}`, or keep this in a variable of its own"
        return "give it one type, or use two variables"


@dataclass(frozen=True, kw_only=True)
class WrongArguments(Mistake):
    """A call gives an action other arguments than it declares.

    Wrong:

        timeout 1 hour
        action save(name: text, rating: int)
        on message
          -> ask name "What's your name?"
          -> call save(name)
              failed -> reply "That did not work."
          -> end session

    Right:

        timeout 1 hour
        action save(name: text)
        on message
          -> ask name "What's your name?"
          -> call save(name)
              failed -> reply "That did not work."
          -> end session
    """

    code = "F0303"
    name: str
    problem: str
    argument: str | None
    parameters: tuple[str, ...]
    declared: Span | None
    """Where it is declared, None for what the language brings."""

    def title(self) -> str:
        return f"`{self.name}` {self.problem}"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.declared, "it is declared here"),) if self.declared else ()

    def help(self) -> str | None:
        if self.problem == "returns nothing":
            return f"declare what it returns, `{self.name}(…) returns TYPE`, or leave out the `as`"
        return did_you_mean(near_names(self.argument, self.parameters)) if self.argument else None


@dataclass(frozen=True, kw_only=True)
class WrongRange(Mistake):
    """The range of an `ask` does not fit: it holds no number, or its type is not a number.

    Wrong:

        timeout 1 hour
        on message -> ask rating: int in 5..1 "How was it?" -> end session

    Right:

        timeout 1 hour
        on message -> ask rating: int in 1..5 "How was it?" -> reply "Thanks." -> end session
    """

    code = "F0304"
    problem: str

    def title(self) -> str:
        return self.problem


@dataclass(frozen=True, kw_only=True)
class NumberTooLarge(Mistake):
    """A number lies beyond what an `int` holds: from -(2**63 - 1) to 2**63 - 1."""

    code = "F0305"

    def title(self) -> str:
        return "this number is too large: an int lies between -(2**63 - 1) and 2**63 - 1"


@dataclass(frozen=True, kw_only=True)
class SameChoice(Mistake):
    """Two choices, or two buttons, say the same as the language compares texts.

    Wrong:

        timeout 1 hour
        on message -> ask size "Which size?" choices "Small" | "small" -> end session

    Right:

        timeout 1 hour
        on message -> ask size "Which size?" choices "Small" | "Large" -> reply "Thanks." -> end session
    """

    code = "F0306"
    first: Span

    def title(self) -> str:
        return "this says the same as one before it"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.first, "the same"),)


@dataclass(frozen=True, kw_only=True)
class OptionalAnswer(Mistake):
    """An `ask` names a type with none: but what it takes as an answer is never none.

    A handler of the ask may set the variable to none.

    Wrong:

        timeout 1 hour
        on message -> ask note: text? "Anything to add?" -> end session

    Right:

        timeout 1 hour
        on message
          -> ask note "Anything to add?"
              on "no" -> set note = none
          -> reply "Thanks." -> end session
    """

    code = "F0308"
    type: str

    def title(self) -> str:
        return "an answer is never none"

    def help(self) -> str | None:
        return f'ask for `{self.type}`, and add a clause such as `on "no" -> set … = none`'


@dataclass(frozen=True, kw_only=True)
class WrongChoices(Mistake):
    """Choices are texts without holes, and the answer is one of them; a type other than text cannot be
    given beside.

    Wrong:

        timeout 1 hour
        on message -> ask size: int "Which size?" choices "Small" | "Large" -> end session

    Right:

        timeout 1 hour
        on message -> ask size "Which size?" choices "Small" | "Large" -> reply "Thanks." -> end session
    """

    code = "F0307"
    problem: str

    def title(self) -> str:
        return self.problem


@dataclass(frozen=True, kw_only=True)
class UnnamedValue(Mistake):
    """An `emit` tells a value that has no name. A variable has its own; any other value is given one.

    Wrong:

        on message -> emit visited("shop") -> end session

    Right:

        on message -> emit visited(place: "shop") -> reply "Thanks." -> end session
    """

    code = "F0309"

    def title(self) -> str:
        return "this value has no name"

    def help(self) -> str | None:
        return "write a name before it: `name: value`"


@dataclass(frozen=True, kw_only=True)
class UntypedVariable(Mistake):
    """A `let` or a `keep` gives neither a type nor a value, so nobody can say what the variable holds.

    Wrong:

        timeout 1 hour
        let count
        on message -> end session

    Right:

        timeout 1 hour
        let count: int = 0
        on message -> reply "{count}" -> end session
    """

    code = "F0310"
    name: str

    def title(self) -> str:
        return f"`{self.name}` has neither a type nor a value"

    def help(self) -> str | None:
        return f"write `{self.name}: TYPE = VALUE`"
