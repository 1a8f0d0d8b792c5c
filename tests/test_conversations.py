"""What flows mean: each beside its transcript, on our machine and on a plain one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
import transitions

from flowc.pipeline import compile_flow, load_module
from flowc.source import load
from flowc.transcript.report import report
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script

HERE = Path(__file__).parent
FLOWS = sorted([*HERE.glob("conversations/*.flow"), *HERE.glob("language/*.flow")])


@pytest.mark.parametrize("plain", [False, True], ids=["flowrt", "plain"])
@pytest.mark.parametrize("path", FLOWS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_flow_keeps_to_its_transcript(path: Path, plain: bool) -> None:
    compiled = compile_flow(load(path))
    # Many of them say nothing where nothing has to be shown.
    assert [each for each in compiled.diagnostics if each.code != "F0417"] == []
    assert compiled.machine is not None
    module = cast("Any", load_module(compiled.machine))
    machine = None
    if plain:
        machine = transitions.Machine(
            model=None,
            states=module.STATES,
            transitions=module.TRANSITIONS,
            initial=module.INITIAL,
            send_event=True,
            auto_transitions=False,
        )
    script, mistakes = parse_script(load(path.with_suffix(".flowtest")))
    assert mistakes == ()
    result = run_script(script, module.flow, machine=machine)
    assert all(test.failure is None for test in result.tests), report(result)
