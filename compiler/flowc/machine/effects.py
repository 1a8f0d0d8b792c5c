"""Effects: what a transition does, in order."""

from __future__ import annotations

from typing import Literal

from flowc.machine.expressions import Expression, Template
from flowc.machine.origin import Origin
from flowc.machine.reading import Reader, Taken
from flowc.records import dataclass
from flowc.types import Type


@dataclass(frozen=True, slots=True)
class Open:
    """Open the session; after `expire` seconds of silence it ends."""

    expire: int | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Options:
    """The labels shown below a text: those written, or those that `given` says, a list of texts."""

    labels: tuple[Template, ...] = ()
    given: Expression | None = None
    as_list: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """Say a text, with labels below it."""

    text: Template
    options: Options
    role: Literal["reply", "prompt", "retry"]
    origin: Origin


@dataclass(frozen=True, slots=True)
class SayAny:
    """Say one of several texts; which one is drawn from the event, so that a conversation replays exactly."""

    texts: tuple[Template, ...]
    options: Options
    origin: Origin


@dataclass(frozen=True, slots=True)
class SayMedia:
    """Say something that is no text, such as an image; `content` is what stands behind the kind."""

    media: str
    content: Template
    caption: Template | None
    options: Options
    origin: Origin


@dataclass(frozen=True, slots=True)
class Emit:
    """Tell the host that `event` happened, with values by name."""

    event: str
    arguments: tuple[tuple[str, Expression], ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class HandOff:
    """End the session and leave the contact to a team."""

    team: Template
    origin: Origin


@dataclass(frozen=True, slots=True)
class StoreResult:
    """Give a variable the result of the call."""

    variable: str
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class StoreTaken:
    """Give a variable what the pattern of a handler has taken."""

    variable: str
    taken: Taken
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class Forget:
    """Unset variables: a dialog that is run begins without them."""

    variables: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Store:
    """Give a variable the answer that the guard has read."""

    variable: str
    reader: Reader
    origin: Origin


@dataclass(frozen=True, slots=True)
class Assign:
    variable: str
    value: Expression
    origin: Origin


@dataclass(frozen=True, slots=True)
class Default:
    """Give a kept variable its first value, if it has none yet."""

    variable: str
    value: Expression
    origin: Origin


@dataclass(frozen=True, slots=True)
class CallAction:
    """Ask for an action, with its arguments by parameter, of which those that it `needs` are never none.

    `limit` is in seconds. With a `secret` among the arguments they are never stored.
    """

    action: str
    arguments: tuple[tuple[str, Expression], ...]
    needs: tuple[str, ...]
    limit: int
    secret: bool
    origin: Origin


Simple = Literal[
    "count try",
    "interrupt",
    "come back",
    "say again",
    "keep visit",
    "forget interruption",
    "hold message",
    "say failure",
    "say outdated",
    "end",
    "expire",
    "fail",
    "outdate",
    "end by host",
]


@dataclass(frozen=True, slots=True)
class Do:
    """An effect that the runtime knows by itself."""

    what: Simple
    origin: Origin


Effect = (
    Open
    | Say
    | SayAny
    | SayMedia
    | Emit
    | HandOff
    | Store
    | StoreResult
    | StoreTaken
    | Assign
    | Default
    | Forget
    | CallAction
    | Do
)
