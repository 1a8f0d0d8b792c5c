"""GitLab's Code Quality report: a JSON list in the form of Code Climate's."""

from __future__ import annotations

import json
from typing import Any

from flowc.diagnostics.diagnostic import Severity
from flowc.diagnostics.places import Place
from flowc.reports.fingerprints import fingerprints
from flowc.reports.report import Finding, Report, Site, Unread

SEVERITIES: dict[Severity, str] = {"error": "major", "warning": "minor"}
UNREAD = "unreadable-file"
"""The name of the check that a file which could not be read has not passed."""


def write(report: Report) -> str:
    """The report as GitLab reads it."""
    findings = [*report.findings, *map(_unread, report.unread)]
    marks = fingerprints(findings)
    entries = [_entry(*pair) for pair in zip(findings, marks, strict=True)]
    return json.dumps(entries, ensure_ascii=True, indent=2) + "\n"


def _entry(finding: Finding, mark: str) -> dict[str, Any]:
    place = finding.site.place
    return {
        "description": f"{finding.code}: {finding.title}",
        "check_name": finding.code,
        "content": {"body": finding.body},
        "categories": ["Bug Risk"],
        "fingerprint": mark,
        "severity": SEVERITIES[finding.severity],
        "location": {"path": finding.site.path, "lines": {"begin": place.line, "end": place.end_line}},
    }


def _unread(unread: Unread) -> Finding:
    return Finding(UNREAD, "error", unread.why, (Site(unread.path, Place(1, 1, 1, 1), "", ""),))
