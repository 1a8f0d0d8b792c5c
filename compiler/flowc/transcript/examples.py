"""Values of every type, to try things with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import get_args

from flowc import machine as ir
from flowc.transcript.literals import Literal, RecordLiteral
from flowc.types import Type
from flowrt.values import Media, MediaKind

_MEDIA: dict[str, Media] = {
    kind: Media(kind, latitude=Decimal("52.37"), longitude=Decimal("4.89"))
    if kind == "location"
    else Media(kind, url=f"https://example.org/{kind}")
    for kind in get_args(MediaKind)
}
_PLAIN: dict[str, Literal] = {
    "email": "ada@example.org",
    "phone": "+31612345678",
    "url": "https://example.org/",
    "date": date(2026, 12, 24),
    "time": time(14, 30),
    "datetime": datetime(2026, 12, 24, 14, 30, tzinfo=UTC),
    "duration": timedelta(hours=2),
    **_MEDIA,
}


def an_example(kind: str) -> Media:
    """Media of this kind.

    >>> an_example("image").url
    'https://example.org/image'
    """
    return _MEDIA[kind]


class Examples:
    """Values of the types of a machine. What its conditions compare with is among them."""

    def __init__(self, records: Sequence[ir.Record], texts: Sequence[str], numbers: Sequence[int]) -> None:
        self._records = {record.name: record for record in records}
        self._texts = texts
        self._numbers = numbers

    def of(self, kind: Type) -> list[Literal]:
        """Some values of a type, the likeliest first; none is the last, where it is one."""
        none: list[Literal] = [None] if kind.optional else []
        return [*self._plain(kind), *none]

    def _plain(self, kind: Type) -> list[Literal]:
        if kind.element is not None:
            return [(self.of(kind.element)[0],), ()]
        if kind.name in self._records:
            return [self._record(self._records[kind.name])]
        match kind.name:
            case "int":
                return [1, *self._numbers]
            case "decimal":
                return [Decimal("1.5"), *(Decimal(number) for number in self._numbers)]
            case "bool":
                return [True, False]
            case name if name in _PLAIN:
                return [_PLAIN[name]]
            case _:
                return ["something", *self._texts]

    def _record(self, record: ir.Record) -> Literal:
        return RecordLiteral(
            record.name, tuple((field.name, self.of(field.type)[0]) for field in record.fields)
        )
