"""`make demo` runs the product on the real files: a text changed in a copy is seen in what it shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


def demo(folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shown = subprocess.run(
        ["sh", str(folder / "demo.sh")],
        env=os.environ | {"PATH": path, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "examples"


def test_the_demo_shows_what_the_flow_says(copy: Path) -> None:
    before = demo(copy)
    assert "Let's pick this up another time." in before
    assert "16 passed" in before
    for name in ("feedback.flow", "feedback.flowtest"):
        file = copy / "feedback" / name
        text = file.read_text(encoding="utf-8")
        file.write_text(
            text.replace("Let's pick this up another time.", "Until next time!"), encoding="utf-8"
        )
    after = demo(copy)
    assert "Let's pick this up another time." not in after
    assert before.replace("Let's pick this up another time.", "Until next time!").count(
        "Until next time!"
    ) == (after.count("Until next time!"))
