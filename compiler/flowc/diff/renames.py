"""Renames that would save sessions: waits that are gone beside new ones that look like them."""

from __future__ import annotations

import difflib
import re

from flowc import machine as ir
from flowc.analyse.graph import Graph
from flowc.records import dataclass
from flowrt.renaming import Renaming

_ASKED = "ask_"
_ALIKE = 0.6
"""How much alike two names are that may be one and the same."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """`renamed old to new`, where it would keep the sessions of a wait."""

    old: str
    new: str

    def __str__(self) -> str:
        return f"renamed {self.old} to {self.new}"


def proposals(old: Graph, new: Graph, names: Renaming) -> dict[str, Proposal]:
    """A rename for each wait of the old flow that is gone, and has one like it among those that are new."""
    now = {names.state(state.name) for state in old.machine.waits}
    gone = [state for state in old.machine.waits if names.state(state.name) not in new.states]
    added = [state for state in new.machine.waits if state.name not in now]
    found: dict[str, Proposal] = {}
    for state in gone:
        candidates = [
            (_likeness(old, state, new, other, proposal), other.name, proposal)
            for other in added
            if state.kind == other.kind and (proposal := _difference(names.state(state.name), other.name))
        ]
        best = max(candidates, key=lambda candidate: candidate[:2], default=None)
        if best is not None and best[0] >= _ALIKE:
            found[state.name] = best[2]
    return found


def _difference(old: str, new: str) -> Proposal | None:
    """The one part in which two names of states differ; None where it is not one."""
    before, after = re.split(r"[./]", old), re.split(r"[./]", new)
    differing = [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]]
    if len(before) != len(after) or len(differing) != 1:
        return None
    [(one, other)] = differing
    if one.startswith(_ASKED) and other.startswith(_ASKED):
        return Proposal(one.removeprefix(_ASKED), other.removeprefix(_ASKED))
    return Proposal(one, other)


def _likeness(old: Graph, state: ir.State, new: Graph, other: ir.State, proposal: Proposal) -> float:
    """How much two waits are alike: wholly where they are said the same."""
    before, after = _said(old, state), _said(new, other)
    if before and before == after:
        return 1.0
    return difflib.SequenceMatcher(a=proposal.old, b=proposal.new).ratio()


def _said(graph: Graph, state: ir.State) -> frozenset[str]:
    """What is said on the way into a wait, last of all."""
    said: set[str] = set()
    for row in graph.machine.transitions:
        if row.dest == state.name:
            texts = [effect.text.shown for effect in row.effects if isinstance(effect, ir.Say)]
            said.update(texts[-1:])
    return frozenset(said)
