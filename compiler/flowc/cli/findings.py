"""Compiling for a command: what there is to say of each file is shown as it comes, and counted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal, TextIO

from flowc.cli.options import FOUND, UNUSABLE
from flowc.cli.streams import Color, columns, complain, tell, wants_color
from flowc.diagnostics.diagnostic import Diagnostic
from flowc.diagnostics.text import concise, draw, summary
from flowc.machine import Machine
from flowc.pipeline import MAX_SHOWN, compile_flow
from flowc.source import Sources, Unreadable, load

Format = Literal["text", "concise"]


class Findings:
    """What was found in the files of one command.

    They go to `stream`. With `only_errors` the findings of a file that compiles are not shown.
    """

    def __init__(
        self,
        color: Color,
        *,
        format: Format = "text",
        stream: TextIO | None = None,
        only_errors: bool = False,
    ) -> None:
        self._stream = stream or sys.stderr
        self._format: Format = format
        self._color = wants_color(color, self._stream)
        self._width = columns(self._stream)
        self._only_errors = only_errors
        self._found: list[Diagnostic] = []
        self._shown = 0
        self._unreadable = 0

    def compile(self, path: Path) -> Machine | None:
        """The machine of the flow at `path`; None where there is none, and then it was said why."""
        try:
            source = load(path)
        except Unreadable as error:
            self.unreadable(str(error))
            return None
        compiled = compile_flow(source)
        if not (compiled.ok and self._only_errors):
            self.show(compiled.diagnostics, compiled.sources)
        return compiled.machine

    def unreadable(self, why: str) -> None:
        """A file cannot be read."""
        complain(why)
        self._unreadable += 1

    def show(self, diagnostics: tuple[Diagnostic, ...], sources: Sources) -> None:
        """Show what was found in one file, as far as there is room."""
        self._found += diagnostics
        for diagnostic in diagnostics[: MAX_SHOWN - self._shown]:
            self._shown += 1
            if self._format == "concise":
                text = concise(diagnostic, sources)
            else:
                text = draw(diagnostic, sources, color=self._color, width=self._width) + "\n"
            self._stream.write(f"{text}\n")

    def close(self) -> None:
        """Say how much was found."""
        self._stream.flush()
        left = len(self._found) - self._shown
        if left:
            tell(f"… and {left} more")
        if self._found or not self._unreadable:
            tell(summary(self._found))

    @property
    def any(self) -> bool:
        """Whether anything was found that was shown or could not be read."""
        return bool(self._found or self._unreadable)

    @property
    def code(self) -> int:
        """The exit code that they stand for."""
        if self._unreadable:
            return UNUSABLE
        return FOUND if any(diagnostic.severity == "error" for diagnostic in self._found) else 0
