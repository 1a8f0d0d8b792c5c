"""What is wrong with the values in a test before it runs: what they name must be there in the flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flowc.transcript.entries import (
    CallLine,
    EmitLine,
    Entry,
    FunctionLine,
    Happens,
    Returns,
    Test,
    Vars,
)
from flowc.transcript.literals import Literal, Unbound, Unset, bound
from flowc.transcript.results import Failure
from flowc.transcript.writing import write_entry
from flowrt.flow import Flow


def trouble_with(test: Test, functions: Sequence[FunctionLine], flow: Flow[Any]) -> Failure | None:
    """The first line of `test`, or of the `functions` of its file, that names what `flow` does not have."""
    for entry in (*functions, *test.entries):
        if isinstance(entry, FunctionLine) and entry.name not in flow.functions:
            return _failure(entry, f"the flow has no function `{entry.name}`")
        try:
            for literal in _literals(entry):
                bound(literal, flow.records)
        except Unbound as error:
            return _failure(entry, str(error))
    return None


def _failure(entry: Entry, why: str) -> Failure:
    return Failure(entry.line, (write_entry(entry),), (f"({why})",), 0)


def _literals(entry: Entry) -> Iterator[Literal]:
    match entry:
        case CallLine() | FunctionLine():
            yield from entry.arguments
            if isinstance(entry.outcome, Returns):
                yield entry.outcome.value
        case Happens() | EmitLine():
            yield from (value for _, value in entry.values)
        case Vars():
            yield from (value for _, value in entry.values if not isinstance(value, Unset))
        case _:
            pass
