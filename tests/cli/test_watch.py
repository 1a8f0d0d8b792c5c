"""`--watch`: a real process, real files, and what it says after each change."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

from tests.cli.program import BAD, GOOD, SECONDS_A_PROCESS_MAY_TAKE, command, invoke, start, write

PASSES = 'test "a greeting"\n  user: hi\n  bot:  Thanks\n  session: ended\n'


class Watching:
    """A command that watches, and the lines that it writes to both of its streams."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._process = subprocess.Popen(
            command(*arguments, "--watch"), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self._lines: Queue[str] = Queue()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line.decode().rstrip("\n"))

    def until(self, last: str) -> list[str]:
        """The lines up to one that begins with `last`."""
        lines = [self._lines.get(timeout=SECONDS_A_PROCESS_MAY_TAKE)]
        while not lines[-1].startswith(last):
            lines.append(self._lines.get(timeout=SECONDS_A_PROCESS_MAY_TAKE))
        return lines

    def end(self) -> int:
        """Press Ctrl-C, and return the exit code."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(timeout=SECONDS_A_PROCESS_MAY_TAKE)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path / "a.flow", GOOD)
    write(tmp_path / "a.flowtest", PASSES)
    return tmp_path


@pytest.fixture
def watching(project: Path, request: pytest.FixtureRequest) -> Iterator[Watching]:
    process = Watching(project, *request.param)
    yield process
    process.close()


@pytest.mark.parametrize("watching", [("check", "--format", "concise", ".")], indirect=True)
def test_a_flow_is_checked_again_when_it_changes(project: Path, watching: Watching) -> None:
    assert watching.until("no errors") == ["no errors"]
    write(project / "a.flow", BAD)
    assert watching.until("1 error")[:2] == ["", "changed: a.flow"]
    write(project / "new.flow", BAD)
    assert "new.flow:2:20: error[F0201]" in "\n".join(watching.until("2 errors"))
    (project / "new.flow").unlink()
    write(project / "a.flow", GOOD)
    watching.until("no errors")
    assert watching.end() == 130


@pytest.mark.parametrize("watching", [("test", "a.flowtest")], indirect=True)
def test_tests_run_again_when_the_flow_changes(project: Path, watching: Watching) -> None:
    watching.until("1 passed")
    write(project / "a.flow", GOOD.replace("Thanks", "Bye"))
    assert "≠ bot:  Thanks     bot:  Bye" in "\n".join(watching.until("0 passed, 1 failed"))


@pytest.mark.parametrize("watching", [("build", "a.flow")], indirect=True)
def test_a_module_is_built_again_when_its_flow_changes(project: Path, watching: Watching) -> None:
    watching.until("wrote a_flow.py")
    write(project / "a.flow", GOOD.replace("Thanks", "Bye"))
    assert watching.until("wrote a_flow.py")[:2] == ["", "changed: a.flow"]
    assert '"Bye"' in (project / "a_flow.py").read_text(encoding="utf-8")


def test_standard_input_cannot_be_watched() -> None:
    result = invoke("check", "-", "--watch")
    assert result.exit_code == 2
    assert "standard input cannot be watched: name files or folders" in result.stderr


def test_without_the_extra_it_says_which(project: Path) -> None:
    write(project / "without/watchfiles.py", "raise ImportError('not installed')\n")
    path = os.pathsep.join([str(project / "without"), *sys.path])
    done = start("check", "a.flow", "--watch", cwd=project, PYTHONPATH=path)
    assert done.returncode == 2
    assert done.stderr == b"flowc: --watch needs the package watchfiles: install flowc[watch]\n"
