"""What those are told whose sessions a new version of a flow has no place for."""

from __future__ import annotations

from flowc import machine as ir
from flowc.emit.words import says
from flowc.transcript.notation import quote
from flowrt.sentences import OUTDATED


def told(machine: ir.Machine) -> str:
    """What `machine` says of a session that it has no place for, in one line.

    >>> from flowc.pipeline import compile_flow
    >>> from flowc.source import source_of
    >>> words = 'outdated -> reply "We begin anew." -> reply any "Sorry." | "Excuse us."'
    >>> compiled = compile_flow(source_of("a.flow", f'{words}\\non "hi" -> reply "Hello!" -> end session'))
    >>> told(compiled.machine)
    '"We begin anew.", "Sorry." or "Excuse us."'
    """
    own = next((row for row in machine.transitions if row.trigger == "outdated"), None)
    if own is None:
        return f"{quote(OUTDATED)} (`outdated -> …` says it in the flow's own words)"
    said = [" or ".join(map(quote, texts)) for effect in own.effects if (texts := says(effect))]
    return ", ".join(said) or quote(OUTDATED)
