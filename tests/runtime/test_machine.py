"""The machine of a flow is a true machine of transitions, also where it takes the short way through a table."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import transitions

from flowrt.events import Message
from flowrt.generated import Variables
from flowrt.machine import FlowMachine
from flowrt.session import Session
from flowrt.turn import Turn

Log = list[str]


class World:
    """A table whose callbacks write down that they were called, and in which state the session was then."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self.log: Log = []
        self.session = Session("ada", Variables())
        states: list[Any] = [
            {"name": "start", "on_exit": self.notes("leave start")},
            {
                "name": "waiting",
                "on_enter": self.notes("enter waiting"),
                "on_exit": self.notes("leave waiting"),
            },
            {"name": "over", "on_enter": self.notes("enter over"), "final": True},
        ]
        rows: list[Any] = [
            {
                "trigger": "message",
                "source": "start",
                "dest": "over",
                "prepare": self.notes("prepare"),
                "conditions": [self.says("yes", True), self.says("no", False)],
                "before": self.notes("never"),
            },
            {
                "trigger": "message",
                "source": "start",
                "dest": "waiting",
                "unless": [self.says("unless", False)],
                "before": [self.notes("before 1"), self.notes("before 2")],
                "after": self.notes("after"),
            },
            {
                "trigger": "message",
                "source": "waiting",
                "dest": None,
                "conditions": [self.says("stay", True)],
            },
            {"trigger": "ending", "source": "waiting", "dest": "over", "before": self.notes("end")},
            {"trigger": "raising", "source": "waiting", "dest": "over", "before": self.raises},
            {
                "trigger": "nowhere",
                "source": "waiting",
                "dest": "over",
                "conditions": [self.says("no", False)],
            },
        ]
        self.machine = make(states, rows)

    def notes(self, what: str) -> Callable[[Any], None]:
        def note(event: Any) -> None:
            self.log.append(
                f"{what} in {event.model.state}, {event.state.name}, {event.transition and event.transition.dest}"
            )

        return note

    def says(self, what: str, answer: bool) -> Callable[[Any], bool]:
        note = self.notes(what)

        def say(event: Any) -> bool:
            note(event)
            return answer

        return say

    def raises(self, event: Any) -> None:
        self.notes("raise")(event)
        raise LookupError("nothing there")

    def fire(self, trigger: str) -> None:
        turn = Turn(self.session, Message("1", "ada", "hi"), 1, "1", [])
        try:
            taken = self.machine.events[trigger].trigger(self.session, turn)
        except Exception as error:
            taken = f"{type(error).__name__}: {error}"
        self.log.append(f"{trigger}: {taken}, now in {self.session.state}")

    def walk(self) -> Log:
        for trigger in ("message", "message", "nowhere", "raising", "message", "ending", "message", "ending"):
            self.fire(trigger)
        return self.log


def plain(states: list[Any], rows: list[Any]) -> transitions.Machine:
    return transitions.Machine(
        model=None, states=states, transitions=rows, initial="start", send_event=True, auto_transitions=False
    )


def ours(states: list[Any], rows: list[Any]) -> FlowMachine:
    return FlowMachine(states, rows, "start")


def nothing(_: World) -> None:
    pass


def hooks_of_the_machine(world: World) -> None:
    for name in ("prepare_event", "before_state_change", "after_state_change", "finalize_event", "on_final"):
        getattr(world.machine, name).append(world.notes(name))


def a_hook_for_errors(world: World) -> None:
    world.machine.on_exception = world.notes("on exception")


def callbacks_added_later(world: World) -> None:
    world.machine.on_enter_waiting(world.notes("late enter"))
    world.machine.on_exit_start(world.notes("late exit"))
    world.machine.before_message(world.notes("late before"))
    world.machine.add_transition("nowhere", "waiting", None, after=world.notes("late row"))


def invalid_triggers_ignored(world: World) -> None:
    world.machine.ignore_invalid_triggers = True


def rows_removed(world: World) -> None:
    world.machine.remove_transition("message", source="waiting")


def names_for_callbacks(world: World) -> None:
    world.machine.on_enter_waiting("clear")


def callbacks_replaced(world: World) -> None:
    world.machine.callbacks = lambda functions, _: world.log.append(f"{len(list(functions))} callbacks")


def a_state_of_another_class(world: World) -> None:
    class Loud(transitions.State):
        def enter(self, event_data: Any) -> None:
            world.log.append(f"loudly into {self.name}")
            super().enter(event_data)

    world.machine.add_states([Loud("loud")])
    world.machine.remove_transition("ending")
    world.machine.add_transition("ending", "waiting", "loud")


CHANGES = [
    nothing,
    hooks_of_the_machine,
    a_hook_for_errors,
    callbacks_added_later,
    invalid_triggers_ignored,
    rows_removed,
    names_for_callbacks,
    callbacks_replaced,
    a_state_of_another_class,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_it_walks_as_a_plain_machine_whatever_is_asked_of_it(change: Callable[[World], None]) -> None:
    walks: list[Log] = []
    for make in (plain, ours):
        world = World(make)
        change(world)
        walks.append(world.walk())
    assert walks[1] == walks[0]
    assert len(walks[0]) > 8


def test_what_a_subclass_overrides_is_called() -> None:
    class Counting(FlowMachine):
        calls = 0

        def callback(self, func: Any, event_data: Any) -> None:
            self.calls += 1
            super().callback(func, event_data)

    world = World(lambda states, rows: Counting(states, rows, "start"))
    assert world.walk() == World(plain).walk()
    assert world.machine.calls > 8


@pytest.fixture
def talkative() -> Iterator[None]:
    logger = logging.getLogger("transitions.core")
    level = logger.level
    logger.setLevel(logging.DEBUG)
    yield
    logger.setLevel(level)


@pytest.mark.usefixtures("talkative")
def test_who_listens_to_the_log_of_transitions_hears_all(caplog: pytest.LogCaptureFixture) -> None:
    said: list[list[str]] = []
    for make in (plain, ours):
        caplog.clear()
        World(make).walk()
        said.append(
            [
                record.getMessage().partition(" at 0x")[0].partition("callback '")[0]
                for record in caplog.records
            ]
        )
    assert said[1] == said[0]
    assert len(said[0]) > 50


def test_a_table_with_nothing_special_goes_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(ours)
    monkeypatch.setattr(transitions.Event, "trigger", None)
    world.fire("message")
    world.fire("ending")
    assert world.log[-1] == "ending: True, now in over"
