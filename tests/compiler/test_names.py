"""Names that mean something else in Python are the author's all the same."""

from __future__ import annotations

import keyword

import pytest

from flowrt.codec import dump_session, restore
from flowrt.effects import Ended, Reply
from flowrt.events import Message
from tests.compiler.programs import flow

NAMES = sorted(
    {*keyword.kwlist, *keyword.softkwlist} - {"False", "None", "True", "_", "and", "or", "not", "is", "in"}
)
NAMES += ["self", "held", "event", "v", "flow", "render", "Any", "Variables", "answer", "str", "class_"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_may_be_a_variable_an_action_and_a_state(name: str) -> None:
    compiled = flow(f"""\
timeout 1 hour
action {name}({name}: text)
on message -> ask {name} "Say it." -> goto {name}
state {name}
  -> call {name}({name})
      failed -> reply "no"
  -> reply "{{{name}}}"
  on "end" -> end session
  on message -> again
""")
    session = compiled.session("ada")
    compiled.step(session, Message("1", "ada", "hi"), 1)
    compiled.step(session, Message("2", "ada", "it"), 2)
    assert session.vars.held() == {name: "it"}
    again = restore(compiled, "ada", dump_session(compiled, session))
    assert again.vars.held() == {name: "it"}
    assert again.pending is not None
    from_call = compiled.step(again, Message("3", "ada", "end"), 3)
    assert not [effect for effect in from_call if isinstance(effect, Ended | Reply)]
