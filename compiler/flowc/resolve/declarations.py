"""Declarations: what a flow declares, by kind and name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import TypeVar

from flowc import syntax as ast
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import NoEntry, NoTimeout, SecondClause
from flowc.diagnostics.names import Duplicate, TakenName
from flowc.functions import BUILT_INS
from flowc.program import Program
from flowc.source import Sources, Span
from flowc.types import BUILT_IN
from flowc.walk import all_states, parts_of

T = TypeVar("T", bound=ast.Item)
_Named = TypeVar(
    "_Named", ast.Action, ast.Function, ast.Record, ast.Dialog, ast.State, ast.Variable, ast.Parameter
)

MACHINES_OWN = frozenset({"start", "resume"})
"""The states that every machine has."""


def declare(file: ast.File, sources: Sources) -> tuple[Program, tuple[Mistake, ...]]:
    """The declarations of `file`, and what is wrong with their names."""
    declaring = _Declaring(file, sources)
    return declaring.program(), tuple(declaring.mistakes)


class _Declaring:
    def __init__(self, file: ast.File, sources: Sources) -> None:
        self.file = file
        self.sources = sources
        self.mistakes: list[Mistake] = []

    def program(self) -> Program:
        name = self._only("flow", ast.FlowName)
        program = Program(
            name=name.name.text if name else _flow_name(self.file.path),
            sources=self.sources,
            file=self.file,
            parts=tuple(parts_of(self.file)),
            timeout=self._only("timeout", ast.Timeout),
            failed=self._only("failed", ast.Failed),
            outdated=self._only("outdated", ast.Outdated),
            channel=self._only("channel", ast.Channel),
            variables=self._by_name("variable", self._all(ast.Variable)),
            actions=self._by_name("action", self._all(ast.Action)),
            functions=self._by_name("function", self._all(ast.Function)),
            records=self._by_name("record", self._all(ast.Record)),
            dialogs=self._by_name("dialog", self._all(ast.Dialog)),
            states=self._by_name("state", self._all(ast.State)),
            entries=tuple(item.handler for item in self._all(ast.Entry)),
            anytimes=tuple(item.handler for item in self._all(ast.Anytime)),
            renames=tuple(self._all(ast.Renamed)),
        )
        self._check_frame(program)
        self._check_names(program)
        return program

    def _all(self, kind: type[T]) -> list[T]:
        return [item for item in self.file.items if isinstance(item, kind)]

    def _only(self, word: str, kind: type[T]) -> T | None:
        items = self._all(kind)
        for item in items[1:]:
            span = _word_span(item.span, word)
            self.mistakes.append(SecondClause(span=span, clause=word, first=items[0].span))
        return items[0] if items else None

    def _by_name(self, kind: str, items: Iterable[_Named]) -> dict[str, _Named]:
        found: dict[str, _Named] = {}
        for item in items:
            first = found.setdefault(item.name.text, item)
            if first is not item:
                self._duplicate(kind, item.name, first.name)
        return found

    def _duplicate(self, kind: str, name: ast.Name, first: ast.Name) -> None:
        self.mistakes.append(Duplicate(span=name.span, kind=kind, name=name.text, first=first.span))

    # What a flow must have

    def _check_frame(self, program: Program) -> None:
        if not program.entries:
            self.mistakes.append(NoEntry(span=Span(self.file.path, 0, 0)))
        elif program.timeout is None and self._may_wait(program):
            self.mistakes.append(NoTimeout(span=program.entries[0].head))

    def _may_wait(self, program: Program) -> bool:
        """Whether a session can rest at all: one that ends with its first event needs no timeout."""
        waits = (ast.Ask, ast.Call, ast.Wait, ast.Run)
        return any(state.handlers for state in program.states.values()) or any(
            isinstance(step, waits) for step in program.steps
        )

    # Names

    def _check_names(self, program: Program) -> None:
        for owner in program.bots_own:
            self._by_name("parameter", owner.parameters)
        for record in program.records.values():
            self._by_name("field", record.fields)
        for dialog in program.dialogs.values():
            self._by_name("state", dialog.states)
            own = [ast.Variable("let", each.name, each.type, None, each.span) for each in dialog.parameters]
            self._by_name("variable", (*own, *dialog.variables))
        self._check_applied(program)
        self._check_reserved(program)

    def _check_applied(self, program: Program) -> None:
        """What is applied to arguments has one name among functions and records."""
        for record_name, record in program.records.items():
            if record_name in program.functions:
                self._duplicate("name", record.name, program.functions[record_name].name)
            if record_name in BUILT_IN:
                self.mistakes.append(
                    TakenName(span=record.name.span, name=record_name, what="the language has a type")
                )
        names = [each.name for each in program.functions.values()]
        names += [each.name for each in program.records.values()]
        for name in names:
            if name.text in BUILT_INS:
                what = "the language has a function"
                self.mistakes.append(TakenName(span=name.span, name=name.text, what=what))

    def _check_reserved(self, program: Program) -> None:
        labels = [
            step.label
            for step in program.steps
            if isinstance(step, ast.Ask | ast.Call | ast.Wait | ast.Run) and step.label
        ]
        for name in (*labels, *(state.name for state in all_states(program.file))):
            if name.text in MACHINES_OWN:
                self.mistakes.append(TakenName(span=name.span, name=name.text))


def _word_span(span: Span, word: str) -> Span:
    return Span(span.path, span.start, span.start + len(word))


def _flow_name(path: str) -> str:
    """The name of a flow that gives itself none: its file's.

    >>> _flow_name("flows/order desk.flow")
    'order_desk'
    """
    name = re.sub(r"[^A-Za-z0-9_]+", "_", PurePath(path).stem).strip("_")
    return name if name[:1].isalpha() else f"flow_{name}".rstrip("_")
