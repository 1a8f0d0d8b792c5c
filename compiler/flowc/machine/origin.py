"""Where in a flow something comes from."""

from __future__ import annotations

from flowc.records import dataclass
from flowc.source import Span


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in the flow something comes from: a span, and its line counted from 1."""

    path: str
    start: int
    end: int
    line: int

    @property
    def span(self) -> Span:
        """The span."""
        return Span(self.path, self.start, self.end)
