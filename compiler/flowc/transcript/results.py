"""How the tests of a transcript went: what the runner gives and the report shows."""

from __future__ import annotations

from flowc.records import dataclass

FAILED_TEST = "failed-test"
"""What stands in reports in the place of a code, where a test has failed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a test fails: the turn in question, as it is written and as it went.

    `line` is that of the transcript. `expected` and `actual` are equally long, line beside line, as a
    transcript writes them, with "" where a side has nothing. `differs` is the number, from 0, of the first
    pair that does.
    `origin` is the place in the flow, as `feedback.flow:14`, of what came there, where it is known.
    """

    line: int
    expected: tuple[str, ...]
    actual: tuple[str, ...]
    differs: int
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class TestResult:
    """How one test went."""

    __test__ = False  # pytest would take it for a test of its own

    name: str
    line: int
    failure: Failure | None

    @property
    def passed(self) -> bool:
        """Whether everything went as written."""
        return self.failure is None


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """How the tests of one file went, in their order."""

    path: str
    tests: tuple[TestResult, ...]

    @property
    def passed(self) -> int:
        """How many passed."""
        return sum(test.passed for test in self.tests)

    @property
    def failed(self) -> int:
        """How many failed."""
        return len(self.tests) - self.passed
