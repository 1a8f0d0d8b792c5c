"""Completion in bash, zsh and fish: what the shells ask, and in bash what Tab gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import start


def completed(shell: str, *words: str) -> list[str]:
    """What `shell` is answered when Tab is pressed behind the last of `words`."""
    line = " ".join(words)
    at = words[-1] if shell == "fish" else str(len(words) - 1)
    done = start(_FLOWC_COMPLETE=f"{shell}_complete", COMP_WORDS=line, COMP_CWORD=at)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode().splitlines()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str) -> None:
    done = start(_FLOWC_COMPLETE=f"{shell}_source")
    assert done.returncode == 0
    assert f"_FLOWC_COMPLETE={shell}_complete" in done.stdout.decode()


def test_commands_options_choices_and_codes_are_completed() -> None:
    assert completed("bash", "flowc", "ch") == ["plain,check"]
    assert completed("bash", "flowc", "check", "--stdin") == ["plain,--stdin-filename"]
    assert completed("bash", "flowc", "check", "--format", "s") == ["plain,sarif"]
    assert completed("bash", "flowc", "explain", "f0407") == ["plain,F0407"]
    assert completed("bash", "flowc", "check", "a") == ["file,a"]


def test_zsh_and_fish_are_told_what_each_is() -> None:
    assert completed("zsh", "flowc", "exp")[:2] == ["plain", "explain"]
    [line] = completed("fish", "flowc", "exp")
    assert line.startswith("plain,explain\tExplain a diagnostic")


def test_bash_completes() -> None:
    script = start(_FLOWC_COMPLETE="bash_source").stdout.decode()
    tab = "COMP_WORDS=(flowc ch); COMP_CWORD=1; _flowc_completion flowc; printf '%s' \"${COMPREPLY[@]}\""
    done = subprocess.run(
        ["bash", "-c", f"{script}\n{tab}"],
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "check"
