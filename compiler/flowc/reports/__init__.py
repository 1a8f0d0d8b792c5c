"""What a command has found, written for people and for the programs that read it: a module for each format.

>>> from flowc.reports.report import Report
>>> print(render(Report("check"), "github"), end="")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from flowc.reports.report import Report

Format = Literal["text", "concise", "json", "sarif", "github", "gitlab", "junit"]
"""How findings are written. `text` and `concise` are for people, the others for programs."""

FORMATS: tuple[Format, ...] = get_args(Format)
FOR_PEOPLE: frozenset[Format] = frozenset({"text", "concise"})

HELP = "text: with the lines in question; concise: one line each; json, sarif, github, gitlab, junit: for programs."


def render(report: Report, format: Format) -> str:
    """`report` in a format for programs, with its last newline. Only what writes it is imported.

    Raises `ValueError` for a format that is for people: what they read is drawn with the lines of the source,
    by `flowc.diagnostics.text`.
    """
    if format in FOR_PEOPLE:
        raise ValueError(f"`{format}` is drawn by flowc.diagnostics.text")
    text: str = import_module(f"flowc.reports.{format}").write(report)
    return text
