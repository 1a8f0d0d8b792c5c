"""Expressions of the machine as Python text. Every literal goes through `literal`.

Names of the runtime that the text calls are told to `use`, so that the module imports them.
"""

from __future__ import annotations

from collections.abc import Callable

from flowc import machine as ir
from flowc.emit.names import class_name, identifier
from flowc.types import DECIMAL, DURATION, INT, ORDERED, TEXTUAL, Type

_PYTHON = {"and": "and", "or": "or", "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_COMPUTED = {"+": "plus", "-": "minus", "*": "times"}
_FUNCTIONS = {"round": "rounded", "min": "smallest", "max": "largest"}


def literal(value: str | int | bool | tuple[str, ...] | None) -> str:
    """Plain data as Python text: its `repr`, in ASCII so that no reader of the module is misled.

    >>> literal('"Hi"')
    '\\'"Hi"\\''
    """
    if not isinstance(value, str | int | tuple) and value is not None:
        raise TypeError(f"not plain data: {value!r}")
    if isinstance(value, tuple):
        return f"({', '.join(_text(item) for item in value)}{',' if len(value) == 1 else ''})"
    return _text(value) if isinstance(value, str) else ascii(value)


def _text(value: str) -> str:
    """A text in double quotes where that needs no more escapes, as a formatter would write it."""
    written = ascii(value)
    if written.startswith("'") and '"' not in value:
        return f'"{written[1:-1]}"'.replace("\\'", "'")
    return written


def uses_variables(expression: ir.Expression) -> bool:
    """Whether an expression reads a variable."""
    return any(True for _ in ir.uses_of(expression))


Use = Callable[[str], str]
"""Notes a name of the runtime, and gives it back."""


class Writing:
    """Writes expressions over `v`, the variables of the session, and `event`."""

    def __init__(
        self,
        use: Use,
        kind: Callable[[Type], str],
        pattern: Callable[[str], str],
        text_pattern: Callable[[ir.TextParts], str],
    ) -> None:
        self._use = use
        self._kind = kind
        self._pattern = pattern
        self._text_pattern = text_pattern

    def python(self, expression: ir.Expression) -> str:
        """An expression as Python text."""
        match expression:
            case ir.Constant():
                return self._constant(expression)
            case ir.VariableUse():
                return self._variable(expression)
            case ir.AnswerUse():
                return "answer"
            case ir.TakenUse():
                return self.taken(expression.taken, expression.type)
            case ir.KnownUse():
                return _KNOWN[expression.what]
            case ir.Template():
                return self.template(expression)
            case ir.Operation():
                return self._operation(expression)
            case ir.FieldUse():
                return f"{self.sure(expression.value)}.{identifier(expression.field)}"
            case ir.Matches():
                return f"{self._pattern(expression.pattern)}.matches({self.sure(expression.value)})"
            case ir.ListOf():
                items = [self.python(item) for item in expression.items]
                return f"{self._use('items')}({', '.join(items)})" if items else "()"
            case ir.Make():
                fields = [f"{identifier(name)}={self.python(value)}" for name, value in expression.fields]
                return f"{class_name(expression.record)}({', '.join(fields)})"
            case ir.Changed():
                new = f"{identifier(expression.field)}={self.python(expression.new)}"
                return f"{self._use('changed')}({self.sure(expression.value)}, {new})"
            case ir.BuiltIn():
                return self._built_in(expression)
            case ir.Apply():
                return self._apply(expression)

    def sure(self, expression: ir.Expression) -> str:
        """An expression where it must have a value: the checker has proved it, and the type checker is told."""
        text = self.python(expression)
        return f"{self._use('sure')}({text})" if expression.type.optional else text

    def template(self, text: ir.Template) -> str:
        """A text with holes as Python text."""
        if all(isinstance(part, str) for part in text.parts):
            return literal("".join(str(part) for part in text.parts))
        parts = [literal(part) if isinstance(part, str) else self.sure(part) for part in text.parts]
        return f"{self._use('render')}({', '.join(parts)})"

    def taken(self, taken: ir.Taken, type_: Type) -> str:
        """What a pattern took, as Python text."""
        match taken:
            case ir.TakenText():
                return self._taken_text(taken, type_)
            case ir.TakenCapture():
                pattern = self._text_pattern(taken.parts)
                return f"event.args[0].captured({pattern}, {literal(taken.name)}, {self._kind(type_)})"
            case ir.TakenMedia():
                return "event.args[0].media"
            case ir.TakenValue():
                return f"event.args[0].carried({literal(taken.name)}, {self._kind(type_)})"

    def _taken_text(self, taken: ir.TakenText, type_: Type) -> str:
        if taken.pattern is None:
            return "event.args[0].written" if type_.optional else "event.args[0].text"
        group = f", {literal(taken.group)}" if taken.group else ""
        found = f"event.args[0].found({self._pattern(taken.pattern)}{group})"
        return found if type_.optional else f"{self._use('sure')}({found})"

    def _variable(self, use: ir.VariableUse) -> str:
        name = identifier(use.name)
        if use.first is None:
            return f"v.{name}"
        return f"(v.{name} if hasattr(v, {literal(name)}) else {self.python(use.first)})"

    def _constant(self, constant: ir.Constant) -> str:
        if constant.type == DECIMAL and constant.value is not None:
            return f"{self._use('Decimal')}({literal(constant.value)})"
        if constant.type == DURATION and constant.value is not None:
            return f"{self._use('timedelta')}(seconds={literal(constant.value)})"
        return literal(constant.value)

    def _built_in(self, expression: ir.BuiltIn) -> str:
        name = _FUNCTIONS.get(expression.function, expression.function)
        first = expression.arguments[0]
        if expression.function in {"min", "max"} and first.type.element is not None:
            name = f"{name}_of"
        arguments = [self.sure(argument) for argument in expression.arguments]
        return f"{self._use(name)}({', '.join(arguments)})"

    def _apply(self, expression: ir.Apply) -> str:
        arguments = [
            self.sure(value) if name in expression.needs else self.python(value)
            for name, value in expression.arguments
        ]
        head = [literal(expression.function), self._kind(expression.type), *arguments]
        return f"event.args[0].apply({', '.join(head)})"

    # Operators

    def _operation(self, operation: ir.Operation) -> str:
        first, *_ = operation.operands
        may_be_none = operation.operator in {"is none", "is not none", "==", "!=", "as decimal"}
        keeps_none = operation.operator == "or" and first.type.optional
        as_text = self.python if may_be_none or keeps_none else self.sure
        operands = [as_text(operand) for operand in operation.operands]
        match operation.operator:
            case "is none" | "is not none":
                return f"({operands[0]} {operation.operator.replace('none', 'None')})"
            case "not":
                return f"(not {operands[0]})"
            case "sure":
                return operands[0]
            case "as decimal":
                return self._as_decimal(first, operands[0])
            case "==" | "!=":
                return self._equality(operation, operands)
            case "or" if first.type.optional and isinstance(first, ir.VariableUse):
                return f"({operands[0]} if {operands[0]} is not None else {operands[1]})"
            case "or" if first.type.optional:
                return f"{self._use('either')}({operands[0]}, {operands[1]})"
            case "in" | "not in":
                found = f"{self._use('contains')}({operands[1]}, {operands[0]})"
                return found if operation.operator == "in" else f"(not {found})"
            case "[]":
                return f"{self._use('element')}({', '.join(operands)})"
            case "/":
                return f"{self._use('divided')}({', '.join(operands)})"
            case "+" | "-" | "*":
                return self._arithmetic(operation, operands)
            case _:
                return f"({operands[0]} {_PYTHON[operation.operator]} {operands[1]})"

    def _as_decimal(self, number: ir.Expression, text: str) -> str:
        made = f"{self._use('as_decimal')}({text})"
        return f"(None if {text} is None else {made})" if number.type.optional else made

    def _equality(self, operation: ir.Operation, operands: list[str]) -> str:
        types = [operand.type for operand in operation.operands]
        if any(type_.name in TEXTUAL for type_ in types):
            equal = f"{self._use('same')}({operands[0]}, {operands[1]})"
        elif all(type_.name in {*ORDERED, "bool", "none"} for type_ in types):
            return f"({operands[0]} {operation.operator} {operands[1]})"
        else:
            equal = f"{self._use('equal')}({operands[0]}, {operands[1]})"
        return equal if operation.operator == "==" else f"(not {equal})"

    def _arithmetic(self, operation: ir.Operation, operands: list[str]) -> str:
        type_ = operation.type.plain
        if len(operands) == 1:
            if type_ == INT:
                return f"{self._use('whole')}(-{operands[0]})"
            return f"{self._use('negated')}({operands[0]})"
        if type_ == INT:
            return f"{self._use('whole')}({operands[0]} {operation.operator} {operands[1]})"
        if type_.name in TEXTUAL:
            return f"{self._use('joined')}({operands[0]}, {operands[1]})"
        if type_.element is not None:
            name = "with_items" if operation.operator == "+" else "without"
            return f"{self._use(name)}({operands[0]}, {operands[1]})"
        return f"{self._use(_COMPUTED[operation.operator])}({operands[0]}, {operands[1]})"


_KNOWN: dict[ir.Known, str] = {
    "now": "event.args[0].now",
    "today": "event.args[0].today",
    "contact.id": "event.model.contact",
    "contact.name": "event.model.name",
    "message.sent": "event.args[0].sent",
}
