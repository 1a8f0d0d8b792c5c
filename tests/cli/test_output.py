"""Where findings go, how many are shown, and what the exit code is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.program import BAD, GOOD, WARNED, invoke, write

MANY = "".join(f"on message -> goto no{number}\n" for number in range(120))


@pytest.mark.parametrize(("text", "code"), [(GOOD, 0), (WARNED, 0), (BAD, 0)])
def test_exit_zero_says_0_whatever_is_found(tmp_path: Path, text: str, code: int) -> None:
    result = invoke("check", write(tmp_path / "a.flow", text), "--exit-zero")
    assert result.exit_code == code
    assert invoke("check", tmp_path / "a.flow").stdout == result.stdout


def test_exit_zero_does_not_hide_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert invoke("check", tmp_path / "gone.flow", "--exit-zero").exit_code == 2


def test_exit_zero_says_0_where_tests_fail(tmp_path: Path) -> None:
    write(tmp_path / "a.flow", GOOD)
    path = write(tmp_path / "a.flowtest", 'test "x"\n  user: hi\n  bot:  Hello\n')
    assert invoke("test", path).exit_code == 1
    assert invoke("test", path, "--exit-zero").exit_code == 0


@pytest.mark.parametrize(("most", "shown"), [("3", 3), ("110", 110), ("1000", None), ("0", None)])
def test_max_errors_says_how_many_are_shown(tmp_path: Path, most: str, shown: int | None) -> None:
    result = invoke("check", "--format", "concise", "--max-errors", most, write(tmp_path / "a.flow", MANY))
    errors = int(result.stderr.splitlines()[-1].split()[0])
    assert errors >= 120
    assert len(result.stdout.splitlines()) == (shown or errors)
    assert result.stderr.startswith("…") is (shown is not None)


def test_a_report_for_programs_leaves_nothing_out_unless_told_to(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flow", MANY)
    whole = json.loads(invoke("check", path, "--format", "json").stdout)
    part = json.loads(invoke("check", path, "--format", "json", "--max-errors", "7").stdout)
    assert (len(part["findings"]), part["summary"]["omitted"]) == (7, len(whole["findings"]) - 7)
    assert whole["findings"][:7] == part["findings"]
    assert whole["summary"]["omitted"] == 0


def test_a_report_that_cannot_be_written_exits_with_2_and_leaves_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "good.flow", GOOD)
    (tmp_path / "taken").mkdir()
    result = invoke("check", path, "--format", "json", "--output-file", tmp_path / "taken")
    assert result.exit_code == 2
    assert f"flowc: cannot write `{tmp_path / 'taken'}`: " in result.stderr
    assert sorted(it.name for it in tmp_path.iterdir()) == ["good.flow", "taken"]


def test_a_report_that_was_there_is_replaced(tmp_path: Path) -> None:
    report = write(tmp_path / "report.txt", "old\n" * 1000)
    invoke("check", write(tmp_path / "bad.flow", BAD), "--format", "concise", "--output-file", report)
    assert report.read_text(encoding="utf-8").count("\n") == 1


def test_a_file_is_not_colored_unless_asked_for(tmp_path: Path) -> None:
    path, report = write(tmp_path / "bad.flow", BAD), tmp_path / "report.txt"
    invoke("check", path, "--output-file", report, env={"FORCE_COLOR": "1"})
    assert "\x1b[" not in report.read_text(encoding="utf-8")
    invoke("check", path, "--output-file", report, "--color", "always")
    assert "\x1b[" in report.read_text(encoding="utf-8")


def test_failures_of_tests_go_to_the_file_too(tmp_path: Path) -> None:
    write(tmp_path / "a.flow", GOOD)
    path = write(tmp_path / "a.flowtest", 'test "x"\n  user: hi\n  bot:  Hello\n')
    shown = invoke("test", path).stdout
    assert invoke("test", path, "--output-file", tmp_path / "out.txt").stdout == ""
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == shown


def test_standard_input_is_checked_under_the_name_that_it_is_given(tmp_path: Path) -> None:
    write(tmp_path / "common.flow", "state menu\n  on message -> end session\n")
    text = 'import "common.flow"\ntimeout 1 hour\non message -> goto menue\n'
    result = invoke(
        "check", "-", "--stdin-filename", tmp_path / "new.flow", "--format", "concise", stdin=text
    )
    assert result.exit_code == 1
    assert result.stdout == (
        f"{tmp_path / 'new.flow'}:3:20: error[F0201] unknown state `menue` (did you mean `menu`?)\n"
    )
    assert invoke("check", "-", stdin=GOOD).exit_code == 0


@pytest.mark.parametrize(("data", "why"), [(b"on \xff", "is not UTF-8"), (b"#" * 1_000_001, "is too large")])
def test_standard_input_that_is_no_flow_exits_with_2(data: bytes, why: str) -> None:
    result = invoke("check", "-", "--stdin-filename", "new.flow", stdin=data)
    assert result.exit_code == 2
    assert f"`new.flow` {why}" in result.stderr
