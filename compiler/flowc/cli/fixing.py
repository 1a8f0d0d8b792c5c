"""`flowc check --fix`: mend files by the edits that their findings offer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from flowc.cells import visible
from flowc.cli.difference import difference, put
from flowc.cli.files import write_all
from flowc.cli.findings import Findings
from flowc.cli.standard_input import STANDARD_INPUT, read_standard_input
from flowc.cli.streams import tell
from flowc.fixing import Fixer
from flowc.source import Source, Unreadable, load


class Fixing:
    """The files of one command, mended together; what is left to say of them goes to `findings`."""

    def __init__(self, paths: Mapping[Path, str], findings: Findings) -> None:
        """`paths` are the files, each with the name that it is called by."""
        self._findings = findings
        self._fixer = Fixer()
        self._before: dict[str, str] = {}
        self._standard_input: str | None = None
        sources = [source for path, name in paths.items() if (source := self._read(path, name))]
        for source in sources:
            self._fixer.fix(source)
        # Only now: an imported file may have changed since.
        findings.show_all((source, self._fixer.compile(source)) for source in sources)

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to mend."""
        return bool(self._fixer.changed)

    def show(self) -> None:
        """Show what would change."""
        put(difference(name, self._text(name), text) for name, text in self._texts().items())
        self._tell("would mend")

    def write(self) -> None:
        """Write what has changed; what came from standard input goes to standard output. Raises `OSError`."""
        texts = self._texts()
        if self._standard_input is not None:
            name = self._standard_input
            put([texts.pop(name, self._before[name])])
        write_all({Path(name): text for name, text in texts.items()})
        self._tell("mended")

    def _read(self, path: Path, name: str) -> Source | None:
        try:
            if path != STANDARD_INPUT:
                return load(path)
            source, self._before[name] = read_standard_input(name)
        except Unreadable as error:
            self._findings.unreadable(Path(name), str(error))
            return None
        self._standard_input = name
        return source

    def _texts(self) -> dict[str, str]:
        """The new text of each file, with the byte-order mark and the end that the old one had."""
        return {name: _like(self._text(name), source.text) for name, source in self._fixer.changed.items()}

    def _text(self, name: str) -> str:
        """The text of a file as it was, to the last byte."""
        if name not in self._before:
            self._before[name] = Path(name).read_bytes().decode()
        return self._before[name]

    def _tell(self, done: str) -> None:
        for name, codes in self._fixer.mended.items():
            tell(f"{done} {visible(name)}: {_counted(codes)}")


def _like(before: str, after: str) -> str:
    mark = "\ufeff" if before.startswith("\ufeff") else ""
    return mark + (after if before.endswith("\n") else after.removesuffix("\n"))


def _counted(codes: Counter[str]) -> str:
    """How often each was mended.

    >>> _counted(Counter({"F0610": 2, "F0107": 1}))
    'F0107, F0610 (2 times)'
    """
    return ", ".join(
        f"{code} ({count} times)" if count > 1 else code for code, count in sorted(codes.items())
    )
