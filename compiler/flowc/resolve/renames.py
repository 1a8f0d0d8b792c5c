"""Renames: what a flow says of the names it had before, so that saved sessions go on under the new ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from flowc import syntax as ast
from flowc.diagnostics.declared import AmbiguousRename, RenameCycle, RenamedAway
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.syntax import UnknownKind
from flowc.machine import Renamed
from flowc.program import Program
from flowrt.renaming import RenamedKind

KINDS: tuple[RenamedKind, ...] = get_args(RenamedKind)


def names_by_kind(program: Program) -> dict[RenamedKind, set[str]]:
    """The names that a `renamed` can lead to, by what they are."""
    names: dict[RenamedKind, set[str]] = {kind: set() for kind in KINDS}
    names["dialog"].update(program.dialogs)
    names["state"].update(program.states)
    names["variable"].update(program.variables)
    for dialog in program.dialogs.values():
        names["state"].update(state.name.text for state in dialog.states)
        names["variable"].update(name.text for name in dialog.declared)
    for part in program.parts:
        for step in part.steps:
            if isinstance(step, ast.Ask | ast.Set):
                names["variable"].add(step.name.text)
            if isinstance(step, ast.Call | ast.Run) and step.alias:
                names["variable"].add(step.alias.text)
            if isinstance(step, ast.Ask | ast.Call | ast.Wait | ast.Run) and step.label:
                names["label"].add(step.label.text)
    return names


def renames_of(program: Program) -> tuple[Renamed, ...]:
    """What the flow has renamed, each with its kind; what is wrong with it has been reported."""
    names = names_by_kind(program)
    found: list[Renamed] = []
    for renamed in program.renames:
        kinds = _kinds(program, renamed, names)
        found += [Renamed(kind, renamed.old.text, renamed.new.text) for kind in kinds[:1]]
    return tuple(found)


def _kinds(program: Program, renamed: ast.Renamed, names: dict[RenamedKind, set[str]]) -> list[RenamedKind]:
    """What the new name can be; through a chain of renames it is what the last of them is."""
    written = renamed.kind
    new, seen = renamed.new.text, {renamed.old.text}
    while (following := _following(program, new, written)) and new not in seen:
        seen.add(new)
        new = following
    return [kind for kind in KINDS if new in names[kind] and (written is None or written.text == kind)]


def _following(program: Program, name: str, kind: ast.Name | None) -> str | None:
    """What `name` was renamed to later."""
    for renamed in program.renames:
        same = kind is None or renamed.kind is None or kind.text == renamed.kind.text
        if renamed.old.text == name and same:
            return renamed.new.text
    return None


def check_renames(program: Program) -> Iterator[Mistake]:
    """Report renames that lead nowhere, in a circle, or from a name that is still in use."""
    names = names_by_kind(program)
    circling: set[str] = set()
    for renamed in program.renames:
        if renamed.kind is not None and renamed.kind.text not in KINDS:
            yield UnknownKind(span=renamed.kind.span, word=renamed.kind.text, what="name", kinds=KINDS)
            continue
        circle = _circle(program, renamed)
        if circle:
            if renamed.old.text not in circling:
                yield RenameCycle(span=renamed.span, name=renamed.old.text)
            circling |= circle
            continue
        kinds = _kinds(program, renamed, names)
        known = tuple(sorted(name for kind in KINDS for name in names[kind]))
        if not kinds:
            yield RenamedAway(span=renamed.new.span, name=renamed.new.text, known=known, still=False)
        elif len(kinds) > 1:
            yield AmbiguousRename(span=renamed.new.span, name=renamed.new.text, kinds=tuple(kinds))
        elif renamed.old.text in names[kinds[0]]:
            yield RenamedAway(span=renamed.old.span, name=renamed.old.text, known=known, still=True)


def _circle(program: Program, renamed: ast.Renamed) -> set[str]:
    """The names that a rename leads through to one that was there before; none where it leads to an end."""
    name, seen = renamed.new.text, {renamed.old.text}
    while name not in seen:
        seen.add(name)
        following = _following(program, name, renamed.kind)
        if following is None:
            return set()
        name = following
    return seen
