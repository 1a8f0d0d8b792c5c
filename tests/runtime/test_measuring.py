"""What an engine measures of the events that it takes."""

from __future__ import annotations

import pytest

from flowrt.engines.measuring import Measuring
from flowrt.errors import Busy
from flowrt.metrics import Metrics


class Noted(Metrics):
    """Notes outcomes, and how late deadlines were."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.late: list[float] = []

    def took(self, kind: str, outcome: str, seconds: float) -> None:
        assert seconds >= 0
        self.taken.append((kind, outcome))

    def fired(self, seconds: float) -> None:
        self.late.append(seconds)


def test_an_event_is_measured_as_what_came_of_it() -> None:
    noted = Noted()
    measuring = Measuring(noted, "visit", ConnectionError)
    with measuring.event("Message"):
        assert measuring.at_hand()["events"] == 1
    with measuring.event("Message") as timed:
        timed.outcome = "known"
    for error in (Busy("too many"), ValueError("what"), ConnectionError("cut off")):
        with pytest.raises(type(error)), measuring.event("HostEvent"):
            raise error
    assert noted.taken == [
        ("Message", "handled"),
        ("Message", "known"),
        ("HostEvent", "refused"),
        ("HostEvent", "failed"),
    ]
    assert measuring.at_hand() == {"events": 0, "deliveries": 0, "calls": 0}


def test_a_deadline_that_is_not_known_was_not_late() -> None:
    noted = Noted()
    measuring = Measuring(noted, "visit")
    measuring.fired(due=0, now=5_000_000)
    measuring.fired(due=1_000_000, now=5_000_000)
    assert noted.late == [4.0]
