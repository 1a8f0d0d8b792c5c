"""What a flow compares with: the values that decide, and the variables that are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from decimal import Decimal

from flowc import machine as ir
from flowc.transcript.generate.samples import samples
from flowc.types import Type
from flowrt.values import Value

_LONG = 1_000
"""No longer text is made to be measured."""


def decisions(machine: ir.Machine) -> Iterator[object]:
    """The expressions by which it is decided which way to go."""
    for row in machine.transitions:
        for guard in row.guards:
            if isinstance(guard, ir.Condition | ir.Requires):
                yield guard.expression


def inside(node: object) -> Iterator[object]:
    """`node`, and all nodes that it is made of."""
    if isinstance(node, tuple):
        for each in node:  # pyright: ignore[reportUnknownVariableType]  # whatever the machine is made of
            yield from inside(each)  # pyright: ignore[reportUnknownArgumentType]  # as above
    elif is_dataclass(node):
        yield node
        for field in fields(node):
            yield from inside(getattr(node, field.name))


def compared_values(machine: ir.Machine) -> list[Value]:
    """The constants that `machine` decides by, itself or by variables that they are given to; each once, in order.

    A text in which something is found that a decision looks for is among them, and one as long as a decision asks.
    """
    deciding = deciding_variables(machine)
    given = [effect.value for effect in _assignments(machine) if effect.variable in deciding]
    values = [
        value for each in (*decisions(machine), *given) for node in inside(each) for value in _values(node)
    ]
    return list(dict.fromkeys(values))


def _values(node: object) -> Iterator[Value]:
    match node:
        case ir.Constant(value=str(digits), type=Type("decimal")):
            yield Decimal(digits)
        case ir.Constant(value=int(seconds), type=Type("duration")):
            yield timedelta(seconds=seconds)
        case ir.Constant(value=str() | int() as value) if not isinstance(value, bool):
            yield value
        case ir.Template(parts=parts) if all(isinstance(part, str) for part in parts):
            yield "".join(part for part in parts if isinstance(part, str))
        case ir.Matches(pattern=pattern):
            yield from samples(pattern)
        case _:
            yield from ("x" * count for count in _lengths(node))


def compared_lengths(machine: ir.Machine) -> list[int]:
    """The lengths that a decision asks for, and what is one longer; each once, in order."""
    nodes = (node for each in decisions(machine) for node in inside(each))
    return list(dict.fromkeys(count for node in nodes for count in _lengths(node)))


def _lengths(node: object) -> Iterator[int]:
    match node:
        case ir.Operation(operands=(ir.BuiltIn(function="length"), ir.Constant(value=int(count)))):
            yield from (each for each in (count, count + 1) if 0 < each < _LONG)
        case _:
            pass


def deciding_functions(machine: ir.Machine) -> frozenset[str]:
    """The functions of the bot that decide which way to go, themselves or by what is made of what they give."""
    deciding = deciding_variables(machine)
    given = [effect.value for effect in _assignments(machine) if effect.variable in deciding]
    nodes = (node for each in (*decisions(machine), *given) for node in inside(each))
    return frozenset(node.function for node in nodes if isinstance(node, ir.Apply))


def asks_for(machine: ir.Machine, what: ir.Known) -> bool:
    """Whether a decision of `machine` asks for what the event tells."""
    nodes = (node for each in decisions(machine) for node in inside(each))
    return any(isinstance(node, ir.KnownUse) and node.what == what for node in nodes)


def deciding_variables(machine: ir.Machine) -> frozenset[str]:
    """The variables that decide which way to go, themselves or by what is made of them."""
    deciding = {name for each in decisions(machine) for name in _used(each)}
    while True:
        given = [effect.value for effect in _assignments(machine) if effect.variable in deciding]
        more = {name for value in given for name in _used(value)}
        if more <= deciding:
            return frozenset(deciding)
        deciding |= more


def _assignments(machine: ir.Machine) -> Iterator[ir.Assign | ir.Default]:
    for row in machine.transitions:
        for effect in row.effects:
            if isinstance(effect, ir.Assign | ir.Default):
                yield effect


def _used(expression: object) -> Iterator[str]:
    return (node.name for node in inside(expression) if isinstance(node, ir.VariableUse))
