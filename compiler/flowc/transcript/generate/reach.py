"""Which transitions one thing that happens may take, from each state in which a session rests."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import machine as ir
from flowc.transcript.coverage import Cell


def within_reach(machine: ir.Machine) -> dict[str, frozenset[Cell]]:
    """For each state all transitions of one event: from there, and on through the choices that it may pass."""
    rows: dict[str, list[tuple[Cell, ir.Transition]]] = {}
    for number, row in enumerate(machine.transitions):
        for source in row.sources:
            rows.setdefault(source, []).append((Cell(number, source), row))
    passed = {state.name for state in machine.states if state.kind in {"choice", "resume"}}
    return {
        state.name: frozenset(_reached(state.name, rows, passed))
        for state in machine.states
        if state.name not in passed
    }


def _reached(
    state: str, rows: dict[str, list[tuple[Cell, ir.Transition]]], passed: set[str]
) -> Iterator[Cell]:
    pending, seen = [state], {state}
    while pending:
        source = pending.pop()
        for cell, row in rows.get(source, []):
            if source == ir.RESUME and not _comes_from(row, state):
                continue
            yield cell
            if row.dest in passed and row.dest not in seen:
                seen.add(row.dest)
                pending.append(row.dest)


def _comes_from(row: ir.Transition, state: str) -> bool:
    return any(isinstance(guard, ir.CameFrom) and guard.state == state for guard in row.guards)
