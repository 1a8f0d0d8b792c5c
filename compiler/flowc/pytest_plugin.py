"""A plugin for pytest: transcripts are tests, and a test in Python can talk with a flow.

pytest finds it by itself where flowc is installed. Each test of a `.flowtest` file becomes a test of its own, beside
the flow that it is about, and the fixture `conversation` opens a flow to talk with:

    def test_a_greeting(conversation):
        flow = conversation("hello.flow")
        flow.says("hi")
        assert flow.replies == ["Hello!"]

Nothing of the compiler is loaded before the first of either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from datetime import datetime

    from flowc.driving import Driven
    from flowc.machine import Machine
    from flowc.source import Source
    from flowc.transcript.entries import Script, Test
    from flowc.transcript.results import Failure
    from flowrt.flow import Flow

COLUMNS = 100
"""How wide a failure is drawn, in cells."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect transcripts."""
    if file_path.suffix != ".flowtest":
        return None
    return FlowtestFile.from_parent(parent, path=file_path)  # pyright: ignore[reportUnknownMemberType]  # pytest's own


class NotCollected(Exception):
    """A transcript or its flow cannot be used; the message says why, as the commands do."""


class FlowtestFile(pytest.File):
    """A transcript: a test for each of its tests."""

    def collect(self) -> Iterator[pytest.Item]:
        """The tests, none of which is run yet."""
        from flowc.transcript.script import parse_script  # noqa: PLC0415 - pytest runs for others too

        source = _loaded(self.path)
        script, mistakes = parse_script(source)
        if mistakes:
            raise NotCollected(_drawn([mistake.diagnostic() for mistake in mistakes], source))
        machine = _compiled(self.path.with_suffix(".flow"))
        for test in script.tests:
            yield FlowtestItem.of(self, script, test, machine)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:  # type: ignore[override]  # noqa: ANN401 - as the base class has it
        """Why nothing could be collected, without a traceback."""
        if isinstance(excinfo.value, NotCollected):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


class TestFailed(Exception):
    """A test of a transcript went otherwise than it is written."""

    __test__ = False  # pytest would take it for a test of its own

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.line)
        self.failure = failure


class FlowtestItem(pytest.Item):
    """One test of a transcript."""

    script: Script
    flowtest: Test
    machine: Machine

    @classmethod
    def of(cls, parent: FlowtestFile, script: Script, test: Test, machine: Machine) -> FlowtestItem:
        """The item for `test`, one of `script`, against the flow of `machine`."""
        item = cls.from_parent(parent, name=test.name)  # pyright: ignore[reportUnknownMemberType]  # pytest's own
        item.script, item.flowtest, item.machine = script, test, machine
        return item

    def runtest(self) -> None:
        """Run it. Raises `TestFailed`."""
        from flowc.transcript.coverage import Tracker  # noqa: PLC0415 - as above
        from flowc.transcript.origins import origins_of  # noqa: PLC0415 - as above
        from flowc.transcript.runner import run_test  # noqa: PLC0415 - as above

        flow = _loaded_flow(self.machine)
        failure = run_test(
            self.flowtest, flow, self.script.functions, Tracker(flow), None, origins_of(self.machine)
        )
        if failure is not None:
            raise TestFailed(failure)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401
        """Expected and actual side by side, at the line of the transcript and the line of the flow."""
        from flowc.transcript.report import failure_text  # noqa: PLC0415 - as above
        from flowc.transcript.results import TestResult  # noqa: PLC0415 - as above

        if not isinstance(excinfo.value, TestFailed):
            return super().repr_failure(excinfo, style)
        result = TestResult(self.flowtest.name, self.flowtest.line, excinfo.value.failure)
        return failure_text(_shown(self.path, self.config), result, columns=COLUMNS)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The line of the transcript on which it begins, counted from 0."""
        return self.path, self.flowtest.line - 1, f'test "{self.flowtest.name}"'


class Opens(Protocol):
    """What the fixture `conversation` is: it opens a flow to talk with."""

    def __call__(
        self,
        flow: str | Path | Flow[Any],
        *,
        contact: str = ...,
        start: datetime | None = ...,
        functions: dict[str, Callable[..., object]] | None = ...,
    ) -> Driven:
        """Open the flow in a file, whose path counts from the folder of the test, or one that is loaded.

        The clock begins at `start`, in UTC, else on a Monday morning. `functions` are those that the flow uses.
        """
        ...


@pytest.fixture
def conversation(request: pytest.FixtureRequest) -> Opens:
    """Open a flow and talk with it: `conversation("hello.flow")`."""

    def opens(
        flow: str | Path | Flow[Any],
        *,
        contact: str = "user",
        start: datetime | None = None,
        functions: dict[str, Callable[..., object]] | None = None,
    ) -> Driven:
        from flowc.driving import Driven  # noqa: PLC0415 - as above

        if isinstance(flow, str | Path):
            path = request.path.parent / flow
            try:
                flow = _loaded_flow(_compiled(path))
            except NotCollected as error:
                pytest.fail(str(error), pytrace=False)
        return Driven(flow, contact=contact, start=start, functions=functions or {})

    return opens


def _loaded(path: Path) -> Source:
    from flowc.source import Unreadable, load  # noqa: PLC0415 - as above

    try:
        return load(path)
    except Unreadable as error:
        raise NotCollected(str(error)) from None


def _compiled(path: Path) -> Machine:
    """The machine of the flow at `path`, compiled once while the file stays as it is. Raises `NotCollected`."""
    from flowc.diagnostics.text import draw  # noqa: PLC0415 - as above
    from flowc.pipeline import compile_flow  # noqa: PLC0415 - as above

    source = _loaded(path)
    known = _MACHINES.get(source.path)
    if known is not None and known[0] == source.sha256 and not known[2]:
        return known[1]
    compiled = compile_flow(source)
    if compiled.machine is None:
        raise NotCollected("\n".join(draw(found, compiled.sources) for found in compiled.diagnostics))
    _MACHINES[source.path] = (source.sha256, compiled.machine, len(compiled.sources.by_path) > 1)
    return compiled.machine


_MACHINES: dict[str, tuple[str, Machine, bool]] = {}
"""The machines by path, each with the hash of its file, and whether it has others, which may change."""


def _loaded_flow(machine: Machine) -> Flow[Any]:
    from flowc.pipeline import load_flow  # noqa: PLC0415 - as above

    return load_flow(machine)


def _drawn(diagnostics: list[Any], source: Source) -> str:
    from flowc.diagnostics.text import draw  # noqa: PLC0415 - as above
    from flowc.source import Sources  # noqa: PLC0415 - as above

    return "\n".join(draw(found, Sources({source.path: source})) for found in diagnostics)


def _shown(path: Path, config: pytest.Config) -> str:
    return str(path.relative_to(config.rootpath)) if path.is_relative_to(config.rootpath) else str(path)
