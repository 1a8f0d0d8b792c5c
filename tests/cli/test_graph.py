from __future__ import annotations

from pathlib import Path

from flowc.machine_json import from_json
from tests.cli.program import BAD, FEEDBACK, GOOD, invoke, start, write


def test_mermaid_goes_to_standard_output() -> None:
    done = start("graph", FEEDBACK)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith("stateDiagram-v2\n")


def test_json_is_the_machine() -> None:
    machine = from_json(invoke("graph", FEEDBACK, "--format", "json").stdout)
    assert machine.name == "feedback"


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    old = write(tmp_path / "good.mmd", "old")
    result = invoke("graph", write(tmp_path / "good.flow", GOOD), "--output", old)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"wrote {old}\n")
    assert old.read_text().startswith("stateDiagram-v2\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.flow", "good.mmd"]


def test_a_flow_with_errors_leaves_the_file(tmp_path: Path) -> None:
    old = write(tmp_path / "bad.mmd", "old")
    result = invoke("graph", write(tmp_path / "bad.flow", BAD), "--output", old)
    assert result.exit_code == 1
    assert "unknown state `nowhere`" in result.stderr
    assert old.read_text() == "old"


def test_what_cannot_be_read_or_written_exits_with_2(tmp_path: Path) -> None:
    assert invoke("graph", tmp_path / "missing.flow").exit_code == 2
    good = write(tmp_path / "good.flow", GOOD)
    result = invoke("graph", good, "--output", good / "inside.mmd")
    assert result.exit_code == 2
    assert result.stderr.startswith("flowc: cannot write")
