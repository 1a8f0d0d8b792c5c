"""Write the tests that are missing: for each transition that no test takes, the shortest conversation that does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flowc import machine as ir
from flowc.records import dataclass
from flowc.transcript.coverage import Cell, Coverage
from flowc.transcript.entries import Test
from flowc.transcript.generate.explorer import TRIES, Explorer, Node
from flowrt.flow import Flow


@dataclass(frozen=True, slots=True)
class Generated:
    """The tests, and of each transition that was not reached, as a report names it, why not."""

    tests: tuple[Test, ...]
    unreached: Mapping[str, str]


def generate_tests(
    flow: Flow[Any], machine: ir.Machine, coverage: Coverage, names: Collection[str] = (), tries: int = TRIES
) -> Generated:
    """Tests of `flow`, which was made from `machine`, that take what `coverage` lacks.

    Each is named after the transition that it is there for, and not as one of `names`. At most `tries` things are
    tried; which tests come of it depends on nothing else.
    """
    wanted = [cell for cell in coverage.cells if cell not in coverage.taken]
    explorer = Explorer(flow, machine, tries)
    explorer.look_for(wanted)
    chosen = _chosen(wanted, explorer.found)
    taken = set(names)
    tests: list[Test] = []
    for cell in wanted:
        if cell in chosen:
            name = _free(coverage.cells[cell], taken)
            taken.add(name)
            tests.append(Test(name, tuple(explorer.lines(explorer.closed(chosen[cell])))))
    unreached = {
        coverage.cells[cell]: _reason(cell, machine, explorer, tries)
        for cell in wanted
        if cell not in explorer.found
    }
    return Generated(tuple(tests), unreached)


def _chosen(wanted: list[Cell], found: Mapping[Cell, Node]) -> dict[Cell, Node]:
    """The conversations to write: the longest first, for what it takes on its way needs no other."""
    chosen: dict[Cell, Node] = {}
    taken: set[Cell] = set()
    paths = {cell: found[cell].path for cell in wanted if cell in found}
    for cell in sorted(paths, key=lambda cell: len(paths[cell]), reverse=True):
        if cell not in taken:
            chosen[cell] = found[cell]
            taken |= {each for node in paths[cell] for each in node.cells}
    return chosen


def _free(name: str, taken: Collection[str]) -> str:
    numbers = (f"{name} ({number})" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbers if each not in taken)


def _reason(cell: Cell, machine: ir.Machine, explorer: Explorer, tries: int) -> str:
    """Why a transition was not reached, as far as that is known."""
    row = machine.transitions[cell.row]
    reached = {machine.transitions[other.row].dest or other.source for other in explorer.found} | {ir.START}
    more = f", among the {tries:,} things that were tried" if explorer.gave_up else ""
    if cell.source not in reached:
        return f"no conversation leads to `{cell.source}`{more}"
    match row.trigger:
        case "message":
            return f"in `{cell.source}` no message is taken so: what stands before it may take them all{more}"
        case "advance":
            return f"`{cell.source}` is reached, but never so that it goes on this way{more}"
        case "result":
            return f"no end of the call leads this way{more}"
        case _:
            return f"something else always comes first in `{cell.source}`{more}"
