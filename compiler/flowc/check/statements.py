"""Statements: each step, clause and declaration held against the types of what it is made of."""

from __future__ import annotations

from flowc import machine as ir
from flowc import syntax as ast
from flowc.check.arguments import Binding, Bound, Signature
from flowc.check.asks import reader_of
from flowc.check.checked import Checked
from flowc.check.expressions import Expressions
from flowc.check.fitting import as_decimal
from flowc.check.variables import Variables
from flowc.diagnostics.conversations import EmptyText
from flowc.diagnostics.declared import UnknownField
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import NotHere
from flowc.diagnostics.typing import (
    OptionalAnswer,
    SameChoice,
    UnnamedValue,
    UntypedVariable,
    WrongArguments,
    WrongType,
)
from flowc.program import Program
from flowc.source import Span
from flowc.types import BOOL, SECRET, UNKNOWN, joined
from flowc.walk import Part
from flowrt.text import fold


def check_types(program: Program) -> tuple[Checked, tuple[Mistake, ...]]:
    """Type all variables and expressions of `program`."""
    variables = Variables(program)
    mistakes = list(variables.mistakes)
    checked = Checked(
        variables=variables.of(None), dialogs={name: variables.of(name) for name in program.dialogs}
    )
    for part in variables.parts:
        _Statements(program, variables, part, checked, mistakes).check()
    return checked, tuple(mistakes)


class _Statements:
    """The statements of one part: those of the flow itself, or of one dialog."""

    def __init__(
        self,
        program: Program,
        variables: Variables,
        part: Part,
        checked: Checked,
        mistakes: list[Mistake],
    ) -> None:
        self.program = program
        self.variables = variables
        self.part = part
        self.checked = checked
        self.mistakes = mistakes
        self.seen = variables.seen_by(part)
        self.typed = Expressions(program, self.seen, mistakes)

    def check(self) -> None:
        dialog = self.part.dialog
        for variable in dialog.variables if dialog else tuple(self.program.variables.values()):
            self._variable(variable)
        for step in self.part.steps:
            self._step(step)
        for handler in self.part.handlers:
            self._handler(handler)

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
        self.typed.fitting.want(typed, BOOL, "a condition")
        self._keep(condition, typed)

    # Declarations and handlers

    def _variable(self, variable: ast.Variable) -> None:
        if variable.value is None:
            if variable.type is None:
                self.mistakes.append(UntypedVariable(span=variable.name.span, name=variable.name.text))
            return
        typed = self.typed.expression(variable.value)
        wanted = self.program.type_of(variable.type) if variable.type else UNKNOWN
        if wanted.plain != SECRET:  # which is a mistake by itself
            typed = self.typed.fitting.fitted(typed, wanted, f"the variable `{variable.name.text}`")
        self._keep(variable.value, self._as_held(variable.name.text, typed))

    def _as_held(self, name: str, typed: ir.Expression) -> ir.Expression:
        """`typed` as the variable holds it: a whole number may have to become a decimal."""
        type_ = self.seen.get(name, UNKNOWN)
        return as_decimal(typed) if type_.name == "decimal" else typed

    def _handler(self, handler: ast.Handler) -> None:
        for pattern in handler.patterns:
            if isinstance(pattern, ast.Text):
                self._not_empty(pattern)
                for part in pattern.parts:
                    if isinstance(part, ast.Capture) and part.type and part.type.optional:
                        self.mistakes.append(OptionalAnswer(span=part.type.span, type=part.type.name))
            nothing = isinstance(pattern, ast.EventPattern) or (
                isinstance(pattern, ast.KindPattern) and pattern.kind == "start"
            )
            if nothing and handler.alias:
                why = "it names the text or the media that came, and here none has"
                chain = "`on event`" if isinstance(pattern, ast.EventPattern) else "`on start`"
                self.mistakes.append(NotHere(span=handler.alias.span, step="as", chain=chain, why=why))
        if handler.guard:
            self._condition(handler.guard)

    # Steps

    def _step(self, step: ast.Step) -> None:
        match step:
            case ast.Reply():
                for text in step.texts:
                    self._text(text)
                self._options(step.options)
            case ast.ReplyMedia():
                self._text(step.url)
                self._text(step.caption)
                self._options(step.options)
            case ast.Ask():
                self._ask(step)
            case ast.Set():
                self._set(step)
            case ast.Call():
                self._call(step)
            case ast.Run():
                self._run(step)
            case ast.Return():
                self._return(step)
            case ast.Emit():
                self._emit(step)
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
                self._text(label)
            self._distinct(options.labels)

    def _distinct(self, labels: tuple[ast.Expr, ...]) -> None:
        seen: dict[str, Span] = {}
        for label in labels:
            if isinstance(label, ast.Text) and label.plain is not None:
                self._not_empty(label)
                first = seen.setdefault(fold(label.plain), label.span)
                if first is not label.span:
                    self.mistakes.append(SameChoice(span=label.span, first=first))

    def _ask(self, ask: ast.Ask) -> None:
        self._text(ask.prompt)
        self._options(ask.options)
        for clause in ask.clauses:
            if isinstance(clause, ast.Retry | ast.Require):
                self._text(clause.text)
            if isinstance(clause, ast.Require):
                self._condition(clause.condition)
        if ask.type and ask.type.optional:
            self.mistakes.append(OptionalAnswer(span=ask.type.span, type=ask.type.name))
        if ask.choices:
            self._distinct(ask.choices.values)
        type_ = self.variables.asked_type(self.part, ask)
        self.checked.readers[id(ask)] = reader_of(self.typed, ask, type_)

    def _set(self, step: ast.Set) -> None:
        typed = self.typed.expression(step.value)
        if step.path:
            reference = ast.Reference(step.name.text, step.name.span)
            target = self.typed.expression(reference)
            typed = self._with_field(target, step.path, typed)
        else:
            declared = self.variables.declared(self.part, step.name.text)
            if declared is not None and joined(declared, typed.type) is not None:
                typed = self.typed.fitting.fitted(typed, declared, f"the variable `{step.name.text}`")
        self._keep(step.value, self._as_held(step.name.text, typed))

    def _with_field(
        self, target: ir.Expression, path: tuple[ast.Name, ...], new: ir.Expression
    ) -> ir.Expression:
        """The record `target` with another value at the end of `path`."""
        field, *rest = path
        fields = self.typed.fields(target.type) if target.type.name in self.program.records else {}
        type_ = fields.get(field.text)
        if type_ is None:
            if target.type != UNKNOWN:
                mistake = UnknownField(
                    span=field.span, name=field.text, type=str(target.type.plain), known=tuple(fields)
                )
                self.mistakes.append(mistake)
            return ir.Constant(None, UNKNOWN, new.origin)
        if rest:
            inner = ir.FieldUse(target, field.text, type_, self.program.origin(field.span))
            new = self._with_field(inner, tuple(rest), new)
        else:
            new = self.typed.fitting.fitted(new, type_, f"the field `{field.text}`")
        return ir.Changed(target, field.text, new, target.type.plain, new.origin)

    # What takes arguments

    def _emit(self, emit: ast.Emit) -> None:
        """What is told has names: those written, else those of the variables."""
        values: list[tuple[str, ir.Expression]] = []
        for argument in emit.arguments:
            name = argument.name.text if argument.name else _own_name(argument.value)
            typed = self.typed.expression(argument.value)
            if name is None:
                self.mistakes.append(UnnamedValue(span=argument.value.span))
            else:
                values.append((name, typed))
        self.checked.arguments[id(emit)] = tuple(values)

    def _call(self, call: ast.Call) -> None:
        typed = [self.typed.argument(argument.value) for argument in call.arguments]
        action = self.program.actions.get(call.action.text)
        if action is not None:
            signature = Signature("action", action.name.text, action.parameters, action.span)
            self.checked.arguments[id(call)] = self._bind(signature, call, typed, call.action.span)
            self._returned(signature, call.alias, action.returns)

    def _run(self, run: ast.Run) -> None:
        typed = [self.typed.expression(argument.value) for argument in run.arguments]
        dialog = self.program.dialogs.get(run.dialog.text)
        if dialog is not None:
            signature = Signature("dialog", dialog.name.text, dialog.parameters, dialog.span)
            self.checked.arguments[id(run)] = self._bind(signature, run, typed, run.dialog.span)
            self._returned(signature, run.alias, dialog.returns)

    def _bind(
        self, signature: Signature, step: ast.Call | ast.Run, typed: list[ir.Expression], at: Span
    ) -> Bound:
        return Binding(self.typed.fitting, signature).bind(step.arguments, typed, at)

    def _returned(self, signature: Signature, alias: ast.Name | None, returns: ast.TypeName | None) -> None:
        if alias is not None and returns is None:
            self.mistakes.append(
                WrongArguments(
                    span=alias.span,
                    name=signature.name,
                    problem="returns nothing",
                    argument=None,
                    parameters=(),
                    declared=signature.declared,
                )
            )

    def _return(self, step: ast.Return) -> None:
        dialog = self.part.dialog
        typed = self.typed.expression(step.value) if step.value else None
        if dialog is None:
            why = "it ends a dialog: use `end session`, or let the chain end"
            self.mistakes.append(
                NotHere(span=step.span, step="return", chain="a chain outside of a dialog", why=why)
            )
            return
        where = f"what `{dialog.name.text}` returns"
        if typed is None or step.value is None:
            if dialog.returns is not None:
                wanted = f"`{self.program.type_of(dialog.returns)}`"
                self.mistakes.append(WrongType(span=step.span, where=where, wanted=wanted, found="nothing"))
        elif dialog.returns is None:
            found = f"`{typed.type}`"
            span = step.value.span
            self.mistakes.append(WrongType(span=span, where=where, wanted="nothing", found=found))
        else:
            self._keep(
                step.value, self.typed.fitting.fitted(typed, self.program.type_of(dialog.returns), where)
            )


def _own_name(value: ast.Expr) -> str | None:
    return value.name if isinstance(value, ast.Reference) else None
