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

TEXTS = ["hi", "Ada", "nine", "2", "it was late"]
"""A whole conversation with it, of one who was not content."""
SAID = [
    "Hi! Three quick questions.",
    "What's your name?",
    "How was it, from 1 to 5?",
    "A whole number from 1 to 5, please.",
    "Sorry to hear that, Ada. What went wrong?",
    "Thanks, Ada! Your feedback has been received. You can message us again anytime.",
]
"""What it says to these."""
