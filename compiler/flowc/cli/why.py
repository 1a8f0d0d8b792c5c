"""`flowc why`: the shortest conversation that leads into a state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, assert_never, get_args

import click

from flowc import machine as ir
from flowc.analyse.conversations import shown
from flowc.analyse.graph import Graph
from flowc.cells import visible
from flowc.cli.findings import Findings
from flowc.cli.options import FOUND, UNUSABLE, color_option, flow_argument, traceback_option
from flowc.cli.output import Output
from flowc.cli.streams import Color, complain, say, tell
from flowc.diagnostics.diagnostic import did_you_mean, near_names
from flowc.pipeline import load_flow
from flowc.transcript.entries import Entry
from flowc.transcript.exploring import conversation_into
from flowc.transcript.writing import write_entry, write_script

Format = Literal["text", "flowtest", "json"]

JSON_FORMAT = 1
"""The version of what `--format json` prints."""


@click.command
@flow_argument
@click.argument("state")
@click.option(
    "--format",
    type=click.Choice(get_args(Format)),
    default="text",
    help="text: to read; flowtest: a test to put beside the flow; json: for programs.",
)
@color_option
@traceback_option
def why(path: Path, state: str, format: Format, color: Color) -> int:
    """Show the shortest conversation that leads into a state.

    The flow is talked to, so the conversation really goes that way. A choice, which no session rests in, is
    passed by its last line. Exits with 1 where no conversation leads there, and with 2 where there is no such
    state.

    \b
    Example:
      flowc why feedback.flow unhappy
    """
    findings = Findings(Output(color), only_errors=True)
    machine = findings.compile(path)
    if machine is None:
        findings.close()
        return findings.code
    target = next((one for one in machine.states if one.name == state), None)
    if target is None or target.kind == "start":
        complain(_no_way(machine, state, target))
        return UNUSABLE
    entries = conversation_into(machine, load_flow(machine), state)
    if entries is None:
        _give_up(machine, state)
        return FOUND
    say(_written(machine, target, entries, format).rstrip("\n"))
    return 0


def _no_way(machine: ir.Machine, state: str, target: ir.State | None) -> str:
    """Why nothing can be shown for this name."""
    if target is not None:
        return f"every conversation begins in `{state}`"
    names = [one.name for one in machine.states if one.kind != "start"]
    hint = did_you_mean(near_names(state, names)) or f"there are {', '.join(f'`{name}`' for name in names)}"
    return f"there is no state `{state}` in this flow: {hint}"


def _give_up(machine: ir.Machine, state: str) -> None:
    """Say that no conversation was found, and where the machine would allow one."""
    graph = Graph(machine)
    way = graph.way_to(state)
    if not way:
        complain(f"no conversation leads to `{state}`")
        return
    complain(f"no conversation was found that leads to `{state}`. If its conditions held, this one would:")
    tell(visible_lines(shown(graph, way)))


def visible_lines(lines: tuple[str, ...]) -> str:
    """Lines of a transcript, indented, with an escape for what cannot be seen."""
    return "\n".join(f"  {visible(line)}" for line in lines)


def _written(machine: ir.Machine, state: ir.State, entries: tuple[Entry, ...], format: Format) -> str:
    match format:
        case "text":
            how = "lead into" if state.rests else "lead through"
            lines = visible_lines(tuple(write_entry(entry) for entry in entries))
            return f"These lines {how} `{state.name}` ({visible(state.origin.path)}:{state.origin.line}):\n\n{lines}"
        case "flowtest":
            return write_script(_title(state), entries)
        case "json":
            return json.dumps(_facts(machine, state, entries), indent=1)
        case _:
            assert_never(format)


def _title(state: ir.State) -> str:
    return f"the shortest way {'into' if state.rests else 'through'} {state.name}"


def _facts(machine: ir.Machine, state: ir.State, entries: tuple[Entry, ...]) -> dict[str, Any]:
    return {
        "format": JSON_FORMAT,
        "flow": machine.name,
        "state": state.name,
        "kind": state.kind,
        "path": state.origin.path,
        "line": state.origin.line,
        "lines": [write_entry(entry) for entry in entries],
        "flowtest": write_script(_title(state), entries),
    }
