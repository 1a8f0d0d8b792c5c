"""What the transcripts beside a flow take of its machine, for drawings that show it."""

from __future__ import annotations

from pathlib import Path

from flowc.cli.streams import tell
from flowc.machine import Machine
from flowc.pipeline import load_flow
from flowc.source import Unreadable, load
from flowc.transcript.coverage import Tracker
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script

Cells = frozenset[tuple[int, str]]
"""Transitions, each a row of the table and one of its sources."""


class NothingTaken(Exception):
    """There is no transcript whose coverage could be shown; the message says so."""


def taken_by_tests(path: Path, machine: Machine) -> Cells:
    """The transitions of `machine`, made of the flow at `path`, that the transcripts beside it take.

    Raises `NothingTaken` where there is none, or where it cannot be read.
    """
    beside = path.with_suffix(".flowtest")
    try:
        script, mistakes = parse_script(load(beside))
    except Unreadable as error:
        raise NothingTaken(f"there is no coverage to show: {error}") from error
    flow = load_flow(machine)
    tracker = Tracker(flow)
    result = run_script(script, flow, tracker=tracker)
    if result.failed or mistakes:
        tell(f"some tests fail, and what they do not reach is not colored: see `flowc test {beside}`")
    return frozenset(tracker.coverage.taken)
