"""The Python module of a machine: readable, typed, and the same bytes for the same flow."""

from __future__ import annotations

import ast as python_ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined

from flowc import __version__
from flowc import machine as ir
from flowc.emit.expressions import literal, python, template, uses_variables
from flowc.emit.layout import wrapped
from flowc.emit.names import Names, effect_name, guard_name, identifier, slug
from flowc.emit.shape import check_shape
from flowc.types import Type
from flowrt import generated
from flowrt.flow import FORMAT
from flowrt.text import fold

_TYPES = {"text": "str", "int": "int", "bool": "bool"}
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


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("flowc", "emit/templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  the output is Python: every literal goes through the filter `literal`
    )
    filters = cast("dict[str, Any]", cast("Any", environment).filters)
    filters["literal"] = literal
    filters["tuple"] = _tuple
    return environment


def _tuple(names: Iterable[str]) -> str:
    return literal(tuple(names))


def module_name(flow_path: str) -> str:
    """The name of the module of a flow's file.

    >>> module_name("flows/orders.flow")
    'orders_flow'
    """
    stem = "".join(
        character if character.isalnum() and character.isascii() else "_"
        for character in PurePath(flow_path).stem
    )
    return f"{'_' if stem[:1].isdigit() else ''}{stem}_flow"


def shown_name(path: str) -> str:
    """The name of a file as a comment may hold it: what could end one is left out.

    >>> shown_name("flows/my orders.flow")
    'my orders.flow'
    """
    return re.sub(r"[^\w .+-]", "_", PurePath(path).name, flags=re.ASCII)


def emit_python(machine: ir.Machine) -> str:
    """The text of the module."""
    module = _Module(machine)
    text = (
        _environment()
        .get_template("module.py.jinja")
        .render(
            name=machine.name,
            source=shown_name(machine.sources[0].path),
            sha256=machine.sources[0].sha256,
            compiler=__version__,
            format=FORMAT,
            imports=module.imports(),
            resting=[state.name for state in machine.states if state.kind not in {"choice", "resume"}],
            kept=[identifier(variable.name) for variable in machine.variables if variable.kept],
            variables=[
                (identifier(variable.name), python_type(variable.type)) for variable in machine.variables
            ],
            actions=[_action(action) for action in machine.actions],
            readers=module.readers,
            guards=module.guards,
            effects=module.effects,
            arrivals=module.arrivals,
            waits=[state.name for state in machine.waits],
            states=module.states,
            rows=module.rows,
        )
    )
    text = wrapped(text)
    check_shape(text, frozenset({*generated.__all__, "hasattr"}))
    return text


def python_type(type_: Type) -> str:
    """A type of the language as Python writes it.

    >>> python_type(Type("text", optional=True))
    'str | None'
    """
    name = _TYPES.get(type_.name, "None")
    return f"{name} | None" if type_.optional and name != "None" else name


def _action(action: ir.Action) -> dict[str, str]:
    parameters = "".join(
        f", {identifier(variable.name)}: {python_type(variable.type)}" for variable in action.parameters
    )
    result = python_type(action.returns) if action.returns else "None"
    return {
        "name": identifier(action.name),
        "signature": f"self{parameters}",
        "result": f"Awaitable[{result}] | {result}",
        "line": str(action.origin.line),
    }


class _Module:
    """The parts of one module. A guard or an effect that stands in several rows is one function."""

    def __init__(self, machine: ir.Machine) -> None:
        self.machine = machine
        self.names = Names()
        self.used: set[str] = set()
        self.readers: list[tuple[str, str]] = []
        self.guards: list[Function] = []
        self.effects: list[Function] = []
        self.arrivals: list[Function] = []
        self._reader_names: dict[tuple[str, ir.Reader], str] = {}
        self._function_names: dict[ir.Guard | ir.Effect, str] = {}
        self.states = [self._state(state) for state in machine.states]
        self.rows = [self._row(transition) for transition in machine.transitions]

    def imports(self) -> list[str]:
        """What the module needs of the runtime, in order."""
        return sorted(self.used | {"EventData", "Flow"}, key=lambda name: (name.islower(), name.lower()))

    def _comment(self, origin: ir.Origin) -> str:
        return f"  # {shown_name(origin.path)}:{origin.line}"

    def _use(self, name: str) -> str:
        self.used.add(name)
        return name

    # States

    def _state(self, state: ir.State) -> str:
        match state.kind:
            case "start":
                return f'{{"name": {literal(state.name)}}}'
            case "choice" | "resume":
                enter = self._use("advance")
            case _ if not state.clocks:
                enter = self._use("arrive")
            case _:
                enter = self._arrival(state)
        return f'{{"name": {literal(state.name)}, "on_enter": {enter}}}'

    def _arrival(self, state: ir.State) -> str:
        name = self.names.unique(f"arrive_in_{slug(state.name, 8)}")
        clocks = ", ".join(f"({literal(clock.trigger)}, {clock.seconds})" for clock in state.clocks)
        pending = ", pending=True" if state.kind in {"call", "wait"} else ""
        line = f"event.args[0].arrive({clocks}{pending}){self._comment(state.origin)}"
        self.arrivals.append(Function(name, "None", (line,)))
        return name

    # Rows

    def _row(self, row: ir.Transition) -> str:
        waits = tuple(state.name for state in self.machine.waits)
        everywhere = tuple(state.name for state in self.machine.states)
        if len(row.sources) == 1:
            source = literal(row.sources[0])
        elif row.sources == waits:
            source = "WAITS"
        elif row.sources == everywhere:
            source = "EVERYWHERE"
        else:
            source = f"[{', '.join(literal(name) for name in row.sources)}]"
        guards = [self._guard(guard) for guard in row.guards]
        effects = [self._effect(effect) for effect in row.effects]
        parts = [f'"trigger": {literal(row.trigger)}', f'"source": {source}', f'"dest": {literal(row.dest)}']
        parts += [f'"conditions": [{", ".join(guards)}]'] if guards else []
        parts += [f'"before": [{", ".join(effects)}]'] if effects else []
        return f"{{{', '.join(parts)}}}"

    # Guards

    def _guard(self, guard: ir.Guard) -> str:
        known = _KNOWN_GUARDS.get(type(guard))
        if known is not None and not (isinstance(guard, ir.CallFailed) and guard.returns):
            return self._use(known)
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
        comment = self._comment(guard.origin)
        match guard:
            case ir.Says():
                texts = [literal(text) for text in dict.fromkeys(fold(text) for text in guard.texts)]
                test = f"== {texts[0]}" if len(texts) == 1 else f"in {{{', '.join(texts)}}}"
                return (f"return event.args[0].folded {test}{comment}",)
            case ir.IsText():
                return (f"return event.args[0].folded is not None{comment}",)
            case ir.Reads():
                return (f"return event.args[0].reads({self._reader(guard.variable, guard.reader)}){comment}",)
            case ir.TriesReached():
                return (f"return event.model.tries + 1 >= {guard.limit}{comment}",)
            case ir.Condition():
                return (*_variables(guard.expression), f"return {self._python(guard.expression)}{comment}")
            case ir.Requires():
                return self._required_lines(guard, comment)
            case ir.CameFrom():
                left = "left = event.model.interrupted"
                return (left, f"return left is not None and left.state == {literal(guard.state)}")
            case ir.CallFailed():
                kind = _TYPES[guard.returns.name] if guard.returns else "object"
                optional = ", optional=True" if guard.returns and guard.returns.optional else ""
                return (f"return not event.args[0].gave({kind}{optional}){comment}",)
            case ir.SaysAgain() | ir.FirstFailure():
                raise AssertionError("the runtime has this guard itself")

    def _required_lines(self, guard: ir.Requires, comment: str) -> tuple[str, ...]:
        answer = f"answer = event.args[0].answer({self._reader(guard.variable, guard.reader)})"
        test = self._python(ir.answered(guard.expression, guard.variable))
        return (
            answer,
            *_variables(guard.expression),
            f"return {test if guard.holds else f'not ({test})'}{comment}",
        )

    def _python(self, expression: ir.Expression) -> str:
        text = python(expression)
        for helper in ("render", "same", "joined", "whole"):
            if f"{helper}(" in text:
                self._use(helper)
        return text.removeprefix("(").removesuffix(")") if _wrapped_once(text) else text

    def _reader(self, variable: str, reader: ir.Reader) -> str:
        key = (variable, reader)
        if key not in self._reader_names:
            self._reader_names[key] = name = self.names.unique(variable.upper())
            self.readers.append((name, self._reader_call(reader)))
        return self._reader_names[key]

    def _reader_call(self, reader: ir.Reader) -> str:
        if reader.choices:
            return f"{self._use('ChoiceAnswer')}({', '.join(literal(choice) for choice in reader.choices)})"
        kind = self._use({"text": "TextAnswer", "int": "IntAnswer", "bool": "BoolAnswer"}[reader.type.name])
        bounds = [
            f"{name}={bound}"
            for name, bound in (("low", reader.low), ("high", reader.high))
            if bound is not None
        ]
        return f"{kind}({', '.join(bounds)})"

    # Effects

    def _effect(self, effect: ir.Effect) -> str:
        if isinstance(effect, ir.Do):
            return self._use(_KNOWN_EFFECTS[effect.what])
        key = replace(effect, origin=_NOWHERE) if isinstance(effect, ir.Open | ir.Store) else effect
        if key not in self._function_names:
            lines = self._effect_lines(effect)
            self._function_names[key] = name = self.names.unique(effect_name(effect))
            self.effects.append(Function(name, "None", lines))
        return self._function_names[key]

    def _effect_lines(self, effect: ir.Effect) -> tuple[str, ...]:
        comment = self._comment(effect.origin)
        match effect:
            case ir.Open():
                return (f"event.args[0].open(expire={literal(effect.expire)}){comment}",)
            case ir.Say():
                buttons = f", {literal(effect.buttons)}" if effect.buttons else ""
                text = self._text(effect.text)
                return (*_variables(effect.text), f"event.args[0].reply({text}{buttons}){comment}")
            case ir.SayAny():
                texts = f"({', '.join(self._text(text) for text in effect.texts)})"
                picked = f"{texts}[event.args[0].pick({len(effect.texts)})]"
                variables = next((lines for text in effect.texts if (lines := _variables(text))), ())
                buttons = f", {literal(effect.buttons)}" if effect.buttons else ""
                return (*variables, f"event.args[0].reply({picked}{buttons}){comment}")
            case ir.HandOff():
                team = self._text(effect.team)
                return (*_variables(effect.team), f"event.args[0].hand_over({team}){comment}")
            case ir.Emit():
                return self._call_lines(effect.event, (), effect.arguments, "emit", comment)
            case ir.StoreResult():
                optional = ", optional=True" if effect.type.optional else ""
                result = f"event.args[0].result({_TYPES[effect.type.name]}{optional})"
                return (f"event.model.vars.{identifier(effect.variable)} = {result}{comment}",)
            case ir.StoreText():
                return (f"event.model.vars.{identifier(effect.variable)} = event.args[0].text{comment}",)
            case ir.Store():
                reader = self._reader(effect.variable, effect.reader)
                return (
                    f"event.model.vars.{identifier(effect.variable)} = event.args[0].answer({reader}){comment}",
                )
            case ir.Assign():
                target = f"event.model.vars.{identifier(effect.variable)}"
                return (*_variables(effect.value), f"{target} = {self._python(effect.value)}{comment}")
            case ir.Default():
                name = identifier(effect.variable)
                return (
                    f"if not hasattr(event.model.vars, {literal(name)}):",
                    f"    event.model.vars.{name} = {self._python(effect.value)}{comment}",
                )
            case ir.CallAction():
                limit = (str(effect.limit),)
                return self._call_lines(effect.action, limit, effect.arguments, "call", comment)
            case ir.Do():
                raise AssertionError("the runtime has this effect itself")

    def _text(self, text: ir.Template) -> str:
        written = template(text)
        if written.startswith("render("):
            self._use("render")
        return written

    def _call_lines(
        self,
        name: str,
        more: tuple[str, ...],
        values: tuple[tuple[str, ir.Expression], ...],
        method: str,
        comment: str,
    ) -> tuple[str, ...]:
        arguments = [f"{identifier(parameter)}={self._python(value)}" for parameter, value in values]
        call = ", ".join([literal(identifier(name)), *more, *arguments])
        variables = ("v = event.model.vars",) if any(uses_variables(value) for _, value in values) else ()
        return (*variables, f"event.args[0].{method}({call}){comment}")


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
