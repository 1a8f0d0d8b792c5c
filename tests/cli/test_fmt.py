from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from flowc.cli import fmt
from tests.cli.program import BAD, FEEDBACK, GOOD, invoke, start, write

UGLY = 'timeout   1 hour\non message->reply "Thanks"->end session'
FORM = 'timeout 1 hour\n\non message -> reply "Thanks" -> end session\n'
BROKEN = "on message -> agan\n"


def test_a_file_gets_its_form(tmp_path: Path) -> None:
    path = write(tmp_path / "ugly.flow", UGLY)
    path.chmod(0o640)
    done = start("fmt", "ugly.flow", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"formatted ugly.flow\n")
    assert path.read_bytes() == FORM.encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_with_its_form_is_not_touched(tmp_path: Path) -> None:
    path = write(tmp_path / "form.flow", FORM)
    before = path.stat()
    result = invoke("fmt", path)
    assert (result.exit_code, result.output) == (0, "")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("text", [f"\ufeff{FORM}", FORM.replace("\n", "\r\n"), FORM.rstrip(), f"{FORM}\n"])
def test_what_cannot_be_seen_changes_too(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "a.flow", text)
    assert invoke("fmt", path).stderr == f"formatted {path}\n"
    assert path.read_bytes() == FORM.encode()


def test_without_a_path_it_takes_the_folder_that_one_is_in(tmp_path: Path) -> None:
    write(tmp_path / "a.flow", UGLY)
    write(tmp_path / "b" / "c.flow", UGLY)
    write(tmp_path / ".hidden" / "d.flow", UGLY)
    done = start("fmt", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode().split("\n") == ["formatted a.flow", f"formatted {Path('b/c.flow')}", ""]
    assert invoke("fmt", tmp_path, "--check").exit_code == 0


def test_a_flow_that_does_not_compile_has_a_form_all_the_same(tmp_path: Path) -> None:
    assert invoke("fmt", write(tmp_path / "bad.flow", BAD)).exit_code == 0


def test_what_is_no_flow_is_left_as_it_is_and_the_others_are_written(tmp_path: Path) -> None:
    broken = write(tmp_path / "broken.flow", BROKEN)
    ugly = write(tmp_path / "ugly.flow", UGLY)
    result = invoke("fmt", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error[F0108]: `agan` is no step\n")
    assert result.stderr.endswith(f"\n1 error\nformatted {ugly}\n")
    assert (broken.read_text(), ugly.read_text()) == (BROKEN, FORM)


def test_what_cannot_be_read_or_written_exits_with_2(tmp_path: Path) -> None:
    assert invoke("fmt", tmp_path).exit_code == 2
    assert invoke("fmt", tmp_path / "missing.flow").exit_code == 2
    (tmp_path / "latin.flow").write_bytes(b"# \xe9\n")
    result = invoke("fmt", tmp_path)
    assert result.exit_code == 2
    assert "is not UTF-8" in result.stderr


def test_a_folder_that_takes_no_file_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(texts: dict[Path, str]) -> None:
        raise PermissionError(13, "Permission denied", str(next(iter(texts))))

    monkeypatch.setattr(fmt, "write_all", refuse)
    path = write(tmp_path / "ugly.flow", UGLY)
    result = invoke("fmt", path)
    assert (result.exit_code, result.stderr) == (2, f"flowc: cannot write `{path}`: Permission denied\n")


def test_a_form_that_is_too_large_to_be_read_again_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fmt, "MAX_BYTES", 10)
    path = write(tmp_path / "ugly.flow", UGLY)
    result = invoke("fmt", path)
    assert (result.exit_code, path.read_text()) == (2, UGLY)
    assert "would become too large" in result.stderr


# --check and --diff


def test_check_names_what_would_change_and_writes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "ugly.flow", UGLY)
    write(tmp_path / "form.flow", FORM)
    result = invoke("fmt", "--check", tmp_path)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"would change: {path}\n")
    assert path.read_text() == UGLY
    assert invoke("fmt", "--check", tmp_path / "form.flow").exit_code == 0


def test_diff_shows_what_would_change_and_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "ugly.flow", UGLY)
    done = start("fmt", "--diff", "ugly.flow", cwd=tmp_path, PYTHONUTF8="0", LC_ALL="C")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode().splitlines() == [
        "--- ugly.flow",
        "+++ ugly.flow",
        "@@ -1,2 +1,3 @@",
        "-timeout   1 hour",
        '-on message->reply "Thanks"->end session',
        "\\ No newline at end of file",
        "+timeout 1 hour",
        "+",
        '+on message -> reply "Thanks" -> end session',
    ]
    assert (tmp_path / "ugly.flow").read_text() == UGLY
    both = invoke("fmt", "--diff", "--check", tmp_path / "ugly.flow")
    assert both.stdout.startswith("--- ")
    assert both.stderr == f"would change: {tmp_path / 'ugly.flow'}\n"
    write(tmp_path / "ugly.flow", FORM)
    assert invoke("fmt", "--diff", tmp_path).output == ""


@pytest.mark.skipif(shutil.which("patch") is None, reason="there is no patch")
def test_the_diff_is_a_patch(tmp_path: Path) -> None:
    write(tmp_path / "ugly.flow", f"\ufeff# 日本\u2028\n{UGLY}")
    made = start("fmt", "--diff", "ugly.flow", cwd=tmp_path).stdout
    subprocess.run(["patch", "-p0", "--quiet"], input=made, cwd=tmp_path, check=True)
    assert (tmp_path / "ugly.flow").read_bytes() == f"# 日本\n{FORM}".encode()


def test_mistakes_count_more_than_changes(tmp_path: Path) -> None:
    broken = write(tmp_path / "broken.flow", BROKEN)
    for option in ("--check", "--diff"):
        result = invoke("fmt", option, broken)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "error[F0108]" in result.stderr


# Standard input


def test_standard_input_goes_to_standard_output() -> None:
    text = f"# 日本\r\n{UGLY}"
    done = start("fmt", "-", stdin=text.encode(), PYTHONUTF8="0", LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == f"# 日本\n{FORM}".encode()
    assert start("fmt", "-", stdin=FEEDBACK.read_bytes()).stdout == FEEDBACK.read_bytes()


def test_of_standard_input_with_a_mistake_nothing_is_written() -> None:
    done = start("fmt", "-", "--stdin-filename", "chat.flow", stdin=BROKEN.encode())
    assert (done.returncode, done.stdout) == (1, b"")
    assert b" --> chat.flow:1:15\n" in done.stderr


@pytest.mark.parametrize(
    ("stdin", "why"),
    [
        (b"# one\n# \xff\n", "`chat.flow` is not UTF-8: see line 2"),
        (b"#" * 1_000_001, "`chat.flow` is too large: a flow may have 1,000,000 bytes"),
    ],
)
def test_standard_input_that_cannot_be_read_exits_with_2(stdin: bytes, why: str) -> None:
    done = start("fmt", "-", "--stdin-filename", "chat.flow", stdin=stdin)
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", f"flowc: {why}\n")


def test_check_and_diff_of_standard_input() -> None:
    checked = start("fmt", "-", "--check", "--stdin-filename", "chat.flow", stdin=UGLY.encode())
    assert (checked.returncode, checked.stdout, checked.stderr) == (1, b"", b"would change: chat.flow\n")
    assert start("fmt", "-", "--check", stdin=FORM.encode()).returncode == 0
    shown = start("fmt", "-", "--diff", stdin=UGLY.encode())
    assert shown.returncode == 1
    assert shown.stdout.startswith(b"--- -\n+++ -\n")


def test_standard_input_stands_alone(tmp_path: Path) -> None:
    result = invoke("fmt", "-", write(tmp_path / "good.flow", GOOD))
    assert result.exit_code == 2
    assert "`-` stands alone" in result.stderr
