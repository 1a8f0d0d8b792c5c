"""From two machines to what becomes of a session in each wait of the old one.

The runtime decides the same when it restores a session (`flowrt.codec.restore`): here it is said beforehand.
"""

from __future__ import annotations

from typing import Literal

from flowc import machine as ir
from flowc.analyse.conversations import shown
from flowc.analyse.graph import Graph
from flowc.analyse.standing import NONE, UNSET
from flowc.analyse.values import Values, way_with
from flowc.diff.holding import Holding
from flowc.diff.questions import question_of
from flowc.diff.renames import Proposal, proposals
from flowc.records import dataclass
from flowrt.renaming import Renaming

Verdict = Literal["safe", "restarts", "lost"]
"""A session goes on as if nothing had changed; goes on, and may have to do its step again; or ends as outdated."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a session in the wait `state` of the old flow, which is `now` in the new one.

    `why` is empty where it is safe. `conversation` is the shortest in which it happens, as a transcript.
    """

    state: ir.State
    now: str
    verdict: Verdict
    why: str = ""
    conversation: tuple[str, ...] = ()
    proposal: Proposal | None = None


def compare(old: ir.Machine, new: ir.Machine) -> tuple[Fate, ...]:
    """The fate of a session in each wait of `old`, in the order of the machine."""
    comparing = _Comparing(old, new)
    return tuple(comparing.fate(state) for state in old.waits)


def _awaits(state: ir.State) -> str:
    """What a session awaits in `state`: a call's result, an instant, or the contact."""
    return state.kind if state.kind in {"call", "wait"} else "contact"


class _Comparing:
    def __init__(self, old: ir.Machine, new: ir.Machine) -> None:
        self.old = old
        self.new = new
        self.names = Renaming([(each.what, each.old, each.new) for each in new.renamed])
        self.graph = Graph(old)
        self.new_graph = Graph(new)
        self.values = Values(self.graph)
        self.holding = Holding(old, new, self.names)
        self.waits = {state.name: state for state in new.waits}
        self.needs = {contract.state: contract.needs for contract in new.contracts}
        self.proposals = proposals(self.graph, self.new_graph, self.names)

    def fate(self, state: ir.State) -> Fate:
        now = self.names.state(state.name)
        conversation = shown(self.graph, self.graph.way_to(state.name))
        if now not in self.waits:
            why = f"the new flow has no wait `{now}`"
            return Fate(state, now, "lost", why, conversation, self.proposals.get(state.name))
        kind = self.waits[now].kind
        if kind in ("call", "wait") and state.kind != kind:
            why = f"`{now}` awaits what a session that comes from before does not await"
            return Fate(state, now, "lost", why, conversation)
        if (state.name in self.graph.aside) != (now in self.new_graph.aside):
            belongs = "belongs to an" if now in self.new_graph.aside else "does not belong to an"
            why = f"`{now}` {belongs} `anytime` now: its way back is another"
            return Fate(state, now, "lost", why, conversation)
        for need in self.needs.get(now, ()):
            lacking = self._lacking(state, now, need)
            if lacking is not None:
                why, path = lacking
                return Fate(state, now, "lost", why, shown(self.graph, path) if path else conversation)
        before = question_of(self.graph, state)
        after = question_of(self.new_graph, self.waits[now])
        if before != after:
            alike = _awaits(state) == _awaits(self.waits[now])
            return Fate(
                state, now, "restarts" if alike else "lost", f"{before}, and now {after}", conversation
            )
        return Fate(state, now, "safe", conversation=conversation)

    def _lacking(
        self, state: ir.State, now: str, need: ir.Variable
    ) -> tuple[str, list[ir.Transition] | None] | None:
        """Why a session in `state` may lack what the new flow needs there, and a way on which it does."""
        shown_name = need.name.rpartition(".")[2]
        held = self.holding.of(need)
        if held == "begins":
            return None
        if held is None:
            return f"`{now}` needs the variable `{shown_name}`, which the old flow does not have", None
        if isinstance(held, str):
            return f"`{now}` needs the variable `{shown_name}` as `{need.type}`, and it is `{held}`", None
        excluded = UNSET if need.type.optional or not held.type.optional else UNSET | NONE
        way = way_with(self.values, state.name, held.name, excluded)
        if way is None:
            return None
        return f"`{now}` needs the variable `{shown_name}`, which may have no value there", way
