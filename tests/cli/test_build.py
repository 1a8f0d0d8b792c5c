from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.cli.program import BAD, FEEDBACK, GOOD, invoke, start, write

OLD = '"""The flow `b` as a state machine: flowc 0.0.1 made it of b.flow."""\n'
"""A module that an older flowc made."""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_module_is_written_beside_its_flow(tmp_path: Path) -> None:
    write(tmp_path / "my-orders.flow", GOOD)
    done = start("build", "my-orders.flow", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode() == "wrote my_orders_flow.py\n"
    assert names(tmp_path) == ["my-orders.flow", "my_orders_flow.py"]
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((tmp_path / "my_orders_flow.py").stat().st_mode) == 0o666 & ~umask


def test_what_is_written_runs(tmp_path: Path) -> None:
    invoke("build", FEEDBACK, "-o", tmp_path / "made" / "here")
    code = (tmp_path / "made" / "here" / "feedback_flow.py").read_text(encoding="utf-8")
    module: dict[str, object] = {"__name__": "feedback_flow"}
    exec(compile(code, "feedback_flow.py", "exec"), module)  # noqa: S102 - the very thing under test
    assert module["INITIAL"] == "start"


def test_an_error_in_any_file_leaves_everything_as_it_was(tmp_path: Path) -> None:
    good, bad = write(tmp_path / "good.flow", GOOD), write(tmp_path / "bad.flow", BAD)
    old = write(tmp_path / "bad_flow.py", "# as it was\n")
    result = invoke("build", good, bad)
    assert result.exit_code == 1
    assert "unknown state `nowhere`" in result.stderr
    assert old.read_text() == "# as it was\n"
    assert names(tmp_path) == ["bad.flow", "bad_flow.py", "good.flow"]


def test_a_missing_file_leaves_everything_as_it_was(tmp_path: Path) -> None:
    good = write(tmp_path / "good.flow", GOOD)
    assert invoke("build", good, tmp_path / "missing.flow").exit_code == 2
    assert names(tmp_path) == ["good.flow"]


def test_a_file_keeps_its_mode_and_a_link_stays_one(tmp_path: Path) -> None:
    flow = write(tmp_path / "good.flow", GOOD)
    target = write(tmp_path / "elsewhere" / "real.py", "")
    target.chmod(0o640)
    link = tmp_path / "good_flow.py"
    link.symlink_to(target)
    assert invoke("build", flow).exit_code == 0
    assert link.is_symlink()
    assert "Thanks" in target.read_text()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_module_that_is_up_to_date_is_not_touched(tmp_path: Path) -> None:
    flow = write(tmp_path / "good.flow", GOOD)
    invoke("build", flow)
    module = tmp_path / "good_flow.py"
    os.utime(module, (1, 1))
    result = invoke("build", flow)
    assert result.stderr == f"up to date: {module}\n"
    assert module.stat().st_mtime == 1


def test_check_names_what_is_stale_or_missing_and_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "a.flow", GOOD)
    write(tmp_path / "b.flow", GOOD)
    stale = write(tmp_path / "b_flow.py", OLD)
    result = invoke("build", "--check", tmp_path)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[:2] == [f"missing: {tmp_path / 'a_flow.py'}", f"stale: {stale}"]
    assert names(tmp_path) == ["a.flow", "b.flow", "b_flow.py"]
    assert stale.read_text() == OLD
    assert invoke("build", tmp_path).exit_code == 0
    assert invoke("build", "--check", tmp_path).exit_code == 0


def test_a_folder_that_cannot_be_written_exits_with_2(tmp_path: Path) -> None:
    flow = write(tmp_path / "good.flow", GOOD)
    blocked = write(tmp_path / "file", "")
    result = invoke("build", flow, "-o", blocked)
    assert result.exit_code == 2
    assert result.stderr.startswith("flowc: cannot write `")
    assert result.stderr.count("\n") == 1


def test_if_one_file_cannot_be_written_none_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.flow", GOOD)
    write(tmp_path / "b.flow", GOOD)
    real, written = os.fsync, list[int]()

    def full(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    result = invoke("build", tmp_path)
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr
    assert names(tmp_path) == ["a.flow", "b.flow"]


def test_two_flows_that_would_become_one_module(tmp_path: Path) -> None:
    write(tmp_path / "a-b.flow", GOOD)
    write(tmp_path / "a_b.flow", GOOD)
    result = invoke("build", tmp_path)
    assert result.exit_code == 2
    assert "would both become" in result.stderr


def test_a_file_that_flowc_did_not_make_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "good.flow", GOOD)
    mine = write(tmp_path / "good_flow.py", "# written by hand\n")
    result = invoke("build", tmp_path)
    assert result.exit_code == 2
    assert "was not made by flowc" in result.stderr
    assert mine.read_text() == "# written by hand\n"
