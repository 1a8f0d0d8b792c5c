"""What all steps need to become rows: the table, the names of waits, and the ways to stay and to leave.

The walk along a chain is left to `Lowering`; the modules of single steps know only this.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flowc import machine as ir
from flowc import syntax as ast
from flowc.again import said_last
from flowc.check import Checked
from flowc.check.takes import Take
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import RunsOffEnd
from flowc.diagnostics.names import SameWait, TakenName
from flowc.lower.clocks import reminder_trigger
from flowc.lower.patterns import Alternative, alternatives
from flowc.lower.prompts import prompt
from flowc.lower.scope import Scope
from flowc.lower.table import Edge, EndOfChain, Phase, Place, Table
from flowc.program import Program
from flowc.source import Span


class Making(ABC):
    """The machine of one program, being made."""

    def __init__(self, program: Program, checked: Checked) -> None:
        self.program = program
        self.checked = checked
        self.mistakes: list[Mistake] = []
        self.table = Table()
        self.scope = Scope(program, checked)
        """The scope of the flow itself."""
        self.outside = replace(self.scope, first=self._kept_at_first())
        """The scope of what may come before a session has opened."""
        self.names: dict[tuple[str, int], str] = {}
        """The states made so far, by the path of their scope and the `id` of the node that each stands for."""
        self.asks: dict[str, tuple[ast.Ask, Scope]] = {}
        self.resting: dict[str, tuple[ast.State, Place]] = {}
        """The states that wait, each with the place of its handlers."""
        self.aside: set[str] = set()
        """The waits within an `anytime`: they are never what it comes back to."""
        self.entered: set[int] = set()
        """The `id` of each state of the AST that a `goto` leads to."""
        self.dialogs: dict[str, ast.Run] = {}
        """The dialogs that are run, by their paths."""
        self.todo: deque[Callable[[], None]] = deque()
        self.flow_origin = program.origin(Span(program.file.path, 0, 0))
        self._said: dict[str, tuple[ast.Step, ...]] = {}

    def _kept_at_first(self) -> dict[str, ir.Expression]:
        """What the variables of `keep` hold before the first session, in order of declaration."""
        first: dict[str, ir.Expression] = {}
        for name, variable in self.program.variables.items():
            if variable.word == "keep" and variable.value is not None:
                first[name] = replace(self.scope, first=first).expression(variable.value)
        return first

    def drain(self) -> None:
        """Make what is still to be made."""
        while self.todo:
            self.todo.popleft()()

    def report(self, mistake: Mistake) -> None:
        """Note a mistake, once: several edges may come past it."""
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)

    def do(self, what: ir.Simple, span: Span) -> ir.Do:
        """An effect that the runtime knows by itself."""
        return ir.Do(what, self.program.origin(span))

    def taking(
        self,
        handler: ast.Handler,
        source: str,
        place: Place,
        phases: tuple[Phase, Phase],
        first: tuple[ir.Effect, ...] = (),
    ) -> list[Edge]:
        """The edges on which a handler takes what comes: one for its texts, one for each of its other patterns.

        `phases` are those of its patterns and of its catch-alls. Each edge does `first` what it is given, then gives
        the variables of the handler their values.
        """
        origin = self.program.origin(handler.head)
        edges: list[Edge] = []
        for one in alternatives(handler, origin):
            guards = (*one.guards, *self._guard(handler, one, place.scope))
            stored = [self._taken(take, place.scope) for take in one.takes]
            phase = phases[1] if one.is_catch_all else phases[0]
            edges.append(Edge(one.trigger, source, phase, origin, guards, (*first, *stored)))
        return edges

    def _taken(self, take: Take, scope: Scope) -> ir.StoreTaken:
        variable = scope.variable(take.name)
        return ir.StoreTaken(variable, take.taken, take.type, self.program.origin(take.span))

    def _guard(self, handler: ast.Handler, one: Alternative, scope: Scope) -> tuple[ir.Guard, ...]:
        """The condition of a handler; what its pattern takes is in it before the variables have it."""
        if handler.guard is None:
            return ()
        taken = {take.name: take for take in one.takes}

        def seen(use: ir.VariableUse) -> ir.Expression:
            take = taken.get(use.name)
            return ir.TakenUse(take.taken, take.type, use.origin) if take else scope.scoped(use)

        condition = ir.with_uses(scope.raw(handler.guard), seen)
        return (ir.Condition(condition, self.program.origin(handler.guard.span)),)

    def end_session(self, edge: Edge, span: Span) -> None:
        """Go back to the initial state."""
        self.table.add(edge.do(self.do("end", span)), ir.START)

    def run_off(self, chain: ast.Chain | None, head: Span, what: str, *, returns: bool = False) -> None:
        """Report a chain that ends without saying how the conversation goes on."""
        span = chain.steps[-1].span if chain and chain.steps else head
        self.report(RunsOffEnd(span=span, what=what, returns=returns))

    def keep_waiting(self, edge: Edge, wait: str) -> None:
        """Stay in `wait`, in the visit that it is."""
        if edge.source == wait:
            self.table.add(edge, None)
        elif edge.source == ir.RESUME:
            self.table.add(edge, wait)
        else:
            self.table.add(edge.do(ir.Do("keep visit", edge.origin)), wait)

    def repeat_state(self, state: ast.State, name: str, place: Place, edge: Edge) -> None:
        """Say what the chain of a state said since its last wait, with the values of now, and wait there."""
        said = self._said.setdefault(name, said_last(state.chain.steps))
        self.steps(edge, said, place.at(f"{name}.again"), partial(self.keep_waiting, wait=name))

    def repeat_ask(self, ask: ast.Ask, name: str, scope: Scope, edge: Edge) -> None:
        """Say the prompt of an ask again, and wait there."""
        self.keep_waiting(edge.do(*prompt(scope, ask)), name)

    def claim(self, name: str, span: Span, node: int, place: Place, step: str) -> bool:
        """Whether the wait of this node is to be made now; its name must be its own."""
        key = (place.scope.path, node)
        if key in self.names:
            return False
        self.names[key] = name
        other = self.table.states.get(name)
        if other is not None:
            taken = TakenName(span=span, name=name) if other.kind in {"start", "resume"} else None
            self.report(taken or SameWait(span=span, name=name, first=other.origin.span, step=step))
            return False
        if place.aside:
            self.aside.add(name)
        return True

    def timers(
        self,
        name: str,
        reminders: tuple[ast.After, ...],
        timeouts: tuple[ast.Timeout, ...],
        place: Place,
        end_of_timeout: EndOfChain,
    ) -> None:
        """The rows that the clocks of a wait fire."""
        for reminder in reminders:
            edge = Edge(reminder_trigger(reminder), name, Phase.TIMERS, self.program.origin(reminder.span))
            self.steps(edge, reminder.chain.steps, place, partial(self.keep_waiting, wait=name))
        for timeout in timeouts[:1]:
            edge = Edge("timeout", name, Phase.TIMERS, self.program.origin(timeout.span))
            self.steps(edge, timeout.chain.steps if timeout.chain else (), place, end_of_timeout)

    @abstractmethod
    def steps(self, edge: Edge, steps: tuple[ast.Step, ...], place: Place, end: EndOfChain) -> None:
        """Follow `steps` until the edge reaches a state; `end` says where it goes behind the last."""
