"""Guards: when a transition may be taken."""

from __future__ import annotations

from flowc.machine.expressions import Expression
from flowc.machine.origin import Origin
from flowc.machine.reading import Reader, TextParts
from flowc.records import dataclass
from flowc.types import Type


@dataclass(frozen=True, slots=True)
class Says:
    """The message says one of these texts, as the language compares them."""

    texts: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Finds:
    """The regular expression finds something in the text of the message."""

    pattern: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Fits:
    """The message is of a text pattern with captures."""

    parts: TextParts
    origin: Origin


@dataclass(frozen=True, slots=True)
class IsText:
    """The message is text."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class Brings:
    """The message brings media of this kind."""

    kind: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Carries:
    """The host's event has these values, of these types."""

    event: str
    parameters: tuple[tuple[str, Type], ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Reads:
    """The message answers the ask of `state`."""

    variable: str
    reader: Reader
    origin: Origin


@dataclass(frozen=True, slots=True)
class TriesReached:
    """This wrong answer is the `limit`th."""

    limit: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class Condition:
    """The expression holds."""

    expression: Expression
    origin: Origin


@dataclass(frozen=True, slots=True)
class CallFailed:
    """The awaited call failed, took too long, or gave something else than `returns`."""

    returns: Type | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class CameFrom:
    """The wait that an `anytime` left is this state."""

    state: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class SaysAgain:
    """The way back says again what the wait said."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class FirstFailure:
    """The flow's own `failed` chain has not failed itself."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class Requires:
    """The answer that was read makes the expression `holds` or not; in it the variable stands for the answer."""

    variable: str
    reader: Reader
    expression: Expression
    holds: bool
    origin: Origin


Guard = (
    Says
    | Finds
    | Fits
    | IsText
    | Brings
    | Carries
    | Reads
    | TriesReached
    | Condition
    | CallFailed
    | CameFrom
    | SaysAgain
    | FirstFailure
    | Requires
)
