"""Mend flows by the edits that their findings offer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from flowc.diagnostics.diagnostic import Diagnostic, Edit
from flowc.imports import Read, read_inside
from flowc.pipeline import Compiled, compile_flow
from flowc.source import Source

MAX_PASSES = 20
"""How often a flow is compiled and edited at the most."""


class Fixer:
    """Mends one flow after the other; what it changed in a file that two of them import is not done twice.

    Nothing is written: `changed` has the new text of each file by its path, and `mended` says what for.

    >>> from flowc.source import source_of
    >>> flow = 'timeout 1 hour\\non message -> ask n: int "?" -> reply "{n}" -> end session # flowc: ignore[F0407]'
    >>> fixer = Fixer()
    >>> fixer.fix(source_of("a.flow", flow)).diagnostics
    ()
    >>> fixer.changed["a.flow"].text, fixer.mended["a.flow"]
    ('timeout 1 hour\\non message -> ask n: int "?" -> reply "{n}" -> end session\\n', Counter({'F0610': 1}))
    """

    def __init__(self) -> None:
        self.changed: dict[str, Source] = {}
        self.mended: dict[str, Counter[str]] = {}

    def fix(self, source: Source) -> Compiled:
        """Apply the edits for `source` and what it imports until none is left, and return what then is.

        Of edits that touch each other only the first is applied in one pass.
        """
        compiled = self.compile(source)
        for _ in range(MAX_PASSES):
            chosen = list(_apart(compiled.diagnostics))
            if not chosen:
                break
            self._apply(chosen, compiled)
            compiled = self.compile(source)
        return compiled

    def compile(self, source: Source) -> Compiled:
        """What comes of `source`, with everything that was changed so far."""
        return compile_flow(self.changed.get(source.path, source), self._reader(source))

    def _reader(self, source: Source) -> Read:
        read = read_inside(Path(source.path).parent)

        def changed_or_read(path: Path) -> Source:
            return self.changed.get(str(path)) or read(path)

        return changed_or_read

    def _apply(self, diagnostics: Iterable[Diagnostic], compiled: Compiled) -> None:
        edits: dict[str, list[Edit]] = {}
        for diagnostic in diagnostics:
            for edit in diagnostic.edits:
                edits.setdefault(edit.span.path, []).append(edit)
            self.mended.setdefault(diagnostic.span.path, Counter())[diagnostic.code] += 1
        for path, mine in edits.items():
            self.changed[path] = Source(path, edited(compiled.sources[path].text, mine))


def edited(text: str, edits: Iterable[Edit]) -> str:
    """`text` after edits that do not touch each other.

    >>> from flowc.source import Span
    >>> edited("a = b", [Edit(Span("", 0, 0), "when "), Edit(Span("", 2, 3), "==")])
    'when a == b'
    """
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def _apart(diagnostics: Iterable[Diagnostic]) -> Iterable[Diagnostic]:
    """The findings whose edits touch none of one before; all edits of a finding belong together."""
    taken: list[Edit] = []
    for diagnostic in diagnostics:
        if diagnostic.edits and not any(_touch(edit, other) for edit in diagnostic.edits for other in taken):
            taken += diagnostic.edits
            yield diagnostic


def _touch(one: Edit, other: Edit) -> bool:
    a, b = one.span, other.span
    return a.path == b.path and a.start <= b.end and b.start <= a.end
