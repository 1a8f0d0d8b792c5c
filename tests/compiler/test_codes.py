"""Every kind of finding has a code of its own and a page whose examples are true."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator

import pytest

import flowc.pipeline
import flowc.transcript.mistakes
from flowc.diagnostics.diagnostic import Mistake
from tests.compiler.programs import codes

# A page may have no wrong example where the mistake cannot be shown in a few readable lines.
WITHOUT_EXAMPLE = {
    *("F0112", "F0113", "F0119", "F0305", "F0313", "F0433"),
    *("F0503", "F0504", "F0801", "F0802", "F0803"),
}


def kinds(base: type[Mistake] = Mistake) -> Iterator[type[Mistake]]:
    for kind in base.__subclasses__():
        yield from kinds(kind)
        if "code" in vars(kind):
            yield kind


# The others are of transcripts, and of the settings of a project.
FLOW_KINDS = sorted(
    (kind for kind in kinds() if not kind.code.startswith(("F060", "F09"))), key=lambda kind: kind.code
)


def example(kind: type[Mistake], heading: str) -> str | None:
    page = inspect.cleandoc(kind.__doc__ or "")
    match = re.search(rf"^{heading}:\n\n((?:    .*\n?|\n)+)", page, re.MULTILINE)
    return textwrap.dedent(match.group(1)).strip("\n") + "\n" if match else None


def test_no_code_is_given_twice() -> None:
    found = [kind.code for kind in kinds()]
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("kind", FLOW_KINDS, ids=lambda kind: f"{kind.code}-{kind.__name__}")
def test_the_examples_of_a_page_are_true(kind: type[Mistake]) -> None:
    wrong, right = example(kind, "Wrong"), example(kind, "Right")
    if kind.code in WITHOUT_EXAMPLE:
        assert wrong is None
        return
    assert wrong is not None
    assert right is not None
    assert set(codes(wrong)) - {"F0407"} == {kind.code} - {"F0407"} or codes(wrong) == [kind.code]
    assert codes(right) == []


def test_all_modules_of_findings_are_loaded() -> None:
    assert flowc.pipeline is not None
    assert flowc.transcript.mistakes is not None
    assert len(FLOW_KINDS) > 40
