"""Workflow commands of GitHub Actions: each finding is shown beside its line in a pull request."""

from __future__ import annotations

from flowc.cells import visible
from flowc.reports.report import Finding, Report


def write(report: Report) -> str:
    """A line for each finding, and for each file that could not be read."""
    lines = [_command(finding) for finding in report.findings]
    lines += [f"::error {_property('file', it.path)}::{_data(it.why)}" for it in report.unread]
    return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding) -> str:
    place = finding.site.place
    where: list[tuple[str, str | int]] = [
        ("file", finding.site.path),
        ("line", place.line),
        ("endLine", place.end_line),
    ]
    if place.line == place.end_line:  # elsewhere GitHub takes no columns
        where += [("col", place.column), ("endColumn", max(place.column, place.end_column))]
    title = f"{finding.code} {finding.title}"
    properties = ",".join(_property(name, value) for name, value in [*where, ("title", title)])
    message = finding.body or finding.title
    return f"::{finding.severity} {properties}::{_data(message)}"


def _property(name: str, value: str | int) -> str:
    return f"{name}={_data(str(value)).replace(':', '%3A').replace(',', '%2C')}"


def _data(text: str) -> str:
    """A text so that it stays in its line and its place.

    >>> _data("100 % of\\nit")
    '100 %25 of%0Ait'
    """
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
