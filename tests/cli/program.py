"""Starting `flowc`: as a process of its own, or within the test where that makes no difference."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from flowc.cli.program import program

ROOT = Path(__file__).resolve().parent.parent.parent
FEEDBACK = ROOT / "examples" / "feedback" / "feedback.flow"
SECONDS_A_PROCESS_MAY_TAKE = 60

GOOD = 'timeout 1 hour\non message -> reply "Thanks" -> end session\n'
BAD = "timeout 1 hour\non message -> goto nowhere\n"
WARNED = 'on message -> ask name "Who?" -> reply "Hi, {name}." -> end session\n'

PLAIN = {"NO_COLOR", "FORCE_COLOR", "FLOWC_TRACEBACK", "PYTHONIOENCODING", "PYTHONUTF8", "TERM"}


def invoke(*arguments: str | Path, env: dict[str, str] | None = None, stdin: str | bytes = "") -> Result:
    """What a command does, within this process."""
    blank: dict[str, str | None] = dict.fromkeys(PLAIN)
    return CliRunner().invoke(
        program, [str(each) for each in arguments], input=stdin, env=blank | (env or {})
    )


def command(*arguments: str | Path) -> list[str]:
    """How a command is started as a process."""
    return [sys.executable, "-m", "flowc", *map(str, arguments)]


def start(
    *arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None, **env: str
) -> subprocess.CompletedProcess[bytes]:
    """What a command does as a process of its own."""
    plain = {name: value for name, value in os.environ.items() if name not in PLAIN}
    return subprocess.run(
        command(*arguments),
        input=stdin,
        capture_output=True,
        check=False,
        cwd=cwd,
        env=plain | {"PYTHONUTF8": "1"} | env,
        timeout=SECONDS_A_PROCESS_MAY_TAKE,
    )


def write(path: Path, text: str) -> Path:
    """The file at `path`, with this text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path
