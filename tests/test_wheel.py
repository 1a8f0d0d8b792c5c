"""The built wheel, alone: what a user installs does the main job, outside the clone and without its tools."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REQUIRED = ("lark", "transitions", "six", "jinja2", "markupsafe", "click", "wcwidth")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Folders that hold the wheel and what it requires, and nothing of the clone or of its development tools."""
    work = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(work), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = work.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "-qq", "--no-index", "--no-deps", "--target"]
    subprocess.run([*install, str(work / "flowc"), str(wheel)], check=True, capture_output=True)
    required = work / "required"
    required.mkdir()
    for name in REQUIRED:
        for file in metadata.files(name) or []:
            top = Path(file.parts[0])
            if file.suffix == ".py" and top.suffix in {"", ".py"} and not (required / top).exists():
                (required / top).symlink_to(Path(str(file.locate())).parents[len(file.parts) - 1] / top)
    return [work / "flowc", required]


def run(
    installed: list[Path], arguments: Sequence[str], cwd: Path, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run Python with the wheel alone: `-S` leaves out this environment's own packages."""
    return subprocess.run(
        [sys.executable, "-S", "-P", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={
            "PYTHONPATH": os.pathsep.join(map(str, [*installed, cwd])),
            "PYTHONUTF8": "1",
            "PATH": os.defpath,
        },
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for file in (ROOT / "examples" / "feedback").iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def test_the_wheel_checks_builds_runs_and_tests(installed: list[Path], project: Path) -> None:
    flowc = ["-m", "flowc"]
    assert run(installed, [*flowc, "check", "feedback.flow"], project).returncode == 0
    assert run(installed, [*flowc, "build", "feedback.flow"], project).returncode == 0
    assert (project / "feedback_flow.py").is_file()
    chat = run(installed, [*flowc, "run", "feedback.flow"], project, "hi\nAda\n")
    assert (chat.returncode, chat.stdout.splitlines()) == (
        0,
        ["Hi! Three quick questions.", "What's your name?", "How was it, from 1 to 5?"],
    )
    tested = run(installed, [*flowc, "test", "feedback.flowtest"], project)
    assert tested.returncode == 0
    assert "16 passed" in tested.stdout
    assert run(installed, [*flowc, "new", "pizza"], project).returncode == 0
    assert run(installed, [*flowc, "build", "--check", "pizza"], project).returncode == 0
    assert (project / "pizza/.github/workflows/flows.yml").is_file()


def test_a_bot_needs_neither_parser_nor_templates(installed: list[Path], project: Path) -> None:
    run(installed, ["-m", "flowc", "build", "feedback.flow"], project)
    program = (
        "import sys; import feedback_flow; import flowrt.bot;"
        "print(sorted({'lark', 'jinja2', 'click', 'flowc', 'flowgrammar', 'wcwidth'} & set(sys.modules)))"
    )
    assert run(installed, ["-c", program], project).stdout == "[]\n"


def test_the_bot_of_the_example_keeps_its_sessions_over_a_restart(
    installed: list[Path], project: Path
) -> None:
    run(installed, ["-m", "flowc", "build", "feedback.flow"], project)
    first = run(installed, ["bot.py"], project, "hi\nAda\n")
    assert first.stdout.splitlines()[-1:] == ["How was it, from 1 to 5?"], first.stderr
    second = run(installed, ["bot.py"], project, "5\nno\n")
    assert second.stdout.splitlines()[-1:] == [
        "Thanks, Ada! Your feedback has been received. You can message us again anytime."
    ], second.stderr
    assert (project / "feedback.jsonl").read_text(encoding="utf-8") == (
        '{"name": "Ada", "rating": 5, "comment": null}\n'
    )
