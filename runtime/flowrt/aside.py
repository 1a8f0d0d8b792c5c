"""Which states are those of an `anytime`: a session that rests in one is on its way back to the wait it left.

The table says it: a row that interrupts leads aside, and what follows stays there, until a row comes back or forgets
what was left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, cast

from flowrt.generated import come_back, forget_interruption, interrupt


def states_aside(transitions: Sequence[Mapping[str, Any]], initial: str) -> frozenset[str]:
    """The states that belong to an `anytime`, those among them where no session rests too.

    >>> to_ask = {"trigger": "message", "source": ["menu"], "dest": "ask_why", "before": [interrupt]}
    >>> answered = {"trigger": "message", "source": "ask_why", "dest": "resume"}
    >>> back = {"trigger": "advance", "source": "resume", "dest": "menu", "before": [come_back]}
    >>> sorted(states_aside([to_ask, answered, back], "start"))
    ['ask_why', 'resume']
    """
    following: dict[str, list[str]] = defaultdict(list)
    pending: list[str] = []
    for row in transitions:
        dest, effects = row["dest"], _each(row.get("before", ()))
        if dest in {None, initial} or forget_interruption in effects or come_back in effects:
            continue
        if interrupt in effects:
            pending.append(dest)
        for source in _each(row["source"]):
            following[source].append(dest)
    found: set[str] = set()
    while pending:
        state = pending.pop()
        if state not in found:
            found.add(state)
            pending += following[state]
    return frozenset(found)


def _each(listed: object) -> Sequence[Any]:
    """What transitions takes for a list: one of something, too."""
    return cast("Sequence[Any]", listed) if isinstance(listed, list | tuple) else (listed,)
