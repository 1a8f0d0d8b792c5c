from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import BAD, GOOD, invoke, start, write

PASSES = 'test "a greeting"\n  user: hi\n  bot:  Thanks\n  session: ended\n'
FAILS = 'test "a farewell"\n  user: bye\n  bot:  Bye!\n'


@pytest.fixture
def good(tmp_path: Path) -> Path:
    write(tmp_path / "good.flow", GOOD)
    return tmp_path / "good.flowtest"


def test_all_passed(good: Path) -> None:
    write(good, PASSES)
    done = start("test", cwd=good.parent)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == "1 passed · 1 of 1 transitions (100 %)\n"


def test_a_failure_is_shown_side_by_side(good: Path) -> None:
    write(good, PASSES + FAILS)
    done = start("test", "good.flowtest", cwd=good.parent)
    assert done.returncode == 1
    assert done.stdout.decode().splitlines() == [
        'good.flowtest:7: test "a farewell"',
        "    expected     actual",
        "    user: bye    user: bye",
        "  ≠ bot:  Bye!   bot:  Thanks",
        "    in the flow: good.flow:2",
        "",
        "1 passed, 1 failed · 1 of 1 transitions (100 %)",
    ]


def test_a_flow_stands_for_its_transcript(good: Path) -> None:
    write(good, PASSES)
    assert invoke("test", good.with_suffix(".flow")).exit_code == 0


def test_tests_are_named_and_chosen(good: Path) -> None:
    write(good, PASSES + FAILS)
    result = invoke("test", good, "-v", "-k", "greet", "--no-coverage")
    assert result.exit_code == 0
    assert result.stdout == f"passed  {good}:1: a greeting\n1 passed\n"


def test_the_missing_transitions_are_listed(good: Path) -> None:
    write(good.with_suffix(".flow"), 'on "hi" -> reply "Thanks" -> end session\n' + GOOD.splitlines()[1])
    write(good, PASSES)
    result = invoke("test", good, "--missing")
    assert result.stdout.splitlines() == [
        "not covered: 1",
        "  start --message--> start",
        "1 passed · 1 of 2 transitions (50 %)",
    ]


def test_several_files_are_summed_up_one_by_one(good: Path) -> None:
    write(good, PASSES)
    write(good.with_name("other.flow"), GOOD)
    write(good.with_name("other.flowtest"), FAILS)
    result = invoke("test", good.parent, "--no-coverage")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-3:] == [
        f"{good}: 1 passed",
        f"{good.with_name('other.flowtest')}: 0 passed, 1 failed",
        "1 passed, 1 failed",
    ]


@pytest.mark.parametrize("arguments", [("-k", "nothing like it"), ()])
def test_no_test_exits_with_2(good: Path, arguments: tuple[str, ...]) -> None:
    write(good, PASSES if arguments else "# none yet\n")
    result = invoke("test", good, *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("flowc: there is no test")


def test_a_folder_without_transcripts_and_a_missing_file_exit_with_2(good: Path) -> None:
    assert invoke("test", good.parent).exit_code == 2
    result = invoke("test", good)
    assert result.exit_code == 2
    assert "good.flowtest" in result.stderr


def test_a_transcript_without_its_flow_exits_with_2(tmp_path: Path) -> None:
    result = invoke("test", write(tmp_path / "alone.flowtest", PASSES))
    assert result.exit_code == 2
    assert "alone.flow`" in result.stderr


def test_an_error_of_the_flow_is_shown_as_check_shows_it(tmp_path: Path) -> None:
    flow = write(tmp_path / "bad.flow", BAD)
    write(tmp_path / "bad.flowtest", PASSES)
    result = invoke("test", tmp_path)
    assert result.exit_code == 1
    assert invoke("check", flow).stdout in result.stderr


def test_a_line_that_cannot_be_read_is_shown_once(good: Path) -> None:
    write(good, PASSES.replace("user:", "usr:"))
    result = invoke("test", good)
    assert result.exit_code == 1
    assert "error[F0901]: no line of a transcript begins with `usr`" in result.stderr
    assert result.output.count("usr: hi") == 1
    assert result.stdout == "0 passed, 1 failed · 0 of 1 transitions (0 %)\n"
