"""The Python module of a machine: readable, typed, and the same bytes for the same flow."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePath
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined

from flowc import __version__
from flowc import machine as ir
from flowc.emit.callbacks import Callbacks, Function, comment, shown_name
from flowc.emit.expressions import literal
from flowc.emit.layout import wrapped
from flowc.emit.names import Names, class_name, identifier, slug
from flowc.emit.shape import check_shape
from flowc.emit.types import names_in, python_type, record_kind
from flowc.garbage import uncollected
from flowc.types import SECRET
from flowrt import generated
from flowrt.flow import FORMAT

_TYPES = {"Decimal", "Media", "date", "datetime", "time", "timedelta"}
"""The names of the runtime that types are made of."""


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


def emit_python(machine: ir.Machine) -> str:
    """The text of the module."""
    with uncollected():
        return _emitted(machine)


def _emitted(machine: ir.Machine) -> str:
    module = _Module(machine)
    text = (
        _environment()
        .get_template("module.py.jinja")
        .render(
            name=machine.name,
            source=shown_name(machine.sources[0].path),
            sources=[(shown_name(source.path), source.sha256) for source in machine.sources],
            compiler=__version__,
            format=FORMAT,
            resting=[state.name for state in machine.states if state.kind not in {"choice", "resume"}],
            kept=[identifier(variable.name) for variable in machine.variables if variable.kept],
            secrets=[identifier(each.name) for each in machine.variables if each.type.plain == SECRET],
            renamed_slots=_renamed_slots(machine),
            variables=[
                (identifier(variable.name), python_type(variable.type)) for variable in machine.variables
            ],
            kinds=[(identifier(each.name), module.callbacks.kind(each.type)) for each in machine.variables],
            defaults=module.defaults(),
            contracts=module.contracts(),
            records=[_record(record, module.callbacks) for record in _in_order(machine.records)],
            actions=[_action(action) for action in machine.actions],
            functions=[_function(function) for function in machine.functions],
            returning=[
                (each.name, module.callbacks.kind(each.returns)) for each in machine.actions if each.returns
            ],
            renamed=[(each.what, each.old, each.new) for each in machine.renamed],
            readers=module.callbacks.readers,
            guards=module.callbacks.guards,
            effects=module.callbacks.effects,
            arrivals=module.arrivals,
            waits=[state.name for state in machine.waits],
            states=module.states,
            rows=module.rows,
            imports=module.imports(),
        )
    )
    text = wrapped(text)
    records = {class_name(record.name) for record in machine.records}
    check_shape(text, frozenset({*generated.__all__, *records, "hasattr"}))
    return text


def _parameters(parameters: Iterable[ir.Variable]) -> str:
    return "".join(f", {identifier(each.name)}: {python_type(each.type)}" for each in parameters)


def _action(action: ir.Action) -> dict[str, str]:
    result = python_type(action.returns) if action.returns else "None"
    return {
        "written": action.name,
        "name": identifier(action.name),
        "signature": f"self{_parameters(action.parameters)}",
        "result": f"Awaitable[{result}] | {result}",
        "line": str(action.origin.line),
    }


def _function(function: ir.Function) -> dict[str, str]:
    """A function is called with its arguments by position."""
    return {
        "written": function.name,
        "name": identifier(function.name),
        "signature": f"self{_parameters(function.parameters)}, /",
        "result": python_type(function.returns),
        "line": str(function.origin.line),
    }


def _record(record: ir.Record, callbacks: Callbacks) -> dict[str, Any]:
    name = class_name(record.name)
    fields = [(identifier(field.name), python_type(field.type)) for field in record.fields]
    kinds = [f"{identifier(field.name)}={callbacks.kind(field.type)}" for field in record.fields]
    callbacks.used |= {callbacks.use("Record"), callbacks.use("record")}
    return {
        "written": record.name,
        "name": name,
        "base": "Record" if name == record.name else f"Record, name={literal(record.name)}",
        "fields": fields,
        "kind": record_kind(record.name),
        "kinds": ", ".join([name, *kinds]),
        "line": str(record.origin.line),
    }


def _in_order(records: tuple[ir.Record, ...]) -> list[ir.Record]:
    """The records, each behind those that it holds."""
    by_name = {record.name: record for record in records}
    ordered: dict[str, ir.Record] = {}

    def add(record: ir.Record) -> None:
        for field in record.fields:
            held = field.type
            while held.element is not None:
                held = held.element
            if held.name in by_name and held.name not in ordered:
                add(by_name[held.name])
        ordered.setdefault(record.name, record)

    for record in records:
        add(record)
    return list(ordered.values())


def _renamed_slots(machine: ir.Machine) -> list[tuple[str, str]]:
    """The slots of variables of dialogs, which have other names than the variables."""
    names = [each.name for each in machine.variables if "." in each.name]
    return [(identifier(name), name) for name in names]


class _Module:
    """The parts of one module."""

    def __init__(self, machine: ir.Machine) -> None:
        self.machine = machine
        records = [record.name for record in machine.records]
        self.names = Names([*map(class_name, records), *map(record_kind, records)])
        self.callbacks = Callbacks(self.names)
        self.waits = tuple(state.name for state in machine.waits)
        self.everywhere = tuple(state.name for state in machine.states)
        self.arrivals: list[Function] = []
        self.states = [self._state(state) for state in machine.states]
        self.rows = [self._row(transition) for transition in machine.transitions]

    def imports(self) -> list[str]:
        """What the module needs of the runtime, in order."""
        return sorted(
            self.callbacks.used | self._types() | {"EventData", "Flow"},
            key=lambda name: (not name.isupper(), name.islower(), name),
        )

    def _types(self) -> set[str]:
        """What the types of variables, parameters and fields are made of."""
        machine = self.machine
        typed = [variable.type for variable in machine.variables]
        typed += [each.type for action in machine.actions for each in action.parameters]
        typed += [action.returns for action in machine.actions if action.returns]
        typed += [each.type for function in machine.functions for each in function.parameters]
        typed += [function.returns for function in machine.functions]
        typed += [field.type for record in machine.records for field in record.fields]
        return {name for type_ in typed for name in names_in(python_type(type_))} & _TYPES

    def defaults(self) -> list[tuple[str, str]]:
        """The variables that begin with a plain value.

        A session that is older than they are is given it. Of what is kept, the guard of an entry handler sees it
        before the first session.
        """
        return [
            (identifier(each.name), self.callbacks.writing.python(each.first))
            for each in self.machine.variables
            if each.first is not None and ir.is_plain(each.first)
        ]

    def contracts(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What a session must hold in each state, as slots with their kinds."""
        return [
            (each.state, [(identifier(need.name), self.callbacks.kind(need.type)) for need in each.needs])
            for each in self.machine.contracts
        ]

    # States

    def _state(self, state: ir.State) -> str:
        match state.kind:
            case "start":
                return f'{{"name": {literal(state.name)}}}'
            case "choice" | "resume":
                enter = self.callbacks.use("advance")
            case _ if not state.clocks:
                enter = self.callbacks.use("arrive")
            case _:
                enter = self._arrival(state)
        return f'{{"name": {literal(state.name)}, "on_enter": {enter}}}'

    def _arrival(self, state: ir.State) -> str:
        name = self.names.unique(f"arrive_in_{slug(state.name, 8)}")
        clocks = ", ".join(f"({literal(clock.trigger)}, {clock.seconds})" for clock in state.clocks)
        pending = ", pending=True" if state.kind in {"call", "wait"} else ""
        line = f"event.args[0].arrive({clocks}{pending}){comment(state.origin)}"
        self.arrivals.append(Function(name, "None", (line,)))
        return name

    # Rows

    def _row(self, row: ir.Transition) -> str:
        if len(row.sources) == 1:
            source = literal(row.sources[0])
        elif row.sources == self.waits:
            source = "WAITS"
        elif row.sources == self.everywhere:
            source = "EVERYWHERE"
        else:
            source = f"[{', '.join(literal(name) for name in row.sources)}]"
        guards = [self.callbacks.guard(guard) for guard in row.guards]
        effects = [self.callbacks.effect(effect) for effect in row.effects]
        parts = [f'"trigger": {literal(row.trigger)}', f'"source": {source}', f'"dest": {literal(row.dest)}']
        parts += [f'"conditions": [{", ".join(guards)}]'] if guards else []
        parts += [f'"before": [{", ".join(effects)}]'] if effects else []
        return f"{{{', '.join(parts)}}}"
