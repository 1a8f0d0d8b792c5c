"""The page of a flow, with its sources and the conversations that lead everywhere."""

from __future__ import annotations

from pathlib import Path

from flowc.cli.taken import Cells
from flowc.emit.picture.page import emit_page
from flowc.emit.picture.style import Theme
from flowc.machine import Machine
from flowc.pipeline import load_flow
from flowc.source import load
from flowc.transcript.exploring import conversations_into
from flowc.transcript.writing import write_entry

MOST_TRIED = 5_000
"""So many moves are tried to find them; a state that needs more stands there without."""


def page_of(machine: Machine, theme: Theme, taken: Cells | None) -> str:
    """The text of the page. Raises `MissingPackage` where the layout engine is not installed."""
    found = conversations_into(machine, load_flow(machine), most=MOST_TRIED)
    return emit_page(
        machine,
        {source.path: load(Path(source.path)).text for source in machine.sources},
        conversations={state: "\n".join(map(write_entry, entries)) for state, entries in found.items()},
        theme=theme,
        taken=taken,
    )
