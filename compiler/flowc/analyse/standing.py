"""How variables stand: unset, none, or with a value; and what expressions, guards and effects make of that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flowc import machine as ir

UNSET, NONE, VALUE = 1, 2, 4

Standing = dict[str, int]
"""For each variable the ways in which it may stand, as bits. One that is not in it is not looked at."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A use of a variable that may be unset, or none where it must not be."""

    use: ir.VariableUse
    standing: int


def passing(rows: list[ir.Transition], standing: Standing) -> Iterator[tuple[ir.Transition, Standing]]:
    """Rows of one trigger, each with the standing in which it is taken: those before it were not."""
    for row in rows:
        yield row, narrowed(row, standing)
        if len(row.guards) == 1 and isinstance(row.guards[0], ir.Condition):
            standing = _narrow(row.guards[0].expression, False, standing)


def narrowed(row: ir.Transition, standing: Standing) -> Standing:
    """The standing in which the conditions of `row` hold."""
    for guard in row.guards:
        if isinstance(guard, ir.Condition):
            standing = _narrow(guard.expression, True, standing)
    return standing


def _narrow(condition: ir.Expression, holds: bool, standing: Standing) -> Standing:
    if not isinstance(condition, ir.Operation):
        return standing
    first = condition.operands[0]
    match condition.operator:
        case "not":
            return _narrow(first, not holds, standing)
        case "and" if holds:
            return _narrow(condition.operands[1], True, _narrow(first, True, standing))
        case "or" if not holds and not first.type.optional:
            return _narrow(condition.operands[1], False, _narrow(first, False, standing))
        case "==" | "!=" if (condition.operator == "==") == holds:
            return _with_values(condition.operands, standing)
        case "is none" | "is not none" if isinstance(first, ir.VariableUse) and first.name in standing:
            is_none = (condition.operator == "is none") == holds
            excluded = VALUE if is_none else NONE
            return {**standing, first.name: standing[first.name] & ~excluded}
        case _:
            return standing


def _with_values(operands: tuple[ir.Expression, ...], standing: Standing) -> Standing:
    """What equals a value is one."""
    if all(operand.type.optional for operand in operands):
        return standing
    uses = [each.name for each in operands if isinstance(each, ir.VariableUse) and each.name in standing]
    return {**standing, **{name: standing[name] & ~NONE for name in uses}}


def after_row(row: ir.Transition, standing: Standing) -> tuple[Standing, list[Trouble]]:
    """The standing when the effects of `row` are done, and what went wrong on the way."""
    troubles: list[Trouble] = []
    for guard in row.guards:
        if isinstance(guard, ir.Condition):
            _need(guard.expression, standing, troubles)
        elif isinstance(guard, ir.Requires):
            _need(guard.expression, {**standing, guard.variable: VALUE}, troubles)
    changed = dict(standing)
    for effect in row.effects:
        changed = _after_effect(effect, changed, troubles)
    return changed, troubles


def _after_effect(effect: ir.Effect, standing: Standing, troubles: list[Trouble]) -> Standing:
    match effect:
        case ir.Assign():
            return _with(standing, effect.variable, _value(effect.value, standing, troubles))
        case ir.StoreResult():
            return _with(standing, effect.variable, VALUE | NONE if effect.type.optional else VALUE)
        case ir.Store() | ir.StoreText():
            return _with(standing, effect.variable, VALUE)
        case ir.Open():
            return {**standing, **{name: UNSET for name in effect.forgets if name in standing}}
        case ir.Default():
            first = _value(effect.value, standing, troubles)
            return _with(standing, effect.variable, standing.get(effect.variable, 0) & ~UNSET | first)
        case ir.Say(text=text) | ir.HandOff(team=text):
            _value(text, standing, troubles)
        case ir.SayAny():
            for text in effect.texts:
                _value(text, standing, troubles)
        case ir.CallAction() | ir.Emit():
            needs = effect.needs if isinstance(effect, ir.CallAction) else ()
            for parameter, argument in effect.arguments:
                (_need if parameter in needs else _value)(argument, standing, troubles)
        case ir.Do():
            pass
    return standing


def _with(standing: Standing, variable: str, mask: int) -> Standing:
    return {**standing, variable: mask} if variable in standing else standing


def _need(expression: ir.Expression, standing: Standing, troubles: list[Trouble]) -> None:
    """The expression must have a value: none is trouble."""
    mask = _value(expression, standing, troubles)
    culprit = _last_use(expression)
    if mask & NONE and culprit is not None:
        troubles.append(Trouble(culprit, NONE))


def _last_use(expression: ir.Expression) -> ir.VariableUse | None:
    """The variable that an expression takes its value from in the end: of `x or y` it is y."""
    while isinstance(expression, ir.Operation):
        expression = expression.operands[-1]
    return expression if isinstance(expression, ir.VariableUse) else None


def _value(expression: ir.Expression, standing: Standing, troubles: list[Trouble]) -> int:
    """How the value of an expression may stand: none, or a value."""
    match expression:
        case ir.Constant():
            return NONE if expression.value is None else VALUE
        case ir.AnswerUse():
            return VALUE
        case ir.VariableUse():
            mask = standing.get(expression.name, VALUE)
            if mask & UNSET:
                troubles.append(Trouble(expression, UNSET))
            return mask & ~UNSET
        case ir.Template():
            for part in expression.parts:
                if not isinstance(part, str):
                    _need(part, standing, troubles)
            return VALUE
        case ir.Operation():
            return _operation(expression, standing, troubles)


def _operation(operation: ir.Operation, standing: Standing, troubles: list[Trouble]) -> int:
    left, *others = operation.operands
    match operation.operator:
        case "is none" | "is not none" | "==" | "!=":
            for operand in operation.operands:
                _value(operand, standing, troubles)
            return VALUE
        case "or" if left.type.optional:
            mask = _value(left, standing, troubles)
            return (mask & VALUE) | _value(others[0], standing, troubles)
        case "and" | "or":
            _need(left, standing, troubles)
            _need(others[0], _narrow(left, operation.operator == "and", standing), troubles)
            return VALUE
        case _:
            for operand in operation.operands:
                _need(operand, standing, troubles)
            return VALUE
