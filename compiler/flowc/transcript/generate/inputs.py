"""What could be said in a state, and how a call could end: as little as may make a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from flowc import machine as ir
from flowc.transcript.entries import Sends, User
from flowc.transcript.generate.constants import compared_values
from flowc.transcript.generate.samples import sample
from flowc.types import Type
from flowrt.text import said
from flowrt.values import INT_MAX, Media, Value

MOST = 12
"""So many values of a type are tried at the most."""

_TEXTS = {
    "email": "ada@example.org",
    "phone": "+31612345678",
    "url": "https://example.org/",
    "secret": "1234",
}
_MEDIA = ("image", "audio", "video", "document", "location")
_MOMENTS: dict[str, Value] = {
    "date": date(2026, 1, 6),
    "time": time(10, 30),
    "datetime": datetime(2026, 1, 6, 10, 30, tzinfo=UTC),
    "duration": timedelta(minutes=5),
}


class Inputs:
    """What can be said to `machine`."""

    def __init__(self, machine: ir.Machine) -> None:
        self._compared = compared_values(machine)
        self._rows: dict[str, list[ir.Transition]] = {}
        self._known: dict[str, list[User | Sends]] = {}
        for row in machine.transitions:
            if row.trigger == "message":
                for source in row.sources:
                    self._rows.setdefault(source, []).append(row)

    def messages(self, state: str) -> list[User | Sends]:
        """The messages to try in `state`: what its handlers and its ask take, then what they may not."""
        if state not in self._known:
            guards = [guard for row in self._rows.get(state, []) for guard in row.guards]
            texts = dict.fromkeys(text for guard in guards for text in self._texts(guard))
            others = ("hello" if state == ir.START else "something else", "")
            kinds = [kind for guard in guards for kind in _kinds(guard)]
            messages: list[User | Sends] = [User(text) for text in (*texts, *others)]
            messages += [Sends(_media(kind)) for kind in dict.fromkeys((*kinds, "image"))]
            self._known[state] = messages
        return self._known[state]

    def _texts(self, guard: ir.Guard) -> Iterator[str]:
        match guard:
            case ir.Says(texts):
                yield texts[0]
            case ir.Finds(pattern):
                if (text := sample(pattern)) is not None:
                    yield text
            case ir.Reads(reader=reader) | ir.Requires(reader=reader):
                yield from self.answers(reader)
            case _:
                pass

    def answers(self, reader: ir.Reader) -> Iterator[str]:
        """Answers that `reader` understands."""
        if reader.choices:
            yield from reader.choices[:MOST]
            return
        for value in self.values(reader.type.plain, reader.low, reader.high):
            if (answer := _typed(value)) is not None:
                yield answer

    def values(self, type: Type, low: int | None = None, high: int | None = None) -> Sequence[Value]:
        """Values of `type`, those that are compared with and their neighbours among them."""
        if type.optional:
            return [*self.values(type.plain), None]
        if type.element is not None:
            return [(), *((item,) for item in self.values(type.element))][:MOST]
        match type.name:
            case "int":
                return list(self._numbers(low, high))[:MOST]
            case "decimal":
                return [Decimal(1), *(value for value in self._compared if isinstance(value, Decimal))]
            case "bool":
                return [True, False]
            case "text":
                return ["something", *(text for text in self._compared if isinstance(text, str))][:MOST]
            case name if name in _TEXTS:
                return [_TEXTS[name]]
            case name if name in _MOMENTS:
                return [_MOMENTS[name]]
            case name if name in _MEDIA:
                return [_media(name)]
            case _:
                return []

    def _numbers(self, low: int | None, high: int | None) -> Iterable[int]:
        least, most = -INT_MAX if low is None else low, INT_MAX if high is None else high
        known = [value for value in self._compared if isinstance(value, int)]
        tried = [least if low is not None else max(1, least), most if high is not None else 1]
        tried += [near for value in known for near in (value, value + 1, value - 1)]
        return dict.fromkeys(min(max(value, least), most) for value in tried)


def _typed(value: Value) -> str | None:
    """How a contact types a value; None where it is none that is typed."""
    match value:
        case bool():
            return "yes" if value else "no"
        case timedelta():
            return f"{value // timedelta(minutes=1)} minutes"
        case datetime():
            return said(value).replace("T", " ").removesuffix("Z")
        case str() | int() | Decimal() | date() | time():
            return said(value)
        case _:
            return None


def _kinds(guard: ir.Guard) -> Iterator[str]:
    """The media that a guard asks for."""
    if isinstance(guard, ir.Reads) and guard.reader.type.name in _MEDIA:
        yield guard.reader.type.name


def _media(kind: str) -> Media:
    if kind == "location":
        return Media("location", latitude=Decimal("52.37"), longitude=Decimal("4.89"))
    return Media(kind, url=f"https://example.com/{kind}")  # type: ignore[arg-type]  # one of `_MEDIA`  # pyright: ignore[reportArgumentType]
