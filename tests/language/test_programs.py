"""Programs at random over the whole vocabulary: they compile, what they become is typed, and it can be talked to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from flowc.emit.python import emit_python, module_name
from flowc.machine import Machine
from flowc.machine_json import from_json, to_json
from flowc.pipeline import compile_flow
from flowc.source import load, source_of
from tests.language.programs import program
from tests.language.walks import Walk, subject

HERE = Path(__file__).parent
FLOWS = sorted([*HERE.glob("*.flow"), *HERE.parent.glob("conversations/*.flow")])


def machine_of(seed: int) -> Machine | None:
    """The machine of a program, None where it has a mistake; of those only these are known to be made."""
    compiled = compile_flow(source_of(f"random_{seed}.flow", program(Random(seed))))  # noqa: S311 - no secret
    errors = {each.code for each in compiled.diagnostics if each.severity == "error"}
    # `again` judges a `when` anew, so it may come past a branch that the chain did not take.
    assert errors <= {"F0406", "F0408"}, (seed, errors)
    return compiled.machine


def check(machine: Machine, seed: int) -> None:
    """Hold what a program became to all that holds of every flow."""
    assert from_json(to_json(machine)) == machine
    Walk(subject(machine), Random(seed)).go(25)  # noqa: S311 - no secret


@pytest.mark.parametrize("seed", range(12))
def test_a_program_compiles_and_can_be_talked_to(seed: int) -> None:
    machine = machine_of(seed)
    if machine is not None:
        check(machine, seed)


@pytest.mark.soak
@pytest.mark.parametrize("hundred", range(20))
def test_thousands_of_programs(hundred: int) -> None:
    compiled = 0
    for seed in range(hundred * 100, hundred * 100 + 100):
        machine = machine_of(seed)
        if machine is not None:
            compiled += 1
            check(machine, seed)
    assert compiled >= 80


def typed(machines: list[Machine], folder: Path) -> str:
    """What mypy says, in its strict mode, of the modules of these machines."""
    for machine in machines:
        name = f"{module_name(machine.sources[0].path)}.py"
        (folder / name).write_text(emit_python(machine), encoding="utf-8")
    found = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder / "cache"), str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout


def test_what_is_emitted_is_typed(tmp_path: Path) -> None:
    machines = [compile_flow(load(path)).machine for path in FLOWS[::5]] + [
        machine_of(seed) for seed in range(12, 16)
    ]
    sound = [machine for machine in machines if machine is not None]
    assert len(sound) > 10
    assert typed(sound, tmp_path) == f"Success: no issues found in {len(sound)} source files\n"


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_what_is_emitted_of_hundreds_is_typed(tmp_path: Path) -> None:
    sound = [machine for seed in range(2_000, 2_200) if (machine := machine_of(seed)) is not None]
    assert typed(sound, tmp_path) == f"Success: no issues found in {len(sound)} source files\n"
