"""Bring the tests of a transcript up to date: what the bot does is written anew, where it is something else.

What happens stays as it is written, and so do comments, layout, and all lines that agree with what came.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flowc.source import Source
from flowc.transcript.entries import (
    Buttons,
    CallLine,
    Misread,
    Observation,
    Script,
    SessionLine,
    Shown,
    Test,
    Vars,
)
from flowc.transcript.matching import match_lines, shown_buttons
from flowc.transcript.runner import before_call, is_call, up_to_call
from flowc.transcript.stage import Stage, Turn, turns
from flowc.transcript.values import trouble_with
from flowc.transcript.writing import entry_of, shown_vars, write_entry
from flowrt.effects import Call, Effect, Ended
from flowrt.flow import Flow

_COMMENT = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|[^"#])*?([ \t]*\#.*)?""")
_INDENT = re.compile(r"[ \t]*")


@dataclass(frozen=True, slots=True)
class Updated:
    """The text of a transcript brought up to date, and why some of its tests could not be, by their names."""

    text: str
    unsettled: dict[str, str]


def update_script(source: Source, script: Script, flow: Flow[Any], names: Iterable[str]) -> Updated:
    """`source`, of which `script` was read, with what `flow` does in the tests of these `names`.

    A test is left as it is where a line cannot be read, where it names what the flow does not have, or where it does
    not say how a call ends that must.
    """
    edits = _Edits()
    unsettled: dict[str, str] = {}
    for test in script.tests:
        if test.name in names:
            own = _Edits()
            why = _act_out(test, script, flow, own)
            if why is None:
                edits.add(own)
            else:
                unsettled[test.name] = why
    return Updated(edits.applied(source.text), unsettled)


def _act_out(test: Test, script: Script, flow: Flow[Any], edits: _Edits) -> str | None:
    """Fill `edits` with what differs in `test`; returns why that does not go, where it does not."""
    trouble = trouble_with(test, script.functions, flow)
    if trouble is not None:
        return trouble.actual[0].strip("()")
    stage = Stage(flow, test, script.functions, None)
    for turn in turns(test.entries):
        if isinstance(turn.stimulus, Misread):
            return turn.stimulus.mistake.title()
        try:
            stage.begin(turn.stimulus)
            _Turn(stage, turn, edits, test.line).bring_up_to_date()
        except _Unsettled as error:
            return str(error)
        except Exception as error:  # whatever the flow does to its test
            return f"the flow broke: {type(error).__name__}: {error}"
        if stage.stubs.missing is not None:
            return f"a line is missing: `{stage.stubs.missing}`"
    return None


class _Unsettled(Exception):
    """The test does not say what it must."""


@dataclass(slots=True)
class _Edits:
    """What becomes of the lines of a file, by their numbers: other texts, none, and lines behind them."""

    changed: dict[int, str | None] = field(default_factory=dict[int, str | None])
    added: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict[int, list[str]](list))

    def add(self, other: _Edits) -> None:
        self.changed |= other.changed
        self.added |= other.added

    def applied(self, text: str) -> str:
        lines: list[str] = []
        indent = "  "
        for number, line in enumerate(text.splitlines(keepends=True) if "\n" in text else [text], start=1):
            end = "\r\n" if line.endswith("\r\n") else "\n"
            if line.strip() and not line.lstrip().startswith("test"):
                indent = _INDENT.match(line)[0]  # type: ignore[index]  # it matches anywhere
            new = self.changed.get(number, "")
            if number not in self.changed:
                lines.append(line)
            elif new is not None:
                comment = _comment_of(line.rstrip("\r\n"), new)
                lines.append(f"{indent}{new}{comment}{end}")
            lines += [f"{indent}{added}{end}" for added in self.added.get(number, [])]
        return "".join(lines)


def _comment_of(line: str, new: str) -> str:
    """The comment behind a line, if the new one may have it: behind a text it would be part of that."""
    if new.startswith("bot"):
        return ""
    match = _COMMENT.fullmatch(line)
    return match[1] or "" if match else ""


class _Turn:
    """One turn: its lines are gone through with what came, and where they part the lines are changed."""

    def __init__(self, stage: Stage, turn: Turn, edits: _Edits, first: int) -> None:
        self._stage = stage
        self._lines = turn.observed
        self._edits = edits
        self._line = 0
        self._effect = 0
        self._anchor = turn.stimulus.line if turn.stimulus else first
        """The line behind which the next one stands."""

    def bring_up_to_date(self) -> None:
        while True:
            self._stage.go_on(self._effect)
            self._settle(
                up_to_call(self._lines[self._line :]), before_call(self._stage.effects[self._effect :])
            )
            ahead: Sequence[Observation] = self._lines[self._line : self._line + 1]
            match [*ahead, *self._stage.effects[self._effect : self._effect + 1]]:
                case [CallLine() as line, Call() as call]:
                    self._call(line, call)
                case [Call() as call]:
                    self._call(None, call)
                case [CallLine() as line]:
                    self._drop(line)
                case _:
                    return

    # Lines between calls.

    def _settle(self, lines: list[Shown], effects: Sequence[Effect]) -> None:
        """Make `lines` say what `effects` are; both end before the next call."""
        line = effect = 0
        if not self._lines and not all(isinstance(each, Ended) for each in effects):
            line, effect = self._fill(effects)
        while True:
            line, effect = self._pass_matching(lines, line, effects, effect)
            if line == len(lines):
                if effect == len(effects):
                    break
                self._insert(effects[effect])
                effect += 1
            else:
                line, effect = self._mend(lines, line, effects, effect)
        self._line += len(lines)
        self._effect += len(effects)

    def _pass_matching(
        self, lines: list[Shown], line: int, effects: Sequence[Effect], effect: int
    ) -> tuple[int, int]:
        """Pass the lines that are right as they are."""
        if line < len(lines) and isinstance(lines[line], Buttons):  # they belong to what went before
            return line, effect
        match = match_lines(lines[line:], effects[effect:], self._stage.standing)
        if match.line:
            self._anchor = lines[line + match.line - 1].line
        passed = len(effects) if match.complete else effect + match.effect
        return line + match.line, passed

    def _mend(self, lines: list[Shown], at: int, effects: Sequence[Effect], effect: int) -> tuple[int, int]:
        """The line `at` differs from the effect: change one of the two sides, and say how far they are then."""
        line = lines[at]
        match line:
            case Vars() if effect == len(effects) or not all(isinstance(it, Vars) for it in lines[at:]):
                self._put(line, shown_vars(line, self._stage.company.talk(line.contact).vars))
                return at + 1, effect
            case Vars():  # what is left has come before
                self._insert(effects[effect])
                return at, effect + 1
            case Buttons():
                self._show_buttons(line, effects[:effect])
                return at + 1, effect
            case _ if effect == len(effects):
                self._drop(line)
                return at + 1, effect
            case _:
                pass
        found = entry_of(effects[effect])
        if any(entry_of(other) == line for other in effects[effect + 1 :]):
            self._insert(effects[effect])
            return at, effect + 1
        if found in lines[at + 1 :] or (isinstance(line, SessionLine) and not isinstance(found, SessionLine)):
            self._drop(line)
            return at + 1, effect
        self._put(line, found)
        return at + 1, effect + 1

    def _show_buttons(self, line: Buttons, before: Sequence[Effect]) -> None:
        labels = shown_buttons(before, len(before))
        if labels is None:
            self._drop(line)
        elif labels == line.labels:
            self._anchor = line.line
        else:
            self._put(line, replace(line, labels=labels))

    def _fill(self, effects: Sequence[Effect]) -> tuple[int, int]:
        """Nobody has written yet what comes of it: write all."""
        for effect in effects:
            self._insert(effect)
        return 0, len(effects)

    # Calls.

    def _call(self, line: CallLine | None, call: Call) -> None:
        found = entry_of(call)
        assert isinstance(found, CallLine)  # noqa: S101 - a call is shown as one
        if line is not None and line.action == call.name:
            found = replace(found, outcome=line.outcome, after=line.after)
        if found.outcome is None and call.name in self._stage.flow.returning:
            raise _Unsettled(f"say what it returns: `{write_entry(found)} -> VALUE`")
        if line is None or (line.action != call.name and self._comes_later(line)):
            self._add(found)
        else:
            if is_call(line, call, self._stage.flow.records):
                self._anchor = line.line
            else:
                self._put(line, found)
            self._line += 1
        self._effect += 1
        self._stage.end_call(found, call)

    def _comes_later(self, line: CallLine) -> bool:
        """Whether the call that `line` is about is among those to come."""
        return any(
            isinstance(effect, Call) and effect.name == line.action
            for effect in self._stage.effects[self._effect + 1 :]
        )

    # Changes.

    def _put(self, old: Observation, new: Observation) -> None:
        self._edits.changed[old.line] = write_entry(new)
        self._anchor = old.line

    def _drop(self, line: Observation) -> None:
        self._edits.changed[line.line] = None
        self._anchor = line.line
        if isinstance(line, CallLine):
            self._line += 1

    def _insert(self, effect: Effect) -> None:
        self._add(entry_of(effect))

    def _add(self, entry: Observation) -> None:
        self._edits.added[self._anchor].append(write_entry(entry))
