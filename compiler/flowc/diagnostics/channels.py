"""Mistakes of a channel: what it cannot carry. Codes F0430 to F0435"""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Edit, Label, Mistake, did_you_mean, near_names
from flowc.records import dataclass
from flowc.source import Span


@dataclass(frozen=True, kw_only=True)
class UnknownChannel(Mistake):
    """No channel of this name is known, so there are no limits to hold the flow to.

    Wrong:

        channel whatsup
        on message -> reply "Thanks" -> end session

    Right:

        channel whatsapp
        on message -> reply "Thanks" -> end session
    """

    code = "F0430"
    name: str
    known: tuple[str, ...]

    def title(self) -> str:
        return f"unknown channel `{self.name}`"

    def help(self) -> str | None:
        names = ", ".join(f"`{name}`" for name in self.known)
        return did_you_mean(near_names(self.name, self.known)) or f"known are {names}"

    def edits(self) -> tuple[Edit, ...]:
        near = near_names(self.name, self.known)
        return (Edit(self.span, near[0]),) if len(near) == 1 else ()


@dataclass(frozen=True, kw_only=True)
class _BeyondChannel(Mistake):
    """What all mistakes of a channel know: its name, and where the flow names it."""

    channel: str
    declared: Span

    def related(self) -> tuple[Label, ...]:
        return (Label(self.declared, "the flow is for this channel"),)


@dataclass(frozen=True, kw_only=True)
class TooManyButtons(_BeyondChannel):
    """A message has more buttons, or a list more rows, than the channel shows.

    Wrong:

        channel whatsapp
        on message -> reply "Which day?" buttons "Mon" | "Tue" | "Wed" | "Thu" -> end session

    Right:

        channel whatsapp
        on message -> reply "Which day?" list "Mon" | "Tue" | "Wed" | "Thu" -> end session
    """

    code = "F0431"
    count: int
    limit: int
    what: str
    help_text: str

    def title(self) -> str:
        return f"{self.count} {self.what}: {self.channel} shows {self.limit}"

    def help(self) -> str | None:
        return self.help_text


@dataclass(frozen=True, kw_only=True)
class LabelTooLong(_BeyondChannel):
    """What stands on a button, or in a row of a list, is longer than the channel shows.

    Wrong:

        channel whatsapp
        on message -> reply "What next?" buttons "Talk to a person of our team" -> end session

    Right:

        channel whatsapp
        on message -> reply "What next?" buttons "Talk to a person" -> end session
    """

    code = "F0432"
    length: int
    limit: int
    what: str
    with_holes: bool

    def title(self) -> str:
        at_least = "at least " if self.with_holes else ""
        return f"{at_least}{self.length} characters {self.what}: {self.channel} shows {self.limit}"

    def help(self) -> str | None:
        return "say it in fewer words"


@dataclass(frozen=True, kw_only=True)
class TextTooLong(_BeyondChannel):
    """A text is longer than the channel carries in one message.

    Above buttons it is often less than alone: with WhatsApp 1,024 characters in place of 4,096. No page is shown
    here that would hold so many. Say it in several replies.
    """

    code = "F0433"
    length: int
    limit: int
    what: str
    with_holes: bool

    def title(self) -> str:
        at_least = "at least " if self.with_holes else ""
        return f"{self.what} of {at_least}{self.length:,} characters: {self.channel} carries {self.limit:,}"

    def help(self) -> str | None:
        return "say it in several replies"


@dataclass(frozen=True, kw_only=True)
class UnsupportedMedia(_BeyondChannel):
    """The channel cannot carry media of this kind.

    Wrong:

        channel slack
        on message -> reply location "52.37,4.89" -> end session

    Right:

        channel slack
        on message -> reply "We are at Dam 1, Amsterdam." -> end session
    """

    code = "F0434"
    kind: str
    known: tuple[str, ...]

    def title(self) -> str:
        return f"{self.channel} carries no `{self.kind}`"

    def help(self) -> str | None:
        return f"it carries {', '.join(f'`{kind}`' for kind in self.known)}"


@dataclass(frozen=True, kw_only=True)
class OutsideWindow(_BeyondChannel):
    """Something is said later after the last message of a contact than the channel allows.

    WhatsApp lets a bot write freely for 24 hours after each message of a contact; later only a template, which was
    approved beforehand, is delivered.

    Wrong:

        channel whatsapp
        timeout 2 days
        on message
          -> ask day "Which day?"
              after 1 day -> reply "Still there?"
          -> reply "See you on {day}."
          -> end session

    Right:

        channel whatsapp
        timeout 2 days
        on message
          -> ask day "Which day?"
              after 23 hours -> reply "Still there?"
          -> reply "See you on {day}."
          -> end session
    """

    code = "F0435"
    window: int
    after: Span

    def title(self) -> str:
        hours = self.window // 3_600
        return (
            f"this comes more than {hours} hours after the last message: {self.channel} does not deliver it"
        )

    def related(self) -> tuple[Label, ...]:
        return (Label(self.after, "it comes this late"), *super().related())

    def help(self) -> str | None:
        return f'come earlier than {self.window // 3_600} hours, or say a template: `reply template "…"`'
