"""Measurements through OpenTelemetry's API: whoever sets up its SDK decides where they go."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation, get_meter

from flowrt.metrics import Backlog, Metrics


class OpenTelemetry(Metrics):
    """Metrics named `flowrt.…`, of `provider`, or of the global one.

    Durations are in seconds. Attributes are kinds, outcomes, reasons and names of actions and flows: few values each.
    """

    def __init__(self, provider: MeterProvider | None = None) -> None:
        meter = get_meter("flowrt", meter_provider=provider)
        self._backlogs: dict[object, tuple[str, Backlog]] = {}
        self._events = meter.create_counter("flowrt.events", "{event}", "Events taken")
        self._event_time = meter.create_histogram(
            "flowrt.event.duration", "s", "From the arrival of an event to its commit"
        )
        self._lateness = meter.create_histogram(
            "flowrt.deadline.lateness", "s", "From the instant of a deadline to its commit's begin"
        )
        self._ended = meter.create_counter("flowrt.sessions.ended", "{session}", "Sessions ended")
        self._deliveries = meter.create_counter("flowrt.deliveries", "{delivery}", "Replies and notices")
        self._call_time = meter.create_histogram(
            "flowrt.action.duration", "s", "What one try of an action took"
        )
        meter.create_observable_gauge(
            "flowrt.backlog", [self._observe], "{item}", "What is at hand in this process and not done"
        )

    def took(self, kind: str, outcome: str, seconds: float) -> None:
        """An event of this kind was handled."""
        attributes = {"kind": kind, "outcome": outcome}
        self._events.add(1, attributes)
        self._event_time.record(seconds, attributes)

    def fired(self, seconds: float) -> None:
        """A deadline was served."""
        self._lateness.record(seconds)

    def ended(self, reason: str) -> None:
        """A session has ended."""
        self._ended.add(1, {"reason": reason})

    def delivered(self, lane: str, outcome: str) -> None:
        """A reply or notice was handed over, or could not be."""
        self._deliveries.add(1, {"lane": lane, "outcome": outcome})

    def called(self, action: str, outcome: str, seconds: float) -> None:
        """An action was tried."""
        self._call_time.record(seconds, {"action": action, "outcome": outcome})

    def watch(self, flow: str, backlog: Backlog) -> Callable[[], None]:
        """Ask for the backlog whenever the gauge is read."""
        key = object()
        self._backlogs[key] = flow, backlog
        return lambda: self._backlogs.pop(key, None) and None

    def _observe(self, _: CallbackOptions) -> Iterable[Observation]:
        """The sum of all bots of a flow in this process."""
        sums: dict[tuple[str, str], int] = {}
        for flow, backlog in list(self._backlogs.values()):
            for what, count in backlog().items():
                sums[flow, what] = sums.get((flow, what), 0) + count
        return [Observation(count, {"flow": flow, "what": what}) for (flow, what), count in sums.items()]
