"""Resolve: AST to `Program`. Every name is bound to what it stands for, or is a mistake."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TypeVar

from flowc import syntax as ast
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import NoEntry, NoTimeout, SecondClause
from flowc.diagnostics.names import Duplicate, TakenName, UnknownAction, UnknownState, UnknownType
from flowc.diagnostics.syntax import NotYetCompiled, UnusableRegex
from flowc.program import Program
from flowc.source import Sources, Span
from flowc.types import BUILT_IN, COMPILED
from flowc.walk import all_chains, all_handlers, steps_of
from flowrt.patterns import check_pattern

_Only = TypeVar("_Only", ast.Timeout, ast.Failed, ast.FlowName)
_Named = TypeVar("_Named", ast.Action, ast.State, ast.Variable)


def resolve(file: ast.File, sources: Sources) -> tuple[Program, tuple[Mistake, ...]]:
    """Bind the names of `file`."""
    resolving = _Resolving(file, sources)
    program = resolving.program()
    resolving.check_references(program)
    return program, tuple(resolving.mistakes)


class _Resolving:
    def __init__(self, file: ast.File, sources: Sources) -> None:
        self.file = file
        self.sources = sources
        self.mistakes: list[Mistake] = []

    def program(self) -> Program:
        items = self.file.items
        self._note_not_yet(items)
        timeout = self._only("timeout", [item for item in items if isinstance(item, ast.Timeout)])
        failed = self._only("failed", [item for item in items if isinstance(item, ast.Failed)])
        name = self._only("flow", [item for item in items if isinstance(item, ast.FlowName)])
        entries = tuple(item.handler for item in items if isinstance(item, ast.Entry))
        program = Program(
            name=name.name.text if name else _flow_name(self.file.path),
            sources=self.sources,
            file=self.file,
            timeout=timeout,
            failed=failed,
            variables=self._by_name("variable", [item for item in items if isinstance(item, ast.Variable)]),
            actions=self._by_name("action", [item for item in items if isinstance(item, ast.Action)]),
            states=self._by_name("state", [item for item in items if isinstance(item, ast.State)]),
            entries=entries,
            anytimes=tuple(item.handler for item in items if isinstance(item, ast.Anytime)),
        )
        self._check_frame(program)
        return program

    def _check_frame(self, program: Program) -> None:
        if not program.entries:
            self.mistakes.append(NoEntry(span=Span(self.file.path, 0, 0)))
        elif program.timeout is None and self._may_wait(program):
            self.mistakes.append(NoTimeout(span=program.entries[0].head))

    def _may_wait(self, program: Program) -> bool:
        """Whether a session can rest at all: one that ends with its first event needs no timeout."""
        waits = (ast.Ask, ast.Call, ast.Wait, ast.Run)
        steps = (step for chain in all_chains(self.file) for step in steps_of(chain))
        return any(state.handlers for state in program.states.values()) or any(
            isinstance(step, waits) for step in steps
        )

    def _only(self, word: str, items: list[_Only]) -> _Only | None:
        for item in items[1:]:
            self.mistakes.append(
                SecondClause(span=_word_span(item.span, word), clause=word, first=items[0].span)
            )
        return items[0] if items else None

    def _by_name(self, kind: str, items: list[_Named]) -> dict[str, _Named]:
        found: dict[str, _Named] = {}
        for item in items:
            first = found.setdefault(item.name.text, item)
            if first is not item:
                duplicate = Duplicate(
                    span=item.name.span, kind=kind, name=item.name.text, first=first.name.span
                )
                self.mistakes.append(duplicate)
        return found

    # References

    def check_references(self, program: Program) -> None:
        """Report the states, actions and types that are named and are not there."""
        for variable in program.variables.values():
            if variable.type:
                self._check_type(variable.type)
        for action in program.actions.values():
            self._check_parameters(action)
            for parameter in action.parameters:
                self._check_type(parameter.type)
            if action.returns:
                self._check_type(action.returns)
        for chain in all_chains(self.file):
            for step in steps_of(chain):
                self._check_step(program, step)
        self._check_names(program)
        for handler in all_handlers(self.file):
            self._check_patterns(handler)

    def _check_parameters(self, action: ast.Action) -> None:
        first: dict[str, Span] = {}
        for parameter in action.parameters:
            name = parameter.name
            if first.setdefault(name.text, name.span) is not name.span:
                self.mistakes.append(
                    Duplicate(span=name.span, kind="parameter", name=name.text, first=first[name.text])
                )

    def _check_step(self, program: Program, step: ast.Step) -> None:
        match step:
            case ast.Goto() if step.state.text not in program.states:
                known = tuple(program.states)
                self.mistakes.append(UnknownState(span=step.state.span, name=step.state.text, known=known))
            case ast.Call() if step.action.text not in program.actions:
                known = tuple(program.actions)
                self.mistakes.append(UnknownAction(span=step.action.span, name=step.action.text, known=known))
            case ast.Ask() if step.type:
                self._check_type(step.type)
            case _:
                pass
        what = _step_not_yet(step)
        if what:
            self._not_yet(step.span, what)

    def _check_type(self, written: ast.TypeName) -> None:
        if written.name not in BUILT_IN and written.element is None:
            known = tuple(sorted(COMPILED))
            self.mistakes.append(UnknownType(span=written.span, name=written.name, known=known))
        elif written.name not in COMPILED or written.element is not None:
            self._not_yet(written.span, f"the type `{written.name}`")

    # What is parsed and not compiled yet

    def _not_yet(self, span: Span, what: str) -> None:
        self.mistakes.append(NotYetCompiled(span=span, what=what))

    def _note_not_yet(self, items: tuple[ast.Item, ...]) -> None:
        for item in items:
            match item:
                case ast.Channel() | ast.Renamed() | ast.Function() | ast.Record() | ast.Dialog():
                    word = type(item).__name__.lower()
                    self._not_yet(_word_span(item.span, word), f"`{word}`")
                case _:
                    pass

    def _check_regex(self, regex: ast.Regex) -> None:
        why = check_pattern(regex.pattern)
        if why is not None:
            self.mistakes.append(UnusableRegex(span=regex.span, why=why))
        elif "(?P<" in regex.pattern or "(?<" in regex.pattern:
            self._not_yet(regex.span, "a named group in a regular expression")

    def _check_names(self, program: Program) -> None:
        labels = [
            step.label
            for chain in all_chains(self.file)
            for step in steps_of(chain)
            if isinstance(step, ast.Ask | ast.Call | ast.Wait | ast.Run) and step.label
        ]
        for name in (*labels, *(state.name for state in program.states.values())):
            if name.text in {"start", "resume"}:
                self.mistakes.append(TakenName(span=name.span, name=name.text))

    def _check_patterns(self, handler: ast.Handler) -> None:
        takes_all = any(
            isinstance(pattern, ast.KindPattern) and pattern.kind == "message" for pattern in handler.patterns
        )
        if handler.alias and takes_all:
            self._not_yet(handler.alias.span, "`as` behind `on message`")
        for pattern in handler.patterns:
            match pattern:
                case ast.Text() if pattern.plain is None:
                    self._not_yet(pattern.span, "a capture in a pattern")
                case ast.Regex():
                    self._check_regex(pattern)
                case ast.EventPattern():
                    self._not_yet(pattern.span, "`on event`")
                case ast.KindPattern() if pattern.kind not in {"message", "text"}:
                    self._not_yet(pattern.span, f"`on {pattern.kind}`")
                case _:
                    pass


def _step_not_yet(step: ast.Step) -> str | None:
    match step:
        case ast.Run() | ast.Return():
            return f"`{type(step).__name__.lower()}`"
        case ast.ReplyMedia():
            return f"`reply {step.kind.text}`"
        case ast.Set() if step.path:
            return "`set` of a field"
        case _:
            return None


def _word_span(span: Span, word: str) -> Span:
    return Span(span.path, span.start, span.start + len(word))


def _flow_name(path: str) -> str:
    """The name of a flow that gives itself none: its file's.

    >>> _flow_name("flows/order desk.flow")
    'order_desk'
    """
    name = re.sub(r"[^A-Za-z0-9_]+", "_", PurePath(path).stem).strip("_")
    return name if name[:1].isalpha() else f"flow_{name}".rstrip("_")
