"""`flowc check`: find mistakes in flows."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from flowc.cli.files import NothingFound, find
from flowc.cli.findings import Findings, Format
from flowc.cli.options import color_option, flows_argument, traceback_option
from flowc.cli.streams import Color


@click.command
@flows_argument
@click.option(
    "--format",
    type=click.Choice(["text", "concise"]),
    default="text",
    help="text: with the lines in question; concise: one line each.",
)
@color_option
@traceback_option
def check(paths: tuple[Path, ...], format: Format, color: Color) -> int:
    """Find mistakes in flows.

    FILE is a flow, or a folder with flows in it. All of them are checked, also where one cannot be read.
    Exits with 0 where there is no error, 1 where there is one, 2 where a file cannot be read.

    \b
    Example:
      flowc check feedback.flow
    """
    findings = Findings(color, format=format, stream=sys.stdout)
    files: dict[Path, None] = {}
    for given in paths:
        try:
            files.update(dict.fromkeys(find([given], ".flow")))
        except NothingFound as error:
            findings.unreadable(str(error))
    for path in files:
        findings.compile(path)
    findings.close()
    return findings.code
