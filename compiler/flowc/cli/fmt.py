"""`flowc fmt`: write flows in their canonical form."""

from __future__ import annotations

from pathlib import Path

import click

from flowc.cells import visible
from flowc.cli.difference import difference, put
from flowc.cli.files import NothingFound, find, write_all
from flowc.cli.findings import Findings
from flowc.cli.options import FOUND, PATH, UNUSABLE, color_option, stdin_option, traceback_option
from flowc.cli.output import Output
from flowc.cli.standard_input import STANDARD_INPUT, read_standard_input
from flowc.cli.streams import Color, complain, tell
from flowc.format import Unformatted, format_source
from flowc.records import dataclass
from flowc.source import MAX_BYTES, Source, Sources, Unreadable, load


@dataclass(frozen=True, slots=True)
class _Formatted:
    """A file as it is, byte-order mark and line ends included, and as it should be."""

    path: Path
    name: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@click.command
@click.argument("paths", metavar="[FILE]...", nargs=-1, type=PATH)
@click.option("--check", is_flag=True, help="Write nothing; name what would change, and exit with 1 if any.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change, and exit with 1 if any.")
@stdin_option
@color_option
@traceback_option
def fmt(paths: tuple[Path, ...], check: bool, diff: bool, stdin_filename: str, color: Color) -> int:
    """Write flows in their canonical form.

    FILE is a flow, or a folder with flows in it; without one, the folder that you are in. `-` reads a flow from
    standard input and writes it to standard output. A file that has its form already is not touched, nor is one
    that cannot be read as a flow: then its mistakes are shown, and the exit code is 1.

    \b
    Example:
      flowc fmt feedback.flow --diff
    """
    if STANDARD_INPUT in paths and len(paths) > 1:
        raise click.UsageError("`-` stands alone: it reads one flow and writes one")
    findings = Findings(Output(color))
    try:
        files = [STANDARD_INPUT] if STANDARD_INPUT in paths else find(paths or [Path()], ".flow")
    except NothingFound as error:
        complain(str(error))
        return UNUSABLE
    formatted = [done for path in files if (done := _format(path, stdin_filename, findings))]
    if findings.any:
        findings.close()
    changed = [done for done in formatted if done.is_changed]
    if check or diff:
        _compare(changed, check=check, diff=diff)
        return findings.code or (FOUND if changed else 0)
    if STANDARD_INPUT in paths:
        put(done.after for done in formatted)
        return findings.code
    return _write(changed) or findings.code


def _format(path: Path, stdin_filename: str, findings: Findings) -> _Formatted | None:
    """The form of one file; None where it has none, and then it was said why."""
    try:
        source, before = _read(path, stdin_filename)
    except Unreadable as error:
        findings.unreadable(path, str(error))
        return None
    try:
        after = format_source(source)
    except Unformatted as error:
        found = tuple(mistake.diagnostic() for mistake in error.mistakes)
        findings.show(found, Sources({source.path: source}))
        return None
    if len(after.encode()) > MAX_BYTES:
        findings.unreadable(
            path, f"`{source.path}` would become too large: a flow may have {MAX_BYTES:,} bytes"
        )
        return None
    return _Formatted(path, source.path, before, after)


def _read(path: Path, stdin_filename: str) -> tuple[Source, str]:
    """A source, and its text to the last byte. Raises `Unreadable`."""
    if path == STANDARD_INPUT:
        return read_standard_input(stdin_filename)
    return load(path), path.read_bytes().decode()


def _compare(changed: list[_Formatted], *, check: bool, diff: bool) -> None:
    """Say what would change."""
    if diff:
        put(difference(done.name, done.before, done.after) for done in changed)
    if check:
        for done in changed:
            tell(f"would change: {visible(done.name)}")


def _write(changed: list[_Formatted]) -> int:
    try:
        write_all({done.path: done.after for done in changed})
    except OSError as error:
        names = ", ".join(done.name for done in changed)
        complain(f"cannot write `{error.filename or names}`: {error.strerror or error}")
        return UNUSABLE
    for done in changed:
        tell(f"formatted {visible(done.name)}")
    return 0
