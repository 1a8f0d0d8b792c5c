"""JUnit's XML, which every CI shows as a list of tests: a suite for each file.

A transcript is a suite of its tests. Any other file is one case, with a failure for each error; its warnings
stand in its output, as they fail nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from flowc.cells import visible
from flowc.reports.report import Finding, Report, Unread
from flowc.transcript.report import failure_text
from flowc.transcript.results import FAILED_TEST, ScriptResult

_NEVER_IN_XML = re.compile("[\ufffe\uffff]")


def write(report: Report) -> str:
    """The report as XML."""
    results = {result.path: result for result in report.tests}
    paths = dict.fromkeys([*report.files, *results, *(it.path for it in report.unread)])
    paths |= dict.fromkeys(finding.site.path for finding in report.findings)
    if results:  # then a flow is only of interest where it has mistakes
        told = {finding.site.path for finding in report.findings} | {it.path for it in report.unread}
        paths = {path: None for path in paths if path in results or path in told}
    root = Element("testsuites", name=f"flowc {report.command}")
    suites = [
        _suite(
            report.command,
            path,
            results.get(path),
            [it for it in report.findings if it.site.path == path],
            [it for it in report.unread if it.path == path],
        )
        for path in paths
    ]
    root.extend(_counted(suite) for suite in suites)
    for kind in ("tests", "failures", "errors"):
        root.set(kind, str(sum(int(suite.get(kind, "0")) for suite in suites)))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(
    command: str,
    path: str,
    result: ScriptResult | None,
    findings: Iterable[Finding],
    unread: Iterable[Unread],
) -> Element:
    suite = Element("testsuite", name=_attribute(path))
    mistakes = [finding for finding in findings if finding.code != FAILED_TEST]
    for test in result.tests if result else ():
        case = SubElement(suite, "testcase", name=_attribute(test.name), classname=_attribute(path))
        case.set("file", _attribute(path))
        case.set("line", str(test.line))
        if test.failure is not None and result is not None:
            failure = SubElement(case, "failure", type=FAILED_TEST, message="the conversation went otherwise")
            failure.text = _text(failure_text(result.path, test))
    if mistakes or unread or result is None:
        suite.append(_case(command, path, mistakes, unread))
    return suite


def _case(command: str, path: str, mistakes: Iterable[Finding], unread: Iterable[Unread]) -> Element:
    """The case that a file has no mistake."""
    case = Element("testcase", name=f"flowc {command}", classname=_attribute(path), file=_attribute(path))
    for finding in mistakes:
        if finding.severity == "error":
            failure = SubElement(case, "failure", type=finding.code, message=_attribute(finding.title))
            failure.text = _text(_described(finding))
    for it in unread:
        SubElement(case, "error", type="unreadable-file", message=_attribute(it.why))
    warnings = [_described(finding) for finding in mistakes if finding.severity == "warning"]
    if warnings:
        SubElement(case, "system-out").text = _text("\n".join(warnings))
    return case


def _described(finding: Finding) -> str:
    place = finding.site.place
    head = (
        f"{finding.site.path}:{place.line}:{place.column}: {finding.severity}[{finding.code}] {finding.title}"
    )
    return "\n".join([head, *([finding.body] if finding.body else [])])


def _counted(suite: Element) -> Element:
    def having(kind: str) -> Iterator[Element]:
        return (case for case in suite if case.find(kind) is not None)

    suite.set("tests", str(len(suite)))
    suite.set("failures", str(sum(1 for _ in having("failure"))))
    suite.set("errors", str(sum(1 for _ in having("error"))))
    return suite


def _attribute(text: str) -> str:
    return _text(" ".join(text.split("\n")))


def _text(text: str) -> str:
    """A text with an escape for what XML cannot hold."""
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return _NEVER_IN_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", shown)
