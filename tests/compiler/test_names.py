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


@pytest.mark.parametrize("pattern", ["/^[1-9][0-9]{3}$/", '"1234"', '"1 {rest}"', "/日/", '"日 {rest}"'])
def test_a_pattern_may_begin_with_anything(pattern: str) -> None:
    compiled = flow(f'on {pattern} -> reply "Taken." -> end session')
    replies = compiled.step(compiled.session("ada"), Message("1", "ada", "1234"), 1)
    assert bool(replies) == (pattern in {"/^[1-9][0-9]{3}$/", '"1234"'})


RECORDS = ["CODE", "say_hi", "TRACK", "Code_kind", "Code_kind_", "Media_", "arrive_in_ask_code"]


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_may_be_called_as_anything_else_of_the_module(record: str) -> None:
    compiled = flow(f"""\
timeout 1 hour
record {record}
  code: int
record Code
  code: int
record Media
  code: int
on /track/ -> end session
on message
  -> reply "Hi"
  -> ask code: int "Code?"
      after 5 minutes -> reply "Well?"
  -> set first = {record}(code)
  -> reply "{{first.code}}"
  -> end session
""")
    session = compiled.session("ada")
    compiled.step(session, Message("1", "ada", "hi"), 1)
    [reply, _] = compiled.step(session, Message("2", "ada", "7"), 2)
    assert isinstance(reply, Reply)
    assert reply.text == "7"
