"""What could be said in a state, and what could come from outside: as little as may make a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from flowc import machine as ir
from flowc.transcript.entries import Happens, Sends, User
from flowc.transcript.generate.samples import samples
from flowc.transcript.generate.values import Values
from flowc.transcript.literals import Literal
from flowc.types import MEDIA
from flowrt.text import said
from flowrt.values import Value


class Inputs:
    """What can be told to `machine`, made of `values`."""

    def __init__(self, machine: ir.Machine, values: Values) -> None:
        self._values = values
        self._rows: dict[str, list[ir.Transition]] = {}
        self._messages: dict[str, list[User | Sends]] = {}
        self._events: dict[str, list[Happens]] = {}
        for row in machine.transitions:
            for source in row.sources:
                self._rows.setdefault(source, []).append(row)

    def messages(self, state: str) -> list[User | Sends]:
        """The messages to try in `state`: what its handlers and its ask take, then what they may not."""
        if state not in self._messages:
            guards = self._guards(state, "message")
            texts = [text for guard in guards for text in self._texts(guard)]
            others = ("hello" if state == ir.START else "something else", "")
            kinds = [kind for guard in guards for kind in _kinds(guard)]
            self._messages[state] = [
                *map(User, dict.fromkeys((*texts, *others))),
                *(
                    Sends(each)
                    for kind in dict.fromkeys((*kinds, "image"))
                    for each in self._values.media(kind)
                ),
            ]
        return self._messages[state]

    def events(self, state: str) -> list[Happens]:
        """The events of the host to try in `state`."""
        if state not in self._events:
            carries = [
                guard
                for row in self._rows.get(state, [])
                for guard in row.guards
                if isinstance(guard, ir.Carries)
            ]
            named = {guard.event: guard.parameters for guard in carries}
            bare = {
                row.trigger.removeprefix("event "): ()
                for row in self._rows.get(state, [])
                if row.trigger.startswith("event ")
            }
            self._events[state] = [
                Happens(name, values)
                for name, parameters in (bare | named).items()
                for values in self._values.named(parameters)
            ]
        return self._events[state]

    def _guards(self, state: str, trigger: str) -> list[ir.Guard]:
        return [guard for row in self._rows.get(state, []) if row.trigger == trigger for guard in row.guards]

    def _texts(self, guard: ir.Guard) -> Iterator[str]:
        match guard:
            case ir.Says(texts):
                yield texts[0]
            case ir.Finds(pattern):
                yield from samples(pattern)
            case ir.Fits(parts):
                yield from self._fitting(parts)
            case ir.Reads(variable, reader) | ir.Requires(variable, reader):
                if reader.type.name == "text" and not reader.choices and "name" in variable:
                    yield "Ada"
                yield from self._answers(reader)
            case _:
                pass

    def _fitting(self, parts: ir.TextParts) -> Iterable[str]:
        """Texts of a pattern with captures, each with another value in one of them."""
        tried = [
            (part,) if isinstance(part, str) else tuple(self._answers(part.reader)) or ("x",)
            for part in parts
        ]
        first = [each[0] for each in tried]
        varied = [
            [*first[:at], other, *first[at + 1 :]] for at, each in enumerate(tried) for other in each[1:]
        ]
        return dict.fromkeys("".join(each) for each in (first, *varied))

    def _answers(self, reader: ir.Reader) -> list[str]:
        """Answers that `reader` understands."""
        if reader.choices:
            return list(reader.choices)
        values: Sequence[Literal] = self._values.of(reader.type.plain, reader.low, reader.high)
        return [answer for value in values if (answer := _typed(value)) is not None]


def _typed(value: Literal | Value) -> str | None:
    """How a contact types a value; None where it is none that is typed."""
    match value:
        case bool():
            return "yes" if value else "no"
        case timedelta():
            return f"{value // timedelta(seconds=1)} seconds"
        case datetime():
            return said(value).replace("T", " ").removesuffix("Z")
        case str() | int() | Decimal() | date() | time():
            return said(value)
        case _:
            return None


def _kinds(guard: ir.Guard) -> Iterator[str]:
    """The media that a guard asks for."""
    match guard:
        case ir.Brings(kind):
            yield kind
        case ir.Reads(reader=reader):
            yield from (kind for kind in (reader.type.name,) if kind in MEDIA)
        case _:
            pass
