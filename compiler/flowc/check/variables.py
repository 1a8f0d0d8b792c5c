"""Variables: where each is given a value, and the type that follows from all of them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping

from flowc import syntax as ast
from flowc.check.expressions import Expressions
from flowc.check.takes import all_takes
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.typing import TwoTypes
from flowc.diagnostics.values import UntypedList
from flowc.program import Program
from flowc.records import dataclass
from flowc.source import Span
from flowc.types import EMPTY, TEXT, UNKNOWN, Type, fits, joined
from flowc.walk import Part

Key = tuple[str | None, str]
"""A variable: the dialog it is the own of, None for the flow's, and its name."""


@dataclass(frozen=True, slots=True)
class _Gift:
    """A place that gives a variable a value: of a known type, or that of an expression."""

    key: Key
    part: Part
    span: Span
    type: Type | None = None
    value: ast.Expr | None = None


class Variables:
    """The variables of a program, with their types."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.parts = program.parts
        self.mistakes: list[Mistake] = []
        self._declared: dict[Key, Type] = {
            key: self.program.type_of(variable.type)
            for key, variable in self._declarations()
            if variable.type
        }
        self._gifts = [gift for part in self.parts for gift in self._gifts_of(part)]
        self._types: dict[Key, Type] = {gift.key: UNKNOWN for gift in self._gifts}
        self._infer()
        self._report()

    def of(self, dialog: str | None) -> dict[str, Type]:
        """The variables that are the own of a dialog, or the flow's."""
        return {name: type_ for (owner, name), type_ in self._types.items() if owner == dialog}

    def seen_by(self, part: Part) -> Mapping[str, Type]:
        """The variables that the chains of a part can name: a dialog sees what the flow declares, too."""
        if part.dialog is None:
            return self.of(None)
        shared = {name: type_ for name, type_ in self.of(None).items() if name in self.program.variables}
        return ChainMap(self.of(part.dialog.name.text), shared)

    def key(self, part: Part, name: str) -> Key:
        """The variable that `name` stands for in a part."""
        dialog = part.dialog
        if dialog is None:
            return None, name
        own = {each.text for each in dialog.declared}
        return (
            (None, name) if name in self.program.variables and name not in own else (dialog.name.text, name)
        )

    def declared(self, part: Part, name: str) -> Type | None:
        """What the variable that `name` stands for in a part is declared as; None where that is not written."""
        return self._declared.get(self.key(part, name))

    def asked_type(self, part: Part, ask: ast.Ask) -> Type:
        """The type of an answer: what the ask says, else what its variable is declared as, else a text."""
        if ask.type is not None:
            return self.program.type_of(ask.type).plain
        return self._declared.get(self.key(part, ask.name.text), TEXT).plain

    # Where values come from

    def _declarations(self) -> Iterator[tuple[Key, ast.Variable]]:
        for name, variable in self.program.variables.items():
            yield (None, name), variable
        for name, dialog in self.program.dialogs.items():
            for variable in dialog.variables:
                yield (name, variable.name.text), variable

    def _gifts_of(self, part: Part) -> Iterator[_Gift]:
        yield from self._declared_gifts(part)
        for step in part.steps:
            match step:
                case ast.Ask():
                    yield self._gift(part, step.name, type=self.asked_type(part, step))
                case ast.Call() if step.alias:
                    action = self.program.actions.get(step.action.text)
                    yield self._gift(
                        part, step.alias, type=self._returned(action.returns if action else None)
                    )
                case ast.Run() if step.alias:
                    dialog = self.program.dialogs.get(step.dialog.text)
                    yield self._gift(
                        part, step.alias, type=self._returned(dialog.returns if dialog else None)
                    )
                case ast.Set() if not step.path:
                    yield self._gift(part, step.name, value=step.value)
                case _:
                    pass
        for handler in part.handlers:
            for take in all_takes(handler):
                yield _Gift(self.key(part, take.name), part, take.span, type=self.program.known(take.type))

    def _returned(self, written: ast.TypeName | None) -> Type:
        return self.program.type_of(written) if written else UNKNOWN

    def _declared_gifts(self, part: Part) -> Iterator[_Gift]:
        dialog = part.dialog
        for parameter in dialog.parameters if dialog else ():
            yield self._gift(part, parameter.name, type=self.program.type_of(parameter.type))
        for variable in dialog.variables if dialog else tuple(self.program.variables.values()):
            type_ = self.program.type_of(variable.type) if variable.type else None
            yield self._gift(part, variable.name, type=type_, value=variable.value)

    def _gift(
        self, part: Part, name: ast.Name, *, type: Type | None = None, value: ast.Expr | None = None
    ) -> _Gift:
        return _Gift(self.key(part, name.text), part, name.span, type, value)

    # Inference

    def _infer(self) -> None:
        """Give every variable the type of all it is given. What depends on another variable waits for it."""
        for _ in range(len(self._types) + 1):
            found = dict.fromkeys(self._types, UNKNOWN) | self._declared
            for gift, type_ in self._given():
                if gift.key not in self._declared:
                    found[gift.key] = _merge(found[gift.key], type_)
            if found == self._types:
                return
            self._types = found

    def _given(self) -> Iterator[tuple[_Gift, Type]]:
        """Every gift with its type, as far as the types of the variables are known."""
        quiet = {id(part): Expressions(self.program, self.seen_by(part), []) for part in self.parts}
        for gift in self._gifts:
            known = gift.type or (quiet[id(gift.part)].argument(gift.value).type if gift.value else UNKNOWN)
            yield gift, known

    def _report(self) -> None:
        first: dict[Key, tuple[Type, Span]] = {}
        for gift, type_ in self._given():
            if type_ == UNKNOWN:
                continue
            known, span = first.setdefault(gift.key, (type_, gift.span))
            declared = self._declared.get(gift.key)
            merged = known if declared and fits(type_, declared) else joined(known, type_)
            if declared and not declared.optional and type_.optional and gift.value is None:
                merged = None
            if merged is None:
                mistake = TwoTypes(
                    span=gift.span, name=gift.key[1], type=str(type_), first_type=str(known), first=span
                )
                self.mistakes.append(mistake)
            else:
                first[gift.key] = (merged, span)
        for key, (type_, span) in first.items():
            if type_.element == EMPTY:
                self.mistakes.append(UntypedList(span=span, name=key[1]))


def _merge(one: Type, other: Type) -> Type:
    """The type of both; where they do not agree the first stands, and the difference is reported by itself."""
    if UNKNOWN in (one, other):
        return other if one == UNKNOWN else one
    return joined(one, other) or one
