"""`flowc new`: the project that it makes passes its own checks, and its bot runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cli.program import ROOT, invoke, start, write


def made(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def steps_of(workflow: Path) -> list[str]:
    """What the workflow of a project runs, in order."""
    read: dict[str, Any] = YAML(typ="safe").load(workflow)
    return [step["run"] for job in read["jobs"].values() for step in job["steps"] if "run" in step]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "Pizza-Bot"
    result = invoke("new", folder)
    assert result.exit_code == 0
    assert result.stderr.splitlines()[-1] == f"now talk to it: `flowc run {folder / 'pizza_bot'}.flow`"
    return folder


def test_it_has_a_flow_its_tests_a_bot_and_what_ci_needs(project: Path) -> None:
    assert sorted(made(project)) == [
        ".github/workflows/flows.yml",
        ".gitignore",
        "README.md",
        "actions.py",
        "bot.py",
        "pizza_bot.flow",
        "pizza_bot.flowtest",
        "pizza_bot_flow.py",
        "pyproject.toml",
    ]
    assert not [name for name, data in made(project).items() if b"my_bot" in data]


def test_it_passes_all_that_its_ci_runs(project: Path) -> None:
    install, *steps = steps_of(project / ".github/workflows/flows.yml")
    assert install == "pip install flowc"
    assert [step.split()[1] for step in steps] == ["check", "fmt", "test", "build"]
    for step in steps:
        done = start(*step.split()[1:], cwd=project)
        assert done.returncode == 0, done.stdout + done.stderr
    assert b"5 passed" in start("test", ".", cwd=project).stdout


def test_its_workflow_is_as_the_schema_of_github_wants_it(project: Path) -> None:
    check_schema("vendor.github-workflows", project / ".github/workflows/flows.yml")


def test_its_bot_talks_and_keeps_what_it_was_told(project: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-W", "error", "bot.py"],
        cwd=project,
        input="hi\nAda\na table for two\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines()[-1] == "Thank you, Ada. Somebody will write to you soon."
    kept = json.loads((project / "messages.jsonl").read_text(encoding="utf-8"))
    assert kept == {"name": "Ada", "wish": "a table for two"}


def test_its_types_are_sound(project: Path) -> None:
    mypy = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "bot.py", "actions.py"]
    done = subprocess.run(mypy, cwd=project, capture_output=True, text=True, check=False)
    assert done.stdout == "Success: no issues found in 2 source files\n"


@pytest.mark.parametrize("name", ["2nd", "a b", "ü", "class", "x.y", "-a"])
def test_a_name_that_no_flow_can_have_is_refused(tmp_path: Path, name: str) -> None:
    result = invoke("new", "--", tmp_path / name)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"flowc: `{name}` cannot be the name of a project: ")
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_touched(tmp_path: Path) -> None:
    write(tmp_path / "taken/file.txt", "mine")
    (tmp_path / "empty").mkdir()
    assert invoke("new", tmp_path / "taken").stderr == (
        f"flowc: `{tmp_path / 'taken'}` is there already: choose another name\n"
    )
    assert made(tmp_path / "taken") == {"file.txt": b"mine"}
    assert invoke("new", tmp_path / "empty").exit_code == 0


# What the repository itself offers to the CI of others


def check_schema(schema: str, file: Path) -> None:
    """Hold a file against a schema that check-jsonschema brings with it."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_is_as_the_schema_of_github_wants_it() -> None:
    check_schema("vendor.github-actions", ROOT / "action.yml")


def test_the_commands_of_the_action_pass_on_the_examples(project: Path) -> None:
    read: dict[str, Any] = YAML(typ="safe").load(ROOT / "action.yml")
    runs = [step["run"] for step in read["runs"]["steps"] if "PATHS" in step.get("env", {})]
    assert [run.split()[1] for run in runs] == ["check", "fmt", "test", "build"]
    for run in runs:
        done = start(*run.replace("$PATHS", ".").split()[1:], cwd=project)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_hooks_of_pre_commit_find_what_they_are_for(tmp_path: Path) -> None:
    hooks: dict[str, Any] = {
        hook["id"]: hook for hook in YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")
    }
    assert list(hooks) == ["flowc-check", "flowc-fmt", "flowc-test"]
    write(tmp_path / "a.flow", "timeout 1 hour\non message   -> goto nowhere\n")
    write(tmp_path / "a.flowtest", 'test "x"\n  user: hi\n')

    def hook(name: str, *files: str) -> int:
        return start(*hooks[name]["entry"].split()[1:], *files, cwd=tmp_path).returncode

    assert hook("flowc-check", "a.flow") == 1
    assert hook("flowc-fmt", "a.flow") == 0
    assert "message -> goto" in (tmp_path / "a.flow").read_text(encoding="utf-8")
    assert hook("flowc-test") == 1
