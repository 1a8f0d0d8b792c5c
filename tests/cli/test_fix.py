"""`flowc check --fix`: what is mended, what is left, and what is said of both."""

from __future__ import annotations

import subprocess
from pathlib import Path

from flowc.diagnostics.diagnostic import Diagnostic, Edit, Label
from flowc.fixing import Fixer
from flowc.pipeline import Compiled
from flowc.source import Source, Span, source_of
from tests.cli.program import BAD, GOOD, invoke, start, write

EQUALS = (
    'timeout 1 hour\non message\n  -> ask n: int "?"\n  when n = 1\n    -> reply "One."\n  -> reply "Bye."\n'
    "  -> end session\n"
)
USELESS = (
    'timeout 1 hour\non message -> reply "x" -> end session'
    "  # flowc: ignore[F0407, F0610, F0407] once needed\n"
)


def test_it_mends_what_it_can_and_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flow", EQUALS)
    result = invoke("check", path, "--fix")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"mended {path}: F0107\nno errors\n"
    assert path.read_text(encoding="utf-8") == EQUALS.replace("n = 1", "n == 1")
    assert invoke("check", path, "--fix").stderr == "no errors\n"


def test_what_it_cannot_mend_is_shown_and_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flow", EQUALS + "state a\n  on message -> goto nowhere\n")
    result = invoke("check", path, "--fix", "--format", "concise")
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{path}:9:22: error[F0201] unknown state `nowhere`")
    assert "n == 1" in path.read_text(encoding="utf-8")


def test_edits_that_touch_each_other_are_made_one_pass_at_a_time(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flow", USELESS)
    result = invoke("check", path, "--fix")
    assert result.stderr == f"mended {path}: F0610 (3 times)\nno errors\n"
    assert path.read_text(encoding="utf-8") == 'timeout 1 hour\non message -> reply "x" -> end session\n'


def test_a_comment_alone_in_its_line_goes_with_the_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flow", f"# flowc: ignore-file[F0407]\n{GOOD}")
    invoke("check", path, "--fix")
    assert path.read_text(encoding="utf-8") == GOOD


def test_the_mark_at_the_start_the_ends_of_lines_and_the_last_one_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.flow"
    before = "\ufeff" + EQUALS.replace("\n", "\r\n").removesuffix("\r\n")
    path.write_bytes(before.encode())
    assert invoke("check", path, "--fix").exit_code == 0
    assert path.read_bytes().decode() == before.replace("n = 1", "n == 1")


def test_an_imported_file_is_mended_once(tmp_path: Path) -> None:
    write(
        tmp_path / "parts/menu.flow", "state menu\n  on message\n    when now = now\n      -> end session\n"
    )
    for name in ("a", "b"):
        text = 'import "parts/menu.flow"\ntimeout 1 hour\non message -> goto menu\n'
        write(tmp_path / f"{name}.flow", text)
    result = invoke("check", tmp_path / "a.flow", tmp_path / "b.flow", "--fix")
    assert result.stderr.startswith(f"mended {tmp_path / 'parts/menu.flow'}: F0107\n")
    assert "now == now" in (tmp_path / "parts/menu.flow").read_text(encoding="utf-8")


def test_diff_shows_what_would_change_and_writes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flow", EQUALS)
    done = start("check", "a.flow", "--fix", "--diff", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.decode() == "would mend a.flow: F0107\nno errors\n"
    assert path.read_text(encoding="utf-8") == EQUALS
    patch = ["git", "apply", "-p0"]
    subprocess.run(patch, input=done.stdout, cwd=tmp_path, check=True, capture_output=True)
    assert path.read_text(encoding="utf-8") == EQUALS.replace("n = 1", "n == 1")
    again = invoke("check", path, "--diff")
    assert (again.exit_code, again.stdout) == (0, "")


def test_standard_input_goes_to_standard_output(tmp_path: Path) -> None:
    done = start("check", "-", "--fix", "--format", "json", stdin=EQUALS.encode(), cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.decode() == EQUALS.replace("n = 1", "n == 1")
    assert done.stderr.startswith(b"mended -: F0107\n{")
    sound = start("check", "-", "--fix", stdin=GOOD.encode(), cwd=tmp_path)
    assert (sound.stdout.decode(), sound.stderr) == (GOOD, b"no errors\n")


def test_a_file_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flow", EQUALS)
    (tmp_path / "link.flow").symlink_to("/dev/null/x")
    assert invoke("check", path, tmp_path / "link.flow", "--fix").exit_code == 2
    assert "n == 1" in path.read_text(encoding="utf-8")


def test_nothing_to_mend_writes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "bad.flow", BAD)
    before = path.stat().st_mtime_ns
    assert invoke("check", path, "--fix").stdout == invoke("check", path).stdout
    assert path.stat().st_mtime_ns == before


def test_edits_that_never_end_are_bounded() -> None:
    class Endless(Fixer):
        """Everything that is compiled has the same thing to mend."""

        def compile(self, source: Source) -> Compiled:
            compiled = super().compile(source)
            place = Span("a.flow", 0, 0)
            found = Diagnostic("F0001", "warning", "again", (Label(place),), edits=(Edit(place, "#"),))
            return Compiled(compiled.sources, (found,), None)

    fixer = Endless()
    fixer.fix(source_of("a.flow", GOOD))
    assert fixer.changed["a.flow"].text == "#" * 20 + GOOD
