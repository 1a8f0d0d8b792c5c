"""An error in a flow's own computing shows the line of the flow, from a file or from memory."""

from __future__ import annotations

import traceback
from typing import Any, cast

import pytest

from flowc.pipeline import load_module
from flowrt.events import Message
from flowrt.turn import Turn
from tests.compiler.programs import machine

PROGRAM = """\
timeout 1 hour
on message
  -> set number = 9223372036854775807
  -> set number = number + 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + 13 + 14 + 15 + 16 + 17 + 18 + 19 + 20
  -> end session
"""


def test_a_traceback_shows_the_line_of_the_flow() -> None:
    module = cast("Any", load_module(machine(PROGRAM)))
    session = module.flow.session("ada")
    turn = Turn(session, Message("1", "ada", "hi"), 0, "1", [])
    with pytest.raises(Exception, match="the result has 19 digits") as failure:
        module.flow.machine.events["message"].trigger(session, turn)
    shown = "".join(traceback.format_exception(failure.value))
    assert "# test.flow:4" in shown
