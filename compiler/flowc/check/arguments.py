"""Arguments: which parameter each is for, whether it fits, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from flowc import machine as ir
from flowc import syntax as ast
from flowc.check.fitting import Fitting
from flowc.diagnostics.typing import WrongArguments
from flowc.records import dataclass
from flowc.source import Span
from flowc.types import SECRET, UNKNOWN

Bound = tuple[tuple[str, ir.Expression], ...]
"""Arguments by parameter, in the order of the parameters."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What takes arguments: an action, a function, a dialog or a record."""

    kind: str
    name: str
    parameters: tuple[ast.Parameter, ...]
    declared: Span

    @property
    def needs(self) -> tuple[str, ...]:
        """The parameters that are never none."""
        return tuple(each.name.text for each in self.parameters if not each.type.optional)


class Binding:
    """The arguments of one place being bound to `signature`; `typed` are their expressions."""

    def __init__(self, fitting: Fitting, signature: Signature) -> None:
        self.fitting = fitting
        self.signature = signature
        self._parameters = {each.name.text: each for each in signature.parameters}
        self._bound: dict[str, ir.Expression] = {}

    def bind(self, arguments: Sequence[ast.Argument], typed: Sequence[ir.Expression], at: Span) -> Bound:
        """The arguments by parameter; `at` is where what is missing is reported."""
        for position, (argument, expression) in enumerate(zip(arguments, typed, strict=True)):
            name = self._parameter(argument, position)
            if name is not None:
                self._add(name, argument, expression)
        missing = [name for name in self._parameters if name not in self._bound]
        if missing:
            self._wrong(at, f"also needs {', '.join(f'`{name}`' for name in missing)}")
        return tuple((name, self._bound[name]) for name in self._parameters if name in self._bound)

    def _add(self, name: str, argument: ast.Argument, expression: ir.Expression) -> None:
        if name in self._bound:
            self._wrong(argument.span, f"is given `{name}` twice")
        wanted = self.fitting.type_of(self._parameters[name].type)
        place = "the field" if self.signature.kind == "record" else "the parameter"
        if wanted.plain == SECRET and self.signature.kind != "action":
            wanted = UNKNOWN  # which is a mistake by itself
        self._bound[name] = self.fitting.fitted(expression, wanted, f"{place} `{name}`")

    def _parameter(self, argument: ast.Argument, position: int) -> str | None:
        """The parameter that an argument is for."""
        names = list(self._parameters)
        if argument.name is not None:
            if argument.name.text in names:
                return argument.name.text
            part = "field" if self.signature.kind == "record" else "parameter"
            self._wrong(argument.name.span, f"has no {part} `{argument.name.text}`", argument.name.text)
        elif position < len(names):
            return names[position]
        else:
            count = f"{len(names)} argument{'s' if len(names) != 1 else ''}"
            self._wrong(argument.span, f"takes {count if names else 'no arguments'}")
        return None

    def _wrong(self, span: Span, problem: str, argument: str | None = None) -> None:
        self.fitting.report(
            WrongArguments(
                span=span,
                name=self.signature.name,
                problem=problem,
                argument=argument,
                parameters=tuple(self._parameters),
                declared=self.signature.declared,
            )
        )
