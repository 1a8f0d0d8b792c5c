"""Several contacts who talk with one flow, on one clock."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from flowc.transcript.conversation import START, Conversation
from flowrt.effects import Call, Effect
from flowrt.flow import Flow, Triggers
from flowrt.time import Instant, instant
from flowrt.turn import Functions


class Company:
    """The conversations of `flow` with everybody who has talked, or was spoken of.

    They share the clock, which begins at `start`; what happens to one of them is nothing to the others.
    """

    def __init__(
        self,
        flow: Flow[Any],
        *,
        start: Instant | datetime = START,
        functions: Functions | None = None,
        machine: Triggers | None = None,
    ) -> None:
        self.flow = flow
        self.now: Instant = instant(start) if isinstance(start, datetime) else start
        self._functions = functions
        self._machine = machine
        self._numbers = count(1)
        self._talks: dict[str, Conversation[Any]] = {}

    def talk(self, contact: str) -> Conversation[Any]:
        """The conversation with `contact`, at the present instant."""
        if contact not in self._talks:
            self._talks[contact] = Conversation(
                self.flow,
                contact=contact,
                start=self.now,
                functions=self._functions,
                machine=self._machine,
                numbers=self._numbers,
            )
        talk = self._talks[contact]
        talk.now = self.now
        return talk

    @property
    def pending(self) -> tuple[Call, ...]:
        """The calls that have been given no result."""
        return tuple(call for talk in self._talks.values() for call in talk.pending)

    @property
    def next_instant(self) -> Instant | None:
        """When something happens by itself; None where nothing will."""
        coming = (talk.next_instant for talk in self._talks.values())
        return min((at for at in coming if at is not None), default=None)

    def advance_to(self, at: Instant) -> list[Effect]:
        """The clock moves on to `at`; what is due by then happens at its instant, in order."""
        caused: list[Effect] = []
        while (next_one := self.next_instant) is not None and next_one <= at:
            self.now = max(self.now, next_one)
            for talk in self._talks.values():
                if talk.next_instant == next_one:
                    caused += talk.advance_to(next_one)
        self.now = max(self.now, at)
        return caused

    def restart(self, stopped: float, *, outdated: bool = False) -> list[Effect]:
        """The process stops, and starts again `stopped` seconds later, as in each `Conversation`."""
        now, caused = self.now, list[Effect]()
        for talk in self._talks.values():
            talk.now = now
            caused += talk.restart(stopped, outdated=outdated)
            self.now = talk.now
        return caused
