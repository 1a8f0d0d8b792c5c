"""The machine of a flow: a `transitions.Machine` that all sessions share. The only module that knows
transitions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import transitions

Watcher = Callable[[transitions.EventData], None]
"""Told of every transition that is taken, before its effects, with `event_data.transition` set."""


class FlowMachine(transitions.Machine):
    """A machine without models.

    A session is handed to each trigger and is never added: `add_model` writes attributes on its model, is
    linear in the live ones, and keeps them all in memory. `Event.trigger` is the one way in, so it is where a
    plan, compiled from the table, would take the place of the stock path.
    """

    def __init__(
        self,
        states: Sequence[Mapping[str, Any]],
        transitions: Sequence[Mapping[str, Any]],
        initial: str,
        watch: Watcher | None = None,
    ) -> None:
        super().__init__(
            model=None,
            states=[dict(state) for state in states],
            transitions=[dict(transition) for transition in transitions],
            initial=initial,
            send_event=True,
            auto_transitions=False,
            before_state_change=watch,
        )
