"""`[tool.flowc]` in pyproject.toml: what it sets, where it is found, and what is said of mistakes in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowc.catalogue import all_kinds, page_of
from flowc.cli.toml_places import Key, key_places
from tests.cli.program import BAD, GOOD, invoke, write


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a wrong flow and a sound one in the folder `bots`; the project is the working folder."""
    write(tmp_path / "bots/bad.flow", BAD)
    write(tmp_path / "bots/good.flow", GOOD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def set_up(project: Path, text: str) -> None:
    write(project / "pyproject.toml", dedent(text))


def mistake(project: Path, text: str, *arguments: str) -> list[str]:
    """What is said of wrong settings."""
    set_up(project, text)
    result = invoke(*(arguments or ("check", "bots/good.flow")))
    assert (result.exit_code, result.stdout) == (2, "")
    *lines, last = result.stderr.splitlines()
    assert last == "flowc: the settings in `pyproject.toml` are wrong"
    return [line for line in lines if line.startswith(("error", " -->", "  = "))]


def test_a_command_takes_its_options_from_its_table(project: Path) -> None:
    set_up(project, '[tool.flowc.check]\nformat = "concise"\nexit-zero = true\n')
    result = invoke("check", "bots")
    assert result.exit_code == 0
    assert result.stdout.startswith("bots/bad.flow:2:20: error[F0201]")


def test_the_command_line_comes_first(project: Path) -> None:
    set_up(project, '[tool.flowc.check]\nformat = "concise"\n')
    assert invoke("check", "bots", "--format", "github").stdout.startswith("::error ")


def test_color_is_for_all_commands(project: Path) -> None:
    set_up(project, '[tool.flowc]\ncolor = "always"\n')
    assert "\x1b[" in invoke("check", "bots").stdout
    assert invoke("explain", "F0201").exit_code == 0


def test_it_is_found_upwards_from_the_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(project, '[tool.flowc.check]\nformat = "concise"\n')
    write(project / "bots/pyproject.toml", '[project]\nname = "flowc-bots"\n')
    monkeypatch.chdir("/")
    assert invoke("check", project / "bots/bad.flow").stdout.count("\n") == 1
    stdin = ("check", "-", "--stdin-filename", str(project / "bots/new.flow"))
    assert invoke(*stdin, stdin=BAD).stdout.count("\n") == 1
    assert invoke("check", "-", stdin=BAD).stdout.count("\n") > 1


def test_the_nearest_one_that_has_settings_counts(project: Path) -> None:
    set_up(project, '[tool.flowc.check]\nformat = "concise"\n')
    write(project / "bots/pyproject.toml", '[tool.flowc.check]\nformat = "github"\n')
    assert invoke("check", "bots/bad.flow").stdout.startswith("::error ")


def test_a_path_counts_from_the_folder_of_the_settings(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(project, '[tool.flowc.build]\noutput = "built"\n')
    monkeypatch.chdir(project / "bots")
    assert invoke("build", "good.flow").exit_code == 0
    assert (project / "built/good_flow.py").exists()


def test_a_flag_can_be_switched_off(project: Path) -> None:
    write(project / "bots/good.flowtest", 'test "a"\n  user: hi\n  bot:  Thanks\n  session: ended\n')
    set_up(project, "[tool.flowc.test]\ncoverage = false\n")
    assert invoke("test", "bots").stdout == "1 passed\n"
    assert "transitions" in invoke("test", "bots", "--coverage").stdout


def test_an_unknown_setting_is_met_with_near_ones_at_its_place(project: Path) -> None:
    assert mistake(project, '[tool.other]\nfromat = 1\n[tool.flowc.check]\n"fromat" = "github"\n') == [
        "error[F0601]: `tool.flowc.check` has no setting `fromat`",
        " --> pyproject.toml:4:1",
        "  = help: did you mean `format`?",
    ]
    [first, _, help] = mistake(project, '[tool.flowc]\ncolr = "never"\n')
    assert first == "error[F0601]: `tool.flowc` has no setting `colr`"
    assert help == "  = help: did you mean `color`?"
    assert mistake(project, '[tool.flowc.chek]\nformat = "json"\n')[2] == "  = help: did you mean `check`?"


def test_a_setting_of_a_command_outside_its_table_is_sent_there(project: Path) -> None:
    assert mistake(project, '[tool]\nflowc.format = "json"\n') == [
        "error[F0601]: `tool.flowc` has no setting `format`",
        " --> pyproject.toml:2:7",
        "  = help: it belongs to a command: write it under `[tool.flowc.check]`",
    ]


@pytest.mark.parametrize(
    ("line", "title", "help"),
    [
        ('max-errors = "all"', '`max-errors` cannot be "all"', "it must be a whole number, at least 0"),
        ("max-errors = -1", "`max-errors` cannot be -1", "it must be a whole number, at least 0"),
        ("max-errors = true", "`max-errors` cannot be true", "it must be a whole number, at least 0"),
        ("exit-zero = 1", "`exit-zero` cannot be 1", "it must be true or false"),
        ("output-file = []", "`output-file` cannot be a list", "it must be a text in quotes"),
        (
            'format = "xml"',
            '`format` cannot be "xml"',
            "it must be one of text, concise, json, sarif, github, gitlab, junit",
        ),
    ],
)
def test_a_value_of_another_type_is_told(project: Path, line: str, title: str, help: str) -> None:
    assert mistake(project, f"[tool.flowc.check]\n# how\n{line}\n") == [
        f"error[F0602]: {title}",
        " --> pyproject.toml:3:1",
        f"  = help: {help}",
    ]


def test_all_mistakes_are_told_in_one_run(project: Path) -> None:
    said = mistake(project, '[tool.flowc]\ncolor = 1\n[tool.flowc.check]\nfromat = "x"\nexit-zero = "no"\n')
    assert [line[6:11] for line in said if line.startswith("error")] == ["F0602", "F0601", "F0602"]


def test_a_file_that_is_no_toml_is_told_where_it_has_settings(project: Path) -> None:
    [title, place, _] = mistake(project, "[tool.flowc]\ncolor = never\n")
    assert title.startswith("error[F0603]: this is no TOML: invalid value")
    assert place == " --> pyproject.toml:2:9"
    set_up(project, "[tool.other\n")
    assert invoke("check", "bots/good.flow").exit_code == 0


@pytest.mark.parametrize("code", ["F0601", "F0602", "F0603"])
def test_the_examples_of_the_pages_are_true(project: Path, code: str) -> None:
    wrong, right = re.findall(r"(?<=:\n\n)(?:    .*\n?)+", page_of(all_kinds()[code]))
    assert [line[6:11] for line in mistake(project, wrong) if line.startswith("error")] == [code]
    set_up(project, right)
    assert invoke("check", "bots/good.flow").exit_code == 0


# Places


def keys_of(table: object, above: Key = ()) -> Iterator[Key]:
    if isinstance(table, dict):
        for name, value in table.items():
            yield (*above, name)
            yield from keys_of(value, (*above, name))


VALUES = [
    "1",
    '"x = 1"',
    "'[y]'",
    '"""\n[z]\nq = 2\n"""',
    "'''\nw = 3\n'''",
    "[\n  1, # k = 2\n  'a',\n]",
    "1979-05-27",
]
NAMES = st.sampled_from(["a", "b-c", '"d e"', "'f'", "g . h", "i.j.k"])


@given(st.lists(st.tuples(st.booleans(), NAMES, st.sampled_from(VALUES)), max_size=8))
def test_every_key_of_a_file_has_its_place(lines: list[tuple[bool, str, str]]) -> None:
    text = "".join(f"[{name}] # no = 1\n" if head else f"  {name} = {value}\n" for head, name, value in lines)
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    places = key_places(text)
    assert set(places) == set(keys_of(read))
    for key, (start, end) in places.items():
        assert text[start:end].strip("\"'") == key[-1]
