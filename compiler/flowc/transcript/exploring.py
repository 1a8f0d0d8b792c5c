"""Conversations that lead everywhere: a flow is talked to, shortest conversations first, until all of it was seen."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import Any, assert_never

from flowc import machine as ir
from flowc.analyse.graph import Graph
from flowc.transcript.conversation import Conversation
from flowc.transcript.coverage import Cell, Tracker
from flowc.transcript.samples import Samples, matters
from flowc.transcript.script import After, CallLine, Entry, Fails, Returns, User
from flowc.transcript.writing import entry_of
from flowrt.effects import Effect
from flowrt.flow import Flow
from flowrt.time import SECOND

MOST_TRIED = 20_000
"""So many moves are tried before the search ends, each at the end of a conversation."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The call that is awaited ends."""

    outcome: Returns | Fails | None


Move = User | After | Ends
"""What can happen next in a conversation."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A conversation, the state in which it leaves the contact, and the transitions that its last move took first."""

    entries: tuple[Entry, ...]
    state: str
    new: frozenset[Cell]


def explore(machine: ir.Machine, flow: Flow[Any], *, most: int = MOST_TRIED) -> Iterator[Seen]:
    """Conversations with `flow`, compiled from `machine`, those of fewer moves first.

    Two that leave the contact in the same place are gone on with once. It ends where there is nowhere new to go,
    or after `most` moves.
    """
    return _Explorer(machine, flow).conversations(most)


def conversation_into(
    machine: ir.Machine, flow: Flow[Any], state: str, *, most: int = MOST_TRIED
) -> tuple[Entry, ...] | None:
    """The shortest conversation found that ends in `state`, or passes it where no session rests there; None
    where none was found.
    """
    return next(
        (seen.entries for seen in explore(machine, flow, most=most) if _is_in(machine, seen, state)), None
    )


def conversations_into(
    machine: ir.Machine, flow: Flow[Any], *, most: int = MOST_TRIED
) -> dict[str, tuple[Entry, ...]]:
    """The same for each state into which one was found."""
    found: dict[str, tuple[Entry, ...]] = {}
    wanted = {state.name for state in machine.states if state.kind != "start"}
    for seen in explore(machine, flow, most=most):
        for state in [name for name in wanted if _is_in(machine, seen, name)]:
            found[state] = seen.entries
            wanted.remove(state)
        if not wanted:
            break
    return found


def _is_in(machine: ir.Machine, seen: Seen, state: str) -> bool:
    return seen.state == state or any(machine.transitions[cell.row].dest == state for cell in seen.new)


class _Explorer:
    def __init__(self, machine: ir.Machine, flow: Flow[Any]) -> None:
        self._flow = flow
        self._samples = Samples(Graph(machine))
        self._matters = matters(machine)
        self._tracker = Tracker(flow)

    def conversations(self, most: int) -> Iterator[Seen]:
        begin = self._talked(())
        known = {self._place(begin)}
        pending: deque[tuple[_Talk, tuple[Move, ...]]] = deque([(begin, ())])
        while pending:
            here, path = pending.popleft()
            for move in self._moves(here):
                if (most := most - 1) < 0:
                    return
                before = self._tracker.coverage.taken
                talk = self._talked((*path, move))
                new = self._tracker.coverage.taken - before
                place = self._place(talk)
                if place not in known or new:
                    yield Seen(talk.entries(self._samples), talk.state, new)
                if place not in known and talk.session.team is None:
                    known.add(place)
                    pending.append((talk, (*path, move)))

    def _talked(self, path: tuple[Move, ...]) -> _Talk:
        talk = _Talk(self._flow, self._tracker)
        for move in path:
            talk.go(move)
        return talk

    def _place(self, talk: _Talk) -> Hashable:
        """All that decides where the conversation can go from here."""
        session = talk.session
        values = tuple((name, value) for name, value in talk.vars.items() if name in self._matters)
        clocks = tuple(deadline.trigger for deadline in session.deadlines)
        left = session.interrupted and (session.interrupted.state, session.interrupted.tries)
        return (talk.state, repr(values), session.tries, session.reminded, clocks, left, session.team)

    def _moves(self, talk: _Talk) -> Iterator[Move]:
        if talk.pending:
            yield from (
                Ends(Returns(value) if value is not None else None)
                for value in self._samples.results(talk.state)
            )
            yield Ends(Fails())
            return
        yield from map(User, self._samples.messages(talk.state))
        if talk.next_instant is not None:
            yield After(-(-(talk.next_instant - talk.now) // SECOND))


class _Talk(Conversation[Any]):
    """A conversation that writes itself down."""

    def __init__(self, flow: Flow[Any], tracker: Tracker) -> None:
        super().__init__(flow, machine=tracker.machine)
        self._entries: list[Entry] = []

    def go(self, move: Move) -> None:
        """Let something happen, and write down what came of it."""
        match move:
            case User(text):
                self._entries.append(move)
                self._write(self.say(text))
            case After(seconds):
                self._entries.append(move)
                self._write(self.advance(seconds))
            case Ends(outcome):
                self._end(outcome)
            case _:
                assert_never(move)

    def _end(self, outcome: Returns | Fails | None) -> None:
        at = max(at for at, entry in enumerate(self._entries) if isinstance(entry, CallLine))
        line = self._entries[at]
        if isinstance(line, CallLine):
            self._entries[at] = replace(line, outcome=outcome)
        failure = "the transcript lets it fail" if isinstance(outcome, Fails) else None
        self._write(self.result(outcome.value if isinstance(outcome, Returns) else None, failure=failure))

    def _write(self, effects: list[Effect]) -> None:
        self._entries += [entry for effect in effects if (entry := entry_of(effect)) is not None]

    def entries(self, samples: Samples) -> tuple[Entry, ...]:
        """What was said and done; a call that is still awaited is slow to end."""
        if not self.pending:
            return tuple(self._entries)
        *before, call = self._entries
        if not isinstance(call, CallLine):
            return tuple(self._entries)
        [first, *_] = samples.results(self.state)
        return (*before, replace(call, outcome=None if first is None else Returns(first), after=1))
