"""`flowc graph`: draw a flow as the state machine that it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from flowc.cells import visible
from flowc.cli.files import holds, write_all
from flowc.cli.findings import Findings
from flowc.cli.options import PATH, UNUSABLE, color_option, flow_argument, traceback_option
from flowc.cli.output import Output
from flowc.cli.streams import Color, complain, tell
from flowc.machine import Machine


@click.command
@flow_argument
@click.option(
    "--format",
    type=click.Choice(["mermaid", "json"]),
    default="mermaid",
    help="mermaid: a diagram; json: the machine, whole.",
)
@click.option("--output", "-o", metavar="FILE", type=PATH, help="Write to this file, not to the terminal.")
@color_option
@traceback_option
def graph(path: Path, format: Literal["mermaid", "json"], output: Path | None, color: Color) -> int:
    """Draw a flow as the state machine that it is.

    Many tools show Mermaid: put the text into a ```mermaid block of a Markdown page.

    \b
    Example:
      flowc graph feedback.flow --output feedback.mmd
    """
    findings = Findings(Output(color), only_errors=True)
    machine = findings.compile(path)
    if machine is None:
        findings.close()
        return findings.code
    text = _drawn(machine, format)
    if output is None:
        sys.stdout.write(text)
        return 0
    if not holds(output, text):
        try:
            write_all({output: text})
        except OSError as error:
            complain(f"cannot write `{output}`: {error.strerror or error}")
            return UNUSABLE
    tell(f"wrote {visible(str(output))}")
    return 0


def _drawn(machine: Machine, format: Literal["mermaid", "json"]) -> str:
    """The machine in this format; only what makes it is imported."""
    if format == "json":
        from flowc.machine_json import to_json  # noqa: PLC0415

        return to_json(machine).removesuffix("\n") + "\n"
    from flowc.emit.mermaid import emit_mermaid  # noqa: PLC0415

    return emit_mermaid(machine)
