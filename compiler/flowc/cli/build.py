"""`flowc build`: write the Python module of each flow."""

from __future__ import annotations

from pathlib import Path

import click

from flowc.cells import visible
from flowc.cli.files import NothingFound, find, holds, write_all
from flowc.cli.findings import Findings
from flowc.cli.options import FOUND, PATH, UNUSABLE, color_option, flows_argument, traceback_option
from flowc.cli.output import Output
from flowc.cli.streams import Color, complain, tell
from flowc.cli.watching import again_and_again, watch_option
from flowc.emit.python import emit_python, module_name
from flowc.machine import Machine


@click.command
@flows_argument
@click.option("-o", "--output", "folder", metavar="DIR", type=PATH, help="Write there, not beside each flow.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a module is missing or stale.")
@watch_option
@color_option
@traceback_option
def build(paths: tuple[Path, ...], folder: Path | None, check: bool, watch: bool, color: Color) -> int:
    """Write the Python module of each flow.

    FILE is a flow, or a folder with flows in it; `feedback.flow` becomes `feedback_flow.py`. Where any of
    them has an error, nothing is written. A module that is up to date is not touched. Exits as `flowc check`
    does, and with 2 where a module cannot be written.

    \b
    Examples:
      flowc build feedback.flow -o bot
      flowc build flows --check
      flowc build flows --watch
    """

    def run() -> int:
        return _build(paths, folder, color, check=check)

    return again_and_again(run, paths) if watch else run()


def _build(paths: tuple[Path, ...], folder: Path | None, color: Color, *, check: bool) -> int:
    findings = Findings(Output(color))
    try:
        machines = findings.compile_all(find(paths, ".flow"))
    except NothingFound as error:
        complain(str(error))
        return UNUSABLE
    if findings.any:
        findings.close()
    if findings.code:
        return findings.code
    modules = _modules({path: machine for path, machine in machines.items() if machine}, folder)
    return _compare(modules) if check else _write(modules)


def _modules(machines: dict[Path, Machine], folder: Path | None) -> dict[Path, str]:
    """The text of each module, by its path."""
    modules: dict[Path, str] = {}
    made_from: dict[Path, Path] = {}
    for path, machine in machines.items():
        module = (path.parent if folder is None else folder) / f"{module_name(str(path))}.py"
        if module in made_from:
            raise click.UsageError(
                f"`{made_from[module]}` and `{path}` would both become `{module}`: rename one"
            )
        made_from[module] = path
        modules[module] = emit_python(machine)
    return modules


MADE_BY = b" as a state machine: flowc "
"""What the head of every generated module holds."""


def _write(modules: dict[Path, str]) -> int:
    changed = {path: text for path, text in modules.items() if not holds(path, text)}
    foreign = [path for path in changed if not _is_ours(path)]
    if foreign:
        complain(
            f"`{foreign[0]}` is there and was not made by flowc: move it away, or build into another folder"
        )
        return UNUSABLE
    try:
        write_all(changed)
    except OSError as error:
        complain(
            f"cannot write `{error.filename or ', '.join(map(str, changed))}`: {error.strerror or error}"
        )
        return UNUSABLE
    for path in modules:
        tell(f"{'wrote' if path in changed else 'up to date:'} {visible(str(path))}")
    return 0


def _is_ours(path: Path) -> bool:
    """Whether `flowc build` may replace what is at `path`: nothing, an empty file, or a module that it made."""
    try:
        with path.open("rb") as file:
            head = file.read(400)
            return not head or MADE_BY in head
    except FileNotFoundError:
        return True
    except OSError:
        return True  # writing it will say why it cannot be


def _compare(modules: dict[Path, str]) -> int:
    wrong = [path for path, text in modules.items() if not holds(path, text)]
    for path in wrong:
        tell(f"{'stale' if path.exists() else 'missing'}: {visible(str(path))}")
    if wrong:
        tell("`flowc build` writes them anew")
    return FOUND if wrong else 0
