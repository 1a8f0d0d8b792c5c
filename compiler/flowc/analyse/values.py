"""Which variables have a value where: a use of one that may be unset, or none, is a mistake.

For each state it is worked out how each variable may stand when a session is there: unset, none, or with a
value. Rows carry that on from state to state until nothing changes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from flowc import machine as ir
from flowc.analyse.conversations import shortest, shown, way_to
from flowc.analyse.graph import Graph, does
from flowc.analyse.standing import FIELD, NONE, UNSET, VALUE, Standing, Trouble, after_row, narrowed, passing
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import MaybeNone, UnsetVariable

MAX_SHOWN = 100


def missing_values(graph: Graph) -> Iterator[Mistake]:
    """Every use of a variable that may be unset or none, once, with a conversation that shows it."""
    values = _Values(graph)
    values.settle()
    seen: set[ir.Origin] = set()
    for name in graph.states:
        for row, trouble in values.troubles(name):
            if trouble.use.origin in seen or len(seen) >= MAX_SHOWN:
                continue
            seen.add(trouble.use.origin)
            conversation = shown(graph, [*_demonstration(graph, name, trouble), row])
            span = trouble.use.origin.span
            if trouble.standing == UNSET:
                yield UnsetVariable(span=span, name=_shown(trouble) or "", conversation=conversation)
            else:
                yield MaybeNone(span=span, name=_shown(trouble), conversation=conversation)


class _Values:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        nothing: Standing = {variable.name: _at_first(variable) for variable in graph.machine.variables}
        self.at: dict[str, Standing] = {ir.START: nothing}
        self.aside = _given_aside(graph)

    def settle(self) -> None:
        """Carry the standing of all variables through the graph until nothing changes."""
        queue = deque([ir.START])
        waiting = {ir.START}
        while queue:
            name = queue.popleft()
            waiting.discard(name)
            for dest, standing in self._carried(name):
                if self._join(dest, standing) and dest not in waiting:
                    waiting.add(dest)
                    queue.append(dest)

    def _carried(self, name: str) -> Iterator[tuple[str, Standing]]:
        for row, standing in self._passing(name):
            after, _ = after_row(row, standing)
            if row.dest not in {ir.START, ir.RESUME}:
                yield row.dest or name, after

    def _passing(self, name: str) -> Iterator[tuple[ir.Transition, Standing]]:
        """The rows that leave a state, each with the standing in which it is taken; the way back to it too."""
        if name not in self.at or name == ir.RESUME:
            return
        for rows in self.graph.groups(name):
            yield from passing(rows, self.at[name])
        if self.graph.states[name].rests and ir.RESUME in self.graph.states:
            back = {
                path: mask | self.aside.get(path, 0)
                for path, mask in self.at[name].items()
                if not (FIELD in path and path.partition(FIELD)[0] in self.aside)
            }
            for row in self.graph.rows(ir.RESUME, "advance"):
                if any(isinstance(guard, ir.CameFrom) and guard.state == name for guard in row.guards):
                    yield row, back

    def _join(self, name: str, standing: Standing) -> bool:
        known = self.at.get(name)
        if known is None:
            self.at[name] = dict(standing)
            return True
        changed = False
        for path in [path for path in known if path not in standing]:
            del known[path]  # of this field something was known, but not on every way
            changed = True
        for path, mask in standing.items():
            if path in known and mask & ~known[path]:
                known[path] |= mask
                changed = True
        return changed

    def troubles(self, name: str) -> Iterator[tuple[ir.Transition, Trouble]]:
        """What goes wrong on the rows that leave a state."""
        for row, standing in self._passing(name):
            for trouble in after_row(row, standing)[1]:
                yield row, trouble


def _shown(trouble: Trouble) -> str | None:
    """What stands as it should not, in the author's words; None where it has no name."""
    path = trouble.path
    if path is None:
        return None
    variable, *fields = path.split(FIELD)
    return ".".join([variable.rpartition(".")[2], *fields])


def _at_first(variable: ir.Variable) -> int:
    """How a variable stands before a session: a kept one as the last session left it."""
    if not variable.kept:
        return UNSET
    return UNSET | VALUE | (NONE if variable.type.optional else 0)


def _given_aside(graph: Graph) -> Standing:
    """How variables may stand that an `anytime` gives a value before it comes back."""
    given: Standing = {}
    pending = [row for row in graph.machine.transitions if does(row, "interrupt")]
    seen: set[str] = set()
    unknown: Standing = {variable.name: NONE | VALUE for variable in graph.machine.variables}
    while pending:
        row = pending.pop()
        if does(row, "forget interruption"):
            continue
        after, _ = after_row(row, unknown)
        for effect in row.effects:
            if isinstance(effect, ir.Store | ir.StoreResult | ir.StoreTaken | ir.Assign | ir.Default):
                given[effect.variable] = given.get(effect.variable, 0) | after[effect.variable]
        if row.dest not in {None, ir.START, ir.RESUME, *seen}:
            seen.add(str(row.dest))
            pending += [following for rows in graph.groups(str(row.dest)) for following in rows]
    return given


def _demonstration(graph: Graph, state: str, trouble: Trouble) -> list[ir.Transition]:
    """The shortest way to `state` on which the variable stands as it should not."""
    variable = trouble.path
    if variable is None or FIELD in variable:
        return way_to(graph, state)

    def steps(node: tuple[str, int]) -> Iterator[tuple[ir.Transition, tuple[str, int]]]:
        name, mask = node
        for rows in graph.groups(name):
            for row in rows:
                if row.dest == ir.START or row.trigger in {"failed", "end"}:
                    continue
                standing = narrowed(row, {variable: mask})
                if standing[variable]:
                    after, _ = after_row(row, standing)
                    dest = name if row.dest in {None, ir.RESUME} else str(row.dest)
                    yield row, (dest, after[variable])

    def found(node: tuple[str, int]) -> bool:
        return node[0] == state and bool(node[1] & trouble.standing)

    path = shortest((ir.START, UNSET), steps, found)
    return way_to(graph, state) if path is None else path
