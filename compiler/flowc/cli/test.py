"""`flowc test`: run transcripts against their flows."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from flowc.cells import visible
from flowc.cli.files import NothingFound, find
from flowc.cli.findings import Findings
from flowc.cli.options import FOUND, PATH, UNUSABLE, traceback_option
from flowc.cli.output import Output, output_options
from flowc.cli.streams import columns, complain, say, tell, wants_color
from flowc.cli.testing import Ran, Task, run_files
from flowc.cli.watching import again_and_again, watch_option
from flowc.source import Sources
from flowc.transcript.report import failure_text, share, summary, uncovered
from flowc.transcript.results import FAILED_TEST, ScriptResult, TestResult


@dataclass(frozen=True, slots=True)
class Choices:
    """What the options of `flowc test` say, but for those that all commands have."""

    task: Task
    verbose: bool
    coverage: bool
    missing: bool
    fail_under: float | None
    jobs: int


def _test_options(command: Callable[..., object]) -> Callable[..., object]:
    """The options of `flowc test` alone: the argument `choices`."""

    @wraps(command)
    def with_choices(  # noqa: PLR0913 - one for each option
        *,
        verbose: bool,
        words: str,
        update: bool,
        generate: bool,
        coverage: bool,
        missing: bool,
        fail_under: float | None,
        jobs: int,
        **others: Any,  # noqa: ANN401 - the command's own
    ) -> object:
        if generate and words:
            raise click.UsageError(
                "with -k some tests are left out, and what they take would be generated again"
            )
        task = Task(words, update, generate)
        processes = jobs or os.cpu_count() or 1
        return command(choices=Choices(task, verbose, coverage, missing, fail_under, processes), **others)

    for option in (
        click.option(
            "-j",
            "--jobs",
            metavar="N",
            type=click.IntRange(min=0),
            default=1,
            show_default=True,
            help="Run files in N processes; 0 for one for each processor.",
        ),
        click.option(
            "--fail-under",
            metavar="N",
            type=click.FloatRange(0, 100),
            help="Exit with 1 where less than N percent of the transitions or of the lines of a flow are covered.",
        ),
        click.option("--missing", is_flag=True, help="List the transitions and lines that no test took."),
        click.option(
            "--coverage/--no-coverage",
            default=True,
            help="Say how many transitions and lines were taken, or do not.",
        ),
        click.option(
            "--generate",
            is_flag=True,
            help="Write the shortest tests that take every transition that none takes yet.",
        ),
        click.option(
            "--update", is_flag=True, help="Where a test fails, write into it what the bot does in truth."
        ),
        click.option(
            "-k", "words", metavar="EXPR", default="", help="Run only tests whose names contain EXPR."
        ),
        click.option("-v", "--verbose", is_flag=True, help="Name each test."),
    ):
        with_choices = option(with_choices)
    return with_choices


@click.command
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=PATH)
@_test_options
@watch_option
@output_options
@traceback_option
def test(paths: tuple[Path, ...], choices: Choices, watch: bool, output: Output) -> int:
    """Run transcripts against their flows.

    PATH is a `.flowtest` file, or a folder with such files in it; without one it is this folder. Each is run
    against the flow beside it, `feedback.flowtest` against `feedback.flow`, and either name will do. Exits
    with 0 where all tests pass, 1 where one fails or a flow has an error, 2 where there is no test or a file
    cannot be read.

    \b
    Examples:
      flowc test feedback.flowtest --missing
      flowc test flows --format junit --output-file tests.xml
      flowc test feedback.flow --generate
    """

    def run() -> int:
        try:
            files = _files(paths or (Path(),), choices.task)
        except NothingFound as error:
            complain(str(error))
            return UNUSABLE
        tests = _Tests(output, choices)
        for ran in run_files(files, choices.task, choices.jobs):
            tests.show(ran)
        return tests.close()

    return again_and_again(run, paths or [Path()]) if watch else run()


def _files(paths: tuple[Path, ...], task: Task) -> list[Path]:
    """The transcripts that `paths` name. Raises `NothingFound`.

    Where tests are generated, a folder without any stands for those that the flows in it will have.
    """
    try:
        found = find(paths, ".flowtest")
    except NothingFound:
        if not task.generate:
            raise
        found = find(paths, ".flow")
    files = (path.with_suffix(".flowtest") if path.suffix == ".flow" else path for path in found)
    return list(dict.fromkeys(files))


class _Tests:
    """The tests of all files, and how they went."""

    def __init__(self, output: Output, choices: Choices) -> None:
        self._output = output
        self._choices = choices
        self._findings = Findings(output, only_errors=True)
        self._color = wants_color(output.color, None if output.file else sys.stdout)
        self._columns = columns(sys.stdout)
        self._ran: list[Ran] = []

    def show(self, ran: Ran) -> None:
        """Show what came of one file: what is wrong with it, and the tests that fail."""
        for path, why in ran.unreadable.items():
            self._findings.unreadable(path, why)
        misread: set[int] = set()
        if ran.source is not None:
            self._findings.look_at(ran.source)
            found = tuple(mistake.diagnostic() for mistake in ran.mistakes)
            self._findings.show(found, Sources({ran.source.path: ran.source}))
            misread = {ran.source.line_of(mistake.span.start) for mistake in ran.mistakes}
        if ran.flow is not None and ran.compiled is not None:
            self._findings.look_at(ran.flow)
            if not ran.compiled.ok:
                self._findings.show(ran.compiled.diagnostics, ran.compiled.sources)
        if ran.result is not None:
            self._ran.append(ran)
            self._report(ran.result, misread)
            self._tell_written(ran)

    def _report(self, result: ScriptResult, misread: set[int]) -> None:
        """Show the tests that fail; why a line was `misread` has been shown."""
        for test in result.tests:
            if self._choices.verbose:
                how = "passed" if test.passed else "failed"
                self._say(f"{how}  {visible(f'{result.path}:{test.line}: {test.name}')}")
            if test.failure is not None and test.failure.line not in misread:
                self._say(self._failure(result, test))

    def _tell_written(self, ran: Ran) -> None:
        """Say what was written into the file, and what could not be."""
        path = visible(str(ran.path))
        if ran.updated:
            tell(f"{path}: {_tests(ran.updated)} brought up to date")
        for name, why in ran.unsettled.items():
            tell(visible(f'{path}: test "{name}" cannot be brought up to date: {why}'))
        if ran.generated:
            tell(f"{path}: {_tests(ran.generated)} written")
        for description, why in ran.unreached.items():
            tell(f"{path}: no test for {description}: {why}")

    def _failure(self, result: ScriptResult, test: TestResult) -> str:
        if self._output.format == "concise":
            line = test.failure.line if test.failure else test.line
            return visible(f'{result.path}:{line}: error[{FAILED_TEST}] test "{test.name}" failed')
        return failure_text(result.path, test, columns=self._columns, color=self._color) + "\n"

    def _say(self, text: str) -> None:
        """Write a result for people; a report for programs has no place for it."""
        if self._output.file is not None:
            self._findings.say(text)
        elif self._output.for_people:
            say(text)

    def close(self) -> int:
        """Show what came of it all, and return the exit code."""
        results = [ran.result for ran in self._ran if ran.result is not None]
        several = len(self._ran) > 1
        for ran in self._ran:
            if several:
                self._say(f"{visible(str(ran.path))}: {self._summary(ran)}")
            if self._choices.missing and ran.coverage and (text := uncovered(ran.coverage, ran.lines)):
                self._say(text)
        if results:
            total = summary(results) if several else self._summary(self._ran[0])
            (self._say if self._output.for_people else tell)(total)
        if self._findings.any or not self._output.for_people or self._output.file:
            self._findings.close("test", results)
        return self._code(results)

    def _summary(self, ran: Ran) -> str:
        covered = (ran.coverage, ran.lines) if self._choices.coverage else (None, None)
        return summary([] if ran.result is None else [ran.result], *covered)

    def _code(self, results: list[ScriptResult]) -> int:
        if self._findings.code:
            return self._findings.code
        if not any(result.tests for result in results):
            words = self._choices.task.words
            complain("there is no test" + (f" with `{words}` in its name" if words else " in these files"))
            return UNUSABLE
        too_little = list(self._too_little())
        for why in too_little:
            complain(why)
        failed = too_little or any(result.failed for result in results)
        return FOUND if failed and not self._output.exit_zero else 0

    def _too_little(self) -> Iterator[str]:
        """What is not covered as much as it must be."""
        least = self._choices.fail_under
        for ran in self._ran if least is not None else ():
            for what, coverage in (("transitions", ran.coverage), ("lines", ran.lines)):
                if coverage is not None and least is not None and share(coverage) < least:
                    covered = f"{coverage.covered} of {coverage.total} {what} are covered"
                    yield f"{ran.path}: {covered}, {share(coverage):.1f} %: it must be {least:g} %"


def _tests(count: int) -> str:
    return f"{count} test{'' if count == 1 else 's'}"
