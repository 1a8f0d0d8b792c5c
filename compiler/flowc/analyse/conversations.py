"""The shortest conversation that leads somewhere, and how it reads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeVar

from flowc import machine as ir
from flowc.analyse.graph import Graph, does
from flowc.types import DURATION, MEDIA

Node = TypeVar("Node")
Steps = Callable[[Node], Iterator[tuple[ir.Transition, Node]]]


_EXAMPLES = {
    "bool": "yes",
    "int": "1",
    "decimal": "1.5",
    "duration": "2 hours",
    "email": "ada@example.org",
    "phone": "+31 6 12345678",
    "url": "example.org",
    "date": "2026-12-24",
    "time": "14:30",
    "datetime": "2026-12-24 14:30",
    **{kind: f"({'an' if kind[0] in 'ai' else 'a'} {kind})" for kind in MEDIA},
}
"""An answer of each type that is not just any text."""


def shortest(begin: Node, steps: Steps[Node], found: Callable[[Node], bool]) -> list[ir.Transition] | None:
    """The fewest rows from `begin` to a node that is `found`, or None where there is no way."""
    came: dict[Node, tuple[Node, ir.Transition] | None] = {begin: None}
    queue = deque([begin])
    while queue:
        node = queue.popleft()
        if found(node):
            return _path(came, node)
        for row, following in steps(node):
            if following not in came:
                came[following] = (node, row)
                queue.append(following)
    return None


def _path(came: dict[Node, tuple[Node, ir.Transition] | None], node: Node) -> list[ir.Transition]:
    path: list[ir.Transition] = []
    while (before := came[node]) is not None:
        node, row = before
        path.append(row)
    return path[::-1]


def shown(graph: Graph, path: list[ir.Transition]) -> tuple[str, ...]:
    """A path as a transcript: what the user says and what the bot does."""
    lines: list[str] = []
    for row in path:
        lines += _cause(graph, row)
        for effect in row.effects:
            if isinstance(effect, ir.Say):
                lines.append(f"bot:  {_on_one_line(effect.text)}")
            elif isinstance(effect, ir.SayAny):
                lines.append(f"bot:  {_on_one_line(effect.texts[0])}")
            elif isinstance(effect, ir.SayMedia):
                lines.append(f'bot:  ({effect.media} "{_on_one_line(effect.content)}")')
            elif isinstance(effect, ir.HandOff):
                lines.append("session: handed off")
            elif isinstance(effect, ir.CallAction):
                lines.append(f"call: {effect.action}(…)")
        if does(row, "end"):
            lines.append("session: ended")
    return tuple(lines)


def _on_one_line(text: ir.Template) -> str:
    """A text as a line of a transcript has it."""
    return text.shown.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def _cause(graph: Graph, row: ir.Transition) -> list[str]:
    """The line that fires a row."""
    match row.trigger:
        case "message":
            return [*_wrong_answers(graph, row), f"user: {_example(graph, row)}"]
        case "result":
            return (
                ["      -> failed"] if any(isinstance(guard, ir.CallFailed) for guard in row.guards) else []
            )
        case "advance":
            return []
        case "expire":
            return [f"after {duration(graph.machine.expire or 0)}"]
        case "open":
            return ["open:"]
        case "failed":
            return ["(something goes wrong)"]
        case "outdated":
            return ["(a session that an earlier version has saved)"]
        case trigger if trigger.startswith("event "):
            brings = any(isinstance(guard, ir.Carries) and guard.parameters for guard in row.guards)
            return [f"event: {trigger.removeprefix('event ')}({'…' if brings else ''})"]
        case trigger:
            clocks = [clock for source in row.sources for clock in graph.states[source].clocks]
            seconds = next((clock.seconds for clock in clocks if clock.trigger == trigger), 0)
            return [f"after {duration(seconds)}"]


def _wrong_answers(graph: Graph, row: ir.Transition) -> list[str]:
    """The wrong answers before the one that a `tries` takes."""
    limit = next((guard.limit for guard in row.guards if isinstance(guard, ir.TriesReached)), 1)
    retry = next((other for other in graph.rows(row.sources[0], "message") if does(other, "count try")), row)
    once = [f"user: {_example(graph, retry)}"]
    once += [f"bot:  {effect.text.shown}" for effect in retry.effects if isinstance(effect, ir.Say)]
    return once * (limit - 1)


def _example(graph: Graph, row: ir.Transition) -> str:
    """A message that the row takes."""
    for guard in row.guards:
        if isinstance(guard, ir.Says):
            return guard.texts[0]
        if isinstance(guard, ir.Fits):
            return "".join(
                part if isinstance(part, str) else example_answer(part.reader) for part in guard.parts
            )
        if isinstance(guard, ir.Brings):
            return f"({guard.kind})"
        if isinstance(guard, ir.Finds):
            return f"(something that matches /{guard.pattern}/)"
        if isinstance(guard, ir.Reads):
            return example_answer(guard.reader)
    others = [
        guard for other in graph.rows(row.sources[0], "message") if other is not row for guard in other.guards
    ]
    reader = next((guard.reader for guard in others if isinstance(guard, ir.Reads)), None)
    if reader is not None:
        return "(an image)" if reader.type.name == "text" and not reader.choices else "something else"
    return "something else" if others else "hello"


def example_answer(reader: ir.Reader) -> str:
    """An answer that `reader` understands."""
    if reader.choices:
        return reader.choices[0]
    for end in (reader.low, reader.high):
        if isinstance(end, ir.Constant):
            return duration(int(end.value or 0)) if end.type == DURATION else str(end.value)
    return _EXAMPLES.get(reader.type.name, "something")


def duration(seconds: int) -> str:
    """A duration as a transcript writes it.

    >>> duration(900), duration(86_400)
    ('15 minutes', '1 day')
    """
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}{'s' if seconds != size else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"
