"""SARIF 2.1.0, which code scanning of GitHub, Azure DevOps and many viewers read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from flowc import __version__
from flowc.catalogue import all_kinds, page_of
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.places import Place
from flowc.reports.fingerprints import fingerprints
from flowc.reports.paths import uri
from flowc.reports.report import Change, Finding, Report, Site, Unread
from flowc.transcript.results import FAILED_TEST

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
"""What the paths are relative to; whoever reads the report knows where that is."""


def write(report: Report) -> str:
    """The report as a SARIF log with one run."""
    rules = sorted({finding.code for finding in report.findings})
    marks = fingerprints(report.findings)
    run = {
        "tool": {
            "driver": {
                "name": "flowc",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": list(map(_rule, rules)),
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not report.unread,
                "toolExecutionNotifications": list(map(_notification, report.unread)),
            }
        ],
        "artifacts": [{"location": _artifact(path)} for path in report.files],
        "results": [
            _result(finding, rules.index(finding.code), mark)
            for finding, mark in zip(report.findings, marks, strict=True)
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    if code == FAILED_TEST:
        return {"id": code, "shortDescription": {"text": "A test of a conversation has failed."}}
    kind = all_kinds().get(code)
    return {"id": code, **(_described(kind) if kind else {})}


def _described(kind: type[Mistake]) -> dict[str, Any]:
    page = page_of(kind)
    summary = " ".join(page.partition("\n\n")[0].split())
    return {
        "name": kind.__name__,
        "shortDescription": {"text": summary},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": kind.severity},
    }


def _result(finding: Finding, rule: int, mark: str) -> dict[str, Any]:
    text = "\n".join([finding.title, *([finding.body] if finding.body else [])])
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": text},
        "locations": [_location(finding.site)],
        "partialFingerprints": {"flowcLine/v1": mark},
    }
    if finding.sites[1:]:
        result["relatedLocations"] = [
            {"id": number, **_location(site), "message": {"text": site.text}}
            for number, site in enumerate(finding.sites[1:])
        ]
    if finding.changes:
        result["fixes"] = [
            {
                "description": {"text": finding.help or finding.title},
                "artifactChanges": list(_changes(finding.changes)),
            }
        ]
    return result


def _changes(changes: Iterable[Change]) -> Iterable[dict[str, Any]]:
    def path_of(change: Change) -> str:
        return change.path

    for path, mine in groupby(sorted(changes, key=path_of), key=path_of):
        replacements = [
            {"deletedRegion": _region(change.place), "insertedContent": {"text": change.text}}
            for change in mine
        ]
        yield {"artifactLocation": _artifact(path), "replacements": replacements}


def _location(site: Site) -> dict[str, Any]:
    place = {"artifactLocation": _artifact(site.path), "region": _region(site.place)}
    return {"physicalLocation": place}


def _region(place: Place) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _artifact(path: str) -> dict[str, str]:
    """A file; one outside the repository is relative to nothing."""
    pure = PurePosixPath(path)
    if pure.is_absolute():
        return {"uri": f"file://{uri(path)}"}
    return {"uri": uri(path)} if ".." in pure.parts else {"uri": uri(path), "uriBaseId": ROOT}


def _notification(unread: Unread) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": unread.why},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(unread.path)}}],
    }
