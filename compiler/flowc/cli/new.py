"""`flowc new`: begin a project that passes its own checks."""

from __future__ import annotations

import keyword
import re
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from flowc.cells import visible
from flowc.cli.files import write_all
from flowc.cli.options import PATH, UNUSABLE, traceback_option
from flowc.cli.streams import complain, tell
from flowc.emit.python import emit_python, module_name
from flowc.pipeline import compile_flow
from flowc.source import source_of

MADE_FOR = "my_bot"
"""The name that the files of the template have, in their names and in their texts."""

SUFFIX = ".template"


@click.command
@click.argument("folder", metavar="NAME", type=PATH)
@traceback_option
def new(folder: Path) -> int:
    """Begin a project: a flow, its tests, a bot and what CI needs.

    NAME is the folder to make, and its last part is the name of the project: letters, digits, `_` and `-`. What
    is there is not touched: the folder must be missing or empty.

    \b
    Example:
      flowc new pizza
    """
    name = project_name(folder.resolve().name)
    if name is None:
        complain(
            f"`{folder.name}` cannot be the name of a project: take letters, digits, `_` and `-`, a letter first"
        )
        return UNUSABLE
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        complain(f"`{folder}` is there already: choose another name")
        return UNUSABLE
    files = {folder / path: text for path, text in project(name).items()}
    write_all(files)
    for path in files:
        tell(f"wrote {visible(str(path))}")
    tell(f"now talk to it: `flowc run {visible(str(folder / name))}.flow`")
    return 0


def project_name(written: str) -> str | None:
    """The name of a project as a flow and a module can have it; None where it cannot be one.

    >>> project_name("Pizza-Bot"), project_name("2nd"), project_name("class")
    ('pizza_bot', None, None)
    """
    name = written.lower().replace("-", "_")
    return name if re.fullmatch("[a-z][a-z0-9_]*", name) and not keyword.iskeyword(name) else None


def project(name: str) -> dict[str, str]:
    """The files of a new project by their paths: those of the template, and the module of its flow."""
    template = resources.files("flowc") / "project"
    texts = {
        path.removesuffix(SUFFIX).replace(MADE_FOR, name): text.replace(MADE_FOR, name)
        for path, text in _below(template, "").items()
    }
    flow = f"{name}.flow"
    machine = compile_flow(source_of(flow, texts[flow])).machine
    if machine is None:
        raise AssertionError(f"the template does not compile under the name `{name}`")
    return texts | {f"{module_name(flow)}.py": emit_python(machine)}


def _below(folder: Traversable, above: str) -> dict[str, str]:
    """The texts of all files in a folder and below it, by their paths from there."""
    found: dict[str, str] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found |= _below(entry, f"{above}{entry.name}/")
        elif entry.name.endswith(SUFFIX):
            found[above + entry.name] = entry.read_text(encoding="utf-8")
    return found
