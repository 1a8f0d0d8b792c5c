"""`flowc check`: find mistakes in flows."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from flowc.cli.files import NothingFound, find
from flowc.cli.findings import Findings
from flowc.cli.options import FOUND, UNUSABLE, flows_argument, stdin_option, traceback_option
from flowc.cli.output import Output, output_options
from flowc.cli.standard_input import STANDARD_INPUT, read_standard_input
from flowc.cli.streams import complain
from flowc.cli.watching import again_and_again, watch_option
from flowc.pipeline import compile_flow
from flowc.source import Unreadable


@click.command
@flows_argument
@click.option("--fix", is_flag=True, help="Mend what can be mended safely, and say what that was.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, write nothing; exit with 1 if any.")
@stdin_option
@watch_option
@output_options
@traceback_option
def check(
    paths: tuple[Path, ...], fix: bool, diff: bool, stdin_filename: str, watch: bool, output: Output
) -> int:
    """Find mistakes in flows.

    FILE is a flow, or a folder with flows in it; `-` is standard input. All of them are checked, also where one
    cannot be read; one that begins no conversation and is imported by another is checked with that. Exits with 0
    where there is no error, 1 where there is one, 2 where a file cannot be read.

    With --fix a mistake whose cure is certain is mended, in imported files too; the exit code speaks of what is
    left. A flow from standard input then goes to standard output, and what there is to say to standard error.

    \b
    Examples:
      flowc check feedback.flow
      flowc check flows --format sarif --output-file flowc.sarif
      flowc check feedback.flow --fix --diff
      flowc check flows --watch
    """

    def run() -> int:
        return _check(paths, stdin_filename, output, fix=fix, diff=diff)

    return again_and_again(run, paths) if watch else run()


def _check(paths: tuple[Path, ...], stdin_filename: str, output: Output, *, fix: bool, diff: bool) -> int:
    takes_stdout = diff or (fix and STANDARD_INPUT in paths)
    stream = sys.stderr if takes_stdout else sys.stdout
    findings = Findings(output, stream=stream, report=stream)
    files = {
        path: stdin_filename if path == STANDARD_INPUT else str(path) for path in _files(paths, findings)
    }
    if fix or diff:
        return _fix(files, findings, write=not diff)
    findings.compile_all(path for path in files if path != STANDARD_INPUT)
    if STANDARD_INPUT in files:
        _check_standard_input(files[STANDARD_INPUT], findings)
    findings.close()
    return findings.code


def _fix(files: dict[Path, str], findings: Findings, *, write: bool) -> int:
    from flowc.cli.fixing import Fixing  # noqa: PLC0415 - to check a flow needs none of it

    fixing = Fixing(files, findings)
    try:
        (fixing.write if write else fixing.show)()
    except OSError as error:
        complain(f"cannot write `{error.filename or ', '.join(files.values())}`: {error.strerror or error}")
        return UNUSABLE
    findings.close()
    return findings.code or (FOUND if fixing.is_changed and not write else 0)


def _files(paths: Iterable[Path], findings: Findings) -> dict[Path, None]:
    """The files to check, each once."""
    files: dict[Path, None] = {}
    for given in paths:
        try:
            files.update(dict.fromkeys(find([given], ".flow")))
        except NothingFound as error:
            findings.unreadable(given, str(error))
    return files


def _check_standard_input(name: str, findings: Findings) -> None:
    try:
        source, _ = read_standard_input(name)
    except Unreadable as error:
        findings.unreadable(Path(name), str(error))
    else:
        findings.show_all([(source, compile_flow(source))])
