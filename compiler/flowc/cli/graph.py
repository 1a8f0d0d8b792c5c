"""`flowc graph`: draw a flow as the state machine that it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal, assert_never, get_args

import click

from flowc.cells import visible
from flowc.cli.files import holds, write_all
from flowc.cli.findings import Findings
from flowc.cli.options import PATH, UNUSABLE, color_option, flow_argument, traceback_option
from flowc.cli.output import Output
from flowc.cli.streams import Color, complain, tell
from flowc.cli.taken import Cells, NothingTaken, taken_by_tests
from flowc.machine import Machine

Format = Literal["mermaid", "dot", "json", "svg", "png", "html"]
Theme = Literal["auto", "light", "dark"]

FORMATS: tuple[Format, ...] = get_args(Format)
_SUFFIXES: dict[str, Format] = {".gv": "dot", ".mmd": "mermaid", **{f".{name}": name for name in FORMATS}}
_UNCOLORED = frozenset({"mermaid", "json"})


@click.command
@flow_argument
@click.option(
    "--format",
    type=click.Choice(FORMATS),
    help="mermaid, dot: a diagram as text; svg, png: a picture; html: a page to look around in; json: the machine,"
    " whole. Without this the name of the output decides, else it is mermaid.",
)
@click.option("--output", "-o", metavar="FILE", type=PATH, help="Write to this file, not to the terminal.")
@click.option(
    "--theme",
    type=click.Choice(["auto", "light", "dark"]),
    default="auto",
    help="The colors of a picture; auto: as the reader prefers, and light in a PNG.",
)
@click.option("--coverage", is_flag=True, help="Color what the transcripts beside the flow take.")
@color_option
@traceback_option
def graph(
    path: Path, format: Format | None, output: Path | None, theme: Theme, coverage: bool, color: Color
) -> int:
    """Draw a flow as the state machine that it is.

    Many tools show Mermaid: put the text into a ```mermaid block of a Markdown page. Pictures need the extra
    packages of `flowc[graph]`.

    \b
    Example:
      flowc graph feedback.flow --output feedback.svg
    """
    format = format or (_SUFFIXES.get(output.suffix.lower()) if output else None) or "mermaid"
    if coverage and format in _UNCOLORED:
        raise click.UsageError(f"{format} has no colors for --coverage: choose svg, png, html or dot")
    findings = Findings(Output(color), only_errors=True)
    machine = findings.compile(path)
    if machine is None:
        findings.close()
        return findings.code
    try:
        taken = taken_by_tests(path, machine) if coverage else None
    except NothingTaken as error:
        complain(str(error))
        return UNUSABLE
    return _put(_drawn(machine, format, theme, taken), output)


def _put(drawn: str | bytes, output: Path | None) -> int:
    """Write what was drawn, and return the exit code."""
    if output is None:
        if isinstance(drawn, str):
            sys.stdout.write(drawn)
        elif sys.stdout.isatty():
            raise click.UsageError("a PNG is nothing for a terminal: name a file with --output")
        else:
            sys.stdout.buffer.write(drawn)
        return 0
    if not holds(output, drawn):
        try:
            write_all({output: drawn})
        except OSError as error:
            complain(f"cannot write `{output}`: {error.strerror or error}")
            return UNUSABLE
    tell(f"wrote {visible(str(output))}")
    return 0


def _drawn(machine: Machine, format: Format, theme: Theme, taken: Cells | None) -> str | bytes:
    """The machine in this format; only what makes it is imported."""
    match format:
        case "json":
            from flowc.machine_json import to_json  # noqa: PLC0415

            return to_json(machine).removesuffix("\n") + "\n"
        case "mermaid":
            from flowc.emit.mermaid import emit_mermaid  # noqa: PLC0415

            return emit_mermaid(machine)
        case "dot":
            from flowc.emit.dot import emit_dot  # noqa: PLC0415

            return emit_dot(machine, taken=taken)
        case "svg":
            from flowc.emit.picture.svg import emit_svg  # noqa: PLC0415

            return emit_svg(machine, theme=theme, taken=taken)
        case "png":
            from flowc.emit.picture.png import emit_png  # noqa: PLC0415

            return emit_png(machine, theme=theme, taken=taken)
        case "html":
            from flowc.cli.page import page_of  # noqa: PLC0415

            return page_of(machine, theme, taken)
        case _:
            assert_never(format)
