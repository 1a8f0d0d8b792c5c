"""The lines of a transcript, as data. Equal lines may stand in different places."""

from __future__ import annotations

from dataclasses import field

from flowc.diagnostics.diagnostic import Mistake
from flowc.records import dataclass
from flowc.transcript.literals import Literal, Unset
from flowrt.effects import EndReason, ReplyKind
from flowrt.time import Instant
from flowrt.values import Media

DEFAULT = "user"
"""The contact that a line is about where it names none."""


def _line_number() -> int:
    """A line's number, from 1; 0 where an entry was not read from a file. Equal entries may differ in it."""
    return field(default=0, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class User:
    """`user: TEXT`: the contact writes."""

    text: str
    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Press:
    """`press: LABEL`: the contact presses a button."""

    label: str
    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Sends:
    """`user: (image "…" caption "…")`: the contact sends media, with or without a text."""

    media: Media
    caption: str | None = None
    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Duplicate:
    """`duplicate:`: the channel delivers the contact's last message once more."""

    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Named:
    """`name: TEXT`: what the contact calls itself from here on."""

    name: str
    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Opens:
    """`open:`: the host opens a session."""

    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Happens:
    """`event: paid(amount: 12.50)`: something happens outside, and the host says so."""

    name: str
    values: tuple[tuple[str, Literal], ...] = ()
    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Ends:
    """`end:`: the host ends the session."""

    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class GivesBack:
    """`give back:`: the team gives the contact back."""

    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class After:
    """`after D`: the clock moves on by `seconds` from where it stands."""

    seconds: int
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Restart:
    """`restart`, `stopped for D`: the process stops, and starts again `stopped` seconds later.

    `outdated`, for `restart outdated`: with a version of the flow that has no place for the sessions that are open.
    """

    stopped: int = 0
    outdated: bool = False
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Bot:
    """`bot: TEXT`: the bot replies with a text."""

    text: str
    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class BotSends:
    """`bot: (image "…" caption "…")`: the bot replies with something that is no text."""

    kind: ReplyKind
    content: str
    caption: str = ""
    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class SomeReplies:
    """`bot: …`: one or more replies, whatever they say."""

    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Buttons:
    """`buttons: "A" | "B"`: the reply above has these buttons, or none."""

    labels: tuple[str, ...]
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Returns:
    """`-> VALUE`: the action, or the function, gives `value`."""

    value: Literal


@dataclass(frozen=True, slots=True)
class Fails:
    """`-> failed`: the action, or the function, fails."""


@dataclass(frozen=True, slots=True)
class CallLine:
    """`call: f(…) -> … after D`: an action is called, and ends so, `after` that many seconds.

    Without an `outcome` it succeeds with none.
    """

    action: str
    arguments: tuple[Literal, ...]
    outcome: Returns | Fails | None = None
    after: int = 0
    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class EmitLine:
    """`emit: ordered(count: 2)`: the flow tells the host something."""

    name: str
    values: tuple[tuple[str, Literal], ...] = ()
    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class DroppedLine:
    """`dropped: paid`: nothing in the flow takes the event, and the host is told."""

    name: str
    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class SessionLine:
    """`session: ended`: the session is over, and how."""

    reason: EndReason
    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Vars:
    """`vars: name = "Ada", rating = 2`: what variables hold now."""

    values: tuple[tuple[str, Literal | Unset], ...]
    contact: str = DEFAULT
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class ClockLine:
    """`clock: 2026-01-05 09:00`: what the clock shows when the test begins."""

    at: Instant
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class FunctionLine:
    """`function: short_date(2026-01-05) -> "5 January"`: what a function of the flow gives in this test."""

    name: str
    arguments: tuple[Literal, ...]
    outcome: Returns | Fails
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Misread:
    """A line that cannot be read: its text, and why not."""

    text: str
    mistake: Mistake
    line: int = _line_number()


ByContact = User | Press | Sends | Duplicate | Named | Opens | Happens | Ends | GivesBack
"""What a contact does, or the host with one."""

Stimulus = ByContact | After | Restart
"""What happens to the bot."""

Shown = Bot | BotSends | SomeReplies | Buttons | EmitLine | DroppedLine | SessionLine | Vars
"""What the bot does about it, but for its calls."""

Observation = Shown | CallLine
"""What the bot does about it."""

Setting = ClockLine | FunctionLine
"""What holds for the whole test."""

Entry = Stimulus | Observation | Setting | Misread
"""One line of a test."""


@dataclass(frozen=True, slots=True)
class Test:
    """One test: a conversation that begins with no session."""

    __test__ = False  # pytest would take it for a test of its own

    name: str
    entries: tuple[Entry, ...]
    line: int = _line_number()


@dataclass(frozen=True, slots=True)
class Script:
    """The tests of one file, in order. `functions` hold for all of them."""

    path: str
    tests: tuple[Test, ...]
    functions: tuple[FunctionLine, ...] = ()
