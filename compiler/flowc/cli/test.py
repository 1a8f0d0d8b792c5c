"""`flowc test`: run transcripts against their flows."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from flowc.cells import visible
from flowc.cli.files import NothingFound, find
from flowc.cli.findings import Findings
from flowc.cli.options import FOUND, PATH, UNUSABLE, traceback_option
from flowc.cli.output import Output, output_options
from flowc.cli.streams import columns, complain, say, tell, wants_color
from flowc.cli.watching import again_and_again, watch_option
from flowc.diagnostics.diagnostic import Mistake
from flowc.pipeline import load_flow
from flowc.source import Source, Sources, Unreadable, load
from flowc.transcript.coverage import Coverage, Tracker
from flowc.transcript.origins import origins_of
from flowc.transcript.report import failure_text, summary, uncovered
from flowc.transcript.results import FAILED_TEST, ScriptResult, TestResult
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script


@click.command
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=PATH)
@click.option("-v", "--verbose", is_flag=True, help="Name each test.")
@click.option("-k", "words", metavar="EXPR", default="", help="Run only tests whose names contain EXPR.")
@click.option(
    "--coverage/--no-coverage", default=True, help="Say how many transitions were taken, or do not."
)
@click.option("--missing", is_flag=True, help="List the transitions that no test took.")
@watch_option
@output_options
@traceback_option
def test(
    paths: tuple[Path, ...],
    verbose: bool,
    words: str,
    coverage: bool,
    missing: bool,
    watch: bool,
    output: Output,
) -> int:
    """Run transcripts against their flows.

    PATH is a `.flowtest` file, or a folder with such files in it; without one it is this folder. Each is run
    against the flow beside it, `feedback.flowtest` against `feedback.flow`, and either name will do. Exits
    with 0 where all tests pass, 1 where one fails or a flow has an error, 2 where there is no test or a file
    cannot be read.

    \b
    Examples:
      flowc test feedback.flowtest --missing
      flowc test flows --format junit --output-file tests.xml
    """

    def run() -> int:
        try:
            files = find(paths or [Path()], ".flowtest")
        except NothingFound as error:
            complain(str(error))
            return UNUSABLE
        tests = _Tests(output, words, verbose=verbose)
        for path in files:
            tests.run(path.with_suffix(".flowtest") if path.suffix == ".flow" else path)
        return tests.close(coverage=coverage, missing=missing)

    return again_and_again(run, paths or [Path()]) if watch else run()


class _Tests:
    """The tests of all files, and how they went."""

    def __init__(self, output: Output, words: str, *, verbose: bool) -> None:
        self._output = output
        self._findings = Findings(output, only_errors=True)
        self._words = words
        self._verbose = verbose
        self._color = wants_color(output.color, None if output.file else sys.stdout)
        self._columns = columns(sys.stdout)
        self._ran: list[tuple[ScriptResult, Coverage]] = []

    def run(self, path: Path) -> None:
        """Run the tests of one file, and show those that fail."""
        try:
            source = load(path)
        except Unreadable as error:
            self._findings.unreadable(path, str(error))
            return
        self._findings.look_at(source)
        flow_path = path.with_suffix(".flow")
        script, mistakes = parse_script(source)
        if mistakes:
            self._show(mistakes, source)
        script = replace(script, tests=tuple(test for test in script.tests if self._words in test.name))
        machine = self._findings.compile(flow_path) if script.tests else None
        if machine is None:
            return
        flow = load_flow(machine)
        tracker = Tracker(flow)
        result = run_script(script, flow, tracker=tracker, origins=origins_of(machine))
        self._ran.append((result, tracker.coverage))
        self._report(result, {source.line_of(mistake.span.start) for mistake in mistakes})

    def _show(self, mistakes: tuple[Mistake, ...], source: Source) -> None:
        found = tuple(mistake.diagnostic() for mistake in mistakes)
        self._findings.show(found, Sources({source.path: source}))

    def _report(self, result: ScriptResult, misread: set[int]) -> None:
        """Show the tests that fail; why a line was `misread` has been shown."""
        for test in result.tests:
            if self._verbose:
                how = "passed" if test.passed else "failed"
                self._say(f"{how}  {visible(f'{result.path}:{test.line}: {test.name}')}")
            if test.failure is not None and test.failure.line not in misread:
                self._say(self._failure(result, test))

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

    def close(self, *, coverage: bool, missing: bool) -> int:
        """Show what came of it all, and return the exit code."""
        results = [result for result, _ in self._ran]
        several = len(self._ran) > 1
        for result, covered in self._ran:
            if several:
                self._say(f"{visible(result.path)}: {summary([result], covered if coverage else None)}")
            if missing and (text := uncovered(covered)):
                self._say(text)
        if results:
            total = summary(results, self._ran[0][1] if coverage and not several else None)
            (self._say if self._output.for_people else tell)(total)
        if self._findings.any or not self._output.for_people or self._output.file:
            self._findings.close("test", results)
        return self._code(results)

    def _code(self, results: list[ScriptResult]) -> int:
        if self._findings.code:
            return self._findings.code
        if not any(result.tests for result in results):
            complain(
                "there is no test"
                + (f" with `{self._words}` in its name" if self._words else " in these files")
            )
            return UNUSABLE
        return FOUND if any(result.failed for result in results) and not self._output.exit_zero else 0
