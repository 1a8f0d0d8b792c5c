"""How variables stand: unset, none, or with a value; and what expressions, guards and effects make of that."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import machine as ir
from flowc.records import dataclass

UNSET, NONE, VALUE = 1, 2, 4

FIELD = ":"
"""What stands before a field in the path of one; no variable has it in its name."""

Standing = dict[str, int]
"""For each variable the ways in which it may stand, as bits. One that is not in it is not looked at."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A use of something that may be unset, or none where it must not be."""

    use: ir.Expression
    standing: int

    @property
    def path(self) -> str | None:
        """The variable, or the field of one, as a standing names it; None for any other expression."""
        return path_of(self.use)


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
        case "is none" | "is not none":
            is_none = (condition.operator == "is none") == holds
            return _without(first, VALUE if is_none else NONE, standing)
        case _:
            return standing


def _with_values(operands: tuple[ir.Expression, ...], standing: Standing) -> Standing:
    """What equals a value is one."""
    if all(operand.type.optional for operand in operands):
        return standing
    for operand in operands:
        standing = _without(operand, NONE, standing)
    return standing


def _without(expression: ir.Expression, excluded: int, standing: Standing) -> Standing:
    """The standing in which a variable, or a field of one, does not stand so."""
    path = path_of(expression)
    if path is None or not _known(path, standing):
        return standing
    at_first = NONE | VALUE if expression.type.optional else VALUE
    first = expression.first if isinstance(expression, ir.VariableUse) else None
    if first is not None and not _value(first, standing, []) & ~excluded:
        excluded |= UNSET  # it would be what is excluded
    return {**standing, path: standing.get(path, at_first) & ~excluded}


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
        case ir.Store():
            for part in (effect.reader.low, effect.reader.high, effect.reader.given):
                if part is not None:
                    _need(part, standing, troubles)
            return _with(standing, effect.variable, VALUE)
        case ir.StoreTaken():
            return _with(standing, effect.variable, VALUE | NONE if effect.type.optional else VALUE)
        case ir.Forget():
            for name in effect.variables:
                standing = _with(standing, name, UNSET)
            return standing
        case ir.Open():
            return standing
        case ir.Default():
            first = _value(effect.value, standing, troubles)
            before = standing.get(effect.variable, UNSET)
            return _with(standing, effect.variable, before & ~UNSET | first) if before & UNSET else standing
        case ir.Say() | ir.SayAny() | ir.SayMedia() | ir.HandOff():
            for text in _said(effect):
                _need(text, standing, troubles)
        case ir.CallAction() | ir.Emit():
            needs = effect.needs if isinstance(effect, ir.CallAction) else ()
            for parameter, argument in effect.arguments:
                (_need if parameter in needs else _value)(argument, standing, troubles)
        case ir.Do():
            pass
    return standing


def _said(effect: ir.Say | ir.SayAny | ir.SayMedia | ir.HandOff) -> Iterator[ir.Expression]:
    """All that an effect says: each must have a value."""
    match effect:
        case ir.HandOff():
            yield effect.team
            return
        case ir.Say():
            yield effect.text
        case ir.SayAny():
            yield from effect.texts
        case ir.SayMedia():
            yield effect.content
            if effect.caption is not None:
                yield effect.caption
    yield from effect.options.labels
    if effect.options.given is not None:
        yield effect.options.given


def _with(standing: Standing, variable: str, mask: int) -> Standing:
    """The standing when a variable was given something: nothing is known of its fields any more."""
    if variable not in standing:
        return standing
    fields = f"{variable}{FIELD}"
    kept = {name: mask for name, mask in standing.items() if not name.startswith(fields)}
    return {**kept, variable: mask}


def path_of(expression: ir.Expression) -> str | None:
    """What names a variable, or a field of one, in a standing; None for any other expression."""
    match expression:
        case ir.VariableUse():
            return expression.name
        case ir.FieldUse():
            path = path_of(expression.value)
            return None if path is None else f"{path}{FIELD}{expression.field}"
        case _:
            return None


def _known(path: str, standing: Standing) -> bool:
    """Whether a standing tells of this variable, or of the one that it is a field of."""
    return path.partition(FIELD)[0] in standing


def _need(expression: ir.Expression, standing: Standing, troubles: list[Trouble]) -> None:
    """The expression must have a value: none is trouble."""
    mask = _value(expression, standing, troubles)
    if mask & NONE:
        troubles.append(Trouble(_last_use(expression), NONE))


def _last_use(expression: ir.Expression) -> ir.Expression:
    """What an expression takes its value from in the end: of `x or y` it is y."""
    while isinstance(expression, ir.Operation) and expression.operator in {"or", "as decimal", "sure"}:
        expression = expression.operands[-1]
    return expression


def _value(expression: ir.Expression, standing: Standing, troubles: list[Trouble]) -> int:
    """How the value of an expression may stand: none, or a value."""
    match expression:
        case ir.Constant():
            return NONE if expression.value is None else VALUE
        case ir.VariableUse():
            mask = standing.get(expression.name, VALUE)
            if mask & UNSET and expression.first is not None:
                return mask & ~UNSET | _value(expression.first, standing, troubles)
            if mask & UNSET:
                troubles.append(Trouble(expression, UNSET))
            return mask & ~UNSET
        case ir.FieldUse():
            _need(expression.value, standing, troubles)
            path = path_of(expression)
            known = None if path is None else standing.get(path)
            return _by_type(expression) if known is None else known
        case ir.Operation():
            return _operation(expression, standing, troubles)
        case ir.Apply():
            for name, argument in expression.arguments:
                (_need if name in expression.needs else _value)(argument, standing, troubles)
            return _by_type(expression)
        case ir.ListOf() | ir.Make():
            for part in ir.parts_of(expression):
                _value(part, standing, troubles)
            return VALUE
        case ir.Changed():
            _need(expression.value, standing, troubles)
            _value(expression.new, standing, troubles)
            return VALUE
        case ir.AnswerUse() | ir.TakenUse() | ir.KnownUse() | ir.Template() | ir.Matches() | ir.BuiltIn():
            for part in ir.parts_of(expression):
                _need(part, standing, troubles)
            return _by_type(expression)


def _by_type(expression: ir.Expression) -> int:
    return VALUE | NONE if expression.type.optional else VALUE


def _operation(operation: ir.Operation, standing: Standing, troubles: list[Trouble]) -> int:
    left, *others = operation.operands
    match operation.operator:
        case "is none" | "is not none" | "==" | "!=":
            for operand in operation.operands:
                _value(operand, standing, troubles)
            return VALUE
        case "as decimal":
            return _value(left, standing, troubles)
        case "sure":
            _need(left, standing, troubles)
            return VALUE
        case "/" | "[]":
            for operand in operation.operands:
                _need(operand, standing, troubles)
            return VALUE | NONE
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
