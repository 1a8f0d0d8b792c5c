"""Contracts: what a session that rests in a state must hold to go on from there."""

from __future__ import annotations

from flowc import machine as ir
from flowc.analyse.standing import NONE, VALUE
from flowc.analyse.values import Values


def contracts(values: Values) -> tuple[ir.Contract, ...]:
    """The contract of each state that needs something: its live variables.

    One that cannot be none there, because it was tested, must have a value, whatever its type allows.
    """
    order = {variable.name: place for place, variable in enumerate(values.graph.machine.variables)}
    found: list[ir.Contract] = []
    for state in values.graph.machine.waits:
        standing = values.at.get(state.name, {})
        needs = [
            _need(values.graph.machine.variables[order[name]], standing.get(name, VALUE))
            for name in sorted(values.liveness.live[state.name], key=lambda name: order[name])
        ]
        if needs:
            found.append(ir.Contract(state.name, tuple(needs)))
    return tuple(found)


def _need(variable: ir.Variable, mask: int) -> ir.Variable:
    type_ = variable.type if mask & NONE else variable.type.plain
    return ir.Variable(variable.name, type_, variable.kept)
