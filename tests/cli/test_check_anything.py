"""Whatever is in a file, `flowc check` finds words for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.cli.program import FEEDBACK, invoke

TEXT = FEEDBACK.read_text(encoding="utf-8")
PIECES = {
    "tokens": re.findall(r"\w+|[^\S\n]+|\n|->|[^\w\s]", TEXT),
    "lines": TEXT.splitlines(keepends=True),
    "indentation": re.findall(r"^ +|(?!^) +|[^ ]+", TEXT, re.MULTILINE),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("anything") / "any.flow"


def check(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    result = invoke("check", path)
    assert result.exit_code in {0, 1, 2}, result.output
    assert "Traceback" not in result.output
    if result.exit_code:
        assert path.name in result.output
    assert ("error[" in result.stdout) is (result.exit_code == 1)


@given(st.binary(max_size=300))
@example(b'\xef\xbb\xbfon message -> reply "x"')
@example(b'on message -> reply "\x00"\r\n\x0c\x1b')
@settings(max_examples=150, deadline=None)
def test_bytes(path: Path, content: bytes) -> None:
    check(path, content)


@st.composite
def changed(draw: st.DrawFn, kind: str) -> str:
    """The feedback flow with a few pieces left out, doubled or swapped."""
    pieces = list(PIECES[kind])
    for _ in range(draw(st.integers(1, 3))):
        at, other = (draw(st.integers(0, len(pieces) - 1)) for _ in range(2))
        match draw(st.sampled_from(["delete", "double", "swap"])):
            case "delete":
                pieces[at] = ""
            case "double":
                pieces[at] *= 2
            case _:
                pieces[at], pieces[other] = pieces[other], pieces[at]
    return "".join(pieces)


@pytest.mark.parametrize("kind", PIECES)
@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_a_flow_with_slips(path: Path, kind: str, data: st.DataObject) -> None:
    check(path, data.draw(changed(kind)).encode())
