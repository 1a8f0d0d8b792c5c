"""What every drawing of a machine shows: cards for its states, and the ways between them.

What a host and a failure of the flow do is left out, and so is what only keeps a message for later. What holds
in many waits, as `anytime` and the flow's timeout do, is drawn once, on a card that stands for all of them.
Ways that stay where they are belong to their card: nobody wants to see a dozen loops.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Literal, NamedTuple

from flowc import machine as ir
from flowc.records import dataclass

Look = Literal["start", "end", "ask", "call", "wait", "state", "choice", "anywhere", "back"]
"""What a card looks like: a kind of state, or one of the places that are none."""

Kind = Literal["message", "event", "timeout", "failure", "anytime", "step"]
"""What makes the machine go a way: the user, the host, a clock, a failure, the user anywhere, or nothing more."""

Taken = Literal["taken", "partly", "missed"]
"""How much of a way some tests have taken."""

END, ANYWHERE, BACK = "(end)", "(anywhere)", "(back)"
"""Cards that are no states: the end of the session, any wait, and the way back from an `anytime`."""


class Cell(NamedTuple):
    """A transition of the table: a row of it, from 0, and one of its sources."""

    row: int
    source: str


@dataclass(frozen=True, slots=True)
class Way:
    """A row of the table as a reader sees it.

    `label` is what makes the machine go it, and `brief` the same beside a card that says what is asked. `says`
    are the texts that are said on the way, unless the card that it leads to says them; `does` is what happens
    else. It stands for the transitions `cells`.
    """

    kind: Kind
    label: str
    brief: str
    says: tuple[str, ...]
    does: tuple[str, ...]
    dest: str
    cells: tuple[Cell, ...]
    origin: ir.Origin

    def taken(self, cells: Container[tuple[int, str]]) -> Taken:
        """How much of it is among `cells`."""
        found = [cell in cells for cell in self.cells]
        return "taken" if all(found) else "partly" if any(found) else "missed"


@dataclass(frozen=True, slots=True)
class Card:
    """A state, or a place that is none; `id` tells it from all others.

    `about` is what it waits for, `says` what the bot says on arrival, and `stays` are the ways that do not leave it.
    """

    id: str
    look: Look
    name: str
    about: str
    says: tuple[str, ...]
    buttons: tuple[str, ...]
    stays: tuple[Way, ...]
    origin: ir.Origin


@dataclass(frozen=True, slots=True)
class Edge:
    """The ways of one kind from one card to another, in the order in which they are tried."""

    source: str
    dest: str
    kind: Kind
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A machine as it is drawn. Cards and edges come in the order of the machine."""

    name: str
    cards: tuple[Card, ...]
    edges: tuple[Edge, ...]

    @property
    def ways(self) -> tuple[tuple[str, Way], ...]:
        """All ways, each with the card that it leaves: card by card, in the order in which they are tried."""
        ways = [(edge.source, way) for edge in self.edges for way in edge.ways]
        ways += [(card.id, way) for card in self.cards for way in card.stays]
        places = {card.id: place for place, card in enumerate(self.cards)}
        return tuple(sorted(ways, key=lambda one: (places[one[0]], one[1].cells[0].row)))

    def card(self, id: str) -> Card:
        """The card of this id. Raises `KeyError` where there is none."""
        found = next((card for card in self.cards if card.id == id), None)
        if found is None:
            raise KeyError(id)
        return found


def taken_together(ways: Iterable[Way], cells: Container[tuple[int, str]]) -> Taken:
    """How much of several ways, of at least one, is among `cells`."""
    found: set[Taken] = {way.taken(cells) for way in ways}
    first, *others = found
    return "partly" if others else first
