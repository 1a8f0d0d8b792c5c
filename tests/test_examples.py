"""Each folder of `examples` is a product: its flow, its tests, its actions and its bot, in one piece."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from flowc.emit.python import emit_python
from flowc.machine import Machine
from flowc.pipeline import compile_flow, load_flow
from flowc.source import load
from flowc.transcript.coverage import Tracker
from flowc.transcript.report import report
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script
from tests.cli.program import invoke

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(folder for folder in (ROOT / "examples").iterdir() if folder.is_dir())

every_example = pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)


@cache
def machine_of(folder: Path) -> Machine:
    compiled = compile_flow(load(folder / f"{folder.name}.flow"))
    assert compiled.diagnostics == ()
    assert compiled.machine is not None
    return compiled.machine


@every_example
def test_it_is_whole_and_of_a_size_to_read(folder: Path) -> None:
    name = folder.name
    files = {path.name for path in folder.iterdir() if path.suffix in {".flow", ".flowtest", ".py"}}
    assert {f"{name}.flow", f"{name}.flowtest", "actions.py", "bot.py"} <= files
    assert len((folder / f"{name}.flow").read_text(encoding="utf-8").splitlines()) <= 250


@every_example
def test_it_is_formatted_and_gives_no_warning(folder: Path) -> None:
    flows = sorted(folder.rglob("*.flow"))
    formatted = invoke("fmt", "--check", *flows)
    assert (formatted.exit_code, formatted.stdout) == (0, ""), formatted.stderr
    assert machine_of(folder).name == folder.name


@every_example
def test_its_transcripts_pass_and_take_every_transition(folder: Path) -> None:
    flow = load_flow(machine_of(folder))
    script, mistakes = parse_script(load(folder / f"{folder.name}.flowtest"))
    assert mistakes == ()
    tracker = Tracker(flow)
    result = run_script(script, flow, machine=tracker.machine)
    assert report(result) == ""
    assert tracker.coverage.uncovered == ()


@pytest.fixture(scope="module")
def known_types(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy keeps of the standard library and of the runtime, from one example to the next."""
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.xdist_group("types of the examples")
@every_example
def test_its_bot_and_its_actions_are_of_the_types_that_the_flow_asks_for(
    folder: Path, tmp_path: Path, known_types: Path
) -> None:
    for file in folder.glob("*.py"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / f"{folder.name}_flow.py").write_text(emit_python(machine_of(folder)), encoding="utf-8")
    assert "actions: Actions = " in (tmp_path / "bot.py").read_text(encoding="utf-8")
    files = sorted(path.name for path in tmp_path.iterdir())
    mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(known_types), *files]
    done = subprocess.run(mypy, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == f"Success: no issues found in {len(files)} source files\n"


def test_the_readme_lists_every_example() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [
        folder.name for folder in EXAMPLES if f"| [{folder.name}](examples/{folder.name}" not in text
    ] == []
