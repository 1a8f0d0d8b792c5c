"""The Mermaid diagram of a machine: each state once, each way between two, and what leads there.

What a host and a failure do is left out, and so is what only keeps a message for later. What holds in many
waits, as `anytime` and the flow's timeout do, is drawn once, from a state that stands for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flowc import machine as ir
from flowc.emit.drafting import drawing_of
from flowc.emit.drawing import Card, Way

LONGEST = 100
"""How many code points of a label are drawn."""

_OUTSIDE = "[*]"

# Words of Mermaid's own, and names of what its JavaScript objects already have.
_TAKEN = frozenset(
    {
        *("accdescr", "acctitle", "as", "class", "classdef", "click", "default", "direction", "end", "fork"),
        *("hide", "href", "join", "note", "root", "scale", "state", "statediagram", "style"),
        *("constructor", "prototype", "tostring", "valueof"),
    }
)


def emit_mermaid(machine: ir.Machine) -> str:
    """The text of the diagram."""
    drawing = drawing_of(machine)
    ids = dict(_ids(drawing.cards))
    lines = [line for card in drawing.cards for line in _node(card, ids[card.id])]
    lines += [_line(ids, source, way) for source, way in drawing.ways]
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in lines)]) + "\n"


def _node(card: Card, node: str) -> Iterator[str]:
    """What there is to say of a card, where its id does not say it."""
    if card.look == "choice":
        yield f"state {node} <<choice>>"
    elif node not in {card.name, _OUTSIDE}:
        yield f'state "{escape(card.name).replace(chr(34), "#quot;")}" as {node}'


def _line(ids: dict[str, str], source: str, way: Way) -> str:
    label = f"⏱ {way.label}" if way.kind == "timeout" else way.label
    return f"{ids[source]} --> {ids[way.dest]} : {escape(label)}"


# Names and texts, as Mermaid takes them


_NAMES = {"start": _OUTSIDE, "end": _OUTSIDE, "choice": "choice", "anywhere": "anytime", "back": "resume"}
"""What cards are called that are no states with names."""


def _ids(cards: Iterable[Card]) -> Iterator[tuple[str, str]]:
    """The id of each card: its name, where Mermaid can take that, else one like it."""
    given: set[str] = set()
    for card in cards:
        name = _NAMES.get(card.look) or re.sub(r"[^A-Za-z0-9_]", "_", card.name)
        sound = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) and name.casefold() not in _TAKEN
        node = name if name == _OUTSIDE else _unique(name if sound else f"s_{name}", given)
        given.add(node)
        yield card.id, node


def _unique(name: str, given: Iterable[str]) -> str:
    given, node, count = set(given), name, 1
    while node in given:
        count += 1
        node = f"{name}_{count}"
    return node


def escape(text: str) -> str:
    """`text` as a label may hold it: what Mermaid could take for its own is written as an entity.

    >>> escape('"a; b" --> #1')
    '"a#59; b" --#gt; #35;1'
    """
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    # A colon before a space does no harm, and there are many of those.
    return "".join(": " if piece == ": " else _escaped(piece) for piece in re.findall(r": |(?s:.)", text))


def _escaped(point: str) -> str:
    named = {"<": "#lt;", ">": "#gt;", "&": "#amp;"}.get(point)
    if named:
        return named
    plain = point == " " or (point.isprintable() and (not point.isascii() or point.isalnum()))
    return point if plain or point in "\"'()+,-./=?!|_…" else f"#{ord(point)};"
