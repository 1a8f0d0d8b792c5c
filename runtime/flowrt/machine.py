"""The machine of a flow: a `transitions.Machine` that all sessions share. The only module that knows
transitions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import transitions

from flowrt.turn import Turn

Watcher = Callable[[transitions.EventData], None]
"""Told of every transition that is taken, before its effects, with `event_data.transition` set."""

_LOGGER = logging.getLogger("transitions.core")

_METHODS = "callbacks callback resolve_callable get_state set_state get_model_state _process"
_STOCK = frozenset([*_METHODS.split(), "event_cls", "state_cls", "transition_cls"])
"""What of a machine must be transitions' own for the short way to be the same."""


class FlowEvent(transitions.Event):
    """A trigger that does not go deeper with every choice it passes, and takes the short way where there is one.

    A choice state fires `advance` while the transition into it is still under way. A stock machine runs it
    there and then, ten frames deeper each time, and meets Python's limit before ours. Here it waits until that
    transition is done, which is next, as nothing else is left to do there.
    """

    def trigger(self, model: object, *args: object, **kwargs: object) -> bool:
        """Fire this trigger; true if a transition was taken."""
        turn = args[0] if args else None
        if not isinstance(turn, Turn):
            return super().trigger(model, *args, **kwargs)
        machine = self.machine
        short = isinstance(machine, FlowMachine) and machine.is_plain
        fire = self._fire if short else super().trigger
        if turn.under_way:
            turn.deferred = partial(fire, model, turn)
            return True
        turn.under_way = True
        try:
            taken = fire(model, turn)
            while (following := turn.deferred) is not None:
                turn.deferred = None
                following()
        finally:
            turn.under_way = False
            turn.deferred = None
        return taken

    def _fire(self, model: Any, turn: Turn) -> bool:  # noqa: ANN401 - a model is anything with a state
        """What the stock machine does, step by step and read from the same places, where nothing of it is special.

        Most of the stock machine's time goes into logs that nobody reads, lists that are empty and names that are no
        names. This asks for none of them.
        """
        machine = self.machine
        states = machine.states
        state = states.get(model.state)
        if state is None or state.name not in self.transitions:
            return super().trigger(model, turn)  # which knows what to say
        event = transitions.EventData(state, self, machine, model, (turn,), {})
        for row in self.transitions[state.name]:
            event.transition = row
            if row.prepare:
                _call(row.prepare, event)
            for condition in row.conditions:
                if _callable(condition.func, event)(event) != condition.target:
                    break
            else:
                _call(machine.before_state_change, event)
                _call(row.before, event)
                if row.dest:
                    _call(state.on_exit, event)
                    event.state = dest = states[row.dest]
                    model.state = dest.value
                    _call(dest.on_enter, event)
                    if dest.final:
                        _call(machine.on_final, event)
                _call(row.after, event)
                _call(machine.after_state_change, event)
                event.result = True
                return True
        return False


def _call(functions: Sequence[Any], event: transitions.EventData) -> None:
    for function in functions:
        _callable(function, event)(event)


def _callable(function: Any, event: transitions.EventData) -> Callable[[transitions.EventData], object]:  # noqa: ANN401
    """A callback as something to call: a name is looked up where transitions looks."""
    return event.machine.resolve_callable(function, event) if isinstance(function, str) else function


class FlowMachine(transitions.Machine):
    """A machine without models.

    A session is handed to each trigger and is never added: `add_model` writes attributes on its model, is
    linear in the live ones, and keeps them all in memory. `Event.trigger` is the one way in.
    """

    event_cls = FlowEvent
    _is_stock = True

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

    @property
    def is_plain(self) -> bool:
        """Whether nothing is asked of this machine but to follow its table: then the short way does all that the
        stock one does.
        """
        return self._is_stock and not (
            self.model_attribute != "state"
            or not self.send_event
            or self.prepare_event
            or self.finalize_event
            or self.on_exception
            or self.has_queue
            or _LOGGER.isEnabledFor(logging.INFO)
        )

    def add_states(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as transitions has it
        """As transitions has it; a state of another class enters and leaves in its own way."""
        super().add_states(*args, **kwargs)
        if any(type(state) is not transitions.State for state in self.states.values()):
            self._is_stock = False

    def __setattr__(self, name: str, value: object) -> None:
        if name in _STOCK:  # somebody has put something else in the place of a part of the stock way
            super().__setattr__("_is_stock", False)
        super().__setattr__(name, value)

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - as `object` has it
        super().__init_subclass__(**kwargs)
        cls._is_stock = cls._is_stock and not any(name in vars(cls) for name in _STOCK)
