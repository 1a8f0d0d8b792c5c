"""Turns: what one event says on its way through the choices to where the session rests."""

from __future__ import annotations

from collections.abc import Iterator

from flowc import machine as ir
from flowc.analyse.conversations import shown
from flowc.analyse.graph import Graph, does
from flowc.diagnostics.conversations import SilentTurn, TooManyReplies
from flowc.diagnostics.diagnostic import Mistake
from flowc.records import dataclass
from flowrt.limits import MAX_REPLIES

_SPEAKS = (ir.Say, ir.SayAny, ir.SayMedia, ir.HandOff)
_SAID = (ir.Say, ir.SayAny, ir.SayMedia)


def silent_turns(graph: Graph) -> Iterator[Mistake]:
    """The turns that may say nothing. No circle of choices may be left."""
    return _Turns(graph).silent()


def excessive_turns(graph: Graph) -> Iterator[Mistake]:
    """The turns that say more than one event may. No circle of choices may be left."""
    return _Turns(graph).excessive()


@dataclass(frozen=True, slots=True)
class _Way:
    """Rows from a choice to where the event comes to rest, as a list that shares its ends; `said` counts replies."""

    row: ir.Transition
    rest: _Way | None
    said: int

    def rows(self) -> Iterator[ir.Transition]:
        way: _Way | None = self
        while way is not None:
            yield way.row
            way = way.rest


class _Turns:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._silent: dict[str, _Way | None] = {}
        self._shortest: dict[str, _Way | None] = {}
        self._order = self._in_order()
        self._resolve()

    def _resolve(self) -> None:
        """Both ways from every choice, the choices behind it first."""
        for name in self._order:
            rows = [row for rows in self.graph.groups(name) for row in rows if row.trigger == "advance"]
            ways = [way for row in rows if (way := self._silently(row)) is not None]
            self._silent[name] = ways[0] if ways else None
            self._shortest[name] = min(map(self._in_short, rows), key=lambda way: way.said, default=None)

    def _in_order(self) -> list[str]:
        """The choices, each behind those that it leads to."""
        done: dict[str, None] = {}
        for state in self.graph.states.values():
            pending = [(state.name, False)] if self._is_choice(state.name) else []
            while pending:
                name, left = pending.pop()
                if left:
                    done[name] = None
                elif name not in done:
                    pending.append((name, True))
                    pending += [
                        (following, False) for following in self._choices_after(name) if following not in done
                    ]
        return list(done)

    def _choices_after(self, name: str) -> list[str]:
        rows = self.graph.rows(name, "advance")
        return [str(row.dest) for row in rows if row.dest is not None and self._is_choice(row.dest)]

    def _is_choice(self, name: str | None) -> bool:
        return name is not None and self.graph.states[name].kind == "choice"

    def _silently(self, row: ir.Transition) -> _Way | None:
        """How the row, and what follows in the same event, says nothing; None where it always says something."""
        if any(isinstance(effect, _SPEAKS) for effect in row.effects) or _may_speak_later(self.graph, row):
            return None
        if not self._is_choice(row.dest):
            return _Way(row, None, 0)
        rest = self._silent.get(str(row.dest))
        return None if rest is None else _Way(row, rest, 0)

    def _in_short(self, row: ir.Transition) -> _Way:
        """The way on which the row, and what follows in the same event, says the least."""
        rest = self._shortest.get(str(row.dest)) if self._is_choice(row.dest) else None
        return _Way(row, rest, _said(row) + (rest.said if rest else 0))

    def _said_before(self) -> dict[str, int]:
        """The least that is said in one event before it comes to each choice."""
        before: dict[str, int] = {}
        entering = [row for row in self.graph.machine.transitions if self._is_choice(row.dest)]
        for row in entering:
            if row.trigger != "advance":
                dest = str(row.dest)
                before[dest] = min(before.get(dest, _said(row)), _said(row))
        for name in reversed(self._order):
            for row in self.graph.rows(name, "advance"):
                if self._is_choice(row.dest):
                    dest, said = str(row.dest), before.get(name, 0) + _said(row)
                    before[dest] = min(before.get(dest, said), said)
        return before

    def silent(self) -> Iterator[Mistake]:
        """What takes a message and may say nothing: one finding for each place."""
        seen: set[ir.Origin] = set()
        for row in self.graph.machine.transitions:
            if row.trigger != "message" or row.origin in seen:
                continue
            way = self._silently(row)
            if way is not None:
                seen.add(row.origin)
                conversation = shown(self.graph, [*self.graph.way_to(row.sources[0]), *way.rows()])
                yield SilentTurn(span=row.origin.span, conversation=conversation)

    def excessive(self) -> Iterator[Mistake]:
        """The reply that is one too many, wherever the conversation goes in the choices before it and behind."""
        before = self._said_before()
        seen: set[ir.Origin] = set()
        for row in self.graph.machine.transitions:
            so_far = before.get(row.sources[0], 0) if row.trigger == "advance" else 0
            way = self._in_short(row)
            if so_far > MAX_REPLIES or so_far + way.said <= MAX_REPLIES:
                continue
            said = [effect for each in way.rows() for effect in each.effects if isinstance(effect, _SAID)]
            origin = said[MAX_REPLIES - so_far].origin
            if origin not in seen:
                seen.add(origin)
                yield TooManyReplies(span=origin.span, limit=MAX_REPLIES)


def _said(row: ir.Transition) -> int:
    """How many replies a row says."""
    return sum(isinstance(effect, _SAID) for effect in row.effects)


def _may_speak_later(graph: Graph, row: ir.Transition) -> bool:
    """Whether an action, an instant or what is held answers in the place of this event, or `again` does."""
    if does(row, "hold message") or does(row, "say again") or does(row, "say failure"):
        return True
    return row.dest is not None and graph.states[row.dest].kind in {"call", "wait"}
