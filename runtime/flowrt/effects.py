"""What a step asks the shell to do. Effects are plain data, each with an id that stays the same if it is
done again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from flowrt.values import Value

EndReason = Literal["ended", "expired", "handed off", "failed", "superseded", "outdated", "ended by host"]
"""Why a session ended."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to say to the contact: a text, with the labels of its buttons."""

    id: str
    contact: str
    text: str
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """An action to run. `id` is its stable key: the same call, run again after a crash, has the same."""

    id: str
    contact: str
    name: str
    arguments: Mapping[str, Value]
    limit: float
    """How long it may take, in seconds."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over. `values` are the variables it held; `cause` is told where it failed."""

    id: str
    contact: str
    session: str
    reason: EndReason
    values: Mapping[str, Value]
    cause: str | None = None
    team: str | None = None
    """Whom the contact was handed to, where it was."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A host event that nothing in the flow took."""

    id: str
    contact: str
    name: str


@dataclass(frozen=True, slots=True)
class Emitted:
    """Something the flow tells the host: `name`, with values by name."""

    id: str
    contact: str
    name: str
    values: Mapping[str, Value]


Effect = Reply | Call | Ended | Emitted | Dropped
"""Anything a step can ask for."""
