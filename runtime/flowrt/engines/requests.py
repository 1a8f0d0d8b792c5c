"""What is sent to a flow that runs as a service: the address of a contact, and events as JSON."""

from __future__ import annotations

import json
from typing import NamedTuple
from urllib.parse import quote, unquote

from flowrt import fields as read
from flowrt.errors import FlowrtError
from flowrt.events import Due, EndedByHost, Event, GivenBack, HostEvent, Message, Opened, Result
from flowrt.fields import Fields, Unreadable
from flowrt.limits import NAME_MAX
from flowrt.receiving import bounded
from flowrt.time import Instant
from flowrt.values import Records, to_json

_HANDLERS: dict[type[Event], str] = {
    Message: "message",
    Opened: "open",
    HostEvent: "event",
    EndedByHost: "end",
    GivenBack: "give_back",
    Result: "result",
}
_ABSENT: dict[str, object] = {
    "text": None,
    "button": False,
    "media": None,
    "sent": None,
    "name": None,
    "values": {},
    "value": None,
    "failure": None,
    "at": None,
}

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class BadRequest(FlowrtError):
    """A request cannot be read. The message says where, and quotes nothing of it."""


class Request(NamedTuple):
    """What to POST: the path below the address of the engine, and the body."""

    path: str
    body: bytes


def request(flow: str, event: Event, at: Instant | None = None) -> Request:
    """What tells the service of `flow` of `event`, which was accepted at the instant `at`; without one, when it is
    handled.

    >>> request("feedback", Message(id="1", contact="+316 12", text="hi"), at=5)
    Request(path='/feedback/%252B316%252012/message', body=b'{"id":"1","text":"hi","at":5}')
    """
    handler = _HANDLERS[type(event)]
    return Request(f"/{flow}/{quote(key_of(event.contact), safe='')}/{handler}", dump_event(event, at))


def key_of(contact: str) -> str:
    """The key of a contact's object: ASCII, whatever the contact is called.

    >>> key_of("Zoë/1")
    'Zo%C3%AB%2F1'
    """
    return quote(contact, safe="", errors="surrogatepass")


def contact_of(key: str) -> str:
    """The contact whose key is `key`. Raises `BadRequest` where it is the key of none, as `key_of` writes them."""
    try:
        contact = unquote(key, errors="surrogatepass")
        known = key_of(contact) == key
    except ValueError:
        contact, known = "", False
    if not known or not 0 < len(contact) <= NAME_MAX:
        raise BadRequest(
            f"the key is that of no contact: percent-encode its name, which has 1 to {NAME_MAX} characters"
        )
    return contact


def dump_event(event: Event, at: Instant | None = None) -> bytes:
    """`event` as JSON, without its contact; what is absent is left out."""
    data: dict[str, object]
    match event:
        case Message():
            media = None if event.media is None else to_json(event.media)
            data = {"id": event.id, "text": event.text, "button": event.button, "media": media}
            data |= {"sent": event.sent, "name": event.name}
        case HostEvent():
            values = {name: to_json(value) for name, value in event.values.items()}
            data = {"id": event.id, "name": event.name, "values": values}
        case Result():
            data = {"id": event.key, "value": to_json(event.value), "failure": event.failure}
        case Due():
            data = {}
        case _:
            data = {"id": event.id}
    data["at"] = at
    kept = {name: value for name, value in data.items() if _ABSENT.get(name, data) != value}
    return _encode(kept).encode("ascii")


def load_event(
    handler: str, contact: str, body: bytes, records: Records | None = None
) -> tuple[Event, Instant | None]:
    """The event that `dump_event` wrote for this handler, or a host of its own accord, and when it was accepted.

    Raises `BadRequest` where `body` is anything else.

    >>> load_event("open", "ada", b'{"id": "7"}')
    (Opened(id='7', contact='ada'), None)
    >>> load_event("message", "ada", b'{"text": "hi"}')
    Traceback (most recent call last):
    flowrt.engines.requests.BadRequest: the request has no `id`
    """
    try:
        return _event(handler, contact, body, records)
    except Unreadable as why:
        raise BadRequest(str(why).replace("the stored text", "the request")) from None


def _event(handler: str, contact: str, body: bytes, records: Records | None) -> tuple[Event, Instant | None]:
    fields = fields_of(body)
    id, at = fields.text("id"), fields.optional("at", read.whole)
    if at is not None and at < 0:
        raise BadRequest("`at` of the request lies before 1970: it is in microseconds since then")
    if handler != "result" and not 0 < len(id) <= NAME_MAX:
        raise BadRequest(f"an id has 1 to {NAME_MAX} characters: this has {len(id)}")
    match handler:
        case "message":
            return _message(fields, id, contact), at
        case "event":
            return HostEvent(id, contact, fields.text("name"), fields.values("values", records)), at
        case "open":
            return Opened(id, contact), at
        case "end":
            return EndedByHost(id, contact), at
        case "give_back":
            return GivenBack(id, contact), at
        case "result":
            value = fields.read("value", lambda data: read.value(data, records))
            return Result(id, contact, value, fields.optional("failure", read.text)), at
        case _:
            raise BadRequest("there is no event of this name")


def _message(fields: Fields, id: str, contact: str) -> Message:
    message = Message(
        id=id,
        contact=contact,
        text=fields.optional("text", read.text),
        button=fields.read("button", read.flag),
        media=fields.optional("media", read.media),
        sent=fields.optional("sent", read.whole),
        name=fields.optional("name", read.text),
    )
    return bounded(message)


def fields_of(body: bytes) -> Fields:
    """The fields of a request, with what may be absent. Raises `Unreadable`."""
    try:
        data = read.obj(json.loads(body))
    except (ValueError, RecursionError, read.Mismatch):
        raise Unreadable("the stored text is not a JSON object") from None
    return Fields(_ABSENT | data)
