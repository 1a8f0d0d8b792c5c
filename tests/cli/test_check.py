from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from flowc.cli import findings
from tests.cli.program import BAD, FEEDBACK, GOOD, WARNED, command, invoke, start, write


def test_a_sound_flow_exits_with_0(tmp_path: Path) -> None:
    done = start("check", write(tmp_path / "good.flow", GOOD))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"no errors\n")


def test_an_error_exits_with_1_and_shows_the_place_as_the_path_was_given(tmp_path: Path) -> None:
    write(tmp_path / "bad.flow", BAD)
    done = start("check", "bad.flow", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.decode().splitlines()[:4] == [
        "error[F0201]: unknown state `nowhere`",
        " --> bad.flow:2:20",
        "  |",
        "2 | on message -> goto nowhere",
    ]
    assert done.stderr == b"1 error\n"


def test_warnings_alone_exit_with_0(tmp_path: Path) -> None:
    result = invoke("check", write(tmp_path / "warned.flow", WARNED))
    assert result.exit_code == 0
    assert "warning[" in result.stdout
    assert result.stderr == "1 warning\n"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("missing.flow", None, "there is no file"),
        ("binary.flow", b"on \xff", "is not UTF-8"),
        ("huge.flow", b"#" * 1_000_001, "1,000,001 bytes"),
    ],
)
def test_a_file_that_cannot_be_read_exits_with_2(
    tmp_path: Path, name: str, content: bytes | None, why: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    result = invoke("check", path)
    assert result.exit_code == 2
    assert result.stderr.startswith("flowc: ")
    assert name in result.stderr
    assert why in result.stderr


def test_all_files_are_checked_though_one_cannot_be_read(tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.flow", BAD)
    result = invoke("check", tmp_path / "missing.flow", bad, tmp_path / "gone.flow")
    assert result.exit_code == 2
    assert "unknown state `nowhere`" in result.stdout
    assert "missing.flow" in result.stderr
    assert "gone.flow" in result.stderr


def test_a_folder_stands_for_the_flows_in_it(tmp_path: Path) -> None:
    write(tmp_path / "b.flow", BAD)
    write(tmp_path / "deep" / "a.flow", BAD)
    write(tmp_path / ".hidden" / "c.flow", BAD)
    write(tmp_path / "d.txt", BAD)
    result = invoke("check", "--format", "concise", tmp_path, tmp_path / "b.flow")
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == [
        str(tmp_path / "b.flow"),
        str(tmp_path / "deep" / "a.flow"),
    ]


PART = 'anytime on "menu" -> goto menu\nstate menu\n  -> reply "MENU"\n  -> end session\n'


def test_a_file_that_another_imports_needs_no_beginning_of_its_own(tmp_path: Path) -> None:
    part = write(tmp_path / "a/part.flow", PART)
    write(tmp_path / "b.flow", f'import "a/part.flow"\n{GOOD}')
    assert "F0412" in invoke("check", part).stdout
    for arguments in (("check",), ("check", "--fix"), ("build",)):
        result = invoke(*arguments, tmp_path)
        assert (result.exit_code, result.stdout) == (0, "")
    write(part, PART.replace("goto menu", "goto nowhere"))
    found = invoke("check", tmp_path)
    assert found.exit_code == 1
    assert found.stdout.count("error[") == found.stdout.count("unknown state `nowhere`") == 1


def test_a_folder_without_flows_exits_with_2(tmp_path: Path) -> None:
    result = invoke("check", tmp_path)
    assert result.exit_code == 2
    assert result.stderr == f"flowc: there is no `.flow` file in `{tmp_path}`\n"


def test_without_a_file_it_exits_with_2() -> None:
    assert invoke("check").exit_code == 2


def test_at_most_100_findings_are_shown(tmp_path: Path) -> None:
    write(tmp_path / "bad.flow", "".join(f"on message -> goto no{number}\n" for number in range(120)))
    result = invoke("check", "--format", "concise", tmp_path)
    lines = result.stdout.splitlines()
    assert len(lines) == 100
    errors = int(result.stderr.splitlines()[-1].split()[0])
    assert result.stderr.splitlines()[0] == f"… and {errors - 100} more"


@pytest.mark.parametrize(
    ("arguments", "env", "colored"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colors(tmp_path: Path, arguments: tuple[str, ...], env: dict[str, str], colored: bool) -> None:
    result = invoke("check", write(tmp_path / "bad.flow", BAD), *arguments, env=env)
    assert ("\x1b[" in result.stdout) is colored


def test_a_bug_of_ours_says_so_and_exits_with_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(findings, "compile_flow", broken)
    path = write(tmp_path / "good.flow", GOOD)
    plain, shown = invoke("check", path), invoke("check", path, "--traceback")
    by_environment = invoke("check", path, env={"FLOWC_TRACEBACK": "1"})
    assert [each.exit_code for each in (plain, shown, by_environment)] == [3, 3, 3]
    assert plain.stderr.startswith("flowc: this is a bug in flowc, not in your flow: KeyError at ")
    assert plain.stderr.count("\n") == 1
    assert "Traceback" in shown.stderr
    assert "Traceback" in by_environment.stderr


def test_it_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    done = start("check", write(tmp_path / "good.flow", GOOD), PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines() if "|" in line}
    assert "flowc.pipeline" in loaded
    unwanted = {"jinja2", "transitions", "asyncio", "sqlite3", "flowrt.bot", "flowc.cli.run"}
    unwanted |= {"wcwidth", "difflib", "secrets", "tomllib", "watchfiles", "xml", "flowc.diagnostics.text"}
    unwanted |= {
        "flowc.cli.settings",
        "flowc.fixing",
        "flowc.catalogue",
        "flowc.reports.report",
        "flowrt.effects",
    }
    assert loaded & unwanted == set()


def test_help_loads_no_compiler() -> None:
    done = start("--help", PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines() if "|" in line}
    assert loaded & {"jinja2", "transitions", "asyncio", "lark", "flowc.pipeline", "flowc.cli.check"} == set()


def test_output_that_nobody_reads_is_no_error(tmp_path: Path) -> None:
    text = "".join(f"on message -> goto no{number}\n" for number in range(100))
    path = write(tmp_path / "bad.flow", text)
    done = start("check", path)
    assert len(done.stdout) > 1000
    read, written = os.pipe()
    os.close(read)
    ended = subprocess.run(command("check", path), stdout=written, stderr=subprocess.PIPE, check=False)
    os.close(written)
    assert ended.returncode == 141
    assert b"Traceback" not in ended.stderr


def test_the_example_is_clean() -> None:
    assert invoke("check", FEEDBACK).exit_code == 0
