"""`flowc check`: find mistakes in flows."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from flowc.cli.files import NothingFound, find
from flowc.cli.findings import Findings
from flowc.cli.options import flows_argument, stdin_option, traceback_option
from flowc.cli.output import Output, output_options
from flowc.cli.standard_input import STANDARD_INPUT, read_standard_input
from flowc.source import Unreadable


@click.command
@flows_argument
@stdin_option
@output_options
@traceback_option
def check(paths: tuple[Path, ...], stdin_filename: str, output: Output) -> int:
    """Find mistakes in flows.

    FILE is a flow, or a folder with flows in it; `-` is standard input. All of them are checked, also where one
    cannot be read. Exits with 0 where there is no error, 1 where there is one, 2 where a file cannot be read.

    \b
    Examples:
      flowc check feedback.flow
      flowc check flows --format sarif --output-file flowc.sarif
    """
    findings = Findings(output, stream=sys.stdout)
    for path in _files(paths, findings):
        if path == STANDARD_INPUT:
            _check_standard_input(stdin_filename, findings)
        else:
            findings.compile(path)
    findings.close()
    return findings.code


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
        findings.compile_source(source)
