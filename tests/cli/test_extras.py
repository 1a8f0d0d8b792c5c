"""A flow that needs an optional package says so in a sentence where it is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_a_missing_package_is_named_in_a_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "email_validator.py").write_text("raise ImportError('not here')\n", encoding="utf-8")
    flow = tmp_path / "contact.flow"
    flow.write_text('timeout 1 hour\non message -> ask a: email "?" -> end session\n', encoding="utf-8")
    for command in ("check", "build", "run"):
        done = subprocess.run(
            [sys.executable, "-m", "flowc", command, str(flow)],
            env=os.environ | {"PYTHONPATH": str(blocked)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if command == "run":
            assert done.returncode == 2
            assert done.stderr == (
                "flowc: this flow asks for email addresses, which needs the package email-validator:"
                " install flowc[email]\n"
            )
        else:
            assert done.returncode == 0, done.stderr
