"""What the people talk to: real flows and flows at random, in versions that follow one another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from flowc import machine as ir
from flowc.pipeline import compile_flow, load_flow
from flowc.source import Source, load, source_of
from flowc.transcript.generate.inputs import Inputs
from flowc.transcript.generate.values import Values
from flowc.transcript.literals import bound
from flowc.types import Type
from flowrt.effects import Effect
from flowrt.events import Event
from flowrt.flow import Flow, Triggers
from flowrt.forms import admitted
from flowrt.session import Session
from flowrt.time import Instant
from flowrt.turn import Functions
from flowrt.values import Value
from tests.fuzz.flows import flow as flow_at_random

ROOT = Path(__file__).parents[2]

STEPS: ContextVar[list[tuple[Event, Instant]]] = ContextVar("simulated_steps")
"""The steps that were taken for the event at hand since its session was read."""


class WatchedFlow(Flow[Any]):
    """A flow that says which steps it takes."""

    def step(
        self,
        session: Session[Any],
        event: Event,
        at: Instant,
        machine: Triggers | None = None,
        functions: Functions | None = None,
    ) -> list[Effect]:
        """As every flow."""
        STEPS.get([]).append((event, at))
        return super().step(session, event, at, machine, functions)


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A flow as it is at one time. Bots run `watched`; what should have happened is worked out with `flow`."""

    name: str
    flow: Flow[Any]
    watched: WatchedFlow
    inputs: Inputs
    kinds: Mapping[str, str]
    """What each state is."""
    returns: Mapping[str, Sequence[Value] | None]
    """What each action may give."""
    functions: Mapping[str, Callable[..., object]]
    events: Sequence[str]


def version_of(name: str, source: Source) -> Version | None:
    """The version that `source` is, None where it does not compile."""
    machine = compile_flow(source).machine
    if machine is None:
        return None
    flow = load_flow(machine)
    watched = object.__new__(WatchedFlow)
    watched.__dict__.update(flow.__dict__)
    values = Values(machine)
    return Version(
        name,
        flow,
        watched,
        Inputs(machine, values),
        {state.name: state.kind for state in machine.states},
        {action.name: _values(action.returns, values, flow) for action in machine.actions},
        {each.name: _function(each, values, flow) for each in machine.functions},
        [
            row.trigger.removeprefix("event ")
            for row in machine.transitions
            if row.trigger.startswith("event ")
        ],
    )


def _values(kind: Type | None, values: Values, flow: Flow[Any]) -> list[Value] | None:
    if kind is None:
        return None
    found: list[Value] = []
    for literal in values.of(kind):
        with suppress(ValueError):
            found.append(admitted(bound(literal, flow.records)))
    return found


def _function(function: ir.Function, values: Values, flow: Flow[Any]) -> Callable[..., object]:
    """A function of the bot: pure, of the right type, and now and then it fails."""
    answers = _values(function.returns, values, flow) or [None]

    def answer(*arguments: object) -> object:
        drawn = sum(map(ord, repr(arguments)))
        if drawn % 31 == 0:
            raise ValueError("out of paper")
        return answers[drawn % len(answers)]

    return answer


def _sound(name: str, source: Source) -> Version:
    version = version_of(name, source)
    assert version is not None, f"{name} does not compile"
    return version


EXAMPLES = ("feedback", "support", "booking", "signup", "incident", "parcel")
MORE = ("calls", "clocks", "handlers", "returning", "results", "again")


@cache
def example(name: str) -> tuple[Version, ...]:
    """An example, the same with other texts, and the same with a variable renamed."""
    before = load(ROOT / "examples" / name / f"{name}.flow")
    texts = source_of(before.path, before.text.replace('reply "', 'reply "Well: '))
    return (
        _sound(name, before),
        _sound(f"{name} with other texts", texts),
        *_with_another_name(name, before),
    )


def _with_another_name(name: str, source: Source) -> Iterator[Version]:
    """A version in which a variable has another name, and says so: the first for which that can be done by words."""
    machine = compile_flow(source).machine
    assert machine is not None
    for variable in machine.variables:
        text = re.sub(rf"\b{variable.name}\b", f"{variable.name}_now", source.text)
        text = text.replace("timeout ", f"renamed {variable.name} to {variable.name}_now\ntimeout ", 1)
        version = version_of(f"{name} with {variable.name} renamed", source_of(source.path, text))
        if version is not None:
            yield version
            return


@cache
def conversation(name: str) -> tuple[Version, ...]:
    """A flow of the tests of conversations."""
    return (_sound(name, load(ROOT / "tests" / "conversations" / f"{name}.flow")),)


WORDS = (
    "",
    'outdated -> reply "We have changed." -> emit changed()\n',
    "outdated -> emit changed()\n",
)
"""What each of the versions at random says of a session that it has no place for."""


@cache
def at_random(number: int) -> tuple[Version, ...]:
    """Three flows that have nothing in common but their names and those of their states and variables."""
    versions: list[Version] = []
    random = Random(f"flows {number}")  # noqa: S311 - no secret
    while len(versions) < len(WORDS):
        name = f"random-{number}-{len(versions)}"
        text = f"flow random\n{WORDS[len(versions)]}{flow_at_random(random)}"
        version = version_of(name, source_of("random.flow", text))
        if version is not None:
            versions.append(version)
    return tuple(versions)
