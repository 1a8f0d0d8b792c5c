"""What one event costs in memory: the feedback conversation, by hand, through a plain machine, and through ours.

    python -m benchmarks.steps
    python -m benchmarks.steps --rounds 20 --sessions 500

A session is five messages and a result, and every reply is compared with what was expected. By hand means a function
for each state, found in a dictionary, that does what the language asks for: texts are compared folded, answers are
checked, each message moves the deadline. All ways take turns; a ratio is taken within a round, and of all figures the
median is printed. Times are of the processor, in microseconds for one event.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable
from statistics import median
from typing import cast

import transitions

from flowrt.effects import Call, Reply
from flowrt.events import Message, Result
from flowrt.flow import Triggers
from flowrt.text import fold
from flowrt.time import SECOND
from tests.feedback import INITIAL, SAID, STATES, TEXTS, TRANSITIONS, flow

EVENTS = len(TEXTS) + 1
TIMEOUT = 15 * 60 * SECOND


class ByHand:
    """One session of the feedback conversation, as somebody would write it for this conversation alone."""

    __slots__ = ("due", "name", "rating", "state", "tries")

    def __init__(self) -> None:
        self.state = "start"
        self.name = ""
        self.rating = self.tries = self.due = 0

    def take(self, text: str, at: int) -> list[str]:
        """What is said to `text`, which came at the instant `at`."""
        if self.state != "start":
            if at >= self.due:
                self.state = "start"
            folded = fold(text)
            if folded in {"stop", "cancel"}:
                self.state = "start"
                return ["Okay, cancelled."]
            if folded == "help":
                return ["I'm collecting feedback on your order."]
        self.due = at + TIMEOUT
        return _STATES[self.state](self, text.strip())

    def _start(self, _text: str) -> list[str]:
        self.state = "name"
        return SAID[:2]

    def _ask_name(self, text: str) -> list[str]:
        self.name, self.state, self.tries = text, "rating", 0
        return SAID[2:3]

    def _ask_rating(self, text: str) -> list[str]:
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 5):  # noqa: PLR2004 - the flow's own bounds
            self.tries += 1
            return SAID[3:4]
        self.rating, self.state = int(text), "comment"
        return [f"Sorry to hear that, {self.name}. What went wrong?"]

    def _ask_comment(self, _text: str) -> list[str]:
        self.state = "saving"
        return []

    def saved(self) -> list[str]:
        """The result of the call."""
        self.state = "start"
        return [f"Thanks, {self.name}! Your feedback has been received. You can message us again anytime."]


_STATES: dict[str, Callable[[ByHand, str], list[str]]] = {
    "start": ByHand._start,
    "name": ByHand._ask_name,
    "rating": ByHand._ask_rating,
    "comment": ByHand._ask_comment,
}


def by_hand(number: int) -> list[str]:
    """What one session says."""
    session = ByHand()
    said: list[str] = []
    for place, text in enumerate(TEXTS):
        said += session.take(text, number + place)
    return said + session.saved()


def through(machine: Triggers) -> Callable[[int], list[str]]:
    """The same through the flow, driven by `machine`."""

    def one(number: int) -> list[str]:
        session = flow.session("ada")
        effects = [
            effect
            for place, text in enumerate(TEXTS)
            for effect in flow.step(session, Message(str(place), "ada", text), number + place, machine)
        ]
        call = next(effect for effect in effects if isinstance(effect, Call))
        effects += flow.step(session, Result(call.id, "ada"), number + EVENTS, machine)
        return [effect.text for effect in effects if isinstance(effect, Reply)]

    return one


def plain() -> Triggers:
    """A machine of the library's own, as somebody would make it of the same table."""
    machine = transitions.Machine(
        model=None,
        states=STATES,
        transitions=TRANSITIONS,
        initial=INITIAL,
        send_event=True,
        auto_transitions=False,
    )
    return cast("Triggers", machine)


def microseconds(way: Callable[[int], list[str]], sessions: int) -> float:
    """What one event costs, on the average of so many sessions."""
    begin = time.process_time()
    for number in range(sessions):
        said = way(number)
        assert said == SAID, said
    return (time.process_time() - begin) / sessions / EVENTS * 1e6


def main() -> None:
    """Measure, and print a table in Markdown."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=15)
    arguments.add_argument("--sessions", type=int, default=500)
    given = arguments.parse_args()
    ways = {
        "by hand": by_hand,
        "through a plain `transitions.Machine`": through(plain()),
        "through ours": through(flow.machine),
    }
    gc.disable()
    rounds = [[microseconds(way, given.sessions) for way in ways.values()] for _ in range(given.rounds)]
    print("| way | µs an event | × by hand |\n|---|--:|--:|")
    for place, name in enumerate(ways):
        figures = [each[place] for each in rounds]
        ratio = median(each[place] / each[0] for each in rounds)
        print(f"| {name} | {median(figures):.2f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
