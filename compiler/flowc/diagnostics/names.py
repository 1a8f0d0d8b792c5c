"""Mistakes of naming: what is named and is not there, or is there twice. Codes F02…"""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Label, Mistake, did_you_mean, near_names
from flowc.records import dataclass
from flowc.source import Span

_NONE = ("none",)
_LITERALS = {
    "null": _NONE,
    "nil": _NONE,
    "none": _NONE,
    "undefined": _NONE,
    "true": ("true",),
    "false": ("false",),
}
"""What names in other languages what is a literal in this one."""


@dataclass(frozen=True, kw_only=True)
class UnknownState(Mistake):
    """`goto` names a state that the flow does not have; in a dialog, that the dialog does not have.

    Wrong:

        timeout 1 hour
        on message -> goto menue
        state menu
          on message -> end session

    Right:

        timeout 1 hour
        on message -> reply "Hello." -> goto menu
        state menu
          on message -> reply "Thanks." -> end session
    """

    code = "F0201"
    name: str
    known: tuple[str, ...]

    dialog: str | None = None
    """The dialog that cannot see the state, where the flow itself has one of the name."""
    instead: str | None = None
    """What to do where the name is that of something else."""

    def title(self) -> str:
        if self.dialog:
            return f"the dialog `{self.dialog}` has no state `{self.name}`"
        return f"unknown state `{self.name}`"

    def help(self) -> str | None:
        if self.dialog:
            return (
                "a dialog reaches only states of its own: end it with `return`, and `goto` behind the `run`"
            )
        meant = self.instead or did_you_mean(near_names(self.name, self.known))
        return meant or f"declare it: `state {self.name}`, with what it does below"


@dataclass(frozen=True, kw_only=True)
class Duplicate(Mistake):
    """Something is declared twice.

    Wrong:

        timeout 1 hour
        on message -> goto menu
        state menu
          on message -> reply "Thanks." -> end session
        state menu
          on message -> end session

    Right:

        timeout 1 hour
        on message -> reply "Hello." -> goto menu
        state menu
          on message -> reply "Thanks." -> end session
    """

    code = "F0202"
    kind: str
    name: str
    first: Span

    def title(self) -> str:
        return f"a second {self.kind} `{self.name}`" if self.name else f"a second `{self.kind}`"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.first, "the first is here"),)

    def help(self) -> str | None:
        return "give one of them another name" if self.name else "keep one of them"


@dataclass(frozen=True, kw_only=True)
class UnknownVariable(Mistake):
    """A name stands for a value, and nothing in the flow gives it one.

    A variable begins where an `ask`, a `set`, a `let`, a `keep` or a capture names it.

    Wrong:

        timeout 1 hour
        on message
          -> ask name "What's your name?"
          -> reply "Thanks, {nme}!"
          -> end session

    Right:

        timeout 1 hour
        on message
          -> ask name "What's your name?"
          -> reply "Thanks, {name}!"
          -> end session
    """

    code = "F0203"
    name: str
    known: tuple[str, ...]
    dialog: str | None = None
    """A dialog that has a variable of this name of its own."""

    def title(self) -> str:
        return f"unknown variable `{self.name}`"

    def help(self) -> str | None:
        if self.name == "else":
            return "`else` stands without a `when`; a condition goes behind both: `else when …`"
        if self.dialog is not None:
            way = f"let it `return {self.name}`, and write `run {self.dialog}(…) as {self.name}`"
            return f"`{self.name}` is the own of the dialog `{self.dialog}`: {way}"
        meant = did_you_mean(_LITERALS.get(self.name.casefold()) or near_names(self.name, self.known))
        return meant or f'give it a value first: `ask {self.name} "…"` or `set {self.name} = …`'


@dataclass(frozen=True, kw_only=True)
class UnknownAction(Mistake):
    """`call` names an action that the flow does not declare.

    Wrong:

        timeout 1 hour
        action save(name: text)
        on message
          -> ask name "What's your name?"
          -> call safe(name)
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

    code = "F0204"
    name: str
    known: tuple[str, ...]
    instead: str | None = None
    """What to do where the name is that of something else."""

    def title(self) -> str:
        return f"unknown action `{self.name}`"

    def help(self) -> str | None:
        return (
            self.instead
            or did_you_mean(near_names(self.name, self.known))
            or f"declare it: `action {self.name}(…)`"
        )


@dataclass(frozen=True, kw_only=True)
class SameWait(Mistake):
    """Two waits would have one name.

    The name of a wait is what a saved session remembers, so it must be the wait's own. A label gives it
    another one.

    Wrong:

        timeout 1 hour
        on message
          -> ask name "What's your name?"
          -> ask name "And your second name?"
          -> end session

    Right:

        timeout 1 hour
        on message
          -> ask name "What's your name?"
          -> second: ask name "And your second name?"
          -> reply "Thanks." -> end session
    """

    code = "F0205"
    name: str
    first: Span
    step: str
    """What it is: `ask`, `call`, `wait`, `run` or `state`."""

    def title(self) -> str:
        return f"two waits would be named `{self.name}`"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.first, "the first is here"),)

    def help(self) -> str | None:
        if self.step == "state":
            return "give the state or the label another name"
        return f"label one of them: `-> other: {self.step} …`"


@dataclass(frozen=True, kw_only=True)
class UnknownType(Mistake):
    """A type is named that there is not.

    Wrong:

        timeout 1 hour
        on message -> ask age: integer "How old are you?" -> end session

    Right:

        timeout 1 hour
        on message -> ask age: int "How old are you?" -> reply "Thanks." -> end session
    """

    code = "F0206"
    name: str
    known: tuple[str, ...]

    def title(self) -> str:
        return f"unknown type `{self.name}`"

    def help(self) -> str | None:
        usual = {
            "string": "text",
            "str": "text",
            "integer": "int",
            "number": "int",
            "boolean": "bool",
            "float": "decimal",
        }
        near = (usual[self.name],) if self.name in usual else near_names(self.name, self.known)
        return did_you_mean(near) or f"the types are {', '.join(f'`{name}`' for name in self.known)}"


@dataclass(frozen=True, kw_only=True)
class TakenName(Mistake):
    """A name is taken: every machine has the states `start` and `resume`, and the language has types and functions.

    Wrong:

        timeout 1 hour
        on message -> goto start
        state start
          on message -> end session

    Right:

        timeout 1 hour
        on message -> reply "Hello." -> goto begin
        state begin
          on message -> reply "Thanks." -> end session
    """

    code = "F0207"
    name: str
    what: str = "every machine has a state"

    def title(self) -> str:
        return f"{self.what} `{self.name}` of its own"

    def help(self) -> str | None:
        return "choose another name"
