"""Hold what a transcript expects against what came, up to the next call.

The only choice is how many replies each `bot: …` stands for, and every possibility is kept until the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from flowc.records import dataclass
from flowc.transcript.entries import (
    Bot,
    BotSends,
    Buttons,
    DroppedLine,
    EmitLine,
    SessionLine,
    Shown,
    SomeReplies,
    Vars,
)
from flowc.transcript.literals import Literal, Unset, bound, same_value
from flowrt.effects import Dropped, Effect, Emitted, Ended, EndReason, Reply
from flowrt.values import Records, Value

Row = tuple[int | None, int | None]
"""What belongs side by side: number of a line, number of an effect; None where one side has nothing of its own."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand when the lines are read.

    `over` says how the last session of a contact ended, if none is open; `vars` what its variables hold.
    """

    over: Callable[[str], EndReason | None]
    vars: Callable[[str], Mapping[str, Value]]
    records: Records


@dataclass(frozen=True, slots=True)
class Match:
    """How far the two agree: the `rows` that do, and the first line and effect behind them.

    `complete` says that there is nothing behind them but ends of sessions, which need not be written.
    """

    rows: tuple[Row, ...]
    line: int
    effect: int
    complete: bool


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to match some lines with the first `effect` effects."""

    effect: int
    rows: tuple[Row, ...]


def match_lines(lines: Sequence[Shown], effects: Sequence[Effect], standing: Standing) -> Match:
    """Match `lines` with `effects`, among which there is no call.

    >>> def reply(text): return Reply("1#0", "user", text)
    >>> nothing = Standing(over=lambda contact: None, vars=lambda contact: {}, records={})
    >>> match = match_lines([SomeReplies(), Bot("b")], [reply("a"), reply("b"), reply("b")], nothing)
    >>> match.complete, match.rows
    (True, ((0, 0), (None, 1), (1, 2)))
    """
    ways = [_Way(0, ())]
    for number, line in enumerate(lines):
        onward = {
            found.effect: found for way in ways for found in _onward(way, number, line, effects, standing)
        }
        if not onward:
            # A reply is shown beside the first that it could be, what follows one beside the last.
            way = ways[-1 if isinstance(line, SessionLine | Buttons | Vars) else 0]
            return Match(way.rows, number, _skip_ends(effects, way.effect, line), complete=False)
        ways = [onward[effect] for effect in sorted(onward)]
    way = ways[-1]
    left = _skip_ends(effects, way.effect)
    return Match(way.rows, len(lines), left, complete=left == len(effects))


def _onward(
    way: _Way, number: int, line: Shown, effects: Sequence[Effect], standing: Standing
) -> Iterator[_Way]:
    """The ways that `line` leaves open after `way`."""
    here = _Way(way.effect, (*way.rows, (number, None)))
    match line:
        case SomeReplies():
            yield from _some_replies(way, number, line, effects)
        case SessionLine(reason, contact):
            for effect in islice(effects, way.effect, way.effect + 1):
                if isinstance(effect, Ended) and (effect.reason, effect.contact) == (reason, contact):
                    yield _Way(way.effect + 1, (*way.rows, (number, way.effect)))
            if way.effect == len(effects) and standing.over(contact) == reason:
                yield here
        case Buttons(labels):
            if shown_buttons(effects, way.effect) == labels:
                yield here
        case Vars():
            if _hold(line, standing):
                yield here
        case _:
            at = _skip_ends(effects, way.effect)
            if at < len(effects) and _is(line, effects[at], standing.records):
                yield _Way(at + 1, (*way.rows, (number, at)))


def _some_replies(way: _Way, number: int, line: SomeReplies, effects: Sequence[Effect]) -> Iterator[_Way]:
    rows, at = way.rows, way.effect
    while (at := _skip_ends(effects, at)) < len(effects):
        effect = effects[at]
        if not isinstance(effect, Reply) or effect.contact != line.contact:
            return
        rows = (*rows, (None if len(rows) > len(way.rows) else number, at))
        at += 1
        yield _Way(at, rows)


def _is(line: Bot | BotSends | EmitLine | DroppedLine, effect: Effect, records: Records) -> bool:
    """Whether `effect` is what `line` says."""
    if line.contact != effect.contact:
        return False
    match line, effect:
        case Bot(text), Reply(kind="text"):
            return effect.text == text
        case BotSends(kind, content, caption), Reply():
            return (effect.kind, effect.content, effect.text) == (kind, content, caption)
        case EmitLine(name, values), Emitted():
            return effect.name == name and same_values(dict(values), effect.values, records)
        case DroppedLine(name), Dropped():
            return effect.name == name
        case _:
            return False


def shown_buttons(effects: Sequence[Effect], before: int) -> tuple[str, ...] | None:
    """The buttons of the last effect before number `before`; None where that is no reply."""
    last = effects[before - 1] if before else None
    return last.buttons if isinstance(last, Reply) else None


def same_values(written: Mapping[str, Literal], values: Mapping[str, Value], records: Records) -> bool:
    """Whether both have the same names, and the same values under them."""
    return written.keys() == values.keys() and all(
        same_value(bound(literal, records), values[name]) for name, literal in written.items()
    )


def _hold(line: Vars, standing: Standing) -> bool:
    """Whether the variables hold what `line` says."""
    values = standing.vars(line.contact)
    return all(
        name not in values
        if isinstance(literal, Unset)
        else name in values and same_value(bound(literal, standing.records), values[name])
        for name, literal in line.values
    )


def _skip_ends(effects: Sequence[Effect], start: int, line: object = None) -> int:
    """The first effect from `start` that must be written; for a line about what went before, any."""
    if isinstance(line, SessionLine | Buttons | Vars):
        return start
    return next((at for at in range(start, len(effects)) if not isinstance(effects[at], Ended)), len(effects))
