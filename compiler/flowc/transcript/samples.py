"""Messages and results that make a machine go somewhere: what a user could write at a wait, and an action return."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from flowc import machine as ir
from flowc.analyse.conversations import example_answer
from flowc.analyse.graph import Graph
from flowc.transcript.matches import a_match
from flowc.types import Type
from flowrt.values import Value

MOST = 16
"""So many messages are tried at one wait."""

_UNREADABLE = "something else"


class Samples:
    """What is worth trying at each state of a machine. The values it compares with are answers, too."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        found = dict.fromkeys(
            constant for value in _expressions(graph.machine) for constant in _constants(value)
        )
        self._texts = [constant for constant in found if isinstance(constant, str)]
        self._numbers = [near for one in found if type(one) is int for near in (one, one - 1, one + 1)]

    def messages(self, state: str) -> list[str]:
        """Messages, those of the handlers first."""
        rows = self._graph.rows(state, "message")
        guards = [guard for row in rows for guard in row.guards]
        said = [text for guard in guards for text in self._said(guard)]
        asked = any(isinstance(guard, ir.Reads) for guard in guards)
        others = [_UNREADABLE, "?"] if asked else ["hello", *self._texts, _UNREADABLE]
        return list(dict.fromkeys([*said, *others]))[:MOST]

    def results(self, state: str) -> list[Value]:
        """What the action that `state` awaits may return."""
        guards = [guard for row in self._graph.rows(state, "result") for guard in row.guards]
        types = [guard.returns for guard in guards if isinstance(guard, ir.CallFailed)]
        return self._values(types[0]) if types and types[0] is not None else [None]

    def _values(self, type: Type) -> list[Value]:
        none: list[Value] = [None] if type.optional else []
        values: list[Value]
        match type.name:
            case "int":
                values = [1, *self._numbers]
            case "bool":
                values = [True, False]
            case _:
                values = [example_answer(ir.Reader(type.plain)), *self._texts]
        return [*values[:MOST], *none]

    def _said(self, guard: ir.Guard) -> Iterator[str]:
        """Messages that a guard may let pass."""
        match guard:
            case ir.Says(texts):
                yield from texts
            case ir.Finds(pattern):
                yield a_match(pattern)
            case ir.Reads(variable, reader) | ir.Requires(variable, reader):
                if reader.type.name == "text" and not reader.choices and "name" in variable:
                    yield "Ada"
                yield from self._answers(reader)
            case ir.IsText():
                yield _UNREADABLE
            case (
                ir.TriesReached()
                | ir.Condition()
                | ir.CallFailed()
                | ir.CameFrom()
                | ir.SaysAgain()
                | ir.FirstFailure()
            ):
                return
            case _:
                assert_never(guard)

    def _answers(self, reader: ir.Reader) -> Iterator[str]:
        yield from reader.choices[:MOST]
        if reader.choices:
            return
        yield example_answer(reader)
        if reader.type.name == "bool":
            yield "no"
        elif reader.type.name == "int":
            low, high = reader.low, reader.high
            inside = (n for n in self._numbers if (low is None or n >= low) and (high is None or n <= high))
            yield from (str(n) for n in (*inside, *((high,) if high is not None else ())))
        else:
            yield from self._texts


def matters(machine: ir.Machine) -> frozenset[str]:
    """The variables on which it depends where the machine goes."""
    found = {name for value in _conditions(machine) for name in _names(value)}
    given = [effect for row in machine.transitions for effect in row.effects if isinstance(effect, ir.Assign)]
    while (
        more := {name for effect in given if effect.variable in found for name in _names(effect.value)}
        - found
    ):
        found |= more
    return frozenset(found)


def _conditions(machine: ir.Machine) -> Iterator[ir.Expression]:
    for row in machine.transitions:
        for guard in row.guards:
            if isinstance(guard, ir.Condition | ir.Requires):
                yield guard.expression


def _expressions(machine: ir.Machine) -> Iterator[ir.Expression]:
    yield from _conditions(machine)
    for row in machine.transitions:
        yield from (effect.value for effect in row.effects if isinstance(effect, ir.Assign | ir.Default))


def _parts(value: ir.Expression) -> Iterator[ir.Expression]:
    """An expression and all those in it."""
    yield value
    match value:
        case ir.Operation(_, operands):
            for operand in operands:
                yield from _parts(operand)
        case ir.Template(parts):
            for part in parts:
                if not isinstance(part, str):
                    yield from _parts(part)
        case ir.Constant() | ir.VariableUse() | ir.AnswerUse():
            return
        case _:
            assert_never(value)


def _constants(value: ir.Expression) -> Iterator[str | int | bool | None]:
    yield from (part.value for part in _parts(value) if isinstance(part, ir.Constant))
    yield from (part.shown for part in _parts(value) if isinstance(part, ir.Template) and _is_plain(part))


def _is_plain(template: ir.Template) -> bool:
    return all(isinstance(part, str) for part in template.parts)


def _names(value: ir.Expression) -> Iterator[str]:
    yield from (part.name for part in _parts(value) if isinstance(part, ir.VariableUse))
