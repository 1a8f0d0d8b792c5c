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


ReplyKind = Literal["text", "image", "audio", "video", "document", "location", "contact", "template"]
"""What a reply can be."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to say to the contact: a text, with the labels of its buttons.

    A reply of another kind than `text` has in `content` what the flow writes behind the kind: the address of an
    image, the name of a template; `text` is then its caption, or empty. `as_list` says that the labels are meant as
    a list, for there may be more of them than the channel has buttons.
    """

    id: str
    contact: str
    text: str
    buttons: tuple[str, ...] = ()
    kind: ReplyKind = "text"
    content: str | None = None
    as_list: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """An action to run. `id` is its stable key: the same call, run again after a crash, has the same."""

    id: str
    contact: str
    name: str
    arguments: Mapping[str, Value]
    limit: float
    """How long it may take, in seconds."""
    secret: bool = False
    """Whether a secret is among the arguments: then they are not stored, and after a crash the call has failed."""
    attempt: int = 1
    """Which try this is, where it is tried again; not stored, so it is counted anew after a crash."""


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
