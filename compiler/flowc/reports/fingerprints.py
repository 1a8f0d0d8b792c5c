"""Marks by which a finding is known again after lines above it have come or gone."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from flowc.reports.report import Finding


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """A mark for each finding, in their order: 32 hexadecimal digits, each mark once.

    It is made of the code, the file, the text of the line, and which of those alike it is. So it stays when
    lines move, when a line is indented anew, and when the words of the message change.

    >>> from flowc.diagnostics.places import Place
    >>> from flowc.reports.report import Site
    >>> def found(line, text):
    ...     return Finding("F0201", "error", "", (Site("a.flow", Place(line, 1, line, 2), "", text),))
    >>> first, second, third = fingerprints([found(3, "goto menu"), found(9, "  goto menu"), found(4, "goto x")])
    >>> fingerprints([found(7, "goto menu")]) == [first]
    True
    >>> len({first, second, third})
    3
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    marks: list[str] = []
    for finding in findings:
        alike = (finding.code, finding.site.path, " ".join(finding.site.excerpt.split()))
        text = "\0".join((*alike, str(seen[alike])))
        marks.append(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32])
        seen[alike] += 1
    return marks
