"""JSON of our own: everything that is known of each finding. The format has a version."""

from __future__ import annotations

import json
from typing import Any

from flowc import __version__
from flowc.diagnostics.places import Place
from flowc.reports.fingerprints import fingerprints
from flowc.reports.report import Finding, Report, Site
from flowc.transcript.results import ScriptResult, TestResult

VERSION = 1
"""The version of the format. It rises when something that was there goes or changes its meaning."""


def write(report: Report) -> str:
    """The report as JSON, indented."""
    marks = fingerprints(report.findings)
    document = {
        "version": VERSION,
        "tool": {"name": "flowc", "version": __version__},
        "command": report.command,
        "columnKind": "unicodeCodePoints",
        "files": report.files,
        "findings": [_finding(*pair) for pair in zip(report.findings, marks, strict=True)],
        "tests": [_test(result, test) for result in report.tests for test in result.tests],
        "unread": [{"path": unread.path, "message": unread.why} for unread in report.unread],
        "summary": _summary(report),
    }
    return json.dumps(document, ensure_ascii=True, indent=2) + "\n"


def _finding(finding: Finding, mark: str) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "title": finding.title,
        **_site(finding.site),
        "related": [_site(site) for site in finding.sites[1:]],
        "notes": finding.notes,
        "help": finding.help,
        "edits": [
            {"path": change.path, **_place(change.place), "text": change.text} for change in finding.changes
        ],
        "fingerprint": mark,
    }


def _site(site: Site) -> dict[str, Any]:
    return {"path": site.path, **_place(site.place), "label": site.text}


def _place(place: Place) -> dict[str, int]:
    return {
        "line": place.line,
        "column": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _test(result: ScriptResult, test: TestResult) -> dict[str, Any]:
    failure = test.failure
    return {
        "path": result.path,
        "line": test.line,
        "name": test.name,
        "passed": test.passed,
        "failure": failure
        and {
            "line": failure.line,
            "expected": failure.expected,
            "actual": failure.actual,
            "differs": failure.differs,
            "origin": failure.origin,
        },
    }


def _summary(report: Report) -> dict[str, int]:
    return {
        "errors": report.count("error"),
        "warnings": report.count("warning"),
        "omitted": report.omitted,
        "passed": sum(result.passed for result in report.tests),
        "failed": sum(result.failed for result in report.tests),
    }
