"""Guards and effects as the functions of a generated module."""

from __future__ import annotations

import ast as python_ast
import re
from dataclasses import dataclass, replace
from pathlib import PurePath

from flowc import machine as ir
from flowc.emit.expressions import helpers, literal, python, sure, template, uses_variables
from flowc.emit.names import Names, effect_name, guard_name, identifier, slug
from flowc.emit.types import kind_of, names_in
from flowc.types import Type
from flowrt import generated
from flowrt.text import fold

READERS = {
    "text": "TextAnswer",
    "int": "IntAnswer",
    "bool": "BoolAnswer",
    "email": "EmailAnswer",
    "phone": "PhoneAnswer",
    "url": "UrlAnswer",
}
_KNOWN_GUARDS: dict[type, str] = {
    ir.CallFailed: "call_failed",
    ir.SaysAgain: "says_again",
    ir.FirstFailure: "is_first_failure",
}
_KNOWN_EFFECTS: dict[str, str] = {
    "count try": "count_try",
    "interrupt": "interrupt",
    "come back": "come_back",
    "say again": "say_again",
    "keep visit": "keep_visit",
    "forget interruption": "forget_interruption",
    "hold message": "hold_message",
    "say failure": "say_failure",
    "end": "end_session",
    "expire": "expire_session",
    "fail": "fail_session",
    "end by host": "end_by_host",
}


@dataclass(frozen=True, slots=True)
class Function:
    """A generated function: its name, what it says of itself, and its lines."""

    name: str
    returns: str
    lines: tuple[str, ...]


def shown_name(path: str) -> str:
    """The name of a file as a comment may hold it: what could end one is left out.

    >>> shown_name("flows/my orders.flow")
    'my orders.flow'
    """
    return re.sub(r"[^\w .+-]", "_", PurePath(path).name, flags=re.ASCII)


def comment(origin: ir.Origin) -> str:
    """The line of the flow, behind what it became."""
    return f"  # {shown_name(origin.path)}:{origin.line}"


class Callbacks:
    """The functions of one module. A guard or an effect that stands in several rows is one function."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.used: set[str] = set()
        self.readers: list[tuple[str, str]] = []
        self.guards: list[Function] = []
        self.effects: list[Function] = []
        self._reader_names: dict[tuple[str, ir.Reader], str] = {}
        self._pattern_names: dict[str, str] = {}
        self._function_names: dict[ir.Guard | ir.Effect, str] = {}

    def use(self, name: str) -> str:
        """`name`, of the runtime, which the module will import."""
        self.used.add(name)
        return name

    # Guards

    def guard(self, guard: ir.Guard) -> str:
        """The name of the function that tests `guard`."""
        known = _KNOWN_GUARDS.get(type(guard))
        if known is not None and not (isinstance(guard, ir.CallFailed) and guard.returns):
            return self.use(known)
        key = (
            replace(guard, origin=_NOWHERE)
            if isinstance(guard, ir.Reads | ir.TriesReached | ir.CameFrom | ir.CallFailed)
            else guard
        )
        if key not in self._function_names:
            lines = self._guard_lines(guard)
            self._function_names[key] = name = self.names.unique(guard_name(guard))
            self.guards.append(Function(name, "bool", lines))
        return self._function_names[key]

    def _guard_lines(self, guard: ir.Guard) -> tuple[str, ...]:
        note = comment(guard.origin)
        match guard:
            case ir.Says():
                texts = [literal(text) for text in dict.fromkeys(fold(text) for text in guard.texts)]
                test = f"== {texts[0]}" if len(texts) == 1 else f"in {{{', '.join(texts)}}}"
                return (f"return event.args[0].folded {test}{note}",)
            case ir.Finds():
                return (f"return event.args[0].finds({self._pattern(guard.pattern)}){note}",)
            case ir.IsText():
                return (f"return event.args[0].folded is not None{note}",)
            case ir.Reads():
                return (f"return event.args[0].reads({self._reader(guard.variable, guard.reader)}){note}",)
            case ir.TriesReached():
                return (f"return event.model.tries + 1 >= {guard.limit}{note}",)
            case ir.Condition():
                return (*_variables(guard.expression), f"return {self._sure(guard.expression)}{note}")
            case ir.Requires():
                return self._required_lines(guard, note)
            case ir.CameFrom():
                left = "left = event.model.interrupted"
                return (left, f"return left is not None and left.state == {literal(guard.state)}")
            case ir.CallFailed():
                if guard.returns is None:
                    raise AssertionError("the runtime has this guard itself")
                return (f"return not event.args[0].gave({self._kind(guard.returns)}){note}",)
            case ir.SaysAgain() | ir.FirstFailure():
                raise AssertionError("the runtime has this guard itself")

    def _sure(self, expression: ir.Expression) -> str:
        if expression.type.optional:
            self.use("sure")
            self.used |= helpers(expression)
            return sure(expression)
        return self._python(expression)

    def _required_lines(self, guard: ir.Requires, note: str) -> tuple[str, ...]:
        answer = f"answer = event.args[0].answer({self._reader(guard.variable, guard.reader)})"
        test = self._python(ir.answered(guard.expression, guard.variable))
        return (
            answer,
            *_variables(guard.expression),
            f"return {test if guard.holds else f'not ({test})'}{note}",
        )

    def _python(self, expression: ir.Expression) -> str:
        text = python(expression)
        self.used |= helpers(expression)
        return text.removeprefix("(").removesuffix(")") if _wrapped_once(text) else text

    def _kind(self, type_: Type) -> str:
        written = kind_of(type_)
        self.used |= names_in(written) & set(generated.__all__)
        return written

    def _pattern(self, pattern: str) -> str:
        if pattern not in self._pattern_names:
            self._pattern_names[pattern] = name = self.names.unique(slug(pattern).upper() or "PATTERN")
            self.readers.append((name, f"{self.use('compile_pattern')}({literal(pattern)})"))
        return self._pattern_names[pattern]

    def _reader(self, variable: str, reader: ir.Reader) -> str:
        key = (variable, reader)
        if key not in self._reader_names:
            self._reader_names[key] = name = self.names.unique(variable.upper())
            self.readers.append((name, self._reader_call(reader)))
        return self._reader_names[key]

    def _reader_call(self, reader: ir.Reader) -> str:
        if reader.choices:
            return f"{self.use('ChoiceAnswer')}({', '.join(literal(choice) for choice in reader.choices)})"
        kind = self.use(READERS[reader.type.name])
        bounds = [
            f"{name}={bound}"
            for name, bound in (("low", reader.low), ("high", reader.high))
            if bound is not None
        ]
        return f"{kind}({', '.join(bounds)})"

    # Effects

    def effect(self, effect: ir.Effect) -> str:
        """The name of the function that does `effect`."""
        if isinstance(effect, ir.Do):
            return self.use(_KNOWN_EFFECTS[effect.what])
        key = replace(effect, origin=_NOWHERE) if isinstance(effect, ir.Open | ir.Store) else effect
        if key not in self._function_names:
            lines = self._effect_lines(effect)
            self._function_names[key] = name = self.names.unique(effect_name(effect))
            self.effects.append(Function(name, "None", lines))
        return self._function_names[key]

    def _effect_lines(self, effect: ir.Effect) -> tuple[str, ...]:
        note = comment(effect.origin)
        match effect:
            case ir.Open():
                return (f"event.args[0].open(expire={literal(effect.expire)}){note}",)
            case ir.Say():
                buttons = f", {literal(effect.buttons)}" if effect.buttons else ""
                text = self._text(effect.text)
                return (*_variables(effect.text), f"event.args[0].reply({text}{buttons}){note}")
            case ir.SayAny():
                texts = f"({', '.join(self._text(text) for text in effect.texts)})"
                picked = f"{texts}[event.args[0].pick({len(effect.texts)})]"
                variables = next((lines for text in effect.texts if (lines := _variables(text))), ())
                buttons = f", {literal(effect.buttons)}" if effect.buttons else ""
                return (*variables, f"event.args[0].reply({picked}{buttons}){note}")
            case ir.HandOff():
                team = self._text(effect.team)
                return (*_variables(effect.team), f"event.args[0].hand_over({team}){note}")
            case ir.Emit():
                return self._call_lines(effect.event, (), effect.arguments, "emit", (), note)
            case ir.Store() | ir.StoreResult() | ir.StoreText() | ir.Assign() | ir.Default():
                return self._remembering_lines(effect, note)
            case ir.CallAction():
                limit = (str(effect.limit),)
                return self._call_lines(effect.action, limit, effect.arguments, "call", effect.needs, note)
            case ir.Do():
                raise AssertionError("the runtime has this effect itself")

    def _remembering_lines(
        self, effect: ir.Store | ir.StoreResult | ir.StoreText | ir.Assign | ir.Default, note: str
    ) -> tuple[str, ...]:
        match effect:
            case ir.StoreResult():
                result = f"event.args[0].result({self._kind(effect.type)})"
                return (f"event.model.vars.{identifier(effect.variable)} = {result}{note}",)
            case ir.StoreText():
                return (f"event.model.vars.{identifier(effect.variable)} = event.args[0].text{note}",)
            case ir.Store():
                reader = self._reader(effect.variable, effect.reader)
                return (
                    f"event.model.vars.{identifier(effect.variable)} = event.args[0].answer({reader}){note}",
                )
            case ir.Assign():
                target = f"event.model.vars.{identifier(effect.variable)}"
                return (*_variables(effect.value), f"{target} = {self._python(effect.value)}{note}")
            case ir.Default():
                name = identifier(effect.variable)
                return (
                    f"if not hasattr(event.model.vars, {literal(name)}):",
                    f"    event.model.vars.{name} = {self._python(effect.value)}{note}",
                )

    def _text(self, text: ir.Template) -> str:
        self.used |= helpers(text)
        return template(text)

    def _call_lines(
        self,
        name: str,
        more: tuple[str, ...],
        values: tuple[tuple[str, ir.Expression], ...],
        method: str,
        needs: tuple[str, ...],
        note: str,
    ) -> tuple[str, ...]:
        arguments = [
            f"{identifier(parameter)}={self._sure(value) if parameter in needs else self._python(value)}"
            for parameter, value in values
        ]
        call = ", ".join([literal(name), *more, *arguments])
        variables = ("v = event.model.vars",) if any(uses_variables(value) for _, value in values) else ()
        return (*variables, f"event.args[0].{method}({call}){note}")


_NOWHERE = ir.Origin("", 0, 0, 0)


def _variables(expression: ir.Expression) -> tuple[str, ...]:
    return ("v = event.model.vars",) if uses_variables(expression) else ()


def _wrapped_once(text: str) -> bool:
    """Whether one pair of parentheses holds the whole text."""
    if not text.startswith("("):
        return False
    try:
        python_ast.parse(text[1:-1], mode="eval")
    except SyntaxError:
        return False
    return True
