"""Fitting: whether an expression may stand in its place, and what has to be done that it may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flowc import machine as ir
from flowc import syntax as ast
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.typing import WrongType
from flowc.types import DECIMAL, NOTHING, UNKNOWN, Type, fits


class Fitting:
    """Holds expressions against the types of their places; `report` takes what is wrong.

    `type_of` says which type an author has written.
    """

    def __init__(self, report: Callable[[Mistake], None], type_of: Callable[[ast.TypeName], Type]) -> None:
        self.report = report
        self.type_of = type_of

    def want(self, typed: ir.Expression, wanted: Type, where: str) -> None:
        """Report `typed` if it is not of the type that `where` wants; that it may be none is judged elsewhere."""
        if typed.type != UNKNOWN and (typed.type == NOTHING or typed.type.plain != wanted):
            self.wrong(typed, f"`{wanted}`", where)

    def fitted(self, typed: ir.Expression, wanted: Type, where: str) -> ir.Expression:
        """`typed` as a value of `wanted`, or reported."""
        is_none = typed.type == NOTHING and not wanted.optional
        if UNKNOWN in (typed.type, wanted):
            return typed
        if wanted.element is not None:
            typed = self._with_items(typed, wanted, where)
        if is_none or not fits(typed.type, wanted):
            self.wrong(typed, f"`{wanted}`", where)
            return typed
        typed = as_decimal(typed) if wanted.name == "decimal" else typed
        return typed if wanted.optional else as_sure(typed)

    def _with_items(self, typed: ir.Expression, wanted: Type, where: str) -> ir.Expression:
        """A list that is made in this very place, with each item as what the list is wanted to hold."""
        element = wanted.element
        match typed:
            case ir.ListOf(items) if element is not None and all(fits(each.type, element) for each in items):
                fitted = tuple(self.fitted(item, element, f"an item of {where}") for item in items)
                return replace(typed, items=fitted, type=wanted.plain)
            case ir.Operation("+", (left, right)):
                operands = (self._with_items(left, wanted, where), self._with_items(right, wanted, where))
                type_ = wanted.plain if all(fits(each.type, wanted) for each in operands) else typed.type
                return replace(typed, operands=operands, type=type_)
            case _:
                return typed

    def wrong(self, typed: ir.Expression, wanted: str, where: str) -> None:
        """Report that `where` wants something else."""
        found = "none" if typed.type == NOTHING else f"`{typed.type}`"
        self.report(WrongType(span=typed.origin.span, where=where, wanted=wanted, found=found))


def as_sure(typed: ir.Expression) -> ir.Expression:
    """What may be none where it must not be: that it is not is proved later, on the machine."""
    if not typed.type.optional or typed.type == NOTHING:
        return typed
    return ir.Operation("sure", (typed,), typed.type.plain, typed.origin)


def as_decimal(typed: ir.Expression) -> ir.Expression:
    """A whole number where a decimal is wanted; all else as it is."""
    if typed.type.name != "int":
        return typed
    type_ = DECIMAL.or_none if typed.type.optional else DECIMAL
    if isinstance(typed, ir.Constant):
        return ir.Constant(str(typed.value), type_, typed.origin)
    return ir.Operation("as decimal", (typed,), type_, typed.origin)
