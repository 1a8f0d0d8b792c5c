"""Imports: the files that a flow is made of, read and put together as one.

An imported file brings its declarations and its `anytime`. What only a flow of its own has stays behind: where a
conversation begins, the `timeout`, the `failed`, the `outdated`, the name and the channel.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from flowc import syntax as ast
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.imports import ImportCycle, ImportOutside, TooManyImports, UnreadableImport
from flowc.parse import parse
from flowc.source import Source, Sources, Span, Unreadable, load

MAX_FILES = 1_000
"""How many files a flow may be made of."""

Read = Callable[[Path], Source]
"""What reads a file that is imported; it raises `Unreadable`."""

_OF_ITS_OWN = (ast.Entry, ast.Timeout, ast.Failed, ast.Outdated, ast.FlowName, ast.Channel, ast.Import)


def read_inside(root: Path) -> Read:
    """What reads files below the folder `root`, and refuses one that a link leads out of it."""

    def read(path: Path) -> Source:
        if not path.resolve().is_relative_to(root.resolve()):
            raise Unreadable(f"`{path}` leads out of `{root}`")
        return load(path)

    return read


def gather(source: Source, read: Read) -> tuple[ast.File, Sources, tuple[Mistake, ...]]:
    """Read all that `source` imports, and what that imports in turn: each file once, in order of first mention."""
    gathering = _Gathering(read)
    gathering.add(source, ())
    return gathering.file(source), Sources(gathering.sources), tuple(gathering.mistakes)


class _Gathering:
    def __init__(self, read: Read) -> None:
        self.read = read
        self.sources: dict[str, Source] = {}
        self.files: list[ast.File] = []
        self.mistakes: list[Mistake] = []

    def file(self, source: Source) -> ast.File:
        """All files as one: the first whole, of the others what they bring."""
        first, *others = self.files
        brought = [item for file in others for item in file.items if not isinstance(item, _OF_ITS_OWN)]
        comments = tuple(comment for file in self.files for comment in file.comments)
        return ast.File(source.path, (*first.items, *brought), comments)

    def add(self, source: Source, above: tuple[str, ...]) -> None:
        """Read `source` and what it imports; `above` are the files that led to it."""
        self.sources[source.path] = source
        parsed = parse(source)
        self.files.append(parsed.file)
        self.mistakes.extend(parsed.mistakes)
        for item in parsed.file.items:
            if isinstance(item, ast.Import):
                self._follow(item, (*above, source.path))

    def _follow(self, item: ast.Import, above: tuple[str, ...]) -> None:
        written = item.path.plain
        span = item.path.span
        if written is None or not _stays_inside(written):
            self.mistakes.append(ImportOutside(span=span))
            return
        path = str(Path(above[-1]).parent / written)
        if path in above:
            self.mistakes.append(ImportCycle(span=span, circle=(*above[above.index(path) :], path)))
        elif path not in self.sources:
            self._open(path, span, above)

    def _open(self, path: str, span: Span, above: tuple[str, ...]) -> None:
        if len(self.sources) >= MAX_FILES:
            self.mistakes.append(TooManyImports(span=span, limit=MAX_FILES))
            return
        try:
            source = self.read(Path(path))
        except Unreadable as error:
            self.mistakes.append(UnreadableImport(span=span, why=str(error)))
            return
        self.add(Source(path, source.text), above)


def _stays_inside(written: str) -> bool:
    """Whether a path names a file below the folder of the one that imports it.

    >>> _stays_inside("parts/common.flow"), _stays_inside("../common.flow"), _stays_inside("/etc/passwd")
    (True, False, False)
    """
    path = PurePosixPath(written)
    drive = ":" in written or "\\" in written or "\0" in written
    return bool(written.strip()) and not path.is_absolute() and ".." not in path.parts and not drive
