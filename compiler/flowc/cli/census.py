"""How many live sessions rest where: what `flowc diff --sessions` counts."""

from __future__ import annotations

from collections import Counter

from flowc.cli.stores import with_store
from flowc.machine import Machine
from flowrt.operations import Operations
from flowrt.renaming import Renaming


class Census:
    """The open sessions of a store, by flow and by wait.

    A session that an `anytime` led away counts where it is and where it came from: it is lost with either.
    """

    def __init__(self, counted: Counter[tuple[str, frozenset[str]]]) -> None:
        self._counted = counted

    def of_flow(self, flow: Machine) -> int:
        """How many sessions of `flow` there are."""
        return sum(count for (name, _), count in self._counted.items() if name == flow.name)

    def in_wait(self, flow: Machine, wait: str) -> int:
        """How many sessions rest in a wait of `flow`, also those saved while it had an older name."""
        names = Renaming([(each.what, each.old, each.new) for each in flow.renamed])
        return sum(
            count
            for (name, waits), count in self._counted.items()
            if name == flow.name and wait in {names.state(each) for each in waits}
        )


def take_census(store: str) -> Census:
    """Count the sessions of the store that `store` names. Raises `StoreError`."""

    async def work(operations: Operations) -> Counter[tuple[str, frozenset[str]]]:
        counted: Counter[tuple[str, frozenset[str]]] = Counter()
        async for view in operations.each():
            if view.standing == "open":
                counted[view.flow, frozenset({view.state, view.interrupted or view.state})] += 1
        return counted

    return Census(with_store(store, work))
