"""The program: a flow with every name bound to its declaration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flowc import syntax as ast
from flowc.machine import Origin
from flowc.records import dataclass
from flowc.source import Sources, Span
from flowc.types import BUILT_IN, UNKNOWN, Type, written_type
from flowc.walk import Part


@dataclass(frozen=True, slots=True)
class Program:
    """All declarations of a flow, by what they are."""

    name: str
    sources: Sources
    file: ast.File
    parts: tuple[Part, ...]
    """The flow itself, then its dialogs."""
    timeout: ast.Timeout | None
    failed: ast.Failed | None
    outdated: ast.Outdated | None
    variables: dict[str, ast.Variable]
    actions: dict[str, ast.Action]
    functions: dict[str, ast.Function]
    records: dict[str, ast.Record]
    dialogs: dict[str, ast.Dialog]
    states: dict[str, ast.State]
    renames: tuple[ast.Renamed, ...]
    channel: ast.Channel | None
    entries: tuple[ast.Handler, ...]
    anytimes: tuple[ast.Handler, ...]

    @property
    def chains(self) -> Iterator[ast.Chain]:
        """The outermost chains, those of the dialogs last."""
        return (chain for part in self.parts for chain in part.chains)

    @property
    def handlers(self) -> Iterator[ast.Handler]:
        """Every `on`, those of the dialogs last."""
        return (handler for part in self.parts for handler in part.handlers)

    @property
    def steps(self) -> Iterator[ast.Step]:
        """Every step, those of the dialogs last."""
        return (step for part in self.parts for step in part.steps)

    @property
    def bots_own(self) -> tuple[ast.Action | ast.Function, ...]:
        """What the bot must have: the actions and the functions."""
        return (*self.actions.values(), *self.functions.values())

    def known(self, type_: Type) -> Type:
        """`type_`; `UNKNOWN` where it names a type that there is not, which is a mistake by itself."""
        if type_.element is not None:
            return replace(type_, element=self.known(type_.element))
        return type_ if type_.name in BUILT_IN or type_.name in self.records else UNKNOWN

    def type_of(self, written: ast.TypeName) -> Type:
        """The type that an author has written, if it is known."""
        return self.known(written_type(written))

    def origin(self, span: Span) -> Origin:
        """Where a span stands, with its line."""
        return Origin(span.path, span.start, span.end, self.sources.line_of(span))
