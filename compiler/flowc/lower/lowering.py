"""From chains to rows: the steps between two waits become one transition's effects.

A chain is followed edge by edge. A step that waits, and a `when`, is a state: the first edge that reaches it
makes its ways out, later ones only lead to it. What is still to be made stands in a queue, so a chain may be
as long as it likes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from flowc import machine as ir
from flowc import syntax as ast
from flowc.diagnostics.conversations import UnmetFallback
from flowc.diagnostics.flow import CycleWithoutWait, NotHere, UnreachableState
from flowc.diagnostics.names import TakenName
from flowc.lower.clocks import clocks_of
from flowc.lower.dialogs import lower_run
from flowc.lower.frame import add_frame
from flowc.lower.making import Making
from flowc.lower.prompts import handoff, told
from flowc.lower.table import STATES, WAITS, Edge, EndOfChain, Phase, Place
from flowc.lower.waits import lower_ask, lower_call, lower_wait
from flowc.resolve.renames import renames_of
from flowc.types import written_type
from flowc.walk import steps_of
from flowrt.slots import slot_of


class Lowering(Making):
    """Makes the machine of one program."""

    def machine(self) -> ir.Machine:
        """The whole machine."""
        program = self.program
        self.table.states[ir.START] = ir.State(ir.START, "start", (), self.flow_origin)
        for handler in program.entries:
            self._entry(handler)
        for handler in program.anytimes:
            self._anytime(handler)
        self.drain()
        self._report_unreachable()
        for origin in self.table.without_fallbacks():
            self.report(UnmetFallback(span=origin.span))
        add_frame(self)
        self._report_one_slot()
        return ir.Machine(
            format=ir.FORMAT,
            name=program.name,
            sources=tuple(
                ir.SourceFile(source.path, source.sha256) for source in program.sources.by_path.values()
            ),
            states=tuple(self.table.states.values()),
            transitions=self.table.transitions(),
            variables=tuple(self._variables()),
            actions=tuple(self._action(action) for action in program.actions.values()),
            functions=tuple(self._function(function) for function in program.functions.values()),
            records=tuple(self._record(record) for record in program.records.values()),
            renamed=renames_of(program),
            channel=program.channel.name.text if program.channel else None,
            expire=program.timeout.duration.seconds if program.timeout else None,
        )

    # What is declared

    def _variables(self) -> Iterator[ir.Variable]:
        """The variables of the flow, then those of each dialog wherever it is run."""
        for name, type_ in self.checked.variables.items():
            declared = self.program.variables.get(name)
            kept = declared is not None and declared.word == "keep"
            first = self.scope.expression(declared.value) if declared and declared.value else None
            yield ir.Variable(name, type_, kept, first)
        for path, run in self.dialogs.items():
            for name, type_ in self.checked.dialogs[run.dialog.text].items():
                yield ir.Variable(f"{path}.{name}", type_)

    def _report_one_slot(self) -> None:
        """Two variables that Python could not tell apart."""
        slots: dict[str, str] = {}
        for variable in self._variables():
            first = slots.setdefault(slot_of(variable.name), variable.name)
            if first != variable.name:
                what = f"the variable `{first}` goes by the same name in Python as"
                self.report(TakenName(span=self.flow_origin.span, name=variable.name, what=what))

    def _action(self, action: ast.Action) -> ir.Action:
        returns = written_type(action.returns) if action.returns else None
        origin = self.program.origin(action.span)
        return ir.Action(action.name.text, _typed(action.parameters), returns, origin)

    def _function(self, function: ast.Function) -> ir.Function:
        origin = self.program.origin(function.span)
        returns = written_type(function.returns)
        return ir.Function(function.name.text, _typed(function.parameters), returns, origin)

    def _record(self, record: ast.Record) -> ir.Record:
        return ir.Record(record.name.text, _typed(record.fields), self.program.origin(record.span))

    def _report_unreachable(self) -> None:
        run = {each.dialog.text for each in self.dialogs.values()}
        states = list(self.program.states.values())
        states += [state for name in run for state in self.program.dialogs[name].states]
        for state in states:
            if state.name.span.path == self.program.file.path and id(state) not in self.entered:
                self.report(UnreachableState(span=state.name.span, name=state.name.text))

    # Beginnings

    def _entry(self, handler: ast.Handler) -> None:
        timeout = self.program.timeout
        expire = timeout.duration.seconds if timeout else None
        opened = ir.Open(expire, self.program.origin(handler.head))

        def end(edge: Edge) -> None:
            """A chain that never waits ends the session; one that does must say how it goes on."""
            if any(
                isinstance(step, ast.Ask | ast.Call | ast.Wait | ast.Run) for step in steps_of(handler.chain)
            ):
                self.run_off(handler.chain, handler.head, "this chain")
            self.end_session(edge, handler.head)

        phases = (Phase.ENTRY_PATTERNS, Phase.ENTRY_CATCH_ALLS)
        place = Place(self.scope)
        before = Place(self.outside)
        for edge in self.taking(handler, ir.START, before, phases, (opened, *self._first_values())):
            self.steps(edge, handler.chain.steps, place, end)

    def _first_values(self) -> Iterator[ir.Effect]:
        """What `let` gives at the start of each session, and `keep` at the start of the first."""
        for variable in self.program.variables.values():
            if variable.value is not None:
                value = self.scope.expression(variable.value)
                kind = ir.Default if variable.word == "keep" else ir.Assign
                yield kind(variable.name.text, value, self.program.origin(variable.span))

    def _anytime(self, handler: ast.Handler) -> None:
        self.table.states.setdefault(ir.RESUME, ir.State(ir.RESUME, "resume", (), self.flow_origin))
        place = Place(self.scope, aside=True)
        for edge in self.taking(handler, WAITS, place, (Phase.ANYTIME_PATTERNS, Phase.FALLBACK)):
            source = STATES if edge.phase is Phase.FALLBACK else WAITS
            leaving = replace(edge, source=source, interrupts=True)
            self.steps(leaving, handler.chain.steps, place, self._come_back)

    def _come_back(self, edge: Edge) -> None:
        self.table.add(edge, ir.RESUME)

    # Chains

    def steps(self, edge: Edge, steps: tuple[ast.Step, ...], place: Place, end: EndOfChain) -> None:
        """Follow `steps` until the edge reaches a state; `end` says where it goes behind the last."""
        for position, step in enumerate(steps):
            go_on = partial(self.steps, steps=steps[position + 1 :], place=place, end=end)
            match step:
                case ast.Reply() | ast.ReplyMedia() | ast.Emit():
                    edge = edge.do(told(place.scope, step))
                case ast.Set():
                    value = place.scope.expression(step.value)
                    variable = place.scope.variable(step.name.text)
                    edge = edge.do(ir.Assign(variable, value, self.program.origin(step.span)))
                case ast.When():
                    return self._when(edge, step, place, go_on)
                case ast.Ask():
                    return lower_ask(self, edge, step, place, go_on)
                case ast.Call():
                    return lower_call(self, edge, step, place, go_on)
                case ast.Wait():
                    return lower_wait(self, edge, step, place, go_on)
                case ast.Run():
                    return lower_run(self, edge, step, place, go_on)
                case ast.Return():
                    return self._return(edge, step, place)
                case ast.Handoff():
                    return self.table.add(edge.do(handoff(place.scope, step)), ir.START)
                case ast.Goto():
                    return self._goto(edge, step, place)
                case ast.Again():
                    return self._again(edge, step, place)
                case ast.EndSession():
                    return self.end_session(edge, step.span)
        return end(edge)

    def _return(self, edge: Edge, step: ast.Return, place: Place) -> None:
        if place.come_back is None:
            raise AssertionError("a `return` outside of a dialog was let through to lowering")
        place.come_back(edge, place.scope.expression(step.value) if step.value else None)

    def _again(self, edge: Edge, step: ast.Again, place: Place) -> None:
        if place.repeat is not None:
            place.repeat(edge)
        elif place.aside:
            self.table.add(edge.do(self.do("say again", step.span)), ir.RESUME)
        else:
            why = "it repeats what a wait said, so it stands in a handler, a `retry` or an `anytime`"
            self.report(
                NotHere(span=step.span, step="again", chain="a chain that no wait comes before", why=why)
            )

    def _when(self, edge: Edge, when: ast.When, place: Place, go_on: EndOfChain) -> None:
        """One `when` is one choice state, however many edges lead to it."""
        key = (place.scope.path, id(when))
        name = self.names.get(key)
        if name is None:
            name = self.names[key] = self._choice_name(when, place)
            origin = self.program.origin(when.branches[0].head)
            self.table.states[name] = ir.State(name, "choice", (), origin)
            self.todo.append(partial(self._branches, when, name, place, go_on, edge.passed))
        self.table.add(edge, name)

    def _choice_name(self, when: ast.When, place: Place) -> str:
        condition = when.branches[0].condition.span
        text = self.program.sources[condition.path].text[condition.start : condition.end]
        first = name = place.wait(f"when {' '.join(text.split())}")
        count = 1
        while name in self.table.states:
            count += 1
            name = f"{first} ({count})"
        return name

    def _branches(
        self, when: ast.When, name: str, place: Place, go_on: EndOfChain, passed: tuple[str, ...]
    ) -> None:
        for branch in when.branches:
            condition = place.scope.expression(branch.condition)
            origin = self.program.origin(branch.head)
            edge = Edge(
                "advance", name, Phase.CHOICES, origin, (ir.Condition(condition, origin),), passed=passed
            )
            self.steps(edge, branch.chain.steps, place, go_on)
        otherwise = when.otherwise
        origin = self.program.origin(
            otherwise.span if otherwise and otherwise.steps else when.branches[-1].head
        )
        edge = Edge("advance", name, Phase.CHOICES, origin, passed=passed)
        self.steps(edge, otherwise.steps if otherwise else (), place, go_on)

    # States

    def _goto(self, edge: Edge, step: ast.Goto, place: Place) -> None:
        if place.dialog is None:
            state, name = self.program.states[step.state.text], step.state.text
            inside = Place(self.scope, name)
        else:
            state = next(each for each in place.dialog.states if each.name.text == step.state.text)
            name = f"{place.scope.path}.{step.state.text}"
            inside = place.at(name)
        if place.aside and place.dialog is None:
            # The wait it leaves may itself be one that an `anytime` came to: there is no way back from here.
            edge = replace(edge, interrupts=False).do(self.do("forget interruption", step.span))
        if name in edge.passed:
            self._report_circle(step, (*edge.passed[edge.passed.index(name) :], name))
            return
        self.entered.add(id(state))
        edge = replace(edge, passed=(*edge.passed, name))
        self.steps(edge, state.chain.steps, inside, partial(self._rest_in, state, name, inside))

    def _report_circle(self, step: ast.Goto, circle: tuple[str, ...]) -> None:
        if not any(
            isinstance(known, CycleWithoutWait) and set(known.path) == set(circle) for known in self.mistakes
        ):
            self.report(CycleWithoutWait(span=step.span, path=circle))

    def _rest_in(self, state: ast.State, name: str, inside: Place, edge: Edge) -> None:
        """The chain of a state has run: it waits for what its handlers take."""
        if not state.handlers:
            self.run_off(state.chain, state.span, f"`{state.name.text}`")
            self.end_session(edge, state.span)
            return
        if self.claim(name, state.name.span, id(state), inside, "state"):
            place = inside.at(name, partial(self.repeat_state, state, name, inside))
            self.resting[name] = (state, inside)
            clocks = clocks_of(state.reminders, state.timeouts)
            self.table.states[name] = ir.State(name, "state", clocks, self.program.origin(state.name.span))
            self.todo.append(partial(self._state_exits, state, name, place))
        self.table.add(edge, name)

    def _state_exits(self, state: ast.State, name: str, place: Place) -> None:
        keep_waiting = partial(self.keep_waiting, wait=name)
        for handler in state.handlers:
            phases = (Phase.NEAR_PATTERNS, Phase.NEAR_CATCH_ALLS)
            for edge in self.taking(handler, name, place, phases):
                self.steps(edge, handler.chain.steps, place, keep_waiting)

        def end_of_timeout(edge: Edge) -> None:
            timeout = state.timeouts[0]
            self.run_off(timeout.chain, timeout.span, f"the `timeout` of `{state.name.text}`")
            self.end_session(edge, timeout.span)

        self.timers(name, state.reminders, state.timeouts, place, end_of_timeout)


def _typed(parameters: tuple[ast.Parameter, ...]) -> tuple[ir.Variable, ...]:
    return tuple(ir.Variable(each.name.text, written_type(each.type)) for each in parameters)
