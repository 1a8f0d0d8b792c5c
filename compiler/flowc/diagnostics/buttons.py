"""Mistakes of buttons and choices: what is shown and taken by nothing. Codes F0311 to F0319"""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Label, Mistake
from flowc.records import dataclass
from flowc.source import Span


@dataclass(frozen=True, kw_only=True)
class UnansweredButton(Mistake):
    """A button is shown, and nothing that is waited for takes what it says.

    A press counts as the label, typed. Without a pattern, a choice or a type that takes it, it meets what takes all
    the rest: a `retry`, or `on message`.

    Wrong:

        timeout 1 hour
        on message -> goto menu
        state menu
          -> reply "What would you like?" buttons "Track an order" | "Leave"
          on "track" -> reply "It is on its way." -> end session
          on "leave" -> reply "Bye." -> end session
          on message -> again

    Right:

        timeout 1 hour
        on message -> goto menu
        state menu
          -> reply "What would you like?" buttons "Track an order" | "Leave"
          on "track" | "track an order" -> reply "It is on its way." -> end session
          on "leave" -> reply "Bye." -> end session
          on message -> again
    """

    code = "F0311"
    text: str
    wait: str
    wait_span: Span

    def title(self) -> str:
        return f"nothing takes the button `{self.text}`"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.wait_span, f"`{self.wait}` waits for something else"),)

    def help(self) -> str | None:
        return f'wait for what it says, for instance `on "{self.text.lower()}" -> …`'


@dataclass(frozen=True, kw_only=True)
class TakenChoice(Mistake):
    """A handler below an `ask` takes one of its choices first, so that it is never the answer.

    Wrong:

        timeout 1 hour
        on message
          -> ask size "Which size?" choices "Small" | "Large" | "Help"
              on "help" -> reply "Small holds one, Large holds four." -> again
          -> reply "{size} it is."
          -> end session

    Right:

        timeout 1 hour
        on message
          -> ask size "Which size?" choices "Small" | "Large" buttons "Small" | "Large" | "Help"
              on "help" -> reply "Small holds one, Large holds four." -> again
          -> reply "{size} it is."
          -> end session
    """

    code = "F0312"
    text: str
    earlier: Span

    def title(self) -> str:
        return f"`{self.text}` is never the answer"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.earlier, "this handler takes it first"),)

    def help(self) -> str | None:
        return "show it with `buttons` and take it out of the `choices`, or remove the handler"


@dataclass(frozen=True, kw_only=True)
class TooManyChoices(Mistake):
    """An `ask` has more than 100 choices, or a message more than 100 buttons.

    No page is shown here that would hold so many. Ask in two steps, first for a group and then for one of it, or
    give the choices by an expression.
    """

    code = "F0313"
    count: int
    limit: int
    what: str

    def title(self) -> str:
        return f"{self.count} {self.what}: there can be {self.limit}"

    def help(self) -> str | None:
        return "ask in two steps: first for a group, then for one of it"
