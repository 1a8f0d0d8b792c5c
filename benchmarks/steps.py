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
from functools import cache
from pathlib import Path
from statistics import median
from typing import cast

import transitions

from flowc import machine as ir
from flowc.pipeline import compile_flow, load_flow
from flowc.source import load
from flowrt.effects import Call, Reply
from flowrt.events import Message, Result
from flowrt.flow import Triggers
from flowrt.text import fold

FLOW = Path(__file__).parents[1] / "examples" / "feedback" / "feedback.flow"
TEXTS = ("hi", "Ada", "nine", "2", "it was late")
EVENTS = len(TEXTS) + 1
SAID = (
    "Hi! Three quick questions.",
    "What's your name?",
    "How was it, from 1 to 5?",
    "A whole number from 1 to 5, please.",
    "Sorry to hear that, Ada. What went wrong?",
    "Thanks, Ada! Your feedback has been received. You can message us again anytime.",
)
MINUTES = 60_000_000


class ByHand:
    """One session of the feedback conversation, as somebody would write it for this conversation alone."""

    __slots__ = ("due", "name", "rating", "state", "tries")

    def __init__(self) -> None:
        self.state = "start"
        self.name = ""
        self.rating = self.tries = self.due = 0

    def take(self, text: str, at: int) -> tuple[str, ...]:
        """What is said to `text`, which came at the instant `at`."""
        if self.state != "start":
            if at >= self.due:
                self.state = "start"
            folded = fold(text)
            if folded in {"stop", "cancel"}:
                self.state = "start"
                return ("Okay, cancelled.",)
            if folded == "help":
                return ("I'm collecting feedback on your order.",)
        self.due = at + 15 * MINUTES
        return _STATES[self.state](self, text.strip())

    def _start(self, _text: str) -> tuple[str, ...]:
        self.state = "name"
        return SAID[:2]

    def _ask_name(self, text: str) -> tuple[str, ...]:
        self.name, self.state, self.tries = text, "rating", 0
        return SAID[2:3]

    def _ask_rating(self, text: str) -> tuple[str, ...]:
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 5):  # noqa: PLR2004 - the flow's own bounds
            self.tries += 1
            return SAID[3:4]
        self.rating, self.state = int(text), "comment"
        return (f"Sorry to hear that, {self.name}. What went wrong?",)

    def _ask_comment(self, _text: str) -> tuple[str, ...]:
        self.state = "saving"
        return ()

    def saved(self) -> tuple[str, ...]:
        """The result of the call."""
        self.state = "start"
        return (f"Thanks, {self.name}! Your feedback has been received. You can message us again anytime.",)


_STATES: dict[str, Callable[[ByHand, str], tuple[str, ...]]] = {
    "start": ByHand._start,
    "name": ByHand._ask_name,
    "rating": ByHand._ask_rating,
    "comment": ByHand._ask_comment,
}


def by_hand(number: int) -> tuple[str, ...]:
    """What one session says."""
    session = ByHand()
    said: tuple[str, ...] = ()
    for place, text in enumerate(TEXTS):
        said += session.take(text, number + place)
    return said + session.saved()


def through(machine: Callable[[], Triggers]) -> Callable[[int], tuple[str, ...]]:
    """The same through the flow, driven by a machine."""
    flow = load_flow(_compiled())
    made = machine()

    def one(number: int) -> tuple[str, ...]:
        session = flow.session("ada")
        effects = [
            effect
            for place, text in enumerate(TEXTS)
            for effect in flow.step(session, Message(str(place), "ada", text), number + place, made)
        ]
        call = next(effect for effect in effects if isinstance(effect, Call))
        effects += flow.step(session, Result(call.id, "ada"), number + EVENTS, made)
        return tuple(effect.text for effect in effects if isinstance(effect, Reply))

    return one


@cache
def _compiled() -> ir.Machine:
    machine = compile_flow(load(FLOW)).machine
    assert machine is not None
    return machine


def _plain() -> Triggers:
    flow = load_flow(_compiled())
    machine = transitions.Machine(
        model=None,
        states=list(flow.states),
        transitions=list(flow.transitions),
        initial=flow.initial,
        send_event=True,
        auto_transitions=False,
    )
    return cast("Triggers", machine)


def _ours() -> Triggers:
    return load_flow(_compiled()).machine


def microseconds(way: Callable[[int], tuple[str, ...]], sessions: int) -> float:
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
        "through a plain `transitions.Machine`": through(_plain),
        "through ours": through(_ours),
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
