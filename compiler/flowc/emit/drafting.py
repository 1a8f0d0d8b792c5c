"""From a machine to what is drawn of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from flowc import machine as ir
from flowc.analyse.graph import Graph, does
from flowc.emit import words
from flowc.emit.asides import Asides
from flowc.emit.drawing import ANYWHERE, BACK, END, Card, Cell, Drawing, Edge, Kind, Look, Way
from flowc.emit.expression_words import expression, text

_HIDDEN = frozenset({"end", "failed", "outdated"})


def drawing_of(machine: ir.Machine) -> Drawing:
    """What there is to draw of `machine`.

    >>> from flowc.pipeline import compile_flow
    >>> from flowc.source import source_of
    >>> machine = compile_flow(source_of("a.flow", 'on "hi" -> reply "Hello!" -> end session')).machine
    >>> [(edge.source, edge.dest, edge.ways[0].label) for edge in drawing_of(machine).edges]
    [('start', '(end)', '"hi"')]
    """
    return _Draftsman(machine).drawing()


class _Draftsman:
    def __init__(self, machine: ir.Machine) -> None:
        self.machine = machine
        self.states = {state.name: state for state in machine.states}
        self.graph = Graph(machine)
        self.asides = Asides(self.graph)
        self.says = {
            state.name: _arrival(self.asides.entering[state.name], state) for state in machine.states
        }

    def drawing(self) -> Drawing:
        edges: dict[tuple[str, str, Kind], list[Way]] = {}
        stays: dict[str, list[Way]] = {}
        for source, way in self._ways():
            if way.dest == source:
                stays.setdefault(source, []).append(way)
            else:
                edges.setdefault((source, way.dest, way.kind), []).append(way)
        drawn = {end for source, dest, _ in edges for end in (source, dest)} | stays.keys()
        cards = tuple(card for card in self._cards(stays) if card.id in drawn)
        places = {card.id: place for place, card in enumerate(cards)}
        joined = [Edge(source, dest, kind, tuple(ways)) for (source, dest, kind), ways in edges.items()]
        joined.sort(key=lambda edge: places[edge.source])
        return Drawing(self.machine.name, cards, tuple(joined))

    # Ways

    def _ways(self) -> Iterator[tuple[str, Way]]:
        """The ways that are drawn, each with the card that it leaves, in the order in which they are tried."""
        begun: set[tuple[str, str]] = set()
        for number, row in enumerate(self.machine.transitions):
            if row.trigger in _HIDDEN or does(row, "hold message"):
                continue
            everywhere = len(row.sources) > 1
            for source in row.sources[:1] if everywhere else row.sources:
                if source == ir.RESUME or source in self.asides.home:
                    continue  # the ways back are as many as there are waits
                place = ANYWHERE if everywhere else source
                first = (place, row.trigger) not in begun
                begun.add((place, row.trigger))
                cells = [Cell(number, one) for one in (row.sources if everywhere else (source,))]
                yield place, self._way(row, self.states[source], place, cells, first=first)

    def _way(
        self, row: ir.Transition, source: ir.State, place: str, cells: list[Cell], *, first: bool
    ) -> Way:
        dest = self._place(row, place)
        said = _said(row)
        arrival = self.says.get(dest, ())
        on_the_way = (
            said[: len(said) - len(arrival)] if arrival and said[-len(arrival) :] == arrival else said
        )
        for number, choice in self.asides.rows_after(row):
            on_the_way += _said(self.machine.transitions[number])
            cells = [*cells, Cell(number, choice)]
        return Way(
            kind=_kind(row, everywhere=place == ANYWHERE),
            label=words.event(self.machine, row, source, first=first),
            brief=words.brief(self.machine, row, source, first=first),
            says=on_the_way,
            does=tuple(done for effect in row.effects if (done := words.deed(effect))),
            dest=dest,
            cells=tuple(cells),
            origin=row.origin,
        )

    def _place(self, row: ir.Transition, source: str) -> str:
        """The card that a row leads to; the one that it leaves where an `anytime` only speaks and comes back."""
        if row.dest is None or (row.dest == ir.RESUME and does(row, "interrupt")):
            return source
        return {ir.START: END, ir.RESUME: BACK}.get(row.dest) or self.asides.home.get(row.dest, row.dest)

    # Cards

    def _cards(self, stays: dict[str, list[Way]]) -> Iterator[Card]:
        for state in self.machine.states:
            if state.kind == "start":
                yield self._plain(state.name, "start", "start")
            elif state.kind != "resume":
                yield self._card(state, tuple(stays.get(state.name, ())))
        yield self._plain(BACK, "back", "back to where it was")
        yield self._plain(ANYWHERE, "anywhere", "anywhere in the session", tuple(stays.get(ANYWHERE, ())))
        yield self._plain(END, "end", "end")

    def _plain(self, id: str, look: Look, name: str, stays: tuple[Way, ...] = ()) -> Card:
        return Card(id, look, name, "", (), (), stays, self.machine.states[0].origin)

    def _card(self, state: ir.State, stays: tuple[Way, ...]) -> Card:
        entering = self.asides.entering[state.name]
        return Card(
            id=state.name,
            look=_look(state),
            name=state.name,
            about=self._about(state, entering),
            says=self.says[state.name],
            buttons=_buttons(entering) if self.says[state.name] else (),
            stays=stays,
            origin=state.origin,
        )

    def _about(self, state: ir.State, entering: list[ir.Transition]) -> str:
        """What a state waits for, where its name does not say it."""
        match state.kind:
            case "ask":
                guards = (guard for row in self.graph.rows(state.name, "message") for guard in row.guards)
                asks = (guard for guard in guards if isinstance(guard, ir.Reads))
                return next((f"{asked.variable}: {words.reads(asked.reader)}" for asked in asks), "")
            case "call":
                effects = (effect for row in entering for effect in row.effects)
                calls = (effect for effect in effects if isinstance(effect, ir.CallAction))
                return next(map(words.call, calls), "")
            case "wait":
                return next((words.after(clock.seconds) for clock in state.clocks), "")
            case "state" | "choice" | "start" | "resume":
                return ""
            case _:
                assert_never(state.kind)


def _look(state: ir.State) -> Look:
    match state.kind:
        case "resume":
            return "back"
        case "start" | "ask" | "state" | "call" | "wait" | "choice":
            return state.kind
        case _:
            assert_never(state.kind)


def _kind(row: ir.Transition, *, everywhere: bool) -> Kind:
    if any(isinstance(guard, ir.CallFailed | ir.TriesReached) for guard in row.guards):
        return "failure"
    if row.trigger in {"advance", "result"}:
        return "step"
    if row.trigger == "message":
        return "anytime" if everywhere else "message"
    return "event" if words.is_of_host(row) else "timeout"


def _said(row: ir.Transition) -> tuple[str, ...]:
    """What is said on a row, each of several texts of which one is drawn behind a stroke."""
    return tuple(" / ".join(texts) for effect in row.effects if (texts := words.says(effect)))


def _arrival(entering: list[ir.Transition], state: ir.State) -> tuple[str, ...]:
    """What is said on every way into a state, last: the prompt of an ask, the replies of a state's chain."""
    new = [row for row in entering if ir.RESUME not in row.sources and not does(row, "keep visit")]
    if state.kind not in {"ask", "state"} or not new:
        return ()
    said = [[effect for effect in row.effects if words.says(effect)] for row in new]
    count = 0
    while all(len(one) > count and one[-1 - count] == said[0][-1 - count] for one in said):
        if state.kind == "ask" and not _is_prompt(said[0][-1 - count]):
            break
        count += 1
    return _said(new[0])[len(said[0]) - count :]


def _is_prompt(effect: ir.Effect) -> bool:
    return isinstance(effect, ir.Say) and effect.role == "prompt"


def _buttons(entering: list[ir.Transition]) -> tuple[str, ...]:
    """The buttons of what was said last."""
    says = (effect for row in entering for effect in reversed(row.effects) if words.says(effect))
    last = next(says, None)
    if not isinstance(last, ir.Say | ir.SayAny | ir.SayMedia):
        return ()
    given = last.options.given
    return (*map(text, last.options.labels), *([f"one of {expression(given)}"] if given is not None else []))
