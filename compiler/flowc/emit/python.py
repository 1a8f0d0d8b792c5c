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
from flowc.emit.names import Names, identifier, slug
from flowc.emit.shape import check_shape
from flowc.emit.types import python_type
from flowrt import generated
from flowrt.flow import FORMAT


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
            imports=module.imports(),
            resting=[state.name for state in machine.states if state.kind not in {"choice", "resume"}],
            kept=[identifier(variable.name) for variable in machine.variables if variable.kept],
            variables=[
                (identifier(variable.name), python_type(variable.type)) for variable in machine.variables
            ],
            actions=[_action(action) for action in machine.actions],
            returning=[action.name for action in machine.actions if action.returns],
            readers=module.callbacks.readers,
            guards=module.callbacks.guards,
            effects=module.callbacks.effects,
            arrivals=module.arrivals,
            waits=[state.name for state in machine.waits],
            states=module.states,
            rows=module.rows,
        )
    )
    text = wrapped(text)
    check_shape(text, frozenset({*generated.__all__, "hasattr"}))
    return text


def _action(action: ir.Action) -> dict[str, str]:
    parameters = "".join(
        f", {identifier(variable.name)}: {python_type(variable.type)}" for variable in action.parameters
    )
    result = python_type(action.returns) if action.returns else "None"
    return {
        "written": action.name,
        "name": identifier(action.name),
        "signature": f"self{parameters}",
        "result": f"Awaitable[{result}] | {result}",
        "line": str(action.origin.line),
    }


class _Module:
    """The parts of one module."""

    def __init__(self, machine: ir.Machine) -> None:
        self.machine = machine
        self.names = Names()
        self.callbacks = Callbacks(self.names)
        self.waits = tuple(state.name for state in machine.waits)
        self.everywhere = tuple(state.name for state in machine.states)
        self.arrivals: list[Function] = []
        self.states = [self._state(state) for state in machine.states]
        self.rows = [self._row(transition) for transition in machine.transitions]

    def imports(self) -> list[str]:
        """What the module needs of the runtime, in order."""
        return sorted(
            self.callbacks.used | {"EventData", "Flow"}, key=lambda name: (name.islower(), name.lower())
        )

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
