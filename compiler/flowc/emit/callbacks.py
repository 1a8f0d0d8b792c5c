"""Guards and effects as the functions of a generated module."""

from __future__ import annotations

import ast as python_ast
import re
from dataclasses import replace
from pathlib import PurePath

from flowc import machine as ir
from flowc.emit.expressions import Writing, literal, uses_variables
from flowc.emit.names import Names, constant_name, effect_name, guard_name, identifier, shown_parts
from flowc.emit.types import kind_of, names_in
from flowc.records import dataclass
from flowc.types import MEDIA, Type
from flowrt import generated
from flowrt.text import fold

READERS = {
    **{
        name: f"{name.capitalize()}Answer"
        for name in ("text", "int", "bool", "email", "phone", "url", "secret")
    },
    **{name: f"{name.capitalize()}Answer" for name in ("decimal", "date", "time", "datetime", "duration")},
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
    "say outdated": "say_outdated",
    "end": "end_session",
    "expire": "expire_session",
    "fail": "fail_session",
    "outdate": "outdate_session",
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
        self.writing = Writing(self.use, self.kind, self._pattern, self._text_pattern)
        self._constants: dict[tuple[str, str], str] = {}
        self._function_names: dict[ir.Guard | ir.Effect, str] = {}

    def use(self, name: str) -> str:
        """`name`, of the runtime, which the module will import."""
        self.used.add(name)
        return name

    def kind(self, type_: Type) -> str:
        """A type as the kind of its values."""
        written = kind_of(type_)
        self.used |= names_in(written) & set(generated.__all__)
        return written

    # Constants of the module: readers and patterns.

    def _constant(self, name: str, value: str) -> str:
        """The name of a constant with this value; one of this name and value that is there already serves again."""
        if (name, value) not in self._constants:
            self._constants[name, value] = given = self.names.unique(name)
            self.readers.append((given, value))
        return self._constants[name, value]

    def _pattern(self, pattern: str) -> str:
        value = f"{self.use('compile_pattern')}({literal(pattern)})"
        return self._constant(constant_name(pattern), value)

    def _text_pattern(self, parts: ir.TextParts) -> str:
        written = [literal(part) if isinstance(part, str) else self._capture(part) for part in parts]
        value = f"{self.use('TextPattern')}({', '.join(written)})"
        return self._constant(constant_name(shown_parts(parts)), value)

    def _capture(self, part: ir.CapturePart) -> str:
        plain = part.reader.type.name == "text"
        reader = "" if plain else f", {self._reader_call(part.reader)}"
        return f"{self.use('Capture')}({literal(part.name)}{reader})"

    def _reader(self, variable: str, reader: ir.Reader) -> str:
        """What reads an answer: a constant, or made anew where it depends on the session."""
        call = self._reader_call(reader)
        name = identifier(variable.rpartition(".")[2]).upper()
        return self._constant(name, call) if reader.is_fixed else call

    def _reader_call(self, reader: ir.Reader) -> str:
        if reader.given is not None:
            return f"{self.use('ChoiceAnswer')}(*{self.writing.sure(reader.given)})"
        if reader.choices:
            return f"{self.use('ChoiceAnswer')}({', '.join(literal(choice) for choice in reader.choices)})"
        if reader.type.name in MEDIA:
            return f"{self.use('MediaAnswer')}({literal(reader.type.name)})"
        kind = self.use(READERS[reader.type.name])
        ends = (("low", reader.low), ("high", reader.high))
        bounds = [f"{name}={self.writing.sure(end)}" for name, end in ends if end is not None]
        return f"{kind}({', '.join(bounds)})"

    # Guards

    def guard(self, guard: ir.Guard) -> str:
        """The name of the function that tests `guard`."""
        known = _KNOWN_GUARDS.get(type(guard))
        if known is not None and not (isinstance(guard, ir.CallFailed) and guard.returns):
            return self.use(known)
        alike = ir.Reads | ir.TriesReached | ir.CameFrom | ir.CallFailed | ir.Brings
        key = replace(guard, origin=_NOWHERE) if isinstance(guard, alike) else guard
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
            case ir.Fits():
                return (f"return event.args[0].fits({self._text_pattern(guard.parts)}){note}",)
            case ir.IsText():
                return (f"return event.args[0].is_text{note}",)
            case ir.Brings():
                return (f"return event.args[0].has({literal(guard.kind)}){note}",)
            case ir.Carries():
                kinds = [f"{identifier(name)}={self.kind(type_)}" for name, type_ in guard.parameters]
                return (f"return event.args[0].carries({', '.join(kinds)}){note}",)
            case ir.Reads():
                reader = self._reader(guard.variable, guard.reader)
                return (*_reader_variables(guard.reader), f"return event.args[0].reads({reader}){note}")
            case ir.TriesReached():
                return (f"return event.model.tries + 1 >= {guard.limit}{note}",)
            case ir.Condition():
                test = self._bare(self.writing.sure(guard.expression))
                return (*_variables(guard.expression), f"return {test}{note}")
            case ir.Requires():
                return self._required_lines(guard, note)
            case ir.CameFrom():
                left = "left = event.model.interrupted"
                return (left, f"return left is not None and left.state == {literal(guard.state)}")
            case ir.CallFailed():
                if guard.returns is None:
                    raise AssertionError("the runtime has this guard itself")
                return (f"return not event.args[0].gave({self.kind(guard.returns)}){note}",)
            case ir.SaysAgain() | ir.FirstFailure():
                raise AssertionError("the runtime has this guard itself")

    def _required_lines(self, guard: ir.Requires, note: str) -> tuple[str, ...]:
        def answered(use: ir.VariableUse) -> ir.Expression:
            return ir.AnswerUse(use.type.plain, use.origin) if use.name == guard.variable else use

        expression = ir.with_uses(guard.expression, answered)
        test = self.writing.sure(expression)
        variables = _variables(expression) or _reader_variables(guard.reader)
        answer = f"answer = event.args[0].answer({self._reader(guard.variable, guard.reader)})"
        return (
            *variables,
            answer,
            f"return {self._bare(test) if guard.holds else f'not ({self._bare(test)})'}{note}",
        )

    def _bare(self, text: str) -> str:
        return text.removeprefix("(").removesuffix(")") if _wrapped_once(text) else text

    def _python(self, expression: ir.Expression) -> str:
        return self._bare(self.writing.python(expression))

    # Effects

    def effect(self, effect: ir.Effect) -> str:
        """The name of the function that does `effect`."""
        if isinstance(effect, ir.Do):
            return self.use(_KNOWN_EFFECTS[effect.what])
        key = (
            replace(effect, origin=_NOWHERE) if isinstance(effect, ir.Open | ir.Store | ir.Forget) else effect
        )
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
                text = self.writing.template(effect.text)
                said = [effect.text, *_said(effect.options)]
                return (*_first(said), f"event.args[0].reply({text}{self._options(effect.options)}){note}")
            case ir.SayAny():
                texts = f"({', '.join(self.writing.template(text) for text in effect.texts)})"
                picked = f"{texts}[event.args[0].pick({len(effect.texts)})]"
                said = [*effect.texts, *_said(effect.options)]
                return (*_first(said), f"event.args[0].reply({picked}{self._options(effect.options)}){note}")
            case ir.SayMedia():
                return self._media_lines(effect, note)
            case ir.HandOff():
                team = self.writing.template(effect.team)
                return (*_variables(effect.team), f"event.args[0].hand_over({team}){note}")
            case ir.Emit():
                return self._call_lines(effect.event, (), effect.arguments, "emit", (), note)
            case ir.Forget():
                slots = ", ".join(literal(identifier(name)) for name in effect.variables)
                return (f"event.args[0].forget({slots}){note}",)
            case ir.CallAction():
                method = "call_secretly" if effect.secret else "call"
                limit = (str(effect.limit),)
                return self._call_lines(effect.action, limit, effect.arguments, method, effect.needs, note)
            case ir.Do():
                raise AssertionError("the runtime has this effect itself")
            case _:
                return self._remembering_lines(effect, note)

    def _options(self, options: ir.Options) -> str:
        """What stands behind a text: its labels."""
        if options.given is not None:
            labels = self.writing.sure(options.given)
        elif options.labels:
            texts = [self.writing.template(label) for label in options.labels]
            labels = f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
        else:
            return ""
        return f", {labels}{', as_list=True' if options.as_list else ''}"

    def _media_lines(self, effect: ir.SayMedia, note: str) -> tuple[str, ...]:
        content = self.writing.template(effect.content)
        options = self._options(effect.options)
        caption = self.writing.template(effect.caption) if effect.caption else '""' if options else ""
        parts = ", ".join(filter(None, (literal(effect.media), content, caption)))
        said = [effect.content, *([effect.caption] if effect.caption else []), *_said(effect.options)]
        return (*_first(said), f"event.args[0].reply_with({parts}{options}){note}")

    def _remembering_lines(
        self, effect: ir.Store | ir.StoreResult | ir.StoreTaken | ir.Assign | ir.Default, note: str
    ) -> tuple[str, ...]:
        name = identifier(effect.variable)
        target = f"event.model.vars.{name}"
        match effect:
            case ir.StoreResult():
                return (f"{target} = event.args[0].result({self.kind(effect.type)}){note}",)
            case ir.StoreTaken():
                return (f"{target} = {self.writing.taken(effect.taken, effect.type)}{note}",)
            case ir.Store():
                reader = self._reader(effect.variable, effect.reader)
                return (*_reader_variables(effect.reader), f"{target} = event.args[0].answer({reader}){note}")
            case ir.Assign():
                return (*_variables(effect.value), f"{target} = {self._python(effect.value)}{note}")
            case ir.Default():
                return (
                    *_variables(effect.value),
                    f"if not hasattr(event.model.vars, {literal(name)}):",
                    f"    {target} = {self._python(effect.value)}{note}",
                )

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
            f"{identifier(parameter)}={self.writing.sure(value) if parameter in needs else self._python(value)}"
            for parameter, value in values
        ]
        call = ", ".join([literal(name), *more, *arguments])
        variables = ("v = event.model.vars",) if any(uses_variables(value) for _, value in values) else ()
        return (*variables, f"event.args[0].{method}({call}){note}")


_NOWHERE = ir.Origin("", 0, 0, 0)


def _variables(expression: ir.Expression) -> tuple[str, ...]:
    return ("v = event.model.vars",) if uses_variables(expression) else ()


def _first(expressions: list[ir.Expression]) -> tuple[str, ...]:
    """The line that gives all of these the variables, where one needs them."""
    return next((lines for each in expressions if (lines := _variables(each))), ())


def _said(options: ir.Options) -> list[ir.Expression]:
    return [*options.labels, *([options.given] if options.given is not None else [])]


def _reader_variables(reader: ir.Reader) -> tuple[str, ...]:
    parts = [part for part in (reader.low, reader.high, reader.given) if part is not None]
    return _first(parts)


def _wrapped_once(text: str) -> bool:
    """Whether one pair of parentheses holds the whole text."""
    if not text.startswith("("):
        return False
    try:
        python_ast.parse(text[1:-1], mode="eval")
    except SyntaxError:
        return False
    return True
