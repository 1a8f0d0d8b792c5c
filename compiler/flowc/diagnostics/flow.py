"""Mistakes of the conversation: what people who talk to the flow would meet. Codes F04…"""

from __future__ import annotations

from typing import ClassVar

from flowc.diagnostics.diagnostic import Label, Mistake, Severity
from flowc.records import dataclass
from flowc.source import Span


@dataclass(frozen=True, kw_only=True)
class StepAfterEnd(Mistake):
    """A step follows one that leaves its chain for good, so it is never reached.

    Wrong:

        on message -> end session -> reply "Thanks"

    Right:

        on message -> reply "Thanks" -> end session
    """

    code = "F0401"
    leaver: str
    leaver_span: Span

    def title(self) -> str:
        return f"nothing can follow `{self.leaver}`"

    def label(self) -> str:
        return "this step is never reached"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.leaver_span, "the chain leaves here"),)

    def help(self) -> str | None:
        return f"put it before `{self.leaver}`, or remove it"


@dataclass(frozen=True, kw_only=True)
class RunsOffEnd(Mistake):
    """A chain ends, and nothing says where the conversation goes on.

    Wrong:

        timeout 1 hour
        on message
          -> ask name "What's your name?"
          -> reply "Thanks, {name}!"

    Right:

        timeout 1 hour
        on message
          -> ask name "What's your name?"
          -> reply "Thanks, {name}!"
          -> end session
    """

    code = "F0402"
    what: str
    returns: bool = False
    """Whether it is a dialog that returns a value."""

    def title(self) -> str:
        return f"{self.what} runs off its end: nothing says where the conversation goes on"

    def help(self) -> str | None:
        if self.returns:
            return "end it with `-> return …`"
        return "end it with `-> end session`, or with a `goto`"


@dataclass(frozen=True, kw_only=True)
class UnreachableState(Mistake):
    """No conversation leads to a state.

    Wrong:

        timeout 1 hour
        on message -> end session
        state menu
          on message -> end session

    Right:

        timeout 1 hour
        on message -> reply "Hello." -> goto menu
        state menu
          on message -> reply "Thanks." -> end session
    """

    code = "F0403"
    name: str

    def title(self) -> str:
        return f"no conversation reaches `{self.name}`"

    def help(self) -> str | None:
        return f"lead to it with `goto {self.name}`, or remove it"


@dataclass(frozen=True, kw_only=True)
class CycleWithoutWait(Mistake):
    """The flow goes round in a circle without ever waiting for anybody.

    Wrong:

        timeout 1 hour
        on message -> goto one
        state one
          -> goto two
        state two
          -> goto one

    Right:

        timeout 1 hour
        on message -> reply "Hello." -> goto one
        state one
          -> goto two
        state two
          on message -> reply "Hello." -> goto one
    """

    code = "F0404"
    path: tuple[str, ...]

    def title(self) -> str:
        return "this goes round in a circle without a wait"

    def notes(self) -> tuple[str, ...]:
        return ("the circle is " + " → ".join(f"`{name}`" for name in self.path),)

    def help(self) -> str | None:
        return "let one of them wait: with an `ask`, or a state with handlers"


@dataclass(frozen=True, kw_only=True)
class SilentWait(Mistake):
    """A wait meets some input with silence.

    Wrong:

        timeout 1 hour
        on message -> goto menu
        state menu
          -> reply "Say go."
          on "go" -> reply "Thanks." -> end session

    Right:

        timeout 1 hour
        on message -> goto menu
        state menu
          -> reply "Say go."
          on "go" -> reply "Thanks." -> end session
          on message -> again
    """

    code = "F0405"
    name: str
    conversation: tuple[str, ...]

    def title(self) -> str:
        return f"`{self.name}` leaves some messages without an answer"

    def notes(self) -> tuple[str, ...]:
        return shown_below("for instance:", self.conversation)

    def help(self) -> str | None:
        return "add `on message -> again` to it, or `anytime on message -> …` for the whole flow"


@dataclass(frozen=True, kw_only=True)
class UnsetVariable(Mistake):
    """A variable may have no value yet when it is used.

    Wrong:

        timeout 1 hour
        on "skip" -> goto thanks
        on message -> ask name "What's your name?" -> goto thanks
        state thanks
          -> reply "Thanks, {name}!"
          -> end session

    Right:

        timeout 1 hour
        on "skip" -> set name = "friend" -> goto thanks
        on message -> ask name "What's your name?" -> goto thanks
        state thanks
          -> reply "Thanks, {name}!"
          -> end session
    """

    code = "F0406"
    name: str
    conversation: tuple[str, ...]
    kept: bool = False

    def title(self) -> str:
        return f"`{self.name}` may be unset here"

    def notes(self) -> tuple[str, ...]:
        return shown_below("nothing has given it a value in this conversation:", self.conversation)

    def help(self) -> str | None:
        if self.kept:
            return f"give it a value to begin with where it is declared: `keep {self.name} = …`"
        return f"set it on every way here, for instance `-> set {self.name} = …`"


@dataclass(frozen=True, kw_only=True)
class NoTimeout(Mistake):
    """The flow has no `timeout`, so a session that a contact walks away from stays open for ever.

    Wrong:

        on message -> ask name "What's your name?" -> reply "Thanks." -> end session

    Right:

        timeout 15 minutes
        on message -> ask name "What's your name?" -> reply "Thanks." -> end session
    """

    code = "F0407"
    severity: ClassVar[Severity] = "warning"

    def title(self) -> str:
        return "the flow has no `timeout`: a session that is walked away from stays open for ever"

    def help(self) -> str | None:
        return 'add a line such as `timeout 15 minutes -> reply "Until next time."`'


@dataclass(frozen=True, kw_only=True)
class MaybeNone(Mistake):
    """A value may be none where a value is needed.

    Wrong:

        timeout 1 hour
        on message
          -> ask note "Anything to add?"
              on "no" -> set note = none
          -> reply "You said {note}."
          -> end session

    Right:

        timeout 1 hour
        on message
          -> ask note "Anything to add?"
              on "no" -> set note = none
          when note is not none
            -> reply "You said {note}."
          -> reply "Thanks." -> end session
    """

    code = "F0408"
    name: str | None
    conversation: tuple[str, ...]

    def title(self) -> str:
        return f"{f'`{self.name}`' if self.name else 'this value'} may be none here"

    def notes(self) -> tuple[str, ...]:
        return shown_below("it is none in this conversation:", self.conversation)

    def help(self) -> str | None:
        if self.name is None:
            return "say what else: `… or …`, or `set` a variable to it and test that with `is not none`"
        return f"ask first with `when {self.name} is not none`, or say what else: `{self.name} or …`"


@dataclass(frozen=True, kw_only=True)
class ShadowedHandler(Mistake):
    """A handler can never take anything: one before it takes all that it would.

    Wrong:

        on message -> reply "Thanks" -> end session
        on text -> reply "Hello" -> end session

    Right:

        on text -> reply "Hello" -> end session
        on message -> reply "Thanks" -> end session
    """

    code = "F0409"
    earlier: Span

    def title(self) -> str:
        return "this handler never takes anything"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.earlier, "this one takes all that it would"),)

    def help(self) -> str | None:
        return "put it before the other, or remove it"


@dataclass(frozen=True, kw_only=True)
class MissingFailed(Mistake):
    """A `call` does not say what happens when the action fails.

    Wrong:

        timeout 1 hour
        action save()
        on message -> call save() -> reply "Saved." -> end session

    Right:

        timeout 1 hour
        action save()
        on message
          -> call save()
              failed -> reply "I could not save it." -> end session
          -> reply "Saved."
          -> end session
    """

    code = "F0410"
    name: str

    def title(self) -> str:
        return f"this call does not say what happens when `{self.name}` fails"

    def help(self) -> str | None:
        return 'add a deeper line `failed -> reply "…"` below it'


@dataclass(frozen=True, kw_only=True)
class NotHere(Mistake):
    """A step stands in a chain that cannot have it.

    The chain of the flow's `timeout`, and of its `failed`, may only reply, set and emit: the session is over. A
    `retry`, a `require` and a reminder speak in the middle of a wait and cannot wait for something else. `again`
    stands where there is something to repeat. An `ask` has no `on message`: that is its `retry`.

    Wrong:

        timeout 15 minutes -> ask name "Are you there?"
        on message -> end session

    Right:

        timeout 15 minutes -> reply "Until next time."
        on message -> reply "Thanks." -> end session
    """

    code = "F0411"
    step: str
    chain: str
    why: str

    def title(self) -> str:
        return f"`{self.step}` cannot stand in {self.chain}"

    def help(self) -> str | None:
        return self.why


@dataclass(frozen=True, kw_only=True)
class NoEntry(Mistake):
    """No handler at the left edge says where a conversation begins, so no session ever opens.

    Wrong:

        timeout 1 hour

    Right:

        on message -> reply "Thanks" -> end session
    """

    code = "F0412"

    def title(self) -> str:
        return "nothing says where a conversation begins"

    def help(self) -> str | None:
        return "add `on message -> …` at the left edge"


@dataclass(frozen=True, kw_only=True)
class SecondClause(Mistake):
    """A step, a state or the flow has a clause twice of which it can have one.

    Wrong:

        timeout 1 hour
        timeout 2 hours
        on message -> end session

    Right:

        timeout 1 hour
        on message -> reply "Thanks." -> end session
    """

    code = "F0413"
    clause: str
    first: Span

    def title(self) -> str:
        return f"a second `{self.clause}`"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.first, "the first is here"),)

    def help(self) -> str | None:
        return "keep one of them"


@dataclass(frozen=True, kw_only=True)
class NeverDue(Mistake):
    """A reminder, a timeout, a `wait` or a `within` is not shorter than the timeout that ends it.

    Wrong:

        timeout 15 minutes
        on message
          -> ask name "What's your name?"
              after 20 minutes -> reply "Still there?"
          -> end session

    Right:

        timeout 15 minutes
        on message
          -> ask name "What's your name?"
              after 5 minutes -> reply "Still there?"
          -> reply "Thanks." -> end session
    """

    code = "F0414"
    what: str
    first: Span

    def title(self) -> str:
        return f"{self.what} never comes: a timeout comes first"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.first, "this ends it before"),)

    def help(self) -> str | None:
        return "make it shorter than the timeout, or the timeout longer"


def shown_below(head: str, conversation: tuple[str, ...]) -> tuple[str, ...]:
    """The note that shows a conversation; none, where there is no conversation."""
    if not conversation:
        return ()
    return ("\n".join([head, *(f"  {line}" for line in conversation)]),)
