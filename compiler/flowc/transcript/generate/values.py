"""Values to try: of each type one, and those that a flow compares with, with their neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import zip_longest

from flowc import machine as ir
from flowc.transcript.generate.constants import compared_lengths, compared_values
from flowc.transcript.literals import Literal, RecordLiteral
from flowc.types import MEDIA, TEXTUAL, Type
from flowrt.values import INT_MAX, Media, Value

MOST = 16
"""So many values of a type are tried at the most."""

_DEPTH = 3
"""How deep records are made that hold each other."""

_TEXTS = {
    "email": "ada@example.org",
    "phone": "+31612345678",
    "url": "https://example.org/",
    "secret": "1234",
}
_MIMES = {"image": "image/png", "audio": "audio/ogg", "video": "video/mp4", "document": "application/pdf"}
_DAYS = (date(2026, 1, 6), date(2026, 1, 5), date(2026, 1, 4))
_MOMENTS = (datetime(2026, 1, 6, 10, 30, tzinfo=UTC), datetime(2026, 1, 4, 10, 30, tzinfo=UTC))
_MINUTE = timedelta(minutes=1)
_KILOBYTE = 1_000

Parameters = Iterable[tuple[str, Type]]


class Values:
    """The values that may make a difference to `machine`."""

    def __init__(self, machine: ir.Machine) -> None:
        self._compared = compared_values(machine)
        self._periods = [value for value in self._compared if isinstance(value, timedelta)][:MOST]
        self._lengths = compared_lengths(machine)
        self._records = {record.name: record for record in machine.records}

    def media(self, kind: str) -> list[Media]:
        """Media of this kind: with all that a channel may tell, with as little as it must, and large ones."""
        if kind == "location":
            return [Media("location", latitude=Decimal("52.37"), longitude=Decimal("4.89"))]
        url, mime = f"https://example.com/{kind}", _MIMES[kind]
        sizes = [
            2048,
            *(value + 1 for value in self._compared if isinstance(value, int) and value > _KILOBYTE),
        ]
        return [
            *(Media(kind, url=url, mime=mime, size=size, name=kind) for size in sizes),  # type: ignore[arg-type]  # a key of `_MIMES`  # pyright: ignore[reportArgumentType]
            Media(kind, url=url),  # type: ignore[arg-type]  # as above  # pyright: ignore[reportArgumentType]
        ]

    def of(
        self, type: Type, low: ir.Expression | None = None, high: ir.Expression | None = None, depth: int = 0
    ) -> Sequence[Literal]:
        """Values of `type`, within bounds that are constants. `depth` says how deep in records they are."""
        found: list[Literal] = list(dict.fromkeys(self._of(type.plain, _bound(low), _bound(high), depth)))
        return [*found[:MOST], *([None] if type.optional else [])]

    def named(self, parameters: Parameters, depth: int = 0) -> list[tuple[tuple[str, Literal], ...]]:
        """Values by name: the first of each, then each time another of one of them."""
        tried = [(name, self.of(type, depth=depth)) for name, type in parameters]
        if not all(values for _, values in tried):
            return []
        first = {name: values[0] for name, values in tried}
        others = [[(name, value) for value in values[1:]] for name, values in tried]
        turns = zip_longest(*others)  # one of each at a time, so that none is left out for another
        varied = [{**first, name: value} for turn in turns for name, value in filter(None, turn)]
        return [tuple(each.items()) for each in (first, *varied)][:MOST]

    def _of(self, type: Type, low: Value, high: Value, depth: int) -> Iterator[Literal]:
        if type.element is not None:
            items: Sequence[Literal] = () if depth >= _DEPTH else self.of(type.element, depth=depth + 1)
            yield from ((item,) for item in items[:2])
            yield ()
            yield from (tuple(items[:1]) * length for length in self._lengths if items)
            yield from ((item,) for item in items[2:])
        elif type.name in self._records:
            if depth < _DEPTH:
                fields = [(field.name, field.type) for field in self._records[type.name].fields]
                yield from (RecordLiteral(type.name, each) for each in self.named(fields, depth + 1))
        else:
            yield from self._plain(type.name, low, high)

    def _plain(self, name: str, low: Value, high: Value) -> Iterator[Value]:
        match name:
            case "int":
                yield from _between(low, high, [1, *self._near(int)])
            case "decimal":
                yield from map(
                    Decimal, _between(low, high, [Decimal("1.5"), *self._near(Decimal), *self._near(int)])
                )
            case "bool":
                yield from (True, False)
            case "duration":
                yield timedelta(minutes=5)
                yield from (
                    near for value in self._periods for near in (value, value + _MINUTE, value - _MINUTE)
                )
            case "date":
                yield from _DAYS
                yield from (
                    day + sign * value for value in self._periods for day in _DAYS for sign in (1, -1)
                )
            case "datetime":
                yield from _MOMENTS
                yield from (
                    at + sign * value for value in self._periods for at in _MOMENTS for sign in (1, -1)
                )
            case "time":
                yield from (time(10, 30), time(8, 30))
            case _ if name in _TEXTS:
                yield _TEXTS[name]
            case _ if name in TEXTUAL:
                yield "something"
                yield from (value for value in self._compared if isinstance(value, str))
            case _ if name in MEDIA:
                yield from self.media(name)
            case _:
                pass

    def _near(self, kind: type[int] | type[Decimal]) -> Iterator[int | Decimal]:
        for value in self._compared:
            if isinstance(value, kind):
                yield from (value, value + 1, value - 1)


def _between(low: Value, high: Value, values: Iterable[int | Decimal]) -> Iterator[int | Decimal]:
    """The ends, where there are any, and of `values` those between."""
    least = low if isinstance(low, int | Decimal) else -INT_MAX
    most = high if isinstance(high, int | Decimal) else INT_MAX
    yield from (end for end in (low, high) if isinstance(end, int | Decimal))
    yield from (value for value in values if least <= value <= most)


def _bound(end: ir.Expression | None) -> Value:
    match end:
        case ir.Constant(value=str(digits), type=Type("decimal")):
            return Decimal(digits)
        case ir.Constant(value=int(number), type=Type("int" | "decimal")):
            return number
        case ir.Operation(operator="-", operands=(ir.Constant() as constant,)):
            value = _bound(constant)
            return -value if isinstance(value, int | Decimal) else None
        case ir.Operation(operator="as decimal", operands=(operand,)):
            return _bound(operand)
        case _:
            return None
