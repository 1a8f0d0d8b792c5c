"""What makes a machine go somewhere: what a user could do at a wait, and an action return."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from flowc import machine as ir
from flowc.analyse.conversations import example_answer
from flowc.analyse.graph import Graph
from flowc.transcript.entries import Happens, Opens, Sends, User
from flowc.transcript.examples import Examples, an_example
from flowc.transcript.literals import Literal
from flowc.transcript.matches import a_match
from flowc.types import MEDIA, NUMBERS

MOST = 16
"""So many messages are tried at one wait, and so many results of one call."""

_UNREADABLE = "something else"

Deed = User | Sends | Opens | Happens
"""What a user does, or the host."""


class Samples:
    """What is worth trying at each state of a machine. The values it compares with are answers, too."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        constants = [part for value in _expressions(graph.machine) for part in _constants(value)]
        self._texts = list(dict.fromkeys(one.value for one in constants if isinstance(one.value, str)))
        found = dict.fromkeys(one.value for one in constants if type(one.value) is int)
        self._numbers = [near for one in found for near in (one, one - 1, one + 1)]
        self.values = Examples(graph.machine.records, self._texts, self._numbers)

    def deeds(self, state: str) -> list[Deed]:
        """What can be done in `state`, what its handlers wait for first."""
        deeds: list[Deed] = []
        for rows in self._graph.groups(state):
            deeds += self._deeds(rows)
        return list(dict.fromkeys(deeds))[: 2 * MOST]

    def _deeds(self, rows: list[ir.Transition]) -> Iterator[Deed]:
        guards = [guard for row in rows for guard in row.guards]
        match rows[0].trigger:
            case "message":
                yield from (deed for guard in guards for deed in self._said(guard))
                yield from self._anything(guards)
            case "open":
                yield Opens()
            case trigger if trigger.startswith("event "):
                yield from self._events(trigger.removeprefix("event "), guards)
            case _:
                return

    def _anything(self, guards: list[ir.Guard]) -> Iterator[Deed]:
        """Messages that no handler waits for."""
        if any(isinstance(guard, ir.Reads) for guard in guards):
            yield from (User(_UNREADABLE), User("?"))
        else:
            yield from (User("hello"), *map(User, self._texts[:MOST]), User(_UNREADABLE))
        yield Sends(an_example("image"))

    def _events(self, name: str, guards: list[ir.Guard]) -> Iterator[Deed]:
        carries = [guard for guard in guards if isinstance(guard, ir.Carries)]
        for guard in carries:
            for place in range(MOST):
                values = [(parameter, self.values.of(kind)) for parameter, kind in guard.parameters]
                yield Happens(name, tuple((each, some[min(place, len(some) - 1)]) for each, some in values))
        if not carries:
            yield Happens(name)

    def results(self, state: str) -> list[Literal]:
        """What the action that `state` awaits may return."""
        guards = [guard for row in self._graph.rows(state, "result") for guard in row.guards]
        kinds = [guard.returns for guard in guards if isinstance(guard, ir.CallFailed)]
        return self.values.of(kinds[0])[:MOST] if kinds and kinds[0] is not None else [None]

    def _said(self, guard: ir.Guard) -> Iterator[Deed]:
        """Messages that a guard may let pass."""
        match guard:
            case ir.Says(texts):
                yield from map(User, texts)
            case ir.Finds(pattern):
                yield User(a_match(pattern))
            case ir.Fits(parts):
                yield User(
                    "".join(one if isinstance(one, str) else self._texts_of(one.reader)[0] for one in parts)
                )
            case ir.Reads(variable, reader) | ir.Requires(variable, reader):
                yield from self._answers(variable, reader)
            case ir.IsText():
                yield User(_UNREADABLE)
            case ir.Brings(kind):
                yield Sends(an_example(kind))
            case (
                ir.Carries()
                | ir.TriesReached()
                | ir.Condition()
                | ir.CallFailed()
                | ir.CameFrom()
                | ir.SaysAgain()
                | ir.FirstFailure()
            ):
                return
            case _:
                assert_never(guard)

    def _answers(self, variable: str, reader: ir.Reader) -> Iterator[Deed]:
        if reader.type.name in MEDIA:
            yield Sends(an_example(reader.type.name))
            return
        if reader.type.name == "text" and not reader.choices and "name" in variable:
            yield User("Ada")
        yield from map(User, self._texts_of(reader))

    def _texts_of(self, reader: ir.Reader) -> list[str]:
        """Answers that `reader` may understand."""
        if reader.choices:
            return list(reader.choices[:MOST])
        answers = [example_answer(reader)]
        if reader.type.name == "bool":
            answers.append("no")
        elif reader.type.name in NUMBERS:
            low, high = _end(reader.low), _end(reader.high)
            near = [*self._numbers, *([high] if high is not None else [])]
            answers += [str(n) for n in near if (low is None or n >= low) and (high is None or n <= high)]
        else:
            answers += self._texts
        return answers[:MOST]


def _end(bound: ir.Expression | None) -> int | None:
    """An end that is the same in all sessions."""
    return bound.value if isinstance(bound, ir.Constant) and type(bound.value) is int else None


def matters(machine: ir.Machine) -> frozenset[str]:
    """The variables on which it depends where the machine goes."""
    found = {use.name for value in _conditions(machine) for use in ir.uses_of(value)}
    given = [effect for row in machine.transitions for effect in row.effects if isinstance(effect, ir.Assign)]
    while True:
        more = {use.name for effect in given if effect.variable in found for use in ir.uses_of(effect.value)}
        if more <= found:
            return frozenset(found)
        found |= more


def _conditions(machine: ir.Machine) -> Iterator[ir.Expression]:
    """All on which it depends whether a row is taken."""
    for row in machine.transitions:
        for guard in row.guards:
            if isinstance(guard, ir.Condition | ir.Requires):
                yield guard.expression
            if isinstance(guard, ir.Reads | ir.Requires):
                reader = guard.reader
                yield from (part for part in (reader.low, reader.high, reader.given) if part is not None)


def _expressions(machine: ir.Machine) -> Iterator[ir.Expression]:
    yield from _conditions(machine)
    for row in machine.transitions:
        yield from (effect.value for effect in row.effects if isinstance(effect, ir.Assign | ir.Default))


def _constants(value: ir.Expression) -> Iterator[ir.Constant]:
    """The plain values in an expression, a text without holes as one of them."""
    if isinstance(value, ir.Constant):
        yield value
    elif isinstance(value, ir.Template) and all(isinstance(part, str) for part in value.parts):
        yield ir.Constant(value.shown, value.type, value.origin)
    for part in ir.parts_of(value):
        yield from _constants(part)
