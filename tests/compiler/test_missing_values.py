"""The sparse analysis of variables finds what a plain one finds that keeps all variables of all states."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from flowc import machine as ir
from flowc.analyse.graph import Graph, does
from flowc.analyse.parts import given_by
from flowc.analyse.standing import FIELD, NONE, UNSET, VALUE, Standing, after_row, passing
from flowc.analyse.values import Values, missing_values
from flowc.pipeline import compile_flow
from flowc.source import Span, source_of
from tests.fuzz.flows import flow

Found = set[tuple[str, Span]]
FLOWS = 40


class Plain:
    """Every variable of every state, carried round until nothing changes."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.at = {ir.START: {each.name: self.first(each) for each in graph.machine.variables}}
        self.aside = self.given_aside()
        while any(self.join(dest, standing) for dest, standing in list(self.carried())):
            pass

    def first(self, variable: ir.Variable) -> int:
        if not variable.kept:
            return UNSET
        begins = variable.first is not None and ir.is_plain(variable.first)
        return UNSET * (not begins) | VALUE | NONE * variable.type.optional

    def given_aside(self) -> Standing:
        rows = [row for row in self.graph.machine.transitions if does(row, "interrupt")]
        reached: list[ir.Transition] = []
        while rows:
            row = rows.pop()
            if row not in reached and not does(row, "forget interruption"):
                reached.append(row)
                rows += [] if row.dest in {None, ir.START, ir.RESUME} else self.leaving(str(row.dest))
        names = [each.name for each in self.graph.machine.variables]
        masks = dict.fromkeys(names, 0)
        for row in reached:
            after = after_row(row, dict.fromkeys(names, NONE | VALUE))[0]
            for name in {given_by(effect) for effect in row.effects} - {None}:
                masks[str(name)] |= after[str(name)]
        return masks

    def leaving(self, name: str) -> list[ir.Transition]:
        return [row for rows in self.graph.groups(name) for row in rows]

    def taken(self, name: str) -> Iterator[tuple[ir.Transition, Standing]]:
        if name != ir.RESUME:
            for rows in self.graph.groups(name):
                yield from passing(rows, self.at[name])
            for row in self.graph.ways_back(name):
                yield (
                    row,
                    {
                        each: mask | self.aside.get(each, 0)
                        for each, mask in self.at[name].items()
                        if FIELD not in each or not self.aside[each.partition(FIELD)[0]]
                    },
                )

    def carried(self) -> Iterator[tuple[str, Standing]]:
        for name in list(self.at):
            for row, standing in self.taken(name):
                if row.dest not in {ir.START, ir.RESUME}:
                    yield row.dest or name, after_row(row, standing)[0]

    def join(self, name: str, standing: Standing) -> bool:
        known = self.at.get(name, standing)
        joined = {each: mask | known[each] for each, mask in standing.items() if each in known}
        changed = name not in self.at or joined != known
        self.at[name] = joined
        return changed

    def found(self) -> Found:
        return {
            ("F0406" if trouble.standing == UNSET else "F0408", trouble.use.origin.span)
            for name in self.at
            for row, standing in self.taken(name)
            for trouble in after_row(row, standing)[1]
        }


def lowered(text: str) -> ir.Machine | None:
    """The machine of a flow whose only mistakes are uses of variables without a value."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("flowc.pipeline.analyse", lambda machine: (machine, ()))
        return compile_flow(source_of("random.flow", text)).machine


def test_both_find_the_same_uses() -> None:
    compared = 0
    for seed in range(FLOWS):
        machine = lowered(flow(Random(seed)))  # noqa: S311 - a program, not a secret
        if machine is None:
            continue
        graph = Graph(machine)
        found = {(mistake.code, mistake.span) for mistake in missing_values(Values(graph))}
        wanted = Plain(graph).found()
        assert {span for _, span in found} == {span for _, span in wanted}, seed
        assert found <= wanted, seed
        compared += bool(wanted)
    assert compared > FLOWS / 5
