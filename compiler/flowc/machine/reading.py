"""How answers are read, and what patterns take from a message or an event of the host."""

from __future__ import annotations

from flowc.machine.expressions import Constant, Expression
from flowc.records import dataclass
from flowc.types import Type


@dataclass(frozen=True, slots=True)
class Reader:
    """How an ask reads its answer. `low` and `high` bound what has an order; `choices` are the only answers, and so
    are those that `given` says, a list of texts.
    """

    type: Type
    low: Expression | None = None
    high: Expression | None = None
    choices: tuple[str, ...] = ()
    given: Expression | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether it reads in the same way in every session."""
        ends = (end for end in (self.low, self.high) if end is not None)
        return self.given is None and all(isinstance(end, Constant) for end in ends)


# What the patterns of a handler take from a message or an event, for a variable.


@dataclass(frozen=True, slots=True)
class CapturePart:
    """A capture of a text pattern: the name, and how what stands there is read."""

    name: str
    reader: Reader


TextParts = tuple[str | CapturePart, ...]
"""A text pattern: fixed texts and captures in order."""


@dataclass(frozen=True, slots=True)
class TakenText:
    """The text of the message, in the user's spelling; what `pattern` found of it, where there is one."""

    pattern: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class TakenCapture:
    parts: TextParts
    name: str


@dataclass(frozen=True, slots=True)
class TakenMedia:
    pass


@dataclass(frozen=True, slots=True)
class TakenValue:
    """A value of the host's event."""

    name: str


Taken = TakenText | TakenCapture | TakenMedia | TakenValue
