"""The machine of a flow: a `transitions.Machine` that all sessions share. The only module that knows
transitions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import transitions

from flowrt.turn import Turn

Watcher = Callable[[transitions.EventData], None]
"""Told of every transition that is taken, before its effects, with `event_data.transition` set."""


class FlowEvent(transitions.Event):
    """A trigger that does not go deeper with every choice it passes.

    A choice state fires `advance` while the transition into it is still under way. A stock machine runs it
    there and then, ten frames deeper each time, and meets Python's limit before ours. Here it waits until that
    transition is done, which is next, as nothing else is left to do there.
    """

    def trigger(self, model: object, *args: object, **kwargs: object) -> bool:
        """Fire this trigger; true if a transition was taken."""
        turn = args[0] if args else None
        if not isinstance(turn, Turn):
            return super().trigger(model, *args, **kwargs)
        if turn.under_way:
            turn.deferred = partial(super().trigger, model, turn)
            return True
        turn.under_way = True
        try:
            taken = super().trigger(model, turn)
            while (following := turn.deferred) is not None:
                turn.deferred = None
                following()
        finally:
            turn.under_way = False
            turn.deferred = None
        return taken


class FlowMachine(transitions.Machine):
    """A machine without models.

    A session is handed to each trigger and is never added: `add_model` writes attributes on its model, is
    linear in the live ones, and keeps them all in memory. `Event.trigger` is the one way in, so it is where a
    plan, compiled from the table, would take the place of the stock path.
    """

    event_cls = FlowEvent

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
