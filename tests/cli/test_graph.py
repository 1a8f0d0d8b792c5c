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


def test_the_name_of_the_output_decides_the_format(tmp_path: Path) -> None:
    good = write(tmp_path / "good.flow", GOOD)
    for name, begins in (
        ("a.svg", b"<svg "),
        ("a.png", b"\x89PNG"),
        ("a.html", b"<!DOCTYPE html>"),
        ("a.gv", b"digraph "),
        ("a.json", b"{"),
        ("a.txt", b"stateDiagram"),
    ):
        result = invoke("graph", good, "-o", tmp_path / name)
        assert (result.exit_code, result.stderr) == (0, f"wrote {tmp_path / name}\n")
        assert (tmp_path / name).read_bytes().startswith(begins)


def test_pictures_go_through_a_pipe() -> None:
    done = start("graph", FEEDBACK, "--format", "png")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"\x89PNG")
    assert done.stdout.endswith(b"IEND\xaeB`\x82")


def test_a_page_tells_the_conversations_and_the_source() -> None:
    page = invoke("graph", FEEDBACK, "--format", "html").stdout
    assert "user: hello\\nbot:  Hi! Three quick questions." in page
    assert "-&gt; unhappy: ask comment" in page


def test_coverage_is_that_of_the_transcripts_beside_the_flow(tmp_path: Path) -> None:
    good = write(tmp_path / "good.flow", GOOD)
    result = invoke("graph", good, "--coverage", "--format", "svg")
    assert result.exit_code == 2
    assert result.stderr == (
        f"flowc: there is no coverage to show: there is no file `{tmp_path / 'good.flowtest'}`\n"
    )
    write(tmp_path / "good.flowtest", 'test "hi"\n  user: hi\n  bot:  Thanks\n')
    result = invoke("graph", good, "--coverage", "--format", "svg")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "edge message taken" in result.stdout
    write(tmp_path / "good.flowtest", 'test "hi"\n  user: hi\n  bot:  Nothing\n')
    assert "some tests fail" in invoke("graph", good, "--coverage", "--format", "dot").stderr


def test_coverage_needs_colors() -> None:
    result = invoke("graph", FEEDBACK, "--coverage")
    assert result.exit_code == 2
    assert "mermaid has no colors for --coverage: choose svg, png, html or dot" in result.stderr
