"""The tests of one file, run: what `flowc test` does in one process or in several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from flowc.cli.files import write_all
from flowc.diagnostics.diagnostic import Mistake
from flowc.machine import Machine
from flowc.pipeline import Compiled, compile_flow, load_flow
from flowc.source import Source, Unreadable, load, source_of
from flowc.transcript.coverage import Coverage, Tracker
from flowc.transcript.entries import Script
from flowc.transcript.generate.generating import generate_tests
from flowc.transcript.origins import origins_of
from flowc.transcript.results import ScriptResult
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script
from flowc.transcript.source_lines import LineCoverage, line_coverage
from flowc.transcript.updating import update_script
from flowc.transcript.writing import write_script


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with each file: run the tests with `words` in their names, and perhaps write some."""

    words: str = ""
    update: bool = False
    generate: bool = False


@dataclass(slots=True)
class Ran:
    """What came of one file."""

    path: Path
    unreadable: dict[Path, str] = field(default_factory=dict[Path, str])
    """Files that cannot be read, and why."""
    source: Source | None = None
    mistakes: tuple[Mistake, ...] = ()
    """What is wrong with how the tests are written."""
    flow: Source | None = None
    compiled: Compiled | None = None
    result: ScriptResult | None = None
    coverage: Coverage | None = None
    lines: LineCoverage | None = None
    updated: int = 0
    """How many tests were brought up to date."""
    unsettled: Mapping[str, str] = field(default_factory=dict[str, str])
    """The tests that could not be brought up to date, and why."""
    generated: int = 0
    """How many tests were written."""
    unreached: Mapping[str, str] = field(default_factory=dict[str, str])
    """The transitions that no test could be written for, and why."""


def run_files(paths: Iterable[Path], task: Task, jobs: int) -> Iterator[Ran]:
    """Do `task` with each file, in order, in so many processes.

    Raises `OSError` where a file cannot be written.
    """
    paths = list(paths)
    if jobs == 1 or len(paths) == 1:
        yield from map(partial(run_file, task=task), paths)
        return
    with ProcessPoolExecutor(min(jobs, len(paths)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(partial(run_file, task=task), paths)


def run_file(path: Path, task: Task) -> Ran:
    """Do `task` with the transcript at `path`. Raises `OSError` where it cannot be written."""
    ran = Ran(path)
    source = _source(ran, task)
    if source is None:
        return ran
    ran.source = source
    script, ran.mistakes = parse_script(source)
    wanted = _chosen(script, task)
    if not wanted.tests and not task.generate:
        return ran
    machine = _compile(ran, path.with_suffix(".flow"))
    if machine is None:
        return ran
    _run(ran, machine, wanted)
    if task.update and ran.result is not None and ran.result.failed:
        _update(ran, machine, script, task)
    if task.generate and ran.coverage is not None:
        _generate(ran, machine)
    return ran


def _source(ran: Ran, task: Task) -> Source | None:
    if task.generate and not ran.path.exists():
        return source_of(str(ran.path), "")
    try:
        return load(ran.path)
    except Unreadable as error:
        ran.unreadable[ran.path] = str(error)
        return None


def _compile(ran: Ran, path: Path) -> Machine | None:
    try:
        ran.flow = load(path)
    except Unreadable as error:
        ran.unreadable[path] = str(error)
        return None
    ran.compiled = compile_flow(ran.flow)
    return ran.compiled.machine


def _chosen(script: Script, task: Task) -> Script:
    return replace(script, tests=tuple(test for test in script.tests if task.words in test.name))


def _run(ran: Ran, machine: Machine, script: Script) -> None:
    flow = load_flow(machine)
    tracker = Tracker(flow)
    ran.result = run_script(script, flow, tracker=tracker, origins=origins_of(machine))
    ran.coverage = tracker.coverage
    ran.lines = line_coverage(machine, tracker.coverage)


def _update(ran: Ran, machine: Machine, script: Script, task: Task) -> None:
    """Bring the tests that failed up to date, and run all of them again."""
    assert ran.source is not None  # noqa: S101 - it has just been run
    assert ran.result is not None  # noqa: S101 - as above
    failed = [test.name for test in ran.result.tests if not test.passed]
    updated = update_script(ran.source, script, load_flow(machine), failed)
    ran.unsettled = updated.unsettled
    ran.updated = len(failed) - len(updated.unsettled)
    if ran.updated:
        _rewrite(ran, machine, updated.text, task)


def _generate(ran: Ran, machine: Machine) -> None:
    """Write the tests that are missing behind those that are there, and run all of them again."""
    assert ran.source is not None  # noqa: S101 - it has just been run
    assert ran.result is not None  # noqa: S101 - as above
    assert ran.coverage is not None  # noqa: S101 - as above
    names = [test.name for test in ran.result.tests]
    generated = generate_tests(load_flow(machine), machine, ran.coverage, names)
    ran.unreached, ran.generated = generated.unreached, len(generated.tests)
    if generated.tests:
        before = [text] if (text := ran.source.text.rstrip("\n")) else []
        tests = (write_script(test.name, test.entries).rstrip("\n") for test in generated.tests)
        _rewrite(ran, machine, "\n\n".join([*before, *tests]) + "\n", Task())


def _rewrite(ran: Ran, machine: Machine, text: str, task: Task) -> None:
    write_all({ran.path: text})
    ran.source = source_of(str(ran.path), text)
    script, ran.mistakes = parse_script(ran.source)
    _run(ran, machine, _chosen(script, task))
