"""The generated module: one walk under any machine, the same bytes for the same flow, and never an author's code."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import transitions
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowc.emit.python import emit_python
from flowc.emit.shape import WrongShape, check_shape
from flowc.pipeline import compile_flow, load_module
from flowc.source import load, source_of
from flowc.transcript.entries import Script
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script
from flowrt.effects import Effect, Ended, Reply
from flowrt.errors import IncompatibleModule
from flowrt.events import EndedByHost, Message
from flowrt.flow import Flow
from flowrt.machine import FlowMachine
from tests.compiler.programs import flow, machine

EXAMPLES = Path(__file__).parents[2] / "examples"
FEEDBACK = EXAMPLES / "feedback" / "feedback.flow"
FLOWS = sorted(EXAMPLES.glob("*/*.flow"))


def module_of(path: Path) -> ModuleType:
    compiled = compile_flow(load(path))
    assert compiled.machine is not None
    return load_module(compiled.machine)


def script_of(path: Path) -> Script:
    script, mistakes = parse_script(load(path.with_suffix(".flowtest")))
    assert mistakes == ()
    return script


def plain_machine(module: Any, table: Sequence[Any] | None = None) -> transitions.Machine:
    return transitions.Machine(
        model=None,
        states=module.STATES,
        transitions=list(table if table is not None else module.TRANSITIONS),
        initial=module.INITIAL,
        send_event=True,
        auto_transitions=False,
    )


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_a_plain_machine_walks_every_transcript(path: Path) -> None:
    module = module_of(path)
    for machine_ in (None, plain_machine(module)):
        result = run_script(script_of(path), module.flow, machine=machine_)
        assert [test.failure for test in result.tests if test.failure] == []


WALK = [
    "hi",
    "help",
    "Ada",
    "nine",
    "help",
    "2",
    "help",
    "it was late",
    "stop",
    "hello",
    "Grace",
    "9",
    "9",
    "9",
    "x",
]


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_both_machines_take_the_same_steps_and_only_those_of_the_table(path: Path) -> None:
    module = module_of(path)
    table = {
        (row["trigger"], source, row["dest"])
        for row in module.TRANSITIONS
        for source in ([row["source"]] if isinstance(row["source"], str) else row["source"])
    }
    walks: list[list[object]] = []
    for kind in (
        plain_machine,
        lambda module: FlowMachine(module.STATES, module.TRANSITIONS, module.INITIAL),
    ):
        machine_ = kind(module)
        steps: list[object] = []

        def record(event: Any, steps: list[object] = steps) -> None:
            steps.append((event.event.name, event.transition.source, event.transition.dest))

        machine_.before_state_change.append(record)
        session = module.flow.session("ada")
        for number, text in enumerate(WALK):
            effects = module.flow.step(session, Message(str(number), "ada", text), number, machine_)
            steps += [*(effect for effect in effects if isinstance(effect, Reply)), session.state]
        walks.append(steps)
    assert walks[0] == walks[1]
    assert {step for step in walks[0] if isinstance(step, tuple)} <= table


def host_and_failure(module: Any, machine_: transitions.Machine) -> list[Effect]:
    """A conversation that the host ends, and one that fails: what no transcript can say."""
    session = module.flow.session("ada")
    effects: list[Effect] = module.flow.step(session, Message("1", "ada", "hi"), 1, machine_)
    effects += module.flow.step(session, EndedByHost("2", "ada"), 2, machine_)
    effects += module.flow.step(session, Message("3", "ada", "hi"), 3, machine_)
    del session.vars.__class__.name  # the next answer cannot be stored
    effects += module.flow.step(session, Message("4", "ada", "Ada"), 4, machine_)
    return effects


def test_deleting_any_transition_of_the_feedback_flow_is_seen() -> None:
    module = module_of(FEEDBACK)
    script = script_of(FEEDBACK)
    expected = host_and_failure(module, plain_machine(module))
    assert [effect.reason for effect in expected if isinstance(effect, Ended)] == ["ended by host", "failed"]
    for position, row in enumerate(module.TRANSITIONS):
        table = [*module.TRANSITIONS[:position], *module.TRANSITIONS[position + 1 :]]
        for machine_ in (plain_machine(module, table), FlowMachine(module.STATES, table, module.INITIAL)):
            result = run_script(script, module.flow, machine=machine_)
            broken = any(test.failure for test in result.tests)
            assert broken or host_and_failure(module_of(FEEDBACK), machine_) != expected, row


def test_the_same_flow_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    program = (
        "import sys; from pathlib import Path; from flowc.source import load;"
        "from flowc.pipeline import compile_flow; from flowc.emit.python import emit_python;"
        "sys.stdout.write(emit_python(compile_flow(load(Path(sys.argv[1]))).machine))"
    )
    written = {
        subprocess.run(
            [sys.executable, "-c", program, str(FEEDBACK)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(written) == 1


# Texts of the author's


def quoted(text: str) -> str:
    """`text` as a literal of the language."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "{": "{{", "}": "}}"}
    written = [
        escapes.get(character) or (character if character.isprintable() else f"\\u{{{ord(character):X}}}")
        for character in text
    ]
    return f'"{"".join(written)}"'


NASTY = [
    '"""',
    "'''",
    "\\",
    "\x00",
    "\n# flow.flow:1\nimport os",
    "{% raw %}{{ 7 * 7 }}",
    "{__import__('os')}",
    "\u202ertl",
    "👩‍👩‍👧 Ä",
    '" + exit() + "',
    "a\u2028\u2029\x85b",
]
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(str.strip)


@settings(max_examples=150, deadline=None)
@given(texts)
@example(NASTY[0])
@example(NASTY[1])
@example(NASTY[2])
@example(NASTY[3])
@example(NASTY[4])
@example(NASTY[5])
@example(NASTY[6])
@example(NASTY[7])
@example(NASTY[8])
@example(NASTY[9])
@example(NASTY[10])
def test_any_text_comes_out_unchanged(text: str) -> None:
    compiled = flow(f"on message -> reply {quoted(text)} buttons {quoted(text)} -> end session")
    session = compiled.session("ada")
    replies = [
        effect for effect in compiled.step(session, Message("1", "ada", "hi"), 1) if isinstance(effect, Reply)
    ]
    assert [(reply.text, reply.buttons) for reply in replies] == [(text, (text,))]


@settings(max_examples=60, deadline=None)
@given(texts)
@example(NASTY[4])
def test_a_text_in_any_place_never_becomes_code(text: str) -> None:
    literal = quoted(text)
    program = f"""\
timeout 1 hour
action save(note: text)
on {literal} -> reply "pattern" -> end session
on message
  -> set note = {literal}
  -> ask size {literal} choices {literal} | "other"
      retry {literal}
  when note == {literal}
    -> reply {literal}
  -> call save({literal})
      failed -> reply {literal}
  -> end session
"""
    compiled = compile_flow(source_of(f"{text[:10]}.flow", program))
    if compiled.machine is None:  # a pattern that is white space can match nothing, "other" may be twice
        return
    written = emit_python(compiled.machine)
    plain = emit_python(machine(program.replace(literal, '"plain"')))
    assert shape(written) == shape(plain)


def shape(text: str) -> list[str]:
    """The kinds of nodes of a module, without its constants, names and comments."""
    return [type(node).__name__ for node in ast.walk(ast.parse(text))]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import os", "an import of os"),
        ("from os import system", "an import of os"),
        ("x = eval('1')", "a call of eval"),
        ("x = a.system('1')", "a call of .system"),
        ("x = f'{a}'", "a JoinedStr"),
        ("print(1)", "an expression"),
        ("while True: pass", "a While"),
    ],
)
def test_a_module_of_another_shape_is_refused(text: str, says: str) -> None:
    with pytest.raises(WrongShape, match=says):
        check_shape(text, frozenset({"render"}))


# Types and versions


def test_a_module_of_another_format_is_refused_in_words() -> None:
    feedback = module_of(FEEDBACK).flow
    for format_, cure in ((99, "upgrade flowrt"), (0, "build the flow again")):
        with pytest.raises(IncompatibleModule, match=cure):
            Flow(
                name="feedback",
                source="feedback.flow",
                format=format_,
                compiler="9.9.9",
                states=feedback.states,
                transitions=feedback.transitions,
                initial="start",
                variables=feedback.variables,
                actions=(),
            )


def test_a_module_that_needs_what_only_a_newer_runtime_has_is_refused_in_words() -> None:
    text = emit_python(machine('on message -> reply "Hi." -> end session\noutdated -> reply "Anew."'))
    newer = text.replace("outdate_session", "outdate_session_kindly")
    with pytest.raises(
        IncompatibleModule, match="needs 'outdate_session_kindly', which this runtime lacks: upgrade"
    ):
        exec(compile(newer, "newer_flow.py", "exec"), {"__name__": "newer_flow"})  # noqa: S102 - as an import does


BOT = """\
from feedback_flow import Actions, StateName, Variables

class Good:
    async def save_feedback(self, name: str, rating: int, comment: str | None) -> None: ...

class Misspelt:
    def save_fedback(self, name: str, rating: int, comment: str | None) -> None: ...

good: Actions = Good()
bad: Actions = Misspelt()
state: StateName = "ask_nam"
rating: str = Variables().rating
"""


def test_a_type_checker_finds_what_a_bot_gets_wrong(tmp_path: Path) -> None:
    compiled = compile_flow(load(FEEDBACK))
    assert compiled.machine is not None
    (tmp_path / "feedback_flow.py").write_text(emit_python(compiled.machine), encoding="utf-8")
    (tmp_path / "bot.py").write_text(BOT, encoding="utf-8")
    found = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--cache-dir",
            str(tmp_path / "cache"),
            "bot.py",
            "feedback_flow.py",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    errors = [line.split(" error: ")[0] for line in found.splitlines() if " error: " in line]
    assert errors == ["bot.py:10:", "bot.py:11:", "bot.py:12:"], found


def test_a_traceback_shows_the_line_of_the_flow() -> None:
    module: Any = module_of(FEEDBACK)
    line = next(line for line in FEEDBACK.read_text().splitlines() if "when rating" in line)
    number = FEEDBACK.read_text().splitlines().index(line) + 1
    compiled = compile_flow(load(FEEDBACK))
    assert compiled.machine is not None
    code_line = module.when_rating_at_most_2.__code__.co_firstlineno + 2
    assert emit_python(compiled.machine).splitlines()[code_line - 1].endswith(f"# feedback.flow:{number}")
