"""Dialogs: each `run` puts a copy into the machine, under a path of its own, so that the machine stays finite."""

from __future__ import annotations

from flowc import machine as ir
from flowc import syntax as ast
from flowc.diagnostics.names import SameWait
from flowc.lower.making import Making
from flowc.lower.scope import Scope
from flowc.lower.table import Edge, EndOfChain, Place


def lower_run(making: Making, edge: Edge, run: ast.Run, place: Place, go_on: EndOfChain) -> None:
    """Lead `edge` through the dialog that is run, and on behind it."""
    dialog = making.program.dialogs[run.dialog.text]
    path = place.inlined(run.label.text if run.label else dialog.name.text)
    span = run.label.span if run.label else run.dialog.span
    first = making.dialogs.setdefault(path, run)
    if first is not run:
        before = first.label.span if first.label else first.dialog.span
        making.report(SameWait(span=span, name=path, first=before, step="run"))
        return
    own = frozenset(making.checked.dialogs[dialog.name.text])
    inner = Scope(making.program, making.checked, path, own)

    def come_back(edge: Edge, value: ir.Expression | None) -> None:
        if run.alias is not None and value is not None:
            variable = place.scope.variable(run.alias.text)
            edge = edge.do(ir.Assign(variable, value, making.program.origin(run.alias.span)))
        go_on(edge)

    def end(edge: Edge) -> None:
        if dialog.returns is not None:
            what = f"the dialog `{dialog.name.text}`, which returns a value,"
            making.run_off(dialog.chain, dialog.span, what, returns=True)
        come_back(edge, None)

    within = Place(inner, path, aside=place.aside, dialog=dialog, come_back=come_back)
    edge = edge.do(*_begin(making, run, dialog, place.scope, inner))
    making.steps(edge, dialog.chain.steps, within, end)


def _begin(making: Making, run: ast.Run, dialog: ast.Dialog, outer: Scope, inner: Scope) -> list[ir.Effect]:
    """What a dialog begins with: nothing of a run before, its parameters, and what `let` gives."""
    origin = making.program.origin(run.span)
    effects: list[ir.Effect] = []
    if inner.own:
        effects.append(ir.Forget(tuple(inner.variable(name) for name in sorted(inner.own)), origin))
    effects += [ir.Assign(inner.variable(name), value, origin) for name, value in outer.arguments(run)]
    for variable in dialog.variables:
        if variable.value is not None:
            value = inner.expression(variable.value)
            at = making.program.origin(variable.span)
            effects.append(ir.Assign(inner.variable(variable.name.text), value, at))
    return effects
