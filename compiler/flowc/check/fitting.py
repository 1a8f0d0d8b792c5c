"""Fitting: whether an expression may stand in its place, and what has to be done that it may."""

from __future__ import annotations

from collections.abc import Callable

from flowc import machine as ir
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.typing import WrongType
from flowc.types import DECIMAL, NOTHING, UNKNOWN, Type, fits


class Fitting:
    """Holds expressions against the types of their places; `report` takes what is wrong."""

    def __init__(self, report: Callable[[Mistake], None]) -> None:
        self.report = report

    def want(self, typed: ir.Expression, wanted: Type, where: str) -> None:
        """Report `typed` if it is not of the type that `where` wants; that it may be none is judged elsewhere."""
        if typed.type != UNKNOWN and (typed.type == NOTHING or typed.type.plain != wanted):
            self.wrong(typed, f"`{wanted}`", where)

    def fitted(self, typed: ir.Expression, wanted: Type, where: str) -> ir.Expression:
        """`typed` as a value of `wanted`, or reported."""
        is_none = typed.type == NOTHING and not wanted.optional
        if UNKNOWN in (typed.type, wanted):
            return typed
        if is_none or not fits(typed.type, wanted):
            self.wrong(typed, f"`{wanted}`", where)
        return as_decimal(typed) if wanted.name == "decimal" else typed

    def wrong(self, typed: ir.Expression, wanted: str, where: str) -> None:
        """Report that `where` wants something else."""
        found = "none" if typed.type == NOTHING else f"`{typed.type}`"
        self.report(WrongType(span=typed.origin.span, where=where, wanted=wanted, found=found))


def as_decimal(typed: ir.Expression) -> ir.Expression:
    """A whole number where a decimal is wanted; all else as it is."""
    if typed.type.name != "int":
        return typed
    type_ = DECIMAL.or_none if typed.type.optional else DECIMAL
    if isinstance(typed, ir.Constant):
        return ir.Constant(str(typed.value), type_, typed.origin)
    return ir.Operation("as decimal", (typed,), type_, typed.origin)
