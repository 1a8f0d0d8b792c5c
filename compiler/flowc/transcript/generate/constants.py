"""What a flow compares with: the values that decide, and the variables that are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from flowc import machine as ir


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


def compared_values(machine: ir.Machine) -> list[object]:
    """The constants that `machine` decides by, itself or by variables that they are given to; each once, in order."""
    deciding = deciding_variables(machine)
    given = [effect.value for effect in _assignments(machine) if effect.variable in deciding]
    found = [
        node.value
        for each in (*decisions(machine), *given)
        for node in inside(each)
        if isinstance(node, ir.Constant)
    ]
    return list(dict.fromkeys(value for value in found if value is not None and not isinstance(value, bool)))


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
