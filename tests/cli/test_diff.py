"""`flowc diff`: between files, folders and revisions of git."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from flowrt.sentences import OUTDATED
from tests.cli.program import invoke
from tests.runtime.test_versions import BEFORE

AFTER = BEFORE.replace("ask age", "ask years").replace("{age}", "{years}")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the flow as it is deployed, and changed since."""
    monkeypatch.chdir(tmp_path)

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)

    git("init", "-b", "main")
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "form.flow").write_text('import "parts.flow"\n' + BEFORE)
    (tmp_path / "flows" / "parts.flow").write_text('anytime on "stop" -> end session\n')
    git("add", "-A")
    git("commit", "-m", "deployed")
    return tmp_path


LOST = """\
error[F0801]: who is in `ask_age` loses the session
 --> flows/form.flow:1:1
  |
1 | import "parts.flow"
  | ^
  |
  = note: the new flow has no wait `ask_age`
  = note: this conversation leads there:
            user: hello
            bot:  Your name?
            user: something
            bot:  Your age?
  = help: if it is the same wait under another name, write `renamed age to years`
"""


@pytest.mark.parametrize("new", [[], ["flows"], ["flows/form.flow"]], ids=["all", "folder", "file"])
def test_a_revision_beside_the_working_folder(repository: Path, new: list[str]) -> None:
    (repository / "flows" / "form.flow").write_text('import "parts.flow"\n' + AFTER)
    result = invoke("diff", "main", *new)
    assert result.stderr.splitlines()[-2:] == [
        "waits of the old version: 1 safe, 0 may repeat a step, 1 lost",
        f'who loses a session of `form` is told: "{OUTDATED}" (`outdated -> …` says it in the flow\'s own words)',
    ]
    assert result.stdout.strip() == LOST.strip()
    assert result.exit_code == 1


def test_it_shows_what_the_flow_says_to_who_is_lost(repository: Path) -> None:
    (repository / "flows" / "form.flow").write_text(AFTER + 'outdated -> reply "We begin anew, {visits}."\n')
    assert invoke("diff", "main").stderr.splitlines()[-1] == (
        'who loses a session of `form` is told: "We begin anew, {visits}."'
    )


def test_nothing_changed(repository: Path) -> None:
    result = invoke("diff", "main")
    assert (result.exit_code, result.stdout) == (0, "")
    assert repository.exists()


def test_a_rename_saves_the_sessions(repository: Path) -> None:
    renamed = AFTER.replace("on message", "renamed age to years\non message")
    (repository / "flows" / "form.flow").write_text('import "parts.flow"\n' + renamed)
    assert invoke("diff", "main").exit_code == 0


def test_a_flow_that_is_gone(repository: Path) -> None:
    (repository / "flows" / "form.flow").unlink()
    result = invoke("diff", "main", "--format", "json")
    [finding] = json.loads(result.stdout)["findings"]
    assert (finding["code"], finding["title"]) == ("F0803", "the flow `form` is gone")
    assert result.exit_code == 1


def test_a_new_version_with_a_mistake_is_shown_the_mistake(repository: Path) -> None:
    (repository / "flows" / "form.flow").write_text(BEFORE.replace("ask age", "aks age"))
    result = invoke("diff", "main")
    assert "error[F01" in result.stdout
    assert result.exit_code == 1


def test_what_is_no_version_is_said(repository: Path) -> None:
    result = invoke("diff", "nowhere")
    assert result.exit_code == 2
    assert result.stderr == "flowc: `nowhere` is neither a file nor a folder nor a revision of git\n"
    assert repository.exists()


def test_two_files(tmp_path: Path) -> None:
    old, new = tmp_path / "old.flow", tmp_path / "new.flow"
    old.write_text(BEFORE)
    new.write_text(BEFORE.replace("ask age: int", "ask age: int in 1..150"))
    result = invoke("diff", str(old), str(new), "--format", "concise")
    assert "F0802" in result.stdout
    assert result.exit_code == 0
