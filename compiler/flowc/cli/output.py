"""Where findings go and how they are written: the options that every command has that reports some."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from flowc.cli.options import PATH, color_option
from flowc.cli.streams import Color
from flowc.records import dataclass
from flowc.reports import FOR_PEOPLE, FORMATS, HELP, Format

MAX_SHOWN = 100
"""How many findings a person is shown, unless `--max-errors` says otherwise."""


@dataclass(frozen=True, slots=True)
class Output:
    """What the options say. `most` is none where nothing is left out."""

    color: Color = "auto"
    format: Format = "text"
    file: Path | None = None
    most: int | None = MAX_SHOWN
    exit_zero: bool = False

    @property
    def for_people(self) -> bool:
        """Whether people read it, and see it grow."""
        return self.format in FOR_PEOPLE


def output_options(command: Callable[..., object]) -> Callable[..., object]:
    """`--format`, `--output-file`, `--max-errors`, `--exit-zero` and `--color`: the argument `output`."""

    @wraps(command)
    def with_output(
        *,
        color: Color,
        format: Format,
        output_file: Path | None,
        max_errors: int | None,
        exit_zero: bool,
        **others: Any,  # noqa: ANN401 - the command's own
    ) -> object:
        most = max_errors or (MAX_SHOWN if format in FOR_PEOPLE and max_errors is None else None)
        return command(output=Output(color, format, output_file, most, exit_zero), **others)

    for option in (
        color_option,
        click.option("--exit-zero", is_flag=True, help="Exit with 0 also where there are errors."),
        click.option(
            "--max-errors",
            metavar="N",
            type=click.IntRange(min=0),
            help=f"Show at most N findings; 0 for all. To people {MAX_SHOWN} are shown, to programs all.",
        ),
        click.option(
            "--output-file",
            metavar="FILE",
            type=PATH,
            help="Write the findings there, whole or not at all, in place of standard output.",
        ),
        click.option("--format", type=click.Choice(FORMATS), default="text", help=HELP),
    ):
        with_output = option(with_output)
    return with_output
