"""Arguments and options that several commands have, and their exit codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

F = TypeVar("F", bound=Callable[..., object])

FOUND = 1
"""Exit code: there is something to mend in the files."""
UNUSABLE = 2
"""Exit code: the command could not do its work, as a file cannot be read, or the arguments make no sense."""
OUR_BUG = 3
"""Exit code: flowc itself has failed."""
INTERRUPTED = 130
"""Exit code: Ctrl-C, as shells count it."""
NOBODY_READS = 141
"""Exit code: whoever read the output went away, as shells count it."""

TRACEBACK = "flowc.traceback"
"""The key, in what the contexts of one run share, for whether a bug of ours shows its traceback."""


def _remember(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        context.meta[TRACEBACK] = True


def traceback_option(command: F) -> F:
    """`--traceback`."""
    return click.option(
        "--traceback",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_remember,
        envvar="FLOWC_TRACEBACK",
        help="If flowc itself fails, show where. FLOWC_TRACEBACK=1 does the same.",
    )(command)


def color_option(command: F) -> F:
    """`--color`."""
    return click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Color the output; auto: on a terminal, unless NO_COLOR is set, and with FORCE_COLOR anywhere.",
    )(command)


def stdin_option(command: F) -> F:
    """`--stdin-filename`."""
    return click.option(
        "--stdin-filename",
        metavar="FILE",
        default="-",
        help="What to call standard input where it is named; what it imports is looked for beside that file.",
    )(command)


def flows_argument(command: F) -> F:
    """FILE..., files or folders."""
    return click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=PATH)(command)


def flow_argument(command: F) -> F:
    """FILE, one flow."""
    return click.argument("path", metavar="FILE", type=PATH)(command)


PATH = click.Path(path_type=Path)
"""A path as it is given; whether it can be read is found out by those who read it."""
