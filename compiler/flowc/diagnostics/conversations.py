"""Mistakes that the people who talk to a flow would meet: silence, a session without an end. Codes F0415 to F0423"""

from __future__ import annotations

from typing import ClassVar, Literal

from flowc.diagnostics.diagnostic import Label, Mistake, Severity
from flowc.diagnostics.flow import shown_below
from flowc.records import dataclass
from flowc.source import Span


@dataclass(frozen=True, kw_only=True)
class NoTries(Mistake):
    """`tries` counts from 1 to 1,000: the Nth wrong answer takes its chain.

    Wrong:

        timeout 1 hour
        on message
          -> ask age: int "How old are you?"
              tries 0 -> reply "Let's leave it there." -> end session
          -> reply "Thanks." -> end session

    Right:

        timeout 1 hour
        on message
          -> ask age: int "How old are you?"
              tries 3 -> reply "Let's leave it there." -> end session
          -> reply "Thanks." -> end session
    """

    code = "F0415"

    def title(self) -> str:
        return "`tries` counts from 1 to 1,000"


@dataclass(frozen=True, kw_only=True)
class EmptyText(Mistake):
    """A text that is shown or waited for is empty. No channel sends it, and nobody can say it.

    Wrong:

        on message -> reply "" -> end session

    Right:

        on message -> reply "Thanks" -> end session
    """

    code = "F0416"

    def title(self) -> str:
        return "this text is empty"


@dataclass(frozen=True, kw_only=True)
class UnmetFallback(Mistake):
    """An `anytime` takes what no wait leaves to it: each of them answers every message by itself.

    An `ask` takes any message, as its answer or with its `retry`, and so does a state with `on message`. What is to
    be taken before them is named in a pattern.

    Wrong:

        timeout 1 hour
        anytime on message -> reply "Sorry?" -> again
        on message -> ask name "What's your name?" -> reply "Hello, {name}." -> end session

    Right:

        timeout 1 hour
        anytime on "help" -> reply "I only need your name." -> again
        on message -> ask name "What's your name?" -> reply "Hello, {name}." -> end session
    """

    code = "F0424"
    severity: ClassVar[Severity] = "warning"

    def title(self) -> str:
        return "this `anytime` never takes anything"

    def label(self) -> str:
        return "every wait answers all messages by itself"

    def help(self) -> str | None:
        return 'name what it is to take, as in `anytime on "help"`, or remove it'


@dataclass(frozen=True, kw_only=True)
class SilentTurn(Mistake):
    """What somebody writes is taken, and nothing is said to them.

    Neither the chain nor what it leads to replies, and nothing is called that may: the contact cannot tell whether
    the message arrived.

    Wrong:

        timeout 1 hour
        on message -> ask name "What's your name?" -> end session

    Right:

        timeout 1 hour
        on message -> ask name "What's your name?" -> reply "Thanks, {name}." -> end session
    """

    code = "F0417"
    severity: ClassVar[Severity] = "warning"
    conversation: tuple[str, ...]

    def title(self) -> str:
        return "a message may be taken here without a word"

    def notes(self) -> tuple[str, ...]:
        return shown_below("for instance:", self.conversation)

    def help(self) -> str | None:
        return "say something on this way with a `reply`, or `again`"


@dataclass(frozen=True, kw_only=True)
class UnreachedAnswer(Mistake):
    """A handler below an `ask` takes every answer, so the question is never answered.

    Handlers come before the answer: `on text` below an `ask` of a text, or of anything that is written, leaves it
    nothing. With `choices` it is otherwise: they come before `on text`.

    Wrong:

        timeout 1 hour
        on message
          -> ask name "What's your name?"
              on text -> set name = "friend"
          -> reply "Hello, {name}."
          -> end session

    Right:

        timeout 1 hour
        on message
          -> ask name "What's your name?"
              on "none of your business" -> set name = "friend"
          -> reply "Hello, {name}."
          -> end session
    """

    code = "F0418"
    name: str
    ask: Span

    def title(self) -> str:
        return f"this handler takes every answer to `{self.name}`"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.ask, "nothing is left for it"),)

    def help(self) -> str | None:
        return "wait for certain words, or give it a guard with `when`"


@dataclass(frozen=True, kw_only=True)
class TooManyReplies(Mistake):
    """One event causes more than 20 replies. The runtime ends such a session as failed.

    Wrong:

        on message
          -> reply "1" -> reply "2" -> reply "3" -> reply "4" -> reply "5" -> reply "6" -> reply "7"
          -> reply "8" -> reply "9" -> reply "10" -> reply "11" -> reply "12" -> reply "13" -> reply "14"
          -> reply "15" -> reply "16" -> reply "17" -> reply "18" -> reply "19" -> reply "20" -> reply "21"
          -> end session

    Right:

        on message
          -> reply "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 and 21"
          -> end session
    """

    code = "F0419"
    limit: int

    def title(self) -> str:
        return f"this is reply {self.limit + 1} to one message: there can be {self.limit}"

    def help(self) -> str | None:
        return "say more in one text, or ask something in between"


@dataclass(frozen=True, kw_only=True)
class EndlessSession(Mistake):
    """A session can get to where no way leads to an end, and the flow has no `timeout` either.

    Wrong:

        on message -> goto menu
        state menu
          -> reply "Say anything."
          on message -> again

    Right:

        timeout 1 hour
        on message -> goto menu
        state menu
          -> reply "Say anything."
          on message -> again
    """

    code = "F0420"
    name: str
    conversation: tuple[str, ...]

    def title(self) -> str:
        return f"no session that is in `{self.name}` ever ends"

    def notes(self) -> tuple[str, ...]:
        return shown_below("it gets there in this conversation:", self.conversation)

    def help(self) -> str | None:
        return 'give the flow a `timeout`, or a way out such as `anytime on "stop" -> end session`'


@dataclass(frozen=True, kw_only=True)
class ImpossiblePattern(Mistake):
    """A regular expression can never be found in a message.

    It searches the trimmed text: nothing stands before its start or behind its end, and neither is white space.

    Wrong:

        on /hello$ there/ -> reply "Hello." -> end session
        on message -> reply "Thanks" -> end session

    Right:

        on /hello there$/ -> reply "Hello." -> end session
        on message -> reply "Thanks" -> end session
    """

    code = "F0421"
    why: str

    def title(self) -> str:
        return "no message matches this"

    def label(self) -> str:
        return self.why

    def help(self) -> str | None:
        return "write what people say, or remove it"


@dataclass(frozen=True, kw_only=True)
class LeftBeforeHandlers(Mistake):
    """The chain of a state leaves it in every case, so its handlers, reminders and timeouts never hold.

    Wrong:

        timeout 1 hour
        on message -> goto menu
        state menu
          -> reply "Say go."
          -> goto other
          on "go" -> reply "Gone." -> end session
          on message -> again
        state other
          on message -> reply "Other." -> end session

    Right:

        timeout 1 hour
        on message -> goto menu
        state menu
          -> reply "Say go."
          on "go" -> goto other
          on message -> again
        state other
          -> reply "Anything else?"
          on message -> reply "Other." -> end session
    """

    code = "F0422"
    name: str
    leaver: str
    leaver_span: Span

    def title(self) -> str:
        return f"nothing is ever waited for in `{self.name}`"

    def label(self) -> str:
        return "this never holds"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.leaver_span, "the chain leaves here"),)

    def help(self) -> str | None:
        return f"remove the `{self.leaver}`, or what stands behind it"


@dataclass(frozen=True, kw_only=True)
class NotKept(Mistake):
    """The flow's `failed` or `outdated` uses a variable of the session.

    A session may fail before anything has given its variables a value, and one that is outdated was saved by another
    version of the flow, whose variables were others. What `keep` declares, with a value to begin with, is known in
    both.

    Wrong:

        timeout 1 hour
        outdated -> reply "Sorry, {name}, we have to start over."
        on message -> ask name "What's your name?" -> reply "Hello, {name}." -> end session

    Right:

        timeout 1 hour
        keep name = "friend"
        outdated -> reply "Sorry, {name}, we have to start over."
        on message -> ask name "What's your name?" -> reply "Hello, {name}." -> end session
    """

    code = "F0423"
    name: str
    chain: Literal["failed", "outdated"]

    def title(self) -> str:
        return f"`{self.name}` is not known in the flow's `{self.chain}`"

    def help(self) -> str | None:
        why = {
            "failed": "the session may fail before anything has given it a value",
            "outdated": "the session was saved by another version of the flow",
        }[self.chain]
        return f"{why}: only what `keep` declares can be used here"
