"""Real processes, a real file, a real clock, and `kill -9` in the middle of a conversation."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from flowrt.time import SECOND
from tests.feedback import FEEDBACK

HERE = Path(__file__).parent
EXPIRED = "Let's pick this up another time."
GREETING = ["Hi! Three quick questions.", "What's your name?"]
EXPIRES_AFTER = 3.0
"""In seconds: long enough to kill a process before, and short enough to wait for."""

Said = dict[str, Any]


class Child:
    """A process with a bot."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process, self.stdin, self.stdout = process, process.stdin, process.stdout
        self.heard: list[Said] = []

    def send(self, id: str, text: str) -> None:
        """Hand it a message of ada."""
        self.stdin.write(json.dumps({"id": id, "contact": "ada", "text": text}) + "\n")
        self.stdin.flush()

    def read_until(self, count: int, kind: str = "reply") -> list[Said]:
        """Read until there were `count` lines of this kind, and return those."""
        while len(found := self.of(kind)) < count:
            line = self.stdout.readline()
            assert line, f"the process ended; it said {self.heard}"
            self.heard.append(json.loads(line))
        return found

    def of(self, kind: str) -> list[Said]:
        """What was read so far, of this kind."""
        return [said for said in self.heard if said["kind"] == kind]

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.finish()

    def finish(self) -> None:
        """Read what is left, to the end of the process."""
        if not self.stdin.closed:
            self.stdin.close()
        self.heard += [json.loads(line) for line in self.stdout if line.endswith("\n")]
        self.process.wait()


@pytest.fixture
def flow_file(tmp_path: Path) -> Path:
    """The feedback flow with a short timeout, compiled."""
    source = FEEDBACK.read_text(encoding="utf-8")
    assert source.count("open(expire=900)") == 1
    path = tmp_path / "short_feedback_flow.py"
    path.write_text(source.replace("open(expire=900)", f"open(expire={EXPIRES_AFTER})"), encoding="utf-8")
    return path


@contextmanager
def child(flow_file: Path, opens_at: int = 0) -> Iterator[Child]:
    """A process that runs the flow on the same store each time; it opens that not before `opens_at`."""
    store = flow_file.with_name("sessions.db")
    command = [sys.executable, str(HERE / "child.py"), str(flow_file), str(store), str(opens_at)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        try:
            yield Child(process)
        finally:
            process.kill()


def begin_and_be_killed(flow_file: Path) -> tuple[list[Said], int]:
    """A conversation that begins, and a process that is killed; what it said, and when its deadline is."""
    with child(flow_file) as first:
        first.send("1", "hi")
        first.read_until(2)
        first.kill()
    database = sqlite3.connect(flow_file.with_name("sessions.db"))
    [(due,)] = database.execute("SELECT due FROM session").fetchall()
    database.close()
    assert not first.of("notice")
    return first.heard, due


def by_id(heard: list[Said], kind: str) -> list[Said]:
    """What was said, each once: what comes again has the same id."""
    return list({said["id"]: said for said in heard if said["kind"] == kind}.values())


def texts(heard: list[Said]) -> list[str]:
    """The replies, each once."""
    return [said["text"] for said in by_id(heard, "reply")]


def reasons(heard: list[Said]) -> list[str]:
    """How sessions ended, each once."""
    return [said["reason"] for said in by_id(heard, "notice")]


def test_a_timeout_missed_while_the_process_was_dead_happens_once(flow_file: Path) -> None:
    heard, due = begin_and_be_killed(flow_file)
    with child(flow_file, opens_at=due + 1) as second:
        assert second.read_until(1, "open")[0]["at"] > due
        second.read_until(1, "notice")
        second.read_until(len([*GREETING, EXPIRED]) - len(heard_again(heard, second)))
        second.finish()
    with child(flow_file) as third:
        third.read_until(1, "open")
        third.finish()
    everything = heard + second.heard + third.heard
    assert texts(everything) == [*GREETING, EXPIRED]
    assert reasons(everything) == ["expired"]
    assert not third.of("reply")


def test_a_timeout_still_to_come_when_the_process_starts_again_happens_in_its_time(flow_file: Path) -> None:
    heard, due = begin_and_be_killed(flow_file)
    with child(flow_file) as second:
        assert second.read_until(1, "open")[0]["at"] < due
        [notice] = second.read_until(1, "notice")
        assert notice["reason"] == "expired"
        second.finish()
    everything = heard + second.heard
    assert texts(everything) == [*GREETING, EXPIRED]
    at = int(notice["id"].split(":")[-1].split("#")[0])
    assert due <= at < due + SECOND


def test_a_message_after_the_timeout_meets_an_expired_session(flow_file: Path) -> None:
    heard, due = begin_and_be_killed(flow_file)
    with child(flow_file, opens_at=due + 1) as second:
        second.send("2", "Ada")
        second.send("1", "hi")
        assert [said["handled"] for said in second.read_until(2, "handled")] == [True, False]
        second.read_until(1, "notice")
        second.finish()
    everything = heard + second.heard
    assert texts(everything) == [*GREETING, EXPIRED, *GREETING]
    assert reasons(everything)[:1] == ["expired"]


def test_killed_again_and_again_every_message_counts_once(tmp_path: Path) -> None:
    """The process is killed after each message it has answered for; the sender sends each twice."""
    flow_file = tmp_path / "feedback_flow.py"  # with the timeout of the example: no slow machine reaches it
    flow_file.write_text(FEEDBACK.read_text(encoding="utf-8"), encoding="utf-8")
    heard: list[Said] = []
    expected = 0
    for id, text, replies in [("1", "hi", 2), ("2", "nobody", 1), ("3", "2", 1), ("4", "late", 1)]:
        with child(flow_file) as process:
            process.send(id, text)
            process.send(id, text)
            assert [said["handled"] for said in process.read_until(2, "handled")] == [True, False]
            expected += replies
            heard += process.heard
            process.heard = []
            while len(texts(heard)) < expected:
                process.read_until(1)
                heard += process.heard
                process.heard = []
            process.kill()
            heard += process.heard
    assert texts(heard)[-1].startswith("Thanks, nobody!")
    assert len(texts(heard)) == expected
    assert reasons(heard) in ([], ["ended"])


def heard_again(heard: list[Said], other: Child) -> list[Said]:
    """Replies that were said before and not again: they had been delivered and deleted."""
    again = {said["id"] for said in other.of("reply")}
    return [said for said in heard if said["kind"] == "reply" and said["id"] not in again]
