"""What a command has found, as the formats for programs need it: in places, and in paths of the repository."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from flowc.diagnostics.diagnostic import Diagnostic, Severity
from flowc.diagnostics.places import Place, place_of
from flowc.records import dataclass
from flowc.reports.paths import Root, root_of
from flowc.source import Sources, Span
from flowc.transcript.report import failure_text
from flowc.transcript.results import FAILED_TEST, ScriptResult


@dataclass(frozen=True, slots=True)
class Site:
    """A place in a file, and what to say of it; `text` may be empty.

    `excerpt` is the text of its first line. The file may be one that could not be read: then the place is the
    first column of its first line, and the excerpt is empty.
    """

    path: str
    place: Place
    text: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Change:
    """Put `text` in the place of what is at `place`."""

    path: str
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. The first site is the one it is about."""

    code: str
    severity: Severity
    title: str
    sites: tuple[Site, ...]
    notes: tuple[str, ...] = ()
    help: str | None = None
    changes: tuple[Change, ...] = ()

    @property
    def site(self) -> Site:
        """The place it is about."""
        return self.sites[0]

    @property
    def body(self) -> str:
        """All that there is to say beside the title, a line for each thing; empty where there is nothing.

        >>> site = Site("a.flow", Place(1, 1, 1, 2), "here", "x")
        >>> Finding("F0201", "error", "unknown state", (site,), ("a note",), "mend it").body
        'here\\na note\\nhelp: mend it'
        """
        said = [self.site.text] if self.site.text else []
        said += [f"{it.path}:{it.place.line}: {it.text}" for it in self.sites[1:] if it.text]
        return "\n".join([*said, *self.notes, *([f"help: {self.help}"] if self.help else [])])


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read, and why."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """What `command` has found.

    `files` are those it looked at, with and without findings. `findings` include the tests that failed;
    `omitted` says how many more there were.
    """

    command: str
    files: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    tests: tuple[ScriptResult, ...] = ()
    unread: tuple[Unread, ...] = ()
    omitted: int = 0

    def count(self, severity: Severity) -> int:
        """How many findings there are of this severity."""
        return sum(finding.severity == severity for finding in self.findings)


def report_of(
    command: str,
    files: Iterable[str],
    diagnostics: Iterable[Diagnostic],
    sources: Sources,
    *,
    tests: Iterable[ScriptResult] = (),
    unread: Mapping[str, str] | None = None,
    omitted: int = 0,
) -> Report:
    """The report of what `command` has found, with the paths of the repository that the working folder is in.

    `unread` says of each file that could not be read why.
    """
    root = root_of(Path())
    tests = tuple(tests)
    found = (finding_of(diagnostic, sources, root) for diagnostic in diagnostics)
    return Report(
        command,
        tuple(map(root.relative, files)),
        (*found, *failures_of(tests, sources, root)),
        tuple(replace(result, path=root.relative(result.path)) for result in tests),
        tuple(Unread(root.relative(path), why) for path, why in (unread or {}).items()),
        omitted,
    )


def finding_of(diagnostic: Diagnostic, sources: Sources, root: Root) -> Finding:
    """A diagnostic as a finding."""
    return Finding(
        code=diagnostic.code,
        severity=diagnostic.severity,
        title=diagnostic.title,
        sites=tuple(_site(label.span, label.text, sources, root) for label in diagnostic.labels),
        notes=diagnostic.notes,
        help=diagnostic.help,
        changes=tuple(
            Change(root.relative(edit.span.path), _place(edit.span, sources), edit.text)
            for edit in diagnostic.edits
        ),
    )


def failures_of(results: Iterable[ScriptResult], sources: Sources, root: Root) -> tuple[Finding, ...]:
    """The tests that failed, each as a finding at the line of its transcript."""
    return tuple(
        _failure(result.path, test.name, test.failure.line, failure_text(result.path, test), sources, root)
        for result in results
        for test in result.tests
        if test.failure is not None
    )


def _failure(path: str, name: str, line: int, text: str, sources: Sources, root: Root) -> Finding:
    source = sources.by_path.get(path)
    written = source.line(line) if source else ""
    column = len(written) - len(written.lstrip()) + 1
    place = Place(line, column, line, max(column, len(written) + 1))
    rows = text.partition("\n")[2]
    site = Site(root.relative(path), place, "", written)
    return Finding(FAILED_TEST, "error", f'test "{name}" failed', (site,), (rows,))


def _site(span: Span, text: str, sources: Sources, root: Root) -> Site:
    place = _place(span, sources)
    source = sources.by_path.get(span.path)
    return Site(root.relative(span.path), place, text, source.line(place.line) if source else "")


def _place(span: Span, sources: Sources) -> Place:
    source = sources.by_path.get(span.path)
    return place_of(span, source) if source else Place(1, 1, 1, 1)
