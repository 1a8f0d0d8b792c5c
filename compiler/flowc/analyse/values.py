"""Which variables have a value where: a use of one that may be unset, or none, is a mistake.

For each state it is worked out which of its live variables may be unset or none when a session is there; all
others have a value. What is known of a field of a record, because it was tested, is kept too. Rows carry that on
from state to state until nothing changes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Literal

from flowc import machine as ir
from flowc.analyse.conversations import shortest, shown
from flowc.analyse.graph import Graph
from flowc.analyse.liveness import Liveness
from flowc.analyse.parts import given_by
from flowc.analyse.standing import FIELD, NONE, UNSET, VALUE, Standing, Trouble, after_row, passing
from flowc.diagnostics.conversations import NotKept
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import MaybeNone, UnsetVariable

MAX_SHOWN = 100

_WITHOUT_SESSION: dict[str, Literal["failed", "outdated"]] = {"failed": "failed", "outdated": "outdated"}
"""The triggers whose chains may run where no session is open, or one of another version was."""


def missing_values(values: Values) -> Iterator[Mistake]:
    """Every use of a variable that may be unset or none, once, with a conversation that shows it."""
    seen: set[ir.Origin] = set()
    for name in values.graph.states:
        for row, trouble in values.troubles(name):
            if trouble.use.origin in seen:
                continue
            seen.add(trouble.use.origin)
            yield _mistake(values, name, row, trouble)
            if len(seen) >= MAX_SHOWN:
                return


def _mistake(values: Values, state: str, row: ir.Transition, trouble: Trouble) -> Mistake:
    """What is to be said of a trouble on `row`, in `state`."""
    span, name = trouble.use.origin.span, _shown(trouble)
    chain = _WITHOUT_SESSION.get(row.trigger)
    if trouble.standing == UNSET and chain is not None and trouble.path not in values.kept:
        return NotKept(span=span, name=name or "", chain=chain)
    conversation = shown(values.graph, [*_demonstration(values, state, trouble), row])
    if trouble.standing == UNSET:
        kept = trouble.path in values.kept
        return UnsetVariable(span=span, name=name or "", conversation=conversation, kept=kept)
    return MaybeNone(span=span, name=name, conversation=conversation)


class Values:
    """How the live variables may stand in each state, once nothing changes any more.

    `at` has the states that a conversation can reach. Of each it holds the variables that may be without a value,
    and the fields of which more is known than their type tells.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.liveness = Liveness(graph)
        self.kept = frozenset(each.name for each in graph.machine.variables if each.kept)
        self.at: dict[str, Standing] = {}
        self.aside = _given_aside(graph, self.liveness)
        self._usual: dict[int, tuple[Standing, list[Trouble]]] = {}
        self._settle()

    @property
    def entries(self) -> int:
        """How many pairs of a state and a variable are kept: what the analysis takes of time and memory."""
        live = sum(len(variables) for variables in self.liveness.live.values())
        return live + sum(len(standing) for standing in self.at.values())

    def _settle(self) -> None:
        """Carry the standings through the graph until nothing changes."""
        live = self.liveness.live[ir.START]
        variables = self.graph.machine.variables
        self.at[ir.START] = {each.name: _at_first(each) for each in variables if each.name in live}
        queue = deque([ir.START])
        waiting = {ir.START}
        while queue:
            name = queue.popleft()
            waiting.discard(name)
            for row, standing in self._passing(name):
                if row.dest in {ir.START, ir.RESUME}:
                    continue
                dest = row.dest or name
                if self._join(dest, self._after(row, dest, standing)) and dest not in waiting:
                    waiting.add(dest)
                    queue.append(dest)

    def _passing(self, name: str) -> Iterator[tuple[ir.Transition, Standing]]:
        """The rows that leave a state, each with the standing in which it is taken; the way back to it too."""
        if name not in self.at or name == ir.RESUME:
            return
        standing = self.at[name]
        for rows in self.graph.groups(name):
            tested = self.liveness.tested(rows)
            yield from passing(rows, dict.fromkeys(tested, VALUE) | standing if tested else standing)
        ways_back = self.graph.ways_back(name)
        if ways_back:
            back = self._back(name, standing)
            yield from ((row, back) for row in ways_back)

    def _back(self, name: str, standing: Standing) -> Standing:
        """How the variables of a wait stand when an `anytime` comes back to it."""
        kept = {path: mask for path, mask in standing.items() if _variable(path) not in self.aside}
        live = self.liveness.live[name] & self.aside.keys()
        return kept | {each: standing.get(each, VALUE) | self.aside[each] for each in live}

    def _after(self, row: ir.Transition, dest: str, standing: Standing) -> Standing:
        """The standing behind a row, as far as the state that it leads to looks at it."""
        live = self.liveness.live[dest]
        mentioned = self.liveness.parts(row).mentioned
        after = {
            path: mask
            for path, mask in standing.items()
            if (variable := _variable(path)) in live and variable not in mentioned
        }
        changed, _ = self._effect(row, standing)
        return after | {path: mask for path, mask in changed.items() if _variable(path) in live}

    def _effect(self, row: ir.Transition, standing: Standing) -> tuple[Standing, list[Trouble]]:
        """What a row does to the variables that it mentions, and what goes wrong on it.

        Most rows mention no variable that may be without a value, and then do the same whatever stands.
        """
        mentioned = self.liveness.parts(row).mentioned
        concerned = {path: mask for path, mask in standing.items() if _variable(path) in mentioned}
        if concerned:
            return after_row(row, dict.fromkeys(mentioned, VALUE) | concerned)
        if id(row) not in self._usual:
            self._usual[id(row)] = after_row(row, dict.fromkeys(mentioned, VALUE))
        return self._usual[id(row)]

    def _join(self, name: str, standing: Standing) -> bool:
        """Add to what is known of a state; whether anything is new."""
        standing = {path: mask for path, mask in standing.items() if FIELD in path or mask & (UNSET | NONE)}
        known = self.at.get(name)
        if known is None:
            self.at[name] = standing
            return True
        # Of these fields something was known, but not on every way.
        forgotten = [path for path in known if FIELD in path and path not in standing]
        for path in forgotten:
            del known[path]
        changed = bool(forgotten)
        for path, mask in standing.items():
            before = known.get(path, VALUE)
            if mask & ~before and (path in known or FIELD not in path):
                known[path] = before | mask
                changed = True
        return changed

    def troubles(self, name: str) -> Iterator[tuple[ir.Transition, Trouble]]:
        """What goes wrong on the rows that leave a state."""
        for row, standing in self._passing(name):
            for trouble in self._effect(row, standing)[1]:
                yield row, trouble


def _variable(path: str) -> str:
    """The variable that a path of a standing is of."""
    return path.partition(FIELD)[0] if FIELD in path else path


def _shown(trouble: Trouble) -> str | None:
    """What stands as it should not, in the author's words; None where it has no name."""
    path = trouble.path
    if path is None:
        return None
    variable, *fields = path.split(FIELD)
    return ".".join([variable.rpartition(".")[2], *fields])


def _at_first(variable: ir.Variable) -> int:
    """How a variable stands before a session: a kept one as the last session left it, or as it begins."""
    if not variable.kept:
        return UNSET
    begins = variable.first is not None and ir.is_plain(variable.first)
    return (0 if begins else UNSET) | VALUE | (NONE if variable.type.optional else 0)


def _given_aside(graph: Graph, liveness: Liveness) -> Standing:
    """How variables may stand that an `anytime` gives a value before it comes back."""
    given: Standing = {}
    unknown = {each.name: NONE | VALUE if each.type.optional else VALUE for each in graph.machine.variables}
    for row in graph.rows_aside:
        after, _ = after_row(row, {name: unknown[name] for name in liveness.parts(row).mentioned})
        for variable in map(given_by, row.effects):
            if variable is not None:
                given[variable] = given.get(variable, 0) | after[variable]
    return given


def _demonstration(values: Values, state: str, trouble: Trouble) -> list[ir.Transition]:
    """The shortest way to `state` on which the variable stands as it should not."""
    variable = trouble.path
    if variable is None or FIELD in variable:
        return values.graph.way_to(state)
    path = way_with(values, state, variable, trouble.standing)
    return values.graph.way_to(state) if path is None else path


def way_with(values: Values, state: str, variable: str, standing: int) -> list[ir.Transition] | None:
    """The shortest way to `state` on which `variable` stands in one of these ways; None where there is none."""
    graph = values.graph

    def steps(node: tuple[str, int]) -> Iterator[tuple[ir.Transition, tuple[str, int]]]:
        name, mask = node
        for rows in graph.groups(name):
            for row, before in passing(rows, {variable: mask}):
                if row.dest == ir.START or row.trigger in {"failed", "end"} or not before[variable]:
                    continue
                mentioned = variable in values.liveness.parts(row).mentioned
                after = after_row(row, before)[0][variable] if mentioned else before[variable]
                yield row, (name if row.dest in {None, ir.RESUME} else str(row.dest), after)

    def found(node: tuple[str, int]) -> bool:
        return node[0] == state and bool(node[1] & standing)

    return shortest((ir.START, UNSET), steps, found)
