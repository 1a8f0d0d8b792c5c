"""`--watch`: do a command again whenever a file that it reads has changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click

from flowc.cells import visible
from flowc.cli.options import UNUSABLE
from flowc.cli.standard_input import STANDARD_INPUT
from flowc.cli.streams import complain, flush, tell

F = TypeVar("F", bound=Callable[..., object])

WATCHED = frozenset({".flow", ".flowtest", ".toml"})
"""The ends of the names of files that matter."""

QUIET = 50
"""So many milliseconds nothing must have changed before the command is done again."""

WAKE = 1_000
"""So many milliseconds after the first run it is looked for what changed before the watch stood."""


def watch_option(command: F) -> F:
    """`--watch`."""
    about = "Go on, and do it again whenever a file has changed; Ctrl-C ends it. Needs flowc[watch]."
    return click.option("--watch", is_flag=True, help=about)(command)


def again_and_again(run: Callable[[], int], paths: Iterable[Path]) -> int:
    """Call `run` now and after each change below the folders of `paths`, until there is an interrupt.

    Returns only where the package that watches is missing, which then was said.
    """
    if STANDARD_INPUT in (paths := list(paths)):
        raise click.UsageError("standard input cannot be watched: name files or folders")
    try:
        import watchfiles  # noqa: PLC0415 - an optional package
    except ImportError:
        complain("--watch needs the package watchfiles: install flowc[watch]")
        return UNUSABLE
    folders = sorted({path if path.is_dir() else path.parent for path in paths})
    before: set[tuple[str, int]] | None = _stamps(folders)
    _run(run)
    changes = watchfiles.watch(
        *folders,
        watch_filter=lambda _, name: Path(name).suffix in WATCHED,
        debounce=QUIET * 4,
        step=QUIET,
        rust_timeout=WAKE,
        yield_on_timeout=True,
    )
    for changed in changes:
        names = {name for _, name in changed}
        if before is not None:  # the first time: what changed while nothing watched?
            names |= {name for name, _ in before ^ _stamps(folders)}
            before = None
        if names:
            tell("\nchanged: " + ", ".join(sorted({_shown(name) for name in names})))
            _run(run)
    return 0


def _run(run: Callable[[], int]) -> None:
    run()
    flush()


def _shown(name: str) -> str:
    path, here = Path(name).absolute(), Path.cwd()
    return visible(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _stamps(folders: Iterable[Path]) -> set[tuple[str, int]]:
    """The files that matter, each with when it was changed."""
    return {stamp for folder in folders for stamp in _stamps_in(folder)}


def _stamps_in(folder: Path) -> Iterator[tuple[str, int]]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(parent, name) for name in names if Path(name).suffix in WATCHED):
            try:
                yield str(path.absolute()), path.stat().st_mtime_ns
            except OSError:  # gone in this moment
                continue
