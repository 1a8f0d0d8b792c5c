"""Mistakes about what a flow declares: dialogs, functions, records and renames. Codes F0208 to F0219."""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Mistake, did_you_mean, near_names
from flowc.records import dataclass


@dataclass(frozen=True, kw_only=True)
class UnknownDialog(Mistake):
    """`run` names a dialog that the flow does not have.

    Wrong:

        timeout 1 hour
        on message -> run adress() -> reply "Thanks." -> end session
        dialog address()
          -> ask street "Which street?"

    Right:

        timeout 1 hour
        on message -> run address() -> reply "Thanks." -> end session
        dialog address()
          -> ask street "Which street?"
    """

    code = "F0208"
    name: str
    known: tuple[str, ...]
    instead: str | None = None
    """What to do where the name is that of something else."""

    def title(self) -> str:
        return f"unknown dialog `{self.name}`"

    def help(self) -> str | None:
        meant = self.instead or did_you_mean(near_names(self.name, self.known))
        return meant or f"declare it: `dialog {self.name}()`, with its steps below"


@dataclass(frozen=True, kw_only=True)
class UnknownFunction(Mistake):
    """A name is applied to arguments, and it is neither a function nor a record.

    Wrong:

        timeout 1 hour
        on message
          -> ask name "What's your name?"
          -> reply "Hello {uper(name)}!"
          -> end session

    Right:

        timeout 1 hour
        on message
          -> ask name "What's your name?"
          -> reply "Hello {upper(name)}!"
          -> end session
    """

    code = "F0209"
    name: str
    known: tuple[str, ...]
    action: bool = False

    def title(self) -> str:
        return f"`{self.name}` is no function" if self.action else f"unknown function `{self.name}`"

    def help(self) -> str | None:
        if self.action:
            return f"it is an action: `-> call {self.name}(…) as result`, and use the result"
        meant = did_you_mean(near_names(self.name, self.known))
        return meant or f"declare it: `function {self.name}(…) returns TYPE`"


@dataclass(frozen=True, kw_only=True)
class UnknownField(Mistake):
    """A field is named that the record, or the kind of media, does not have.

    Wrong:

        timeout 1 hour
        record Order
          number: int
        action find() returns Order
        on message
          -> call find() as order
              failed -> end session
          -> reply "It is order {order.nummer}."
          -> end session

    Right:

        timeout 1 hour
        record Order
          number: int
        action find() returns Order
        on message
          -> call find() as order
              failed -> end session
          -> reply "It is order {order.number}."
          -> end session
    """

    code = "F0210"
    name: str
    type: str
    known: tuple[str, ...]

    def title(self) -> str:
        return f"`{self.type}` has no field `{self.name}`"

    def help(self) -> str | None:
        if not self.known:
            return "only records, `contact`, `message` and media have fields"
        if (self.type, self.name) == ("message", "text"):
            return "a handler gives it a name: `on text as said -> …`"
        meant = did_you_mean(near_names(self.name, self.known))
        return meant or f"its fields are {', '.join(f'`{name}`' for name in self.known)}"


@dataclass(frozen=True, kw_only=True)
class RecursiveDialog(Mistake):
    """A dialog runs itself, or others that lead back to it.

    Each `run` puts a copy of the dialog into the machine, so this would have no end. To begin a dialog anew, give
    it a state and go there.

    Wrong:

        timeout 1 hour
        on message -> run number() -> reply "Thanks." -> end session
        dialog number()
          -> ask n: int "Which number?"
          when n < 0
            -> run number()

    Right:

        timeout 1 hour
        on message -> run number() -> reply "Thanks." -> end session
        dialog number()
          -> goto asking
          state asking
            -> ask n: int "Which number?"
            when n < 0
              -> goto asking
            -> return
    """

    code = "F0211"
    circle: tuple[str, ...]

    def title(self) -> str:
        return (
            "this dialog runs itself"
            if self.circle[0] == self.circle[-2]
            else "these dialogs run one another"
        )

    def notes(self) -> tuple[str, ...]:
        return ("the circle is " + " -> ".join(f"`{name}`" for name in self.circle),)

    def help(self) -> str | None:
        return "to begin anew, give the dialog a `state` and `goto` it"


@dataclass(frozen=True, kw_only=True)
class RecursiveRecord(Mistake):
    """A record holds itself, or others that hold it.

    Wrong:

        timeout 1 hour
        record Person
          name: text
          friend: Person?
        on message -> reply "Thanks" -> end session

    Right:

        timeout 1 hour
        record Person
          name: text
          friend: text?
        on message -> reply "Thanks" -> end session
    """

    code = "F0212"
    circle: tuple[str, ...]

    def title(self) -> str:
        return (
            "this record holds itself"
            if self.circle[0] == self.circle[-2]
            else "these records hold one another"
        )

    def notes(self) -> tuple[str, ...]:
        return ("the circle is " + " -> ".join(f"`{name}`" for name in self.circle),)

    def help(self) -> str | None:
        return "hold something that names the other, such as its number, in place of the other itself"


@dataclass(frozen=True, kw_only=True)
class RenameCycle(Mistake):
    """Renames lead back to the name that they began with, so no session could be told what it is called now.

    Wrong:

        timeout 1 hour
        renamed city to place
        renamed place to city
        on message -> ask city "Where?" -> end session

    Right:

        timeout 1 hour
        renamed place to city
        on message -> ask city "Where?" -> reply "Thanks." -> end session
    """

    code = "F0213"
    name: str

    def title(self) -> str:
        return f"the renames of `{self.name}` lead in a circle"

    def help(self) -> str | None:
        return "keep those that lead to the name of today"


@dataclass(frozen=True, kw_only=True)
class RenamedAway(Mistake):
    """A `renamed` leads to a name that the flow does not have, or from one that it still has.

    Wrong:

        timeout 1 hour
        renamed place to town
        on message -> ask city "Where?" -> end session

    Right:

        timeout 1 hour
        renamed place to city
        on message -> ask city "Where?" -> reply "Thanks." -> end session
    """

    code = "F0214"
    name: str
    known: tuple[str, ...]
    still: bool

    def title(self) -> str:
        if self.still:
            return f"`{self.name}` was renamed, and is still in use"
        return f"nothing is named `{self.name}`"

    def help(self) -> str | None:
        if self.still:
            return "give one of the two another name: saved sessions could not tell them apart"
        meant = did_you_mean(near_names(self.name, self.known))
        return meant or "write the name of today behind `to`"


@dataclass(frozen=True, kw_only=True)
class AmbiguousRename(Mistake):
    """A `renamed` leads to a name that two things have, and does not say which of them is meant.

    Wrong:

        timeout 1 hour
        renamed start_menu to menu
        on message -> ask menu "Which menu?" -> goto menu
        state menu
          on message -> end session

    Right:

        timeout 1 hour
        renamed state start_menu to menu
        on message -> ask menu "Which menu?" -> reply "Hello." -> goto menu
        state menu
          on message -> reply "Thanks." -> end session
    """

    code = "F0215"
    name: str
    kinds: tuple[str, ...]

    def title(self) -> str:
        return f"`{self.name}` names a {' and a '.join(self.kinds)}"

    def help(self) -> str | None:
        return f"say which is meant: `renamed {self.kinds[0]} … to {self.name}`"
