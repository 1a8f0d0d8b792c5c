"""How tests went, as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from flowc.cells import cells
from flowc.transcript.columns import beginning, wrap
from flowc.transcript.coverage import Coverage
from flowc.transcript.notation import quote, visible
from flowc.transcript.results import Failure, ScriptResult, TestResult
from flowc.transcript.source_lines import LineCoverage

_MARGIN = "    "
_MARK = "  ≠ "
_GAP = "   "
_TITLES = ("expected", "actual")
_BOLD, _GREEN, _RED, _FAINT = "1", "32", "31", "2"
_ROWS = 6
"""So many rows of the terminal a line may take that differs, and half as many one that does not."""
_BEFORE = 24
"""So many code points are shown before the first difference of two texts that are too long to show."""


def report(result: ScriptResult, *, columns: int = 100, color: bool = False) -> str:
    """The failures of `result`, one below the other, without a last newline; empty where all passed.

    `columns` is the width of the terminal in cells, at least 40. `color` adds ANSI sequences.
    """
    failed = [test for test in result.tests if not test.passed]
    return "\n\n".join(failure_text(result.path, test, columns=columns, color=color) for test in failed)


def failure_text(path: str, test: TestResult, *, columns: int = 100, color: bool = False) -> str:
    """Why `test` failed: what was expected and what came, side by side; empty where it passed.

    >>> failure = Failure(3, ("user: hi", "bot:  Hello!"), ("user: hi", "bot:  Hi!"), 1, "hello.flow:3")
    >>> print(failure_text("hello.flowtest", TestResult("a greeting", 1, failure)))
    hello.flowtest:3: test "a greeting"
        expected       actual
        user: hi       user: hi
      ≠ bot:  Hello!   bot:  Hi!
        in the flow: hello.flow:3
    """
    failure = test.failure
    if failure is None:
        return ""
    page = _Page(failure, max(columns, 40), color)
    head = _paint(f"{path}:{failure.line}: test {quote(test.name)}", _BOLD, color)
    origin = [f"{_MARGIN}in the flow: {failure.origin}"] if failure.origin else []
    return "\n".join([head, *page.rows(failure.differs), *origin])


def summary(
    results: Iterable[ScriptResult], coverage: Coverage | None = None, lines: LineCoverage | None = None
) -> str:
    """How many tests passed and failed, and how much of the flow they covered.

    >>> summary([ScriptResult("a.flowtest", (TestResult("a greeting", 1, None),))])
    '1 passed'
    """
    results = list(results)
    passed, failed = sum(result.passed for result in results), sum(result.failed for result in results)
    counts = ", ".join([f"{passed} passed"] + ([f"{failed} failed"] if failed else []))
    covered = [] if coverage is None else [_covered(coverage, "transitions")]
    covered += [] if lines is None else [_covered(lines, "lines")]
    return " · ".join([counts, *covered])


def uncovered(coverage: Coverage, lines: LineCoverage | None = None) -> str:
    """The transitions that no test took, a line for each, and the lines of the source on which nothing was done.

    Without a last newline; empty where nothing is missing.
    """
    missed = coverage.uncovered
    rows = [f"not covered: {len(missed)}", *(f"  {it}" for it in missed)] if missed else []
    rows += [f"lines not covered: {missing}" for missing in (lines.missing if lines else ())]
    return "\n".join(rows)


def share(coverage: Coverage | LineCoverage) -> float:
    """How much of it is covered, in percent; of nothing, all is."""
    return 100 * coverage.covered / coverage.total if coverage.total else 100.0


def _covered(coverage: Coverage | LineCoverage, what: str) -> str:
    """Rounded down: 100 % is all of them."""
    return f"{coverage.covered} of {coverage.total} {what} ({int(share(coverage))} %)"


class _Page:
    """The two columns of one failure: as wide as what they hold, and no wider than the terminal allows."""

    def __init__(self, failure: Failure, columns: int, color: bool) -> None:
        expected, actual = map(visible, failure.expected), map(visible, failure.actual)
        self.pairs = list(zip(expected, actual, strict=True))
        room = columns - len(_MARGIN) - len(_GAP)
        left, right = (max(map(cells, side)) for side in zip(_TITLES, *self.pairs, strict=True))
        # A short column leaves its room to the other.
        self.left = min(left, max(room // 2, room - right))
        self.right = min(right, room - self.left)
        self.color = color

    def rows(self, differs: int) -> list[str]:
        """All rows, the titles first."""
        rows = [self._row(_MARGIN, _TITLES, (_FAINT, _FAINT))]
        for number, pair in enumerate(self.pairs):
            rows += self._marked(pair) if number == differs else self._plain(pair)
        return rows

    def _plain(self, pair: tuple[str, str]) -> list[str]:
        return self._wrapped(_MARGIN, pair, _ROWS // 2, ("", ""))

    def _marked(self, pair: tuple[str, str]) -> list[str]:
        """The pair that differs: of two long texts only what is near the first difference."""
        if max(cells(pair[0]) / self.left, cells(pair[1]) / self.right) > _ROWS - 1:
            same = next((at for at, (one, two) in enumerate(zip(*pair, strict=False)) if one != two), None)
            same = min(map(len, pair)) if same is None else same
            pair = (beginning(pair[0], same - _BEFORE), beginning(pair[1], same - _BEFORE))
        return self._wrapped(_MARK, pair, _ROWS, (_GREEN, _RED))

    def _wrapped(self, mark: str, pair: tuple[str, str], most: int, styles: tuple[str, str]) -> list[str]:
        left, right = wrap(pair[0], self.left, most), wrap(pair[1], self.right, most)
        halves = zip_longest(left, right, fillvalue="")
        return [self._row(_MARGIN if at else mark, half, styles) for at, half in enumerate(halves)]

    def _row(self, mark: str, halves: tuple[str, str], styles: tuple[str, str]) -> str:
        left, right = (_paint(half, style, self.color) for half, style in zip(halves, styles, strict=True))
        padding = " " * (self.left - cells(halves[0])) + _GAP
        return f"{mark}{left}{padding}{right}".rstrip() if halves[1] else f"{mark}{left}".rstrip()


def _paint(text: str, style: str, color: bool) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if color and style and text else text
