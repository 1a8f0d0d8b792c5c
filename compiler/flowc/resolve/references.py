"""References: the states, actions, dialogs, types and patterns that are named and must be there."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import syntax as ast
from flowc.diagnostics.declared import UnknownDialog
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.names import UnknownAction, UnknownState, UnknownType
from flowc.diagnostics.syntax import UnusableRegex
from flowc.diagnostics.values import MisplacedSecret, UnaskableType
from flowc.program import Program
from flowc.types import BUILT_IN, SECRET
from flowc.walk import Part
from flowrt.patterns import check_pattern


def check_references(program: Program) -> Iterator[Mistake]:
    """Report what is named and is not there."""
    for variable in program.variables.values():
        yield from _optional_type(program, variable.type)
    for declared in program.bots_own:
        yield from _parameters(program, declared.parameters, secret=isinstance(declared, ast.Action))
        yield from _optional_type(program, declared.returns)
    for record in program.records.values():
        yield from _parameters(program, record.fields)
    for dialog in program.dialogs.values():
        yield from _parameters(program, dialog.parameters)
        yield from _optional_type(program, dialog.returns)
        for variable in dialog.variables:
            yield from _optional_type(program, variable.type)
    for part in program.parts:
        for step in part.steps:
            yield from _step(program, part, step)
        for handler in part.handlers:
            for pattern in handler.patterns:
                yield from _pattern(program, pattern)


def _parameters(
    program: Program, parameters: tuple[ast.Parameter, ...], *, secret: bool = False
) -> Iterator[Mistake]:
    for parameter in parameters:
        yield from _type(program, parameter.type, secret=secret)


def _optional_type(program: Program, written: ast.TypeName | None) -> Iterator[Mistake]:
    if written is not None:
        yield from _type(program, written)


def _type(program: Program, written: ast.TypeName, *, secret: bool = False) -> Iterator[Mistake]:
    """A type must be there; only where `secret` is true it may be that of a secret."""
    if written.element is not None:
        yield from _type(program, written.element)
    elif written.name == SECRET.name and not secret:
        yield MisplacedSecret(span=written.span)
    elif written.name not in BUILT_IN and written.name not in program.records:
        known = (*sorted(BUILT_IN), *program.records)
        yield UnknownType(span=written.span, name=written.name, known=known)


def _step(program: Program, part: Part, step: ast.Step) -> Iterator[Mistake]:
    match step:
        case ast.Goto():
            yield from _goto(program, part, step)
        case ast.Call() if step.action.text not in program.actions:
            name, known = step.action.text, tuple(program.actions)
            yield UnknownAction(
                span=step.action.span, name=name, known=known, instead=_instead(program, name)
            )
        case ast.Run() if step.dialog.text not in program.dialogs:
            name, known = step.dialog.text, tuple(program.dialogs)
            yield UnknownDialog(
                span=step.dialog.span, name=name, known=known, instead=_instead(program, name)
            )
        case ast.Ask() if step.type:
            yield from _type(program, step.type, secret=True)
            if step.type.element is not None or step.type.name in program.records:
                yield UnaskableType(span=step.type.span, name=step.name.text)
        case _:
            pass


def _goto(program: Program, part: Part, goto: ast.Goto) -> Iterator[Mistake]:
    """A `goto` of a dialog reaches the states of that dialog, any other those of the flow."""
    dialog = part.dialog
    states = {state.name.text for state in dialog.states} if dialog else set(program.states)
    if goto.state.text not in states:
        outside = dialog is not None and goto.state.text in program.states
        yield UnknownState(
            span=goto.state.span,
            name=goto.state.text,
            known=tuple(states),
            dialog=dialog.name.text if dialog and outside else None,
            instead=_instead(program, goto.state.text) or _of_an_ask(part, goto.state.text),
        )


def _instead(program: Program, name: str) -> str | None:
    """What to write where `name` is that of another kind."""
    if name in program.states:
        return f"`{name}` is a state: `goto {name}`"
    if name in program.dialogs:
        return f"`{name}` is a dialog: `run {name}(…)`"
    if name in program.actions:
        return f"`{name}` is an action: `call {name}(…)`"
    if name in program.functions:
        return f"`{name}` is a function: it stands in expressions, `set x = {name}(…)`"
    return None


def _of_an_ask(part: Part, name: str) -> str | None:
    """What to do where `name` is that of the wait of an ask."""
    if any(isinstance(step, ast.Ask) and name == f"ask_{step.name.text}" for step in part.steps):
        return f"`goto` leads to a `state`: let the chain of one begin with `ask {name.removeprefix('ask_')}`"
    return None


def _pattern(program: Program, pattern: ast.Pattern) -> Iterator[Mistake]:
    match pattern:
        case ast.Text():
            for part in pattern.parts:
                if isinstance(part, ast.Capture) and part.type:
                    yield from _type(program, part.type)
        case ast.Regex():
            why = check_pattern(pattern.pattern)
            if why is not None:
                yield UnusableRegex(span=pattern.span, why=why)
        case ast.EventPattern():
            yield from _parameters(program, pattern.parameters)
        case _:
            pass
