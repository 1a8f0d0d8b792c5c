"""Try out what could happen in a flow, breadth first, by the flow itself: no guess about what it would do."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from flowc import machine as ir
from flowc.analyse.graph import Graph
from flowc.analyse.liveness import Liveness
from flowc.transcript.conversation import Conversation
from flowc.transcript.coverage import Cell, Tracker
from flowc.transcript.entries import (
    After,
    CallLine,
    Entry,
    Fails,
    FunctionLine,
    Named,
    Observation,
    Opens,
    Restart,
    Returns,
    Stimulus,
    User,
)
from flowc.transcript.generate.answers import Answers
from flowc.transcript.generate.constants import asks_for, deciding_variables
from flowc.transcript.generate.inputs import Inputs
from flowc.transcript.generate.reach import within_reach
from flowc.transcript.generate.values import Values
from flowc.transcript.literals import bound
from flowc.transcript.reading import LONGEST
from flowc.transcript.stage import happen
from flowc.transcript.writing import entry_of
from flowrt.effects import Call, Effect, Reply
from flowrt.flow import Flow
from flowrt.time import SECOND

TRIES = 15_000
"""So much is tried at the most."""

SLOW = 10
"""How many seconds a slow call takes, if it may take that long."""

_LABELS = 10
_SHORTEST = 2_000
_FAR = 4


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A conversation that was tried: all of it is `before`, and the last thing that happened in it.

    `entries` are the lines of that, `cells` the transitions that it took. `call` waits to be told how it ends.
    `given` is what functions were said to give in all of it.
    """

    talk: Conversation[Any]
    before: Node | None
    entries: tuple[Entry, ...]
    cells: frozenset[Cell]
    call: Call | None
    given: tuple[FunctionLine, ...]

    @property
    def path(self) -> list[Node]:
        """All that happened, in order."""
        path: list[Node] = []
        node: Node | None = self
        while node is not None:
            path.append(node)
            node = node.before
        return path[::-1]


_Place = tuple[str, int, bool, str | None]
"""What tells apart where conversations are, whatever variables hold."""


class _Frontier:
    """The conversations that may be gone on with."""

    def __init__(self, root: Node) -> None:
        self._waiting: dict[Node, None] = {root: None}
        self._places: dict[_Place, deque[Node]] = {_place(root): deque([root])}
        self._turns: Counter[_Place] = Counter()

    def add(self, node: Node) -> None:
        """One more, longer than those before."""
        self._waiting[node] = None
        self._places.setdefault(_place(node), deque()).append(node)

    def next(self, weight: Callable[[str], int] | None) -> Node | None:
        """The shortest; or, with a `weight` for each state, that in the place which had the fewest turns.

        None where there is none.
        """
        if not self._waiting:
            return None
        if weight is None:
            node = next(iter(self._waiting))
        else:
            place = min(
                filter(self._is_open, self._places), key=lambda place: self._turns[place] * weight(place[0])
            )
            node = self._places[place].popleft()
        del self._waiting[node]
        self._turns[_place(node)] += 1
        return node

    def _is_open(self, place: _Place) -> bool:
        """Whether there is something in `place` that is still waiting."""
        nodes = self._places[place]
        while nodes and nodes[0] not in self._waiting:
            nodes.popleft()
        return bool(nodes)


def _place(node: Node) -> _Place:
    session = node.talk.session
    left = session.interrupted
    return session.state, session.tries, node.call is None, None if left is None else left.state


class Explorer:
    """Looks for the transitions of `flow`, which was made from `machine`."""

    def __init__(self, flow: Flow[Any], machine: ir.Machine, tries: int = TRIES) -> None:
        self.found: dict[Cell, Node] = {}
        """The transitions that were taken, each by a conversation of the fewest things that happen."""
        self.gave_up = False
        """Whether there was more to try."""
        self._flow = flow
        self._machine = machine
        self._left = tries
        self._tracker = Tracker(flow)
        self._missing: set[Cell] = set()
        self._reach = within_reach(machine)
        values = Values(machine)
        self._inputs = Inputs(machine, values)
        self._values = values
        self._answers = Answers(flow, machine, values)
        self._deciding = deciding_variables(machine)
        self._kept = {variable.name for variable in machine.variables if variable.kept}
        self._live = Liveness(Graph(machine)).live
        self._actions = {action.name: action for action in machine.actions}
        self._opens = any(row.trigger == "open" for row in machine.transitions)
        self._asks_name = asks_for(machine, "contact.name")

    def look_for(self, wanted: Collection[Cell]) -> None:
        """Try until all that is `wanted` was found, or there is nothing more to try."""
        self._missing = set(wanted)
        for node in self.nodes() if self._missing else ():
            for cell in node.cells:
                self.found.setdefault(cell, node)
            self._missing -= node.cells
            if not self._missing:
                return

    def _weight(self, state: str) -> int:
        """How seldom what is in `state` has its turn: more often where something is missing that it may take."""
        return 1 if self._missing & self._reach.get(state, frozenset()) else _FAR

    def nodes(self) -> Iterator[Node]:
        """Conversations, those of fewer things that happen first. Two that are alike are gone on with once.

        After `_SHORTEST` tries it is no longer the shortest that comes next: then each place in the flow has its
        turn, else what is deep in a large flow would not be reached.
        """
        talk = Conversation(self._flow, machine=self._tracker.machine, functions=self._answers.functions)
        root = Node(talk, None, (), frozenset(), None, ())
        frontier, seen = _Frontier(root), {self._key(root)}
        first = self._left
        while node := frontier.next(self._weight if first - self._left > _SHORTEST else None):
            for following in self._followings(node):
                yield following
                if (key := self._key(following)) not in seen:
                    seen.add(key)
                    frontier.add(following)
            if self._left <= 0:
                self.gave_up = True
                return

    def lines(self, node: Node) -> list[Entry]:
        """The lines of the conversation that `node` is. A call that waits there takes a second."""
        entries = [*node.given, *(entry for each in node.path for entry in each.entries)]
        slow = [] if node.call is None else [replace(next(self._ends(node.call)), after=1)]
        return [*entries, *slow]

    def _followings(self, node: Node) -> Iterator[Node]:
        """All that may come next, whatever functions give."""
        for act in self._acts(node):
            ways = [node.given]
            while ways and self._left > 0:
                given = ways.pop(0)
                following = self._try(node, act, given)
                if following is not None:
                    yield following
                ways += self._answers.others(given)

    def closed(self, node: Node) -> Node:
        """`node`, and what comes of the call that waits there, if one does: its line must say how it ends.

        Raises `ValueError` where no end of it can be written.
        """
        while node.call is not None:
            following = next(
                filter(None, (self._try(node, end, node.given) for end in self._ends(node.call))), None
            )
            if following is None:
                raise ValueError(f"the call of {node.call.name} cannot end in a transcript")
            node = following
        return node

    def _try(self, node: Node, act: Stimulus | CallLine, given: tuple[FunctionLine, ...]) -> Node | None:
        """What comes of it; None where the flow breaks, or where a transcript could not say what came."""
        self._left -= 1
        talk = node.talk.copy()
        self._tracker.forget_trail()
        self._answers.begin(given)
        try:
            effects = _perform(talk, act, node.call)
        except Exception:  # whatever the flow does; its tests will tell
            return None
        calls = [effect for effect in effects if isinstance(effect, Call)]
        if len(calls) > 1 or (calls and calls[0] is not effects[-1]):
            return None
        lines: list[Observation] = [entry_of(effect) for effect in effects if not isinstance(effect, Call)]
        call = calls[0] if calls and calls[0] in talk.pending else None
        return Node(talk, node, (act, *lines), frozenset(self._tracker.trail), call, self._answers.given)

    def _key(self, node: Node) -> tuple[object, ...]:
        """What tells conversations apart: those alike go on alike.

        A variable that is given a value anew before it is used does not.
        """
        session = node.talk.session
        left = session.interrupted
        live = self._kept | self._live[session.state] | (self._live[left.state] if left else set[str]())
        held = {name: value for name, value in node.talk.vars.items() if name in live}
        return (
            session.state,
            session.tries,
            session.reminded,
            session.team,
            bool(session.held),
            tuple(deadline.trigger for deadline in session.deadlines),
            None if left is None else (left.state, left.tries, left.result is None, left.pending is None),
            node.call is None,
            node.talk.is_under_way,
            node.talk.name is None,
            node.talk.is_outdated,
            tuple((name, value) for name, value in held.items() if name in self._deciding),
            # Which hold a value: whether one does may be asked before it is compared.
            tuple(name for name, value in held.items() if value is not None),
        )

    # What could happen next.

    def _acts(self, node: Node) -> Iterator[Stimulus | CallLine]:
        if node.call is not None:
            yield from self._ends(node.call)
            return
        yield from self._inputs.messages(node.talk.state)
        yield from self._labels(node)
        yield from self._times(node)
        yield from self._new_version(node)
        yield from self._inputs.events(node.talk.state)
        if self._asks_name and node.talk.name is None:
            yield Named("Ada")
        if self._opens and not node.talk.is_open:
            yield Opens()

    def _labels(self, node: Node) -> Iterator[User]:
        """The buttons that were shown last."""
        for effect in reversed(node.talk.effects):
            if isinstance(effect, Reply):
                yield from map(User, effect.buttons[:_LABELS])
                return

    def _times(self, node: Node) -> Iterator[Stimulus]:
        """Wait for what comes next; or let the process be down until the whole session has expired."""
        talk = node.talk
        coming = talk.next_instant
        if coming is None:
            return
        seconds = -((talk.now - coming) // SECOND)
        if 0 < seconds <= LONGEST:
            yield After(seconds)
        for deadline in talk.session.deadlines:
            later = -((talk.now - deadline.due) // SECOND)
            if deadline.trigger == "expire" and deadline.due > coming and later <= LONGEST:
                yield Restart(later)

    def _new_version(self, node: Node) -> Iterator[Restart]:
        """A version that has no place for the session, as long as what the flow says of that is missing."""
        rows = self._machine.transitions
        if node.talk.is_open and any(rows[cell.row].trigger == "outdated" for cell in self._missing):
            yield Restart(outdated=True)

    def _ends(self, call: Call) -> Iterator[CallLine]:
        """How a call could end."""
        arguments = tuple(call.arguments.values())
        returns = self._actions[call.name].returns if call.name in self._actions else None
        outcomes = [None] if returns is None else [Returns(value) for value in self._values.of(returns)]
        for outcome in outcomes:
            yield CallLine(call.name, arguments, outcome)
        yield CallLine(call.name, arguments, Fails())
        slow = min(SLOW, int(call.limit) - 1)
        if slow > 0 and outcomes:
            yield CallLine(call.name, arguments, outcomes[0], after=slow)


def _perform(talk: Conversation[Any], act: Stimulus | CallLine, call: Call | None) -> list[Effect]:
    match act:
        case CallLine(outcome=Returns(literal), after=after):
            return talk.result(bound(literal, talk.flow.records), after=after, call=call)
        case CallLine(outcome=outcome, after=after):
            failure = "the transcript lets it fail" if isinstance(outcome, Fails) else None
            return talk.result(failure=failure, after=after, call=call)
        case After(seconds):
            return talk.advance(seconds)
        case Restart(stopped, outdated):
            return talk.restart(stopped, outdated=outdated)
        case _:
            return happen(talk, act, talk.flow.records)
