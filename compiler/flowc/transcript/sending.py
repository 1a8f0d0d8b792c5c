"""What is sent that is no text, in parentheses: `(image "https://…" mime "image/png" caption "my cat")`."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import cast, get_args

from flowc.records import dataclass
from flowc.source import Span
from flowc.transcript.entries import BotSends, Sends
from flowc.transcript.mistakes import BadMedia, NamedTwice
from flowc.transcript.notation import KINDS
from flowc.transcript.reading import Cursor, Misreading
from flowrt.effects import ReplyKind
from flowrt.values import Media, MediaKind

_MEDIA: tuple[MediaKind, ...] = get_args(MediaKind)
_TEXTS, _NUMBERS = ("id", "mime", "name", "caption"), ("latitude", "longitude")
_FIELDS = (*_TEXTS, "size", *_NUMBERS)


def read_media(cursor: Cursor) -> Media:
    """The media that come next, as a value. Raises `Misreading`."""
    read = _read(cursor, _MEDIA, [field for field in _FIELDS if field != "caption"])
    return read.media


def read_sent(cursor: Cursor, contact: str, line: int) -> Sends:
    """What the contact sends. Raises `Misreading`."""
    read = _read(cursor, _MEDIA, _FIELDS)
    return Sends(read.media, read.text("caption"), contact, line=line)


def read_reply(cursor: Cursor, contact: str, line: int) -> BotSends:
    """What the bot sends. Raises `Misreading`."""
    read = _read(cursor, KINDS, ["caption"])
    if read.content is None:
        wanted = f"a text in quotes behind `{read.kind}`"
        raise Misreading(BadMedia(span=read.span, kind=read.kind, found="", expected=wanted))
    kind = cast("ReplyKind", read.kind)
    return BotSends(kind, read.content, read.text("caption") or "", contact, line=line)


@dataclass(frozen=True, slots=True)
class _Read:
    kind: str
    content: str | None
    fields: dict[str, object]
    span: Span

    def text(self, name: str) -> str | None:
        return cast("str | None", self.fields.get(name))

    @property
    def media(self) -> Media:
        fields = {name: value for name, value in self.fields.items() if name != "caption"}
        kind = cast("MediaKind", self.kind)
        return Media(kind, url=self.content, **fields)  # type: ignore[arg-type]  # each was held against its type


def _read(cursor: Cursor, kinds: Iterable[str], fields: Iterable[str]) -> _Read:
    cursor.need("(")
    span, kind = cursor.span(), cursor.next
    if not cursor.takes(*kinds):
        known = ", ".join(f"`{it}`" for it in kinds)
        raise Misreading(BadMedia(span=span, kind=kind, found=kind, expected=f"one of {known}"))
    content = cursor.text()
    values: dict[str, object] = {}
    while not cursor.takes(")"):
        at, name = cursor.span(), cursor.next
        if not cursor.takes(*fields):
            known = ", ".join(f"`{it}`" for it in fields)
            raise Misreading(BadMedia(span=at, kind=kind, found=name, expected=f"`)` or one of {known}"))
        if name in values:
            raise Misreading(NamedTwice(span=at, name=name))
        values[name] = _value(cursor, kind, name)
    return _Read(kind, content, values, span)


def _value(cursor: Cursor, kind: str, field: str) -> object:
    at, found = cursor.span(), cursor.next
    value = cursor.value()
    if field in _NUMBERS and isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    wanted: type = str if field in _TEXTS else Decimal if field in _NUMBERS else int
    if type(value) is not wanted or (field == "size" and isinstance(value, int) and value < 0):
        what = "a text in quotes" if wanted is str else "a number"
        raise Misreading(BadMedia(span=at, kind=kind, found=found, expected=f"{what} behind `{field}`"))
    return value
