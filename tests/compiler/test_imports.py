"""Imports: what is found wrong, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowc.diagnostics.diagnostic import Diagnostic
from flowc.pipeline import compile_flow
from flowc.source import load

BODY = 'on message -> reply "Thanks" -> end session\n'


def findings(folder: Path, **files: str) -> tuple[Diagnostic, ...]:
    for name, text in files.items():
        path = folder / f"{name}.flow"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return compile_flow(load(folder / "main.flow")).diagnostics


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("gone.flow", "F0501"),
        (".", "F0501"),
        ("../other.flow", "F0502"),
        ("a/../../other.flow", "F0502"),
        ("/etc/passwd", "F0502"),
        ("C:/x.flow", "F0502"),
        ("a\\\\b.flow", "F0502"),
        ("", "F0502"),
        ("{x}.flow", "F0502"),
    ],
)
def test_an_import_that_leads_nowhere_or_outside(tmp_path: Path, written: str, code: str) -> None:
    [found] = findings(tmp_path, main=f'import "{written}"\n{BODY}')
    assert (found.code, found.span.start) == (code, 7)


def test_a_circle_is_shown(tmp_path: Path) -> None:
    [found] = findings(
        tmp_path, main=f'import "one.flow"\n{BODY}', one='import "two.flow"\n', two='import "one.flow"\n'
    )
    assert found.code == "F0503"
    assert found.span.path == str(tmp_path / "two.flow")
    [note] = found.notes
    assert (
        note
        == f"the circle is `{tmp_path / 'one.flow'}` → `{tmp_path / 'two.flow'}` → `{tmp_path / 'one.flow'}`"
    )


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside.flow").write_text("", encoding="utf-8")
    project = tmp_path / "project"
    project.mkdir()
    (project / "link.flow").symlink_to(tmp_path / "outside.flow")
    [found] = findings(project, main=f'import "link.flow"\n{BODY}')
    assert found.code == "F0501"
    assert "leads out of" in found.labels[0].text


def test_mistakes_stand_in_their_own_file(tmp_path: Path) -> None:
    found = findings(
        tmp_path,
        main='import "one.flow"\ntimeout 1 hour\non message -> goto menu\nstate menu\n  on message -> end session\n',
        one="state menu\n  on message -> goto nowhere\n",
    )
    assert [(Path(each.span.path).name, each.code) for each in found] == [
        ("one.flow", "F0202"),
        ("one.flow", "F0201"),
    ]
    assert Path(found[0].labels[1].span.path).name == "main.flow"
