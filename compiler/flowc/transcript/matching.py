"""Hold what a transcript expects against what came, up to the next call.

The only choice is how many replies each `bot: …` stands for, and every possibility is kept until the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from flowc.transcript.script import Bot, SessionLine, SomeReplies
from flowrt.effects import Effect, Ended, EndReason, Reply

Row = tuple[int | None, int | None]
"""What belongs side by side: number of a line, number of an effect; None where one side has nothing."""


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


def match_lines(
    lines: Sequence[Bot | SomeReplies | SessionLine], effects: Sequence[Effect], over: EndReason | None
) -> Match:
    """Match `lines` with `effects`, among which there is no call.

    `over` is how the last session ended, if none is open: a `session:` line may say that long after.

    >>> def reply(text): return Reply("1#0", "ada", text)
    >>> match = match_lines([SomeReplies(), Bot("b")], [reply("a"), reply("b"), reply("b")], over=None)
    >>> match.complete, match.rows
    (True, ((0, 0), (None, 1), (1, 2)))
    """
    ways = [_Way(0, ())]
    for number, line in enumerate(lines):
        onward = {found.effect: found for way in ways for found in _onward(way, number, line, effects, over)}
        if not onward:
            # A text is shown beside the first reply it could be, an end beside what follows the last.
            way = ways[-1 if isinstance(line, SessionLine) else 0]
            return Match(way.rows, number, _skip_ends(effects, way.effect, line), complete=False)
        ways = [onward[effect] for effect in sorted(onward)]
    way = ways[-1]
    left = _skip_ends(effects, way.effect)
    return Match(way.rows, len(lines), left, complete=left == len(effects))


def _onward(
    way: _Way,
    number: int,
    line: Bot | SomeReplies | SessionLine,
    effects: Sequence[Effect],
    over: EndReason | None,
) -> Iterator[_Way]:
    """The ways that `line` leaves open after `way`."""
    match line:
        case Bot(text):
            at, reply = next(_replies(effects, way.effect), (0, None))
            if reply is not None and reply.text == text:
                yield _Way(at + 1, (*way.rows, (number, at)))
        case SomeReplies():
            rows = way.rows
            for at, _ in _replies(effects, way.effect):
                rows = (*rows, (None if len(rows) > len(way.rows) else number, at))
                yield _Way(at + 1, rows)
        case SessionLine(reason):
            for effect in islice(effects, way.effect, way.effect + 1):
                if isinstance(effect, Ended) and effect.reason == reason:
                    yield _Way(way.effect + 1, (*way.rows, (number, way.effect)))
            if way.effect == len(effects) and over == reason:
                yield _Way(way.effect, (*way.rows, (number, None)))


def _replies(effects: Sequence[Effect], start: int) -> Iterator[tuple[int, Reply]]:
    return ((at, effect) for at, effect in enumerate(effects) if at >= start and isinstance(effect, Reply))


def _skip_ends(effects: Sequence[Effect], start: int, line: object = None) -> int:
    """The first effect from `start` that must be written; for a `session:` line an end is one."""
    if isinstance(line, SessionLine):
        return start
    return next((at for at in range(start, len(effects)) if isinstance(effects[at], Reply)), len(effects))
