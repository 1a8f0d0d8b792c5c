"""`flowc run` while it runs: in a terminal, and interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import FEEDBACK, command, write
from tests.cli.test_run import HELLO, ODD


def test_ctrl_c_ends_it_quietly() -> None:
    with subprocess.Popen(
        command("run", FEEDBACK), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"hi\n")
        process.stdin.flush()
        assert process.stdout.readline().decode().rstrip() == HELLO[0]
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
        assert (process.returncode, told) == (130, b"")


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    with subprocess.Popen(
        command("run", FEEDBACK), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"hi\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(b"Ada\n2\nlate\n")
        process.stdin.close()
        assert process.wait(timeout=30) == 141
        assert process.stderr.read() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of Unix")
def test_in_a_terminal_it_prompts_asks_and_keeps_the_time(tmp_path: Path) -> None:
    import pty  # noqa: PLC0415 - only Unix has it

    text = ODD.replace("1 hour", '2 seconds -> reply "bye"')
    flow = write(tmp_path / "odd.flow", text)
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, command("run", flow))  # noqa: S606
    shown = b""

    def until(what: bytes) -> None:
        nonlocal shown
        while what not in shown:
            shown += os.read(terminal, 1000)
        shown = shown.partition(what)[2]

    def type_in(line: bytes) -> None:
        until(b"> ")
        os.write(terminal, line)

    type_in(b"hi\n")
    until(b"?\r\n")
    type_in(b"Ada\x1b[2J\n")
    until(b"value, `failed`, or empty for done (30 seconds):")
    type_in(b"what\n")
    until(b"is no value")
    type_in(b"failed\n")
    until(b"no\r\n")
    until(b"Ada\\u001b[2J\r\n")  # what was typed does not command the terminal
    type_in(b"hi\n")
    until(b"?\r\n")
    until(b"bye\r\n")
    until(b"session ended: expired")
    type_in(b":quit\n")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(terminal)
