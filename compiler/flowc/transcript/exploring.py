"""The shortest conversations that lead into states: the flow is talked to until one is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flowc import machine as ir
from flowc.transcript.entries import Entry
from flowc.transcript.generate.explorer import TRIES, Explorer, Node
from flowrt.flow import Flow


def conversation_into(
    machine: ir.Machine, flow: Flow[Any], state: str, *, most: int = TRIES
) -> tuple[Entry, ...] | None:
    """The shortest conversation found that ends in `state`, or passes it where no session rests there; None
    where none was found by trying `most` things. `flow` was made from `machine`.
    """
    return conversations_into(machine, flow, (state,), most=most).get(state)


def conversations_into(
    machine: ir.Machine, flow: Flow[Any], states: tuple[str, ...] | None = None, *, most: int = TRIES
) -> dict[str, tuple[Entry, ...]]:
    """The same for each of `states`, else for all, into which one was found."""
    names = [state.name for state in machine.states if state.kind != "start"]
    resting = {state.name for state in machine.states if state.rests}
    wanted = set(names if states is None else states)
    found: dict[str, tuple[Entry, ...]] = {}
    explorer = Explorer(flow, machine, most)
    for node in explorer.nodes():
        for state in wanted & set(_met(machine, node, resting)):
            found[state] = tuple(explorer.lines(node))
        wanted -= found.keys()
        if not wanted:
            break
    return found


def _met(machine: ir.Machine, node: Node, resting: set[str]) -> Iterator[str]:
    """The state in which `node` leaves the contact, and those that its last move passed without rest."""
    if node.talk.state in resting:
        yield node.talk.state
    for cell in node.cells:
        passed = machine.transitions[cell.row].dest
        if passed is not None and passed not in resting:
            yield passed
