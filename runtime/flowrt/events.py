"""What can happen to a session. An event is plain data; its instant is in microseconds since the epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flowrt.time import Instant
from flowrt.values import Media, Value


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a contact.

    `id` names the message for ever: one that comes twice is handled once. `contact` is whoever talks, as the
    channel names them; both are opaque. `text` is what was typed, none for a message that is not text; `button`
    says that it came from a press, which counts as its label. `media` is what was sent in place of a text, or with
    it. `sent` is when the provider says that it was sent, which is a value and moves no clock; `name` is what the
    contact calls itself.

        >>> Message(id="wamid.1", contact="31612345678", text="hi").text
        'hi'
    """

    id: str
    contact: str
    text: str | None = None
    button: bool = False
    media: Media | None = None
    sent: Instant | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The host opens the session, without a message. `id` names the request, as a message's does."""

    id: str
    contact: str


@dataclass(frozen=True, slots=True)
class HostEvent:
    """Something that happened outside: `name(values)`, declared by `on event` in the flow."""

    id: str
    contact: str
    name: str
    values: Mapping[str, Value] = field(default_factory=dict[str, Value])


@dataclass(frozen=True, slots=True)
class EndedByHost:
    """The host ends the session."""

    id: str
    contact: str


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The team gives the contact back: its messages are the flow's again."""

    id: str
    contact: str


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline of the session has come. It carries no trigger: which deadlines are due is read from the
    session.
    """

    contact: str


@dataclass(frozen=True, slots=True)
class Result:
    """How the call named `key` ended: with `value`, or with `failure`, the reason in words."""

    key: str
    contact: str
    value: Value = None
    failure: str | None = None


Event = Message | Opened | HostEvent | EndedByHost | GivenBack | Due | Result
"""Anything that a session can be told."""


def event_key(event: Event, at: Instant) -> str:
    """What names `event` for ever; effects take their stable ids from it.

    >>> event_key(Due("ada"), 1000)
    'due:ada:1000'
    """
    match event:
        case Due():
            return f"due:{event.contact}:{at}"
        case Result():
            return f"{event.key}="
        case _:
            return event.id
