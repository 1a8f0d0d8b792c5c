"""The feedback flow of the examples, compiled: what most tests talk to."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, cast

from flowc.emit.python import emit_python
from flowc.pipeline import compile_flow, load_module
from flowc.source import load

_compiled = compile_flow(load(Path(__file__).parents[1] / "examples" / "feedback" / "feedback.flow"))
assert _compiled.machine is not None

FEEDBACK = Path(tempfile.mkdtemp(prefix="feedback-")) / "feedback_flow.py"
"""The generated module as a file, for tests that start a process of their own."""
FEEDBACK.write_text(emit_python(_compiled.machine), encoding="utf-8")

_module = cast("Any", load_module(_compiled.machine))
INITIAL: str = _module.INITIAL
STATES: list[dict[str, Any]] = _module.STATES
TRANSITIONS: list[dict[str, Any]] = _module.TRANSITIONS
flow: Any = _module.flow
