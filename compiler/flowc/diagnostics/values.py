"""Mistakes about what values may do: be asked for, be said, be secret. Codes F0320 to F0329, and F0450."""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import shown_below
from flowc.records import dataclass


@dataclass(frozen=True, kw_only=True)
class UnaskableType(Mistake):
    """A list or a record cannot be the answer to one question.

    Wrong:

        timeout 1 hour
        on message -> ask colours: list of text "Which colours?" -> end session

    Right:

        timeout 1 hour
        let colours: list of text = []
        on message
          -> ask colour "Which colour?"
          -> set colours = colours + [colour]
          -> reply "Thanks." -> end session
    """

    code = "F0320"
    name: str

    def title(self) -> str:
        return "a list or a record cannot be asked for"

    def help(self) -> str | None:
        return f"ask for its parts one by one, and `set {self.name} = …`"


@dataclass(frozen=True, kw_only=True)
class MisusedSecret(Mistake):
    """A secret is used other than as an argument of a `call`.

    What is secret is never said, kept or compared: it goes to the action that needs it, and nowhere else.

    Wrong:

        timeout 1 hour
        on message
          -> ask pin: secret "Your PIN?"
          -> reply "You said {pin}."
          -> end session

    Right:

        timeout 1 hour
        action unlock(pin: secret)
        on message
          -> ask pin: secret "Your PIN?"
          -> call unlock(pin)
              failed -> reply "That did not work."
          -> end session
    """

    code = "F0321"
    name: str

    def title(self) -> str:
        return f"the secret `{self.name}` may only be an argument of a `call`"

    def help(self) -> str | None:
        return f"hand it to an action: `-> call f({self.name})`"


@dataclass(frozen=True, kw_only=True)
class UnsayableValue(Mistake):
    """A value stands in a text whose type has no one way to be said.

    Texts, numbers, e-mail addresses, telephone numbers, web addresses, dates and times are said as they are. How a
    duration, a truth, a list or a record reads is for the author to say.

    Wrong:

        timeout 1 hour
        on message
          -> ask gift: bool "Is it a gift?"
          -> reply "Gift: {gift}."
          -> end session

    Right:

        timeout 1 hour
        on message
          -> ask gift: bool "Is it a gift?"
          when gift
            -> reply "A gift."
          else
            -> reply "No gift."
          -> end session
    """

    code = "F0322"
    type: str

    def title(self) -> str:
        article = "an" if self.type[0] in "aeiou" else "a"
        return f"{article} `{self.type}` cannot be said as it is"

    def help(self) -> str | None:
        if self.type == "bool":
            return 'say it in words: `when … -> reply "…"`, or turn it into a text with a `function`'
        if self.type.startswith("list of"):
            return 'say its items: `{join(xs, ", ")}`, or turn it into a text with a `function`'
        return "turn it into a text with a `function`"


@dataclass(frozen=True, kw_only=True)
class UntypedList(Mistake):
    """A list begins empty, and nothing says what it holds.

    Wrong:

        timeout 1 hour
        let colours = []
        on message -> reply "{length(colours)}" -> end session

    Right:

        timeout 1 hour
        let colours: list of text = []
        on message -> reply "{length(colours)}" -> end session
    """

    code = "F0323"
    name: str

    def title(self) -> str:
        return f"nothing says what the list `{self.name}` holds"

    def help(self) -> str | None:
        return f"declare it: `let {self.name}: list of text = []`"


@dataclass(frozen=True, kw_only=True)
class MisplacedSecret(Mistake):
    """The type `secret` stands where a value would be kept, or come from elsewhere.

    A secret is asked for and handed to an action before the next wait. So it is the type of an `ask` and of a
    parameter of an action, and of nothing else.

    Wrong:

        timeout 1 hour
        keep pin: secret
        on message -> reply "Thanks" -> end session

    Right:

        timeout 1 hour
        action unlock(pin: secret)
        on message
          -> ask pin: secret "Your PIN?"
          -> call unlock(pin)
              failed -> reply "That did not work."
          -> end session
    """

    code = "F0325"

    def title(self) -> str:
        return "only an `ask` and a parameter of an action may be `secret`"

    def help(self) -> str | None:
        return "ask for it right before the `call` that needs it"


@dataclass(frozen=True, kw_only=True)
class SecretAfterWait(Mistake):
    """A secret is used after a wait, and it lives only until the next one.

    At each `ask`, `call`, `wait`, and in each state that waits, secrets are forgotten: so none is ever stored.

    Wrong:

        timeout 1 hour
        action unlock(pin: secret, door: text)
        on message
          -> ask pin: secret "Your PIN?"
          -> ask door "Which door?"
          -> call unlock(pin, door)
              failed -> reply "That did not work."
          -> end session

    Right:

        timeout 1 hour
        action unlock(pin: secret, door: text)
        on message
          -> ask door "Which door?"
          -> ask pin: secret "Your PIN?"
          -> call unlock(pin, door)
              failed -> reply "That did not work."
          -> end session
    """

    code = "F0450"
    name: str
    conversation: tuple[str, ...]

    def title(self) -> str:
        return f"the secret `{self.name}` is forgotten here"

    def notes(self) -> tuple[str, ...]:
        return shown_below("there was a wait since it was asked for:", self.conversation)

    def help(self) -> str | None:
        return f"ask for `{self.name}` right before the `call` that needs it"
