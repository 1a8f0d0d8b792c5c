"""Types: what each variable holds, and what each expression is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flowc import machine as ir
from flowc import syntax as ast
from flowc.check.expressions import UNKNOWN, Expressions
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import EmptyText
from flowc.diagnostics.syntax import NotYetCompiled
from flowc.diagnostics.typing import (
    NumberTooLarge,
    OptionalAnswer,
    SameChoice,
    TwoTypes,
    UnnamedValue,
    UntypedVariable,
    WrongArguments,
    WrongChoices,
    WrongRange,
    WrongType,
)
from flowc.program import Program
from flowc.source import Span
from flowc.types import BOOL, INT, NOTHING, TEXT, Type, fits, joined
from flowc.walk import all_chains, all_handlers, steps_of
from flowrt.text import fold
from flowrt.values import INT_MAX

_Arguments = tuple[tuple[str, ir.Expression], ...]
"""The arguments of a call, by parameter."""


@dataclass(slots=True)
class Checked:
    """What the checker found out; the keys are the `id` of nodes of the program's AST."""

    variables: dict[str, Type] = field(default_factory=dict[str, Type])
    expressions: dict[int, ir.Expression] = field(default_factory=dict[int, ir.Expression])
    readers: dict[int, ir.Reader] = field(default_factory=dict[int, ir.Reader])
    arguments: dict[int, _Arguments] = field(default_factory=dict[int, _Arguments])


def check_types(program: Program) -> tuple[Checked, tuple[Mistake, ...]]:
    """Type all variables and expressions of `program`."""
    typing = _Typing(program)
    typing.infer_variables()
    typing.check_all()
    return typing.checked, tuple(typing.mistakes)


@dataclass(frozen=True, slots=True)
class _Gift:
    """A place that gives a variable a value: of a known type, or that of an expression."""

    name: str
    span: Span
    type: Type | None = None
    value: ast.Expr | None = None


class _Typing:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.checked = Checked()
        self.mistakes: list[Mistake] = []
        self.steps = [step for chain in all_chains(program.file) for step in steps_of(chain)]

    # Variables

    def _gifts(self) -> Iterator[_Gift]:
        for variable in self.program.variables.values():
            type_ = Type(variable.type.name, variable.type.optional) if variable.type else None
            yield _Gift(variable.name.text, variable.name.span, type=type_, value=variable.value)
        for step in self.steps:
            match step:
                case ast.Ask():
                    yield _Gift(step.name.text, step.name.span, type=self._asked_type(step))
                case ast.Call() if step.alias:
                    yield _Gift(step.alias.text, step.alias.span, type=self._returned(step))
                case ast.Set():
                    yield _Gift(step.name.text, step.name.span, value=step.value)
                case _:
                    pass
        for handler in all_handlers(self.program.file):
            if handler.alias:
                yield _Gift(handler.alias.text, handler.alias.span, type=TEXT)

    def _returned(self, call: ast.Call) -> Type:
        action = self.program.actions.get(call.action.text)
        return Type(action.returns.name, action.returns.optional) if action and action.returns else UNKNOWN

    def infer_variables(self) -> None:
        """Give every variable its type: that of all it is given. What depends on another variable waits for
        it.
        """
        gifts = list(self._gifts())
        types: dict[str, Type] = {gift.name: UNKNOWN for gift in gifts}
        for _ in range(len(types) + 1):
            found = dict.fromkeys(types, UNKNOWN)
            quiet = Expressions(self.program, types, [])
            for gift in gifts:
                type_ = gift.type or (quiet.expression(gift.value).type if gift.value else UNKNOWN)
                found[gift.name] = _merge(found[gift.name], type_)
            if found == types:
                break
            types = found
        self.checked.variables = types
        self._report_two_types(gifts, Expressions(self.program, types, []))

    def _report_two_types(self, gifts: list[_Gift], quiet: Expressions) -> None:
        first: dict[str, tuple[Type, Span]] = {}
        for gift in gifts:
            type_ = gift.type or (quiet.expression(gift.value).type if gift.value else UNKNOWN)
            if type_ == UNKNOWN:
                continue
            known, span = first.setdefault(gift.name, (type_, gift.span))
            merged = joined(known, type_)
            if merged is None:
                self.mistakes.append(
                    TwoTypes(
                        span=gift.span, name=gift.name, type=str(type_), first_type=str(known), first=span
                    )
                )
            else:
                first[gift.name] = (merged, span)

    # Expressions

    def check_all(self) -> None:
        """Type every expression, and report what does not fit its place."""
        expressions = Expressions(self.program, self.checked.variables, self.mistakes)
        self.typed = expressions
        for variable in self.program.variables.values():
            self._check_variable(variable)
        for step in self.steps:
            self._check_step(step)
        for handler in all_handlers(self.program.file):
            for pattern in handler.patterns:
                if isinstance(pattern, ast.Text):
                    self._not_empty(pattern)
            if handler.guard:
                self._condition(handler.guard)

    def _keep(self, node: ast.Expr, typed: ir.Expression) -> None:
        self.checked.expressions[id(node)] = typed

    def _text(self, text: ast.Text | None) -> None:
        """A text that is said."""
        if text is not None:
            self._not_empty(text)
            self._keep(text, self.typed.expression(text))

    def _not_empty(self, text: ast.Text) -> None:
        if text.plain is not None and not text.plain.strip():
            self.mistakes.append(EmptyText(span=text.span))

    def _condition(self, condition: ast.Expr) -> None:
        typed = self.typed.expression(condition)
        self.typed.want(typed, BOOL, "a condition")
        self._keep(condition, typed)

    def _check_variable(self, variable: ast.Variable) -> None:
        if variable.value is None:
            if variable.type is None:
                self.mistakes.append(UntypedVariable(span=variable.name.span, name=variable.name.text))
            return
        typed = self.typed.expression(variable.value)
        self._keep(variable.value, typed)
        if variable.type is not None and typed.type != UNKNOWN:
            wanted = Type(variable.type.name, variable.type.optional)
            if not fits(typed.type, wanted) or (typed.type == NOTHING and not wanted.optional):
                found = "none" if typed.type == NOTHING else f"`{typed.type}`"
                where = f"the variable `{variable.name.text}`"
                span = variable.value.span
                self.mistakes.append(WrongType(span=span, where=where, wanted=f"`{wanted}`", found=found))

    def _asked_type(self, ask: ast.Ask) -> Type:
        """The type of an answer: what the ask says, else what its variable is declared as, else a text."""
        declared = self.program.variables.get(ask.name.text)
        written = ask.type or (declared.type if declared else None)
        return Type(written.name) if written else TEXT

    def _check_step(self, step: ast.Step) -> None:
        match step:
            case ast.Reply():
                for text in step.texts:
                    self._text(text)
                self._options(step.options)
            case ast.Ask():
                self._check_ask(step)
            case ast.Set():
                self._keep(step.value, self.typed.expression(step.value))
            case ast.Call():
                self._check_call(step)
            case ast.Emit():
                self._check_emit(step)
            case ast.Handoff():
                self._text(step.team)
            case ast.When():
                for branch in step.branches:
                    self._condition(branch.condition)
            case _:
                pass

    def _options(self, options: ast.Options | None) -> None:
        if options is not None:
            for label in options.labels:
                if label.plain is None:
                    self.mistakes.append(
                        NotYetCompiled(span=label.span, what="a hole in the label of a button")
                    )
            self._distinct(options.labels)

    def _distinct(self, labels: tuple[ast.Expr, ...]) -> None:
        seen: dict[str, Span] = {}
        for label in labels:
            if isinstance(label, ast.Text) and label.plain is not None:
                self._not_empty(label)
                first = seen.setdefault(fold(label.plain), label.span)
                if first is not label.span:
                    self.mistakes.append(SameChoice(span=label.span, first=first))

    def _check_ask(self, ask: ast.Ask) -> None:
        self._text(ask.prompt)
        self._options(ask.options)
        for clause in ask.clauses:
            if isinstance(clause, ast.Retry | ast.Require):
                self._text(clause.text)
            if isinstance(clause, ast.Require):
                self._condition(clause.condition)
        type_ = self._asked_type(ask)
        if ask.type and ask.type.optional:
            self.mistakes.append(OptionalAnswer(span=ask.type.span, type=ask.type.name))
        low, high = self._range(ask.range, type_)
        self.checked.readers[id(ask)] = ir.Reader(type_.plain, low, high, self._choices(ask, type_))

    def _range(self, range_: ast.Range | None, type_: Type) -> tuple[int | None, int | None]:
        if range_ is None:
            return None, None
        if type_ != INT:
            self.mistakes.append(WrongRange(span=range_.span, problem=f"`{type_}` has no range: `int` has"))
            return None, None
        low, high = self._bound(range_.low), self._bound(range_.high)
        if low is not None and high is not None and low > high:
            self.mistakes.append(
                WrongRange(span=range_.span, problem=f"no number lies between {low} and {high}")
            )
        return low, high

    def _bound(self, bound: ast.Expr) -> int | None:
        match bound:
            case ast.IntLiteral(value=value):
                number = value
            case ast.Unary(operator="-", operand=ast.IntLiteral(value=value)):
                number = -value
            case _:
                self.typed.want(self.typed.expression(bound), INT, "a range")
                self.mistakes.append(
                    NotYetCompiled(span=bound.span, what="a range whose ends are not plain numbers")
                )
                return None
        if abs(number) > INT_MAX:
            self.mistakes.append(NumberTooLarge(span=bound.span))
            return None
        return number

    def _choices(self, ask: ast.Ask, type_: Type) -> tuple[str, ...]:
        if ask.choices is None:
            return ()
        texts = [
            value.plain
            for value in ask.choices.values
            if isinstance(value, ast.Text) and value.plain is not None
        ]
        if len(texts) != len(ask.choices.values):
            self.mistakes.append(
                NotYetCompiled(span=ask.choices.span, what="choices that an expression gives")
            )
        if type_ != TEXT:
            problem = f"choices are texts, and `{ask.name.text}` is asked as `{type_}`"
            self.mistakes.append(WrongChoices(span=ask.choices.span, problem=problem))
        self._distinct(ask.choices.values)
        return tuple(texts)

    # Calls

    def _check_emit(self, emit: ast.Emit) -> None:
        """What is told has names: those written, else those of the variables."""
        values: list[tuple[str, ir.Expression]] = []
        for argument in emit.arguments:
            value = argument.value
            name = (
                argument.name.text
                if argument.name
                else value.name
                if isinstance(value, ast.Reference)
                else None
            )
            typed = self.typed.expression(value)
            if name is None:
                self.mistakes.append(UnnamedValue(span=value.span))
            else:
                values.append((name, typed))
        self.checked.arguments[id(emit)] = tuple(values)

    def _check_call(self, call: ast.Call) -> None:
        action = self.program.actions.get(call.action.text)
        if action is None:
            for argument in call.arguments:
                self.typed.expression(argument.value)
            return
        parameters = {parameter.name.text: parameter for parameter in action.parameters}
        bound: dict[str, ir.Expression] = {}
        for position, argument in enumerate(call.arguments):
            name = self._parameter(action, argument, position)
            typed = self.typed.expression(argument.value)
            if name is None:
                continue
            if name in bound:
                self._wrong(action, argument.span, f"is given `{name}` twice", None)
            bound[name] = typed
            self._fit(typed, parameters[name], argument)
        if call.alias is not None and action.returns is None:
            self._wrong(action, call.alias.span, "returns nothing", None)
        missing = [name for name in parameters if name not in bound]
        if missing:
            self._wrong(
                action, call.action.span, f"also needs {', '.join(f'`{name}`' for name in missing)}", None
            )
        self.checked.arguments[id(call)] = tuple((name, bound[name]) for name in parameters if name in bound)

    def _parameter(self, action: ast.Action, argument: ast.Argument, position: int) -> str | None:
        """The parameter that an argument is for."""
        names = [parameter.name.text for parameter in action.parameters]
        if argument.name is not None:
            if argument.name.text in names:
                return argument.name.text
            self._wrong(
                action, argument.name.span, f"has no parameter `{argument.name.text}`", argument.name.text
            )
        elif position < len(names):
            return names[position]
        else:
            count = f"{len(names)} argument{'s' if len(names) != 1 else ''}"
            self._wrong(action, argument.span, f"takes {count if names else 'no arguments'}", None)
        return None

    def _fit(self, typed: ir.Expression, parameter: ast.Parameter, argument: ast.Argument) -> None:
        wanted = Type(parameter.type.name, parameter.type.optional)
        is_none = typed.type == NOTHING and not wanted.optional
        if typed.type != UNKNOWN and (is_none or not fits(typed.type, wanted)):
            where = f"the parameter `{parameter.name.text}`"
            span = argument.value.span
            self.mistakes.append(
                WrongType(span=span, where=where, wanted=f"`{wanted}`", found=f"`{typed.type}`")
            )

    def _wrong(self, action: ast.Action, span: Span, problem: str, argument: str | None) -> None:
        names = tuple(parameter.name.text for parameter in action.parameters)
        self.mistakes.append(
            WrongArguments(
                span=span,
                name=action.name.text,
                problem=problem,
                argument=argument,
                parameters=names,
                declared=action.span,
            )
        )


def _merge(one: Type, other: Type) -> Type:
    """The type of both; where they do not agree the first stands, and the difference is reported by itself."""
    if UNKNOWN in (one, other):
        return other if one == UNKNOWN else one
    return joined(one, other) or one
