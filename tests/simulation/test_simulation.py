"""The runtime in a simulated world in which everything goes wrong: what G1 to G8 promise must hold all the same."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from flowrt.waiting import Line
from tests.simulation import broken
from tests.simulation.database import Database
from tests.simulation.flows import example
from tests.simulation.journal import Violation
from tests.simulation.loop import Process, SimulatedLoop
from tests.simulation.plans import Plan, plan_of
from tests.simulation.sessions import StoredSession, StoredWait, stuck
from tests.simulation.world import hold, run

ROOT = Path(__file__).parents[2]


def small(seed: int) -> Plan:
    """A run of a moment."""
    return plan_of(seed, contacts=10, moves=15)


@pytest.mark.parametrize("seed", range(1, 17))
def test_whatever_goes_wrong_the_guarantees_hold(seed: int) -> None:
    plan = small(seed)
    hold(plan, run(plan))


def test_hundreds_of_people_at_once() -> None:
    plan = plan_of(2, contacts=300, moves=3)
    report = run(plan)
    hold(plan, report)
    assert report.conversations > 300


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(1_000, 1_010))
def test_for_thousands_of_conversations(seed: int) -> None:
    for number in range(10):
        plan = plan_of(10 * seed + number)
        hold(plan, run(plan))


def test_when_nothing_goes_wrong_everything_is_delivered_once() -> None:
    report = run(replace(small(2), faults={}))
    assert (report.violations, report.repeats, report.faults.total()) == ((), 0, 0)
    assert report.conversations > 0


# The simulator sees mistakes.


@pytest.mark.parametrize(
    ("mistake", "guarantee"),
    [
        (broken.ForgetsMarks, "G1"),
        (broken.IgnoresVersions, "G3"),
        (broken.ForgetsSome, "G3"),
        (broken.DeletesBeforeSending, "G3"),
        (broken.MixesUp, "G3"),
        (broken.DeletesTooMuch, "G3"),
        (broken.ForgetsDeadlines, "G4"),
        (broken.KeepsCalls, "G5"),
        (broken.RenamesCalls, "G7"),
    ],
)
def test_a_mistake_is_seen_within_a_few_seeds(mistake: type[Database], guarantee: str) -> None:
    reports = (run(plan_of(seed, contacts=12, moves=20), new_database=mistake) for seed in range(1, 11))
    found = next(report.violations[0] for report in reports if report.violations)
    assert found.startswith(guarantee)


def test_a_bot_that_keeps_no_order_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    async def enter(_line: Line, _contact: str, _limit: int | None = None) -> None:
        pass

    monkeypatch.setattr(Line, "enter", enter)
    monkeypatch.setattr(Line, "leave", lambda _line, _contact: None)
    found = next(report.violations[0] for seed in range(1, 11) if (report := run(small(seed))).violations)
    assert found.startswith("G2")


@pytest.mark.parametrize(
    ("state", "pending", "clocks", "left", "calls"),
    [
        ("call", None, [], None, []),
        ("call", "k", [], None, ["other"]),
        ("wait", "k#wait", ["expire"], None, []),
        ("ask", "k", ["expire"], None, []),
        ("ask", None, ["expire"], "call", []),
        ("ask", None, ["expire"], "wait", []),
    ],
)
def test_a_session_that_awaits_what_never_comes_is_seen(
    state: str, pending: str | None, clocks: list[str], left: str | None, calls: list[str]
) -> None:
    interrupted: StoredWait | None = (
        None if left is None else {"state": left, "pending": "k", "fixed": [], "result": None}
    )
    saved: StoredSession = {
        "state": state,
        "pending": pending,
        "deadlines": [(trigger, 1, 0) for trigger in clocks],
        "interrupted": interrupted,
    }
    kinds = {kind: kind for kind in ("ask", "call", "wait")}
    assert stuck(saved, kinds, dict.fromkeys(calls)) is not None
    sound = saved | {"deadlines": [("result", 1, 0), ("elapsed", 1, 0)], "interrupted": None}
    assert stuck(cast("StoredSession", sound), kinds, {"k": None}) is None


@pytest.mark.parametrize(
    ("mistake", "first", "workers", "flow", "faults"),
    [
        (broken.CountsAnew, 6, 1, "parcel", {"answer of the store lost": 0.3, "message was delayed": 0.3}),
        (
            broken.GivesOnce,
            1,
            3,
            "feedback",
            {
                "answer of the store lost": 0.3,
                "channel refused": 0.5,
                "process is doomed": 0.9,
                "process killed when the channel had it": 0.04,
                "process killed on the way to the store": 0.004,
            },
        ),
    ],
)
def test_a_mistake_that_takes_a_coincidence_is_seen(
    mistake: type[Database], first: int, workers: int, flow: str, faults: dict[str, float]
) -> None:
    """Both were mistakes of ours, which the simulator found. `first` is a seed that shows it soon."""
    plans = (
        replace(
            plan_of(seed, contacts=12, moves=20),
            versions=example(flow),
            shared=True,
            workers=workers,
            faults=faults,
        )
        for seed in range(first, first + 30)
    )
    found = next(report.violations[0] for plan in plans if (report := run(plan, None, mistake)).violations)
    assert found.startswith("G3")


# A seed is a run.


def test_a_seed_is_always_the_same_run() -> None:
    one, other, another = run(small(3)), run(small(3)), run(small(4))
    assert one == other
    assert one.digest != another.digest


def test_it_is_the_same_run_in_another_process_whose_hashes_differ() -> None:
    command = [sys.executable, "-m", "tests.simulation", "--seed", "3", "--contacts", "10", "--moves", "15"]
    said = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"digest of the last {run(small(3)).digest}\n" in said.stdout


def test_a_failing_seed_is_said_with_the_command_that_replays_it() -> None:
    plan = replace(small(2), faults={})
    reports = [run(plan, new_database=broken.MixesUp) for _ in range(2)]
    assert reports[0] == reports[1]
    assert reports[0].violations
    replayed = "python -m tests.simulation --seed 2 --contacts 10 --moves 15 --trace"
    with pytest.raises(Violation, match=replayed):
        hold(plan, reports[0])


def test_a_trace_tells_what_happened() -> None:
    lines: list[str] = []
    run(small(2), lines.append)
    assert any("Message" in line for line in lines)
    assert all(line.split()[0].replace(".", "").isdecimal() for line in lines)


# The loop.


@contextmanager
def simulated() -> Iterator[SimulatedLoop]:
    """A loop."""
    loop = SimulatedLoop(lambda: 0.0)
    try:
        yield loop
    finally:
        loop.end()


def test_time_passes_without_being_waited_for() -> None:
    with simulated() as loop:
        loop.run_until_complete(asyncio.sleep(1_000_000))
        assert loop.time() == pytest.approx(1_000_000)


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_a_process_dies_at_any_step_and_cleans_up_nothing(steps: int) -> None:
    did: list[str] = []

    async def work() -> None:
        try:
            for number in range(3):
                did.append(str(number))
                await asyncio.sleep(1)
        finally:
            did.append("cleaned up")

    with simulated() as loop:
        process = Process(loop, "p")
        process.steps_left = 2 * steps - 1
        process.at_death("test", lambda: did.append("dead"))
        process.spawn(work())
        loop.run_until_complete(asyncio.sleep(10))
        assert did == ["0", "1", "2"][:steps] + (["dead"] if steps < 4 else ["cleaned up", "dead"])


def test_a_frozen_process_takes_its_steps_later_in_their_order() -> None:
    did: list[tuple[str, float]] = []

    async def work(loop: SimulatedLoop, name: str, pause: float) -> None:
        await asyncio.sleep(pause)
        did.append((name, round(loop.time(), 3)))
        await asyncio.sleep(0)
        did.append((name, round(loop.time(), 3)))

    with simulated() as loop:
        process = Process(loop, "p")
        for name, pause in (("a", 1.0), ("b", 2.0), ("c", 9.0)):
            process.spawn(work(loop, name, pause))
        loop.call_later(0.5, process.freeze, 5.0)
        loop.run_until_complete(asyncio.sleep(20))
    assert did == [("a", 5.5), ("b", 5.5), ("a", 5.5), ("b", 5.5), ("c", 9.0), ("c", 9.0)]
