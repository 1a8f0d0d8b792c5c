"""What a bot measures of itself. Where OpenTelemetry is not installed that goes nowhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

Backlog = Callable[[], Mapping[str, int]]
"""How much waits, by what it is."""


class Metrics:
    """Where measurements go: the base goes nowhere. No contact and no text is among them."""

    def took(self, kind: str, outcome: str, seconds: float) -> None:
        """An event of this kind was handled, waiting for its turn included."""

    def fired(self, seconds: float) -> None:
        """A deadline was served so much later than its instant."""

    def ended(self, reason: str) -> None:
        """A session has ended."""

    def delivered(self, lane: str, outcome: str) -> None:
        """A reply or notice was handed over, or could not be."""

    def called(self, action: str, outcome: str, seconds: float) -> None:
        """An action was tried: it has answered, failed, asked for another try ("again"), or was cancelled."""

    def watch(self, flow: str, backlog: Backlog) -> Callable[[], None]:  # noqa: ARG002 - the base does nothing
        """Ask for the backlog of a bot of `flow` whenever it is read, until the result is called."""
        return lambda: None


@cache
def default_metrics() -> Metrics:
    """OpenTelemetry's global meter, if its API is installed (`flowc[telemetry]`)."""
    try:
        from flowrt.telemetry import OpenTelemetry  # noqa: PLC0415 - it imports opentelemetry
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "opentelemetry":
            raise
        return Metrics()
    return OpenTelemetry()
