"""Comments that silence warnings: what they reach, and what is said of those that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowc.diagnostics.text import concise
from flowc.format import format_source
from flowc.pipeline import compile_flow
from flowc.source import Source, source_of

WARNED = 'on message -> ask name "Who?" -> reply "Hi." -> end session'
"""A flow without a `timeout`, which is warned of in this line."""


def said(text: str, **imported: str) -> list[str]:
    """What is said of a flow, each finding in one line without its path."""

    def read(path: Path) -> Source:
        return source_of(str(path), imported[path.stem])

    compiled = compile_flow(source_of("a.flow", text), read)
    return [concise(it, compiled.sources).removeprefix("a.flow:") for it in compiled.diagnostics]


def codes(text: str, **imported: str) -> list[str]:
    return [line.partition("[")[2][:5] for line in said(text, **imported)]


@pytest.mark.parametrize(
    "text",
    [
        f"{WARNED}  # flowc: ignore[F0407]",
        f"{WARNED}  # flowc: ignore[F0407] the host ends it",
        f"{WARNED}  #flowc:ignore[ F0407 ]",
        f"# flowc: ignore[F0407]\n{WARNED}",
        f"# flowc: ignore[F0407]\n\n# why: the host ends it\n{WARNED}",
        f"# flowc: ignore-file[F0407]\n\n{WARNED}",
        f"# a flow\n# flowc: ignore-file[F0407]\nflow a\n{WARNED}",
    ],
)
def test_a_warning_is_silenced(text: str) -> None:
    assert said(text) == []
    assert compile_flow(source_of("a.flow", text)).ok


def test_without_the_comment_it_is_given() -> None:
    assert codes(WARNED) == ["F0407"]


@pytest.mark.parametrize(
    "text", ["{} # ignore[F0407]", "{} # flowc: the compiler", "{} # see flowc: ignore[F0407]"]
)
def test_other_comments_are_let_be(text: str) -> None:
    assert codes(text.format(WARNED)) == ["F0407"]


def test_one_for_another_line_silences_nothing_and_is_useless() -> None:
    assert codes(f"flow a  # flowc: ignore[F0407]\n{WARNED}") == ["F0610", "F0407"]
    assert codes(f"{WARNED}\n# flowc: ignore[F0407]\n") == ["F0407", "F0610"]


def test_the_nearest_is_used_and_another_for_the_same_is_useless() -> None:
    assert said(f"# flowc: ignore-file[F0407]\n{WARNED}  # flowc: ignore[F0407]") == [
        "1:22: warning[F0610] there is no F0407 to ignore here (take it away)"
    ]


def test_a_text_is_no_comment() -> None:
    assert codes('timeout 1 hour\non message -> reply "# flowc: ignore[F0407]" -> end session') == []


def test_of_a_flow_with_errors_nothing_is_called_useless() -> None:
    assert codes("timeout 1 hour # flowc: ignore[F0407]\non message -> goto nowhere") == ["F0201"]


def test_an_error_cannot_be_silenced() -> None:
    assert said("timeout 1 hour\non message -> goto nowhere  # flowc: ignore[F0201]") == [
        "2:45: error[F0612] F0201 is an error, and no error can be ignored"
        " (mend it: `flowc explain F0201` shows how)",
    ]


def test_an_unknown_code_is_met_with_near_ones() -> None:
    [line] = said(f"{WARNED} # flowc: ignore[F0047]")
    assert line == "1:77: error[F0611] there is no diagnostic `F0047` (did you mean `F0417` or `F0407`?)"
    [line] = said(f"{WARNED} # flowc: ignore[W]")
    assert "the codes of warnings are F0407, " in line


@pytest.mark.parametrize(
    "comment",
    ["ignore", "ignore F0407", "ignore[]", "ignore[ ]", "ignor[F0407]", "ignore-line[F0407]", "ignore[F0407"],
)
def test_one_that_is_not_written_as_one_is_an_error(comment: str) -> None:
    assert codes(f"{WARNED} # flowc: {comment}") == ["F0613"]


@pytest.mark.parametrize("before", ["flow a\n", "timeout 1 hour "])
def test_one_for_the_file_stands_at_its_top(before: str) -> None:
    assert codes(f"{before}# flowc: ignore-file[F0407]\n{WARNED}") == ["F0614"]


def test_an_imported_file_has_ignores_of_its_own_and_they_are_not_called_useless() -> None:
    part = '# flowc: ignore-file[F0407]\nstate menu\n  on message -> reply "Bye." -> end session\n'
    assert codes('import "part.flow"\non message -> reply "Hi." -> goto menu', part=part) == ["F0407"]
    assert said('import "part.flow"\ntimeout 1 hour\non message -> reply "Hi." -> goto menu', part=part) == []


def test_a_mistake_in_one_of_an_imported_file_is_told_there() -> None:
    part = 'state menu  # flowc: ignore[F0408]\n  on message -> reply "Bye." -> end session\n'
    [line] = said('import "part.flow"\ntimeout 1 hour\non message -> reply "Hi." -> goto menu', part=part)
    assert line.startswith("part.flow:1:29: error[F0612]")


@pytest.mark.parametrize("place", ["{}  # flowc: ignore[F0407]", "# flowc: ignore[F0407]\n{}"])
def test_the_canonical_form_keeps_what_is_silenced(place: str) -> None:
    flow = 'on   message -> ask name "Who?"   -> reply "Hi." -> end session'
    assert said(format_source(source_of("a.flow", place.format(flow)))) == []
