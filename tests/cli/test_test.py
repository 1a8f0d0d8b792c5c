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
    assert done.stdout.decode() == "1 passed · 1 of 1 transitions (100 %) · 1 of 1 lines (100 %)\n"


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
        "1 passed, 1 failed · 1 of 1 transitions (100 %) · 1 of 1 lines (100 %)",
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
        f"lines not covered: {good.with_suffix('.flow')}:2",
        "1 passed · 1 of 2 transitions (50 %) · 1 of 2 lines (50 %)",
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
    assert result.stdout == "0 passed, 1 failed · 0 of 1 transitions (0 %) · 0 of 1 lines (0 %)\n"


def test_update_writes_what_the_bot_does_in_truth(good: Path) -> None:
    write(good, PASSES + "\n" + FAILS + '# the end\ntest "c"\n  usr: hi\n')
    done = start("test", "--update", cwd=good.parent)
    assert done.returncode == 1
    assert good.read_text("utf-8") == PASSES + "\n" + FAILS.replace("Bye!", "Thanks") + (
        '# the end\ntest "c"\n  usr: hi\n'
    )
    assert "good.flowtest: 1 test brought up to date" in done.stderr.decode()
    assert (
        'good.flowtest: test "c" cannot be brought up to date: no line of a transcript begins with `usr`'
        in done.stderr.decode()
    )
    assert done.stdout.decode().splitlines()[-1].startswith("2 passed, 1 failed")


def test_update_keeps_to_the_tests_that_were_chosen(good: Path) -> None:
    write(good, PASSES.replace("Thanks", "Hello") + FAILS)
    assert invoke("test", good, "--update", "-k", "farewell").exit_code == 0
    assert good.read_text("utf-8") == PASSES.replace("Thanks", "Hello") + FAILS.replace("Bye!", "Thanks")


def test_a_file_that_is_right_is_not_written(good: Path) -> None:
    write(good, PASSES)
    before = good.stat().st_mtime_ns
    assert invoke("test", good, "--update").exit_code == 0
    assert good.stat().st_mtime_ns == before


LONGER = """\
timeout 1 hour -> reply "Bye."
on message -> ask size: int "Size?" -> end session
on "never" -> reply "Never." -> end session
"""


def test_generate_writes_a_file_that_covers_all_that_can_be(tmp_path: Path) -> None:
    never = 'on "x" when 1 == 2 -> end session\non message'
    flow = write(tmp_path / "sizes.flow", LONGER.replace("on message", never))
    done = start("test", "--generate", "--missing", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.decode().splitlines() == [
        "sizes.flowtest: 4 tests written",
        "sizes.flowtest: no test for start --message--> start if says_x and when_1_is_2: in `start` no message "
        "is taken so: what stands before it may take them all",
    ]
    assert done.stdout.decode().splitlines() == [
        "not covered: 1",
        "  start --message--> start if says_x and when_1_is_2",
        "lines not covered: sizes.flow:2",
        "4 passed · 5 of 6 transitions (83 %) · 3 of 4 lines (75 %)",
    ]
    assert start("test", flow.name, cwd=tmp_path).returncode == 0


def test_generate_adds_to_what_is_there_and_does_so_once(good: Path) -> None:
    write(good.with_suffix(".flow"), LONGER)
    mine = '# by hand\ntest "mine"\n  user: hi\n  bot:  Size?\n'
    write(good, mine)
    assert invoke("test", good, "--generate").exit_code == 0
    once = good.read_text("utf-8")
    assert once.startswith(mine + "\ntest ")
    assert invoke("test", good, "--generate").exit_code == 0
    assert good.read_text("utf-8") == once


def test_generate_and_k_do_not_go_together(good: Path) -> None:
    write(good, PASSES)
    result = invoke("test", good, "--generate", "-k", "a")
    assert result.exit_code == 2
    assert "generated again" in result.stderr


def test_fail_under_says_what_is_covered_too_little(good: Path) -> None:
    write(good.with_suffix(".flow"), LONGER)
    write(good, 'test "mine"\n  user: hi\n  bot:  Size?\n  user: 3\n')
    assert invoke("test", good, "--fail-under", "33").exit_code == 0
    done = start("test", "good.flowtest", "--fail-under", "66", cwd=good.parent)
    assert done.returncode == 1
    assert done.stderr.decode() == (
        "flowc: good.flowtest: 2 of 5 transitions are covered, 40.0 %: it must be 66 %\n"
        "flowc: good.flowtest: 1 of 3 lines are covered, 33.3 %: it must be 66 %\n"
    )


def test_several_processes_say_what_one_says(tmp_path: Path) -> None:
    for name, tests in (("one", PASSES), ("two", PASSES + FAILS), ("three", PASSES.replace("user:", "usr:"))):
        write(tmp_path / f"{name}.flow", GOOD)
        write(tmp_path / f"{name}.flowtest", tests)
    write(tmp_path / "bad.flow", BAD)
    write(tmp_path / "bad.flowtest", PASSES)
    one, two = start("test", cwd=tmp_path), start("test", "-j", "2", cwd=tmp_path)
    assert (two.returncode, two.stdout, two.stderr) == (one.returncode, one.stdout, one.stderr)
    assert one.returncode == 1
