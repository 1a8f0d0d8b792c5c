"""The Mermaid diagram of a machine: each state once, each way between two, and what leads there.

What a host and a failure do is left out, and so is what only keeps a message for later. What holds in many
waits, as `anytime` and the flow's timeout do, is drawn once, from a state that stands for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import assert_never

from flowc import machine as ir
from flowc.emit.names import shown_parts
from flowc.transcript.notation import quote, write_duration, write_value
from flowc.types import DECIMAL, DURATION

LONGEST = 100
"""How many code points of a label are drawn."""

_OUTSIDE = "[*]"
_HIDDEN = frozenset({"end", "failed"})

# Words of Mermaid's own, and names of what its JavaScript objects already have.
_TAKEN = frozenset(
    {
        *("accdescr", "acctitle", "as", "class", "classdef", "click", "default", "direction", "end", "fork"),
        *("hide", "href", "join", "note", "root", "scale", "state", "statediagram", "style"),
        *("constructor", "prototype", "tostring", "valueof"),
    }
)


def emit_mermaid(machine: ir.Machine) -> str:
    """The text of the diagram."""
    drawing = _Drawing(machine)
    places = [_OUTSIDE, *drawing.ids.values(), drawing.anytime]
    edges = sorted(dict.fromkeys(drawing.edges()), key=lambda edge: places.index(edge[0]))
    lines = [*drawing.nodes(edges), *(f"{source} --> {dest} : {label}" for source, dest, label in edges)]
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in lines)]) + "\n"


Edge = tuple[str, str, str]
"""The ids of the two states, and the label as Mermaid reads it."""


class _Drawing:
    def __init__(self, machine: ir.Machine) -> None:
        self.machine = machine
        self.states = {state.name: state for state in machine.states}
        self.ids = dict(_ids(state for state in machine.states if state.kind != "start"))
        self.ids[ir.START] = _OUTSIDE
        self.anytime = _unique("anytime", self.ids.values())

    # States

    def nodes(self, edges: list[Edge]) -> Iterator[str]:
        """What there is to say of the states that the edges join, where their ids do not say it."""
        drawn = {node for source, dest, _ in edges for node in (source, dest)}
        if self.anytime in drawn:
            yield f'state "anywhere in the session" as {self.anytime}'
        for name, node in self.ids.items():
            if node in drawn and node != _OUTSIDE:
                yield from self._node(self.states[name], node)

    def _node(self, state: ir.State, node: str) -> Iterator[str]:
        if state.kind == "choice":
            yield f"state {node} <<choice>>"
        elif state.kind == "resume":
            yield f'state "back to where it was" as {node}'
        elif node != state.name:
            yield f'state "{escape(state.name).replace(chr(34), "#quot;")}" as {node}'

    # Transitions

    def edges(self) -> Iterator[Edge]:
        """The ways from state to state, in the order in which they are tried."""
        begun: set[tuple[str, str]] = set()
        for row in self.machine.transitions:
            held = any(isinstance(effect, ir.Do) and effect.what == "hold message" for effect in row.effects)
            if row.trigger in _HIDDEN or held:
                continue
            everywhere = len(row.sources) > 1
            for source in row.sources[:1] if everywhere else row.sources:
                if self.states[source].kind == "resume":
                    continue  # the ways back are as many as there are waits
                node = self.anytime if everywhere else self.ids[source]
                first = (node, row.trigger) not in begun
                begun.add((node, row.trigger))
                dest = node if row.dest is None else self.ids[row.dest]
                yield node, dest, escape(self._label(row, self.states[source], first=first))

    def _label(self, row: ir.Transition, source: ir.State, *, first: bool) -> str:
        """What makes the machine go this way; `first` if no other way was tried before."""
        event = self._event(row, source, first=first)
        conditions = [
            _expression(guard.expression) for guard in row.guards if isinstance(guard, ir.Condition)
        ]
        if row.trigger == "advance":
            return " and ".join(conditions) or "else"
        return f"{event} when {' and '.join(conditions)}" if conditions else event

    def _event(self, row: ir.Transition, source: ir.State, *, first: bool) -> str:
        if row.trigger == "message":
            said = [text for guard in row.guards if (text := _message(guard))]
            return " and ".join(said) or ("any message" if first else "anything else")
        if row.trigger == "result":
            return "failed" if any(isinstance(guard, ir.CallFailed) for guard in row.guards) else "done"
        if row.trigger == "expire":
            return _clock(self.machine.expire)
        for clock in source.clocks:
            if clock.trigger == row.trigger:
                return _clock(clock.seconds)
        return row.trigger


def _clock(seconds: int | None) -> str:
    return f"⏱ after {write_duration(seconds)}" if seconds else "⏱"


def _message(guard: ir.Guard) -> str | None:
    """Which messages a guard lets pass; None where it does not look at the message."""
    match guard:
        case ir.Says(texts):
            return " | ".join(quote(text) for text in texts)
        case ir.Finds(pattern):
            return f"/{pattern}/"
        case ir.Fits(parts):
            return quote(shown_parts(parts))
        case ir.IsText():
            return "any text"
        case ir.Brings(kind):
            return f"any {kind}"
        case ir.Reads(variable, reader):
            return f"{variable}: {_reader(reader)}"
        case ir.TriesReached(limit):
            return f"{limit} wrong answers"
        case (
            ir.Carries()
            | ir.Condition()
            | ir.Requires()
            | ir.CallFailed()
            | ir.CameFrom()
            | ir.SaysAgain()
            | ir.FirstFailure()
        ):
            return None
        case _:
            assert_never(guard)


def _reader(reader: ir.Reader) -> str:
    if reader.given is not None:
        return f"one of {_expression(reader.given)}"
    if reader.choices:
        return " | ".join(quote(choice) for choice in reader.choices)
    if reader.low is None and reader.high is None:
        return str(reader.type)
    low, high = ("" if bound is None else _expression(bound) for bound in (reader.low, reader.high))
    return f"{reader.type} in {low}..{high}"


# Expressions, as a flow writes them

_BINDS = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6}
_POSTFIX = 9
_COMPARES = 4
"""How firmly each operator holds its operands; those not named compare."""
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "not in", "is none", "is not none"})


def _expression(expression: ir.Expression, around: int = 0) -> str:
    match expression:
        case ir.Constant():
            return _constant(expression)
        case ir.VariableUse(name):
            return name
        case ir.AnswerUse():
            return "answer"
        case ir.TakenUse(taken):
            return "text" if isinstance(taken, ir.TakenText | ir.TakenMedia) else taken.name
        case ir.KnownUse(what):
            return what
        case ir.Template():
            return quote(expression.shown)
        case ir.Operation(operator="as decimal", operands=(number,)):
            return _expression(number, around)
        case ir.Operation(operator="[]", operands=(value, index)):
            return f"{_expression(value, _POSTFIX)}[{_expression(index)}]"
        case ir.Operation(operator, operands):
            binds = _BINDS.get(operator, _COMPARES)
            first = binds + 1 if operator in _COMPARISONS else binds
            texts = [
                _expression(operands[0], first),
                *(_expression(each, binds + 1) for each in operands[1:]),
            ]
            text = _operation(operator, texts)
            return f"({text})" if binds < around else text
        case ir.FieldUse(value, field):
            return f"{_expression(value, _POSTFIX)}.{field}"
        case ir.Matches(value, pattern):
            text = f"{_expression(value, _COMPARES + 1)} matches /{pattern}/"
            return f"({text})" if around > _COMPARES else text
        case ir.ListOf(items):
            return f"[{', '.join(map(_expression, items))}]"
        case ir.Make(record, fields):
            return f"{record}({', '.join(f'{name}: {_expression(value)}' for name, value in fields)})"
        case ir.Changed(value, field, new):
            return f"{_expression(value, _POSTFIX)} with {field}: {_expression(new)}"
        case ir.BuiltIn(function) | ir.Apply(function):
            return f"{function}({', '.join(map(_expression, ir.parts_of(expression)))})"
        case _:
            assert_never(expression)


def _constant(constant: ir.Constant) -> str:
    if constant.type == DURATION and isinstance(constant.value, int):
        return write_duration(constant.value)
    return str(constant.value) if constant.type == DECIMAL else write_value(constant.value)


def _operation(operator: ir.Operator, operands: list[str]) -> str:
    if operator in {"is none", "is not none"}:
        return f"{operands[0]} {operator}"
    if len(operands) == 1:
        return f"not {operands[0]}" if operator == "not" else f"{operator}{operands[0]}"
    return f" {operator} ".join(operands)


# Names and texts, as Mermaid takes them


def _ids(states: Iterable[ir.State]) -> Iterator[tuple[str, str]]:
    """The id of each state: its name, where Mermaid can take that, else one like it."""
    given: set[str] = set()
    for state in states:
        name = "choice" if state.kind == "choice" else re.sub(r"[^A-Za-z0-9_]", "_", state.name)
        sound = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) and name.casefold() not in _TAKEN
        node = _unique(name if sound else f"s_{name}", given)
        given.add(node)
        yield state.name, node


def _unique(name: str, given: Iterable[str]) -> str:
    given, node, count = set(given), name, 1
    while node in given:
        count += 1
        node = f"{name}_{count}"
    return node


def escape(text: str) -> str:
    """`text` as a label may hold it: what Mermaid could take for its own is written as an entity.

    >>> escape('"a; b" --> #1')
    '"a#59; b" --#gt; #35;1'
    """
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    # A colon before a space does no harm, and there are many of those.
    return "".join(": " if piece == ": " else _escaped(piece) for piece in re.findall(r": |(?s:.)", text))


def _escaped(point: str) -> str:
    named = {"<": "#lt;", ">": "#gt;", "&": "#amp;"}.get(point)
    if named:
        return named
    plain = point == " " or (point.isprintable() and (not point.isascii() or point.isalnum()))
    return point if plain or point in "\"'()+,-./=?!|_…" else f"#{ord(point)};"
