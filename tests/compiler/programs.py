"""Help for tests that compile a flow from text at hand."""

from __future__ import annotations

from typing import Any

from flowc.machine import Machine
from flowc.pipeline import compile_flow, load_flow
from flowc.source import source_of
from flowrt.flow import Flow


def codes(text: str) -> list[str]:
    """The codes of what the compiler says of `text`, in order of place."""
    return [diagnostic.code for diagnostic in compile_flow(source_of("test.flow", text)).diagnostics]


def machine(text: str) -> Machine:
    """The machine of `text`, which must compile."""
    compiled = compile_flow(source_of("test.flow", text))
    assert compiled.machine is not None, [diagnostic.title for diagnostic in compiled.diagnostics]
    return compiled.machine


def flow(text: str) -> Flow[Any]:
    """The flow of `text`, which must compile."""
    return load_flow(machine(text))
