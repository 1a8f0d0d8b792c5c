"""Compiling for a command: what there is to say of each file is shown, or kept for a report, and counted."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from flowc.cli.files import write_all
from flowc.cli.options import FOUND, UNUSABLE
from flowc.cli.output import Output
from flowc.cli.streams import columns, complain, tell, wants_color
from flowc.diagnostics.diagnostic import Diagnostic, summary
from flowc.diagnostics.flow import NoEntry
from flowc.machine import Machine
from flowc.pipeline import Compiled, compile_flow
from flowc.source import Source, Sources, Unreadable, load
from flowc.transcript.results import ScriptResult


class Findings:
    """What was found in the files of one command.

    People see each finding on `stream` as it comes; a report for programs goes to `report`, standard output
    unless said otherwise, when all is done. With `only_errors` the findings of a file that compiles are not
    shown. What two files have in common is shown once.
    """

    def __init__(
        self,
        output: Output | None = None,
        *,
        stream: TextIO | None = None,
        report: TextIO | None = None,
        only_errors: bool = False,
    ) -> None:
        self._output = output or Output()
        self._stream = stream or sys.stderr
        self._report_stream = report or sys.stdout
        self._color = wants_color(self._output.color, None if self._output.file else self._stream)
        self._width = columns(self._stream)
        self._only_errors = only_errors
        self._found: dict[Diagnostic, None] = {}
        self._shown: list[Diagnostic] = []
        self._files: dict[str, None] = {}
        self._sources: dict[str, Source] = {}
        self._unread: dict[str, str] = {}
        self._text: list[str] = []

    def compile(self, path: Path) -> Machine | None:
        """The machine of the flow at `path`; None where there is none, and then it was said why."""
        return self.compile_all([path])[path]

    def compile_all(self, paths: Iterable[Path]) -> dict[Path, Machine | None]:
        """The machine of each flow; None where there is none. Why is said, but for a part of another of them."""
        machines: dict[Path, Machine | None] = {}

        def compiled() -> Iterator[tuple[Source, Compiled]]:
            for path in paths:
                source = self._load(path)
                result = None if source is None else compile_flow(source)
                machines[path] = None if result is None else result.machine
                if source is not None and result is not None:
                    yield source, result

        self.show_all(compiled())
        return machines

    def _load(self, path: Path) -> Source | None:
        try:
            return load(path)
        except Unreadable as error:
            self.unreadable(path, str(error))
            return None

    def show_all(self, flows: Iterable[tuple[Source, Compiled]]) -> None:
        """Show what was found in each flow.

        One that begins no conversation, and that another of them imports, is a part of that: it is checked there.
        """
        imported: set[Path] = set()
        parts: list[tuple[Source, Compiled]] = []
        for source, compiled in flows:
            self.look_at(source)
            imported |= {Path(path).resolve() for path in compiled.sources.by_path if path != source.path}
            if any(each.code == NoEntry.code for each in compiled.diagnostics):
                parts.append((source, compiled))
            elif not (compiled.ok and self._only_errors):
                self.show(compiled.diagnostics, compiled.sources)
        for source, compiled in parts:
            if Path(source.path).resolve() not in imported:
                self.show(compiled.diagnostics, compiled.sources)

    def look_at(self, source: Source) -> None:
        """A file is looked at; it may have no finding."""
        self._files[source.path] = None
        self._sources[source.path] = source

    def unreadable(self, path: Path, why: str) -> None:
        """A file cannot be read."""
        complain(why)
        self._unread[str(path)] = why

    def show(self, diagnostics: Iterable[Diagnostic], sources: Sources) -> None:
        """Show what was found in one file, as far as there is room."""
        self._sources |= sources.by_path
        for diagnostic in diagnostics:
            if diagnostic in self._found:
                continue
            self._found[diagnostic] = None
            if self._output.most is None or len(self._shown) < self._output.most:
                self._shown.append(diagnostic)
                self._draw(diagnostic, sources)

    def _draw(self, diagnostic: Diagnostic, sources: Sources) -> None:
        from flowc.diagnostics.text import concise, draw  # noqa: PLC0415 - a sound flow needs none of it

        if self._output.format == "concise":
            self.say(concise(diagnostic, sources))
        elif self._output.format == "text":
            self.say(draw(diagnostic, sources, color=self._color, width=self._width) + "\n")

    def say(self, text: str) -> None:
        """Write a line that is for people, where the findings go; a report for programs has no place for it."""
        if not self._output.for_people:
            return
        if self._output.file is None:
            self._stream.write(f"{text}\n")
        else:
            self._text.append(f"{text}\n")

    def close(self, command: str = "check", tests: Iterable[ScriptResult] = ()) -> None:
        """Write the report of `command`, if one is due, and say how much was found."""
        self._write(command, tuple(tests))
        self._stream.flush()
        left = len(self._found) - len(self._shown)
        if left:
            tell(f"… and {left} more")
        if self._found or not (self._unread or tests):
            tell(summary(self._found))

    def _write(self, command: str, tests: tuple[ScriptResult, ...]) -> None:
        text = "".join(self._text) if self._output.for_people else self._report(command, tests)
        path = self._output.file
        if path is None:
            (self._stream if self._output.for_people else self._report_stream).write(text)
            return
        try:
            write_all({path: text})
        except OSError as error:
            self.unreadable(path, f"cannot write `{path}`: {error.strerror or error}")

    def _report(self, command: str, tests: tuple[ScriptResult, ...]) -> str:
        from flowc.reports import render  # noqa: PLC0415 - people need none of it
        from flowc.reports.report import report_of  # noqa: PLC0415 - as above

        report = report_of(
            command,
            self._files,
            self._shown,
            Sources(self._sources),
            tests=tests,
            unread=self._unread,
            omitted=len(self._found) - len(self._shown),
        )
        return render(report, self._output.format)

    @property
    def any(self) -> bool:
        """Whether anything was found that was shown or could not be read."""
        return bool(self._found or self._unread)

    @property
    def code(self) -> int:
        """The exit code that they stand for."""
        if self._unread:
            return UNUSABLE
        errors = any(diagnostic.severity == "error" for diagnostic in self._found)
        return FOUND if errors and not self._output.exit_zero else 0
