"""Run a transcript: each test is a conversation, held line by line against what is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from flowc.transcript.coverage import Tracker
from flowc.transcript.entries import (
    Buttons,
    CallLine,
    Entry,
    FunctionLine,
    Misread,
    Observation,
    Script,
    SessionLine,
    Shown,
    Test,
    Vars,
)
from flowc.transcript.literals import bound, same_value
from flowc.transcript.matching import match_lines, shown_buttons
from flowc.transcript.origins import Origins
from flowc.transcript.results import Failure, ScriptResult, TestResult
from flowc.transcript.stage import Stage, Turn, turns
from flowc.transcript.values import trouble_with
from flowc.transcript.writing import entry_of, shown_vars, write_call, write_entry
from flowrt.effects import Call, Effect, Ended
from flowrt.flow import Flow, Triggers
from flowrt.values import Records

NOTHING = "(nothing)"
"""What stands on a side that has nothing more."""


def run_script(
    script: Script,
    flow: Flow[Any],
    *,
    tracker: Tracker | None = None,
    machine: Triggers | None = None,
    origins: Origins | None = None,
) -> ScriptResult:
    """Run the tests of `script` against `flow`, each with contacts who have no session.

    `tracker`, made for this flow, records the transitions taken, and with `origins` a failure names the line
    of the flow. `machine` runs the tests on another machine of the same table; there is no tracking then.

    Never raises for what is written in the script or for what the flow does: both are failures of a test.
    Raises `ValueError` where both `tracker` and `machine` are given.

    >>> from flowrt.generated import Variables
    >>> from flowc.source import source_of
    >>> from flowc.transcript.script import parse_script
    >>> def hello(event): event.args[0].reply("Hello!")
    >>> flow = Flow(name="hello", source="hello.flow", format=1, compiler="0.1.0", states=[{"name": "start"}],
    ...     transitions=[{"trigger": "message", "source": "start", "dest": None, "before": hello}],
    ...     initial="start", variables=Variables, actions=())
    >>> source = source_of("hello.flowtest", 'test "a greeting"\\n  user: hi\\n  bot:  Hello!\\n')
    >>> run_script(parse_script(source)[0], flow).passed
    1
    """
    if tracker is not None and machine is not None:
        raise ValueError("either a tracker, which has a machine of its own, or a machine")
    if tracker is None and machine is None:
        tracker = Tracker(flow)
    results: list[TestResult] = []
    for test in script.tests:
        failure = run_test(test, flow, script.functions, tracker, machine, origins)
        results.append(TestResult(test.name, test.line, failure))
    return ScriptResult(script.path, tuple(results))


def run_test(
    test: Test,
    flow: Flow[Any],
    functions: Sequence[FunctionLine],
    tracker: Tracker | None,
    machine: Triggers | None,
    origins: Origins | None = None,
) -> Failure | None:
    """Run one test, as `run_script` does: its first failure, or None."""
    failure = trouble_with(test, functions, flow)
    if failure is not None:
        return failure
    stage = Stage(flow, test, functions, tracker.machine if tracker else machine)
    return _Run(stage, tracker, origins).run(test)


class _Run:
    """One test that runs. `_rows` are the lines of the present turn on which both sides agree."""

    def __init__(self, stage: Stage, tracker: Tracker | None, origins: Origins | None) -> None:
        self.stage = stage
        self.tracker = tracker
        self.origins = origins
        self._rows: list[tuple[str, str]] = []

    def run(self, test: Test) -> Failure | None:
        """The first failure, or None."""
        for turn in turns(test.entries):
            self._rows = []
            if self.tracker is not None:
                self.tracker.forget_trail()
            try:
                failure = self._take(turn)
            except Exception as error:  # whatever the flow does to its test, the other tests still run
                return self._broken(turn, f"the flow broke: {type(error).__name__}: {error}")
            if self.stage.stubs.missing is not None:
                return self._broken(turn, f"a line is missing: `{self.stage.stubs.missing}`")
            if failure is not None:
                return failure
        return None

    def _take(self, turn: Turn) -> Failure | None:
        stimulus = turn.stimulus
        if isinstance(stimulus, Misread):
            hint = stimulus.mistake.help()
            why = f"({stimulus.mistake.title()}{f': {hint}' if hint else ''})"
            return Failure(stimulus.line, (stimulus.text,), (why,), 0)
        if stimulus is not None:
            self._rows = [(write_entry(stimulus), write_entry(stimulus))]
        self.stage.begin(stimulus)
        return self._observe(turn)

    def _observe(self, turn: Turn) -> Failure | None:
        """Hold the lines of the turn against its effects, call by call: the end of a call adds to them."""
        line, effect = 0, 0
        while True:
            self.stage.go_on(effect)
            lines = up_to_call(turn.observed[line:])
            effects = before_call(self.stage.effects[effect:])
            match = match_lines(lines, effects, self.stage.standing)
            for one, other in match.rows:
                written = "" if one is None else write_entry(lines[one])
                self._rows.append((written, written if other is None else _written(effects[other])))
            line += match.line
            if not match.complete:
                return self._failure(turn, line, effect + match.effect)
            effect += len(effects)
            if line == len(turn.observed) and effect == len(self.stage.effects):
                return None
            failure = self._called(turn, line, effect)
            if failure is not None:
                return failure
            line, effect = line + 1, effect + 1

    def _called(self, turn: Turn, line: int, effect: int) -> Failure | None:
        """Hold a line against the call that comes next, and give that its outcome."""
        match [*turn.observed[line : line + 1], *self.stage.effects[effect : effect + 1]]:
            case [CallLine() as called, Call() as call] if is_call(called, call, self.stage.flow.records):
                if called.outcome is None and call.name in self.stage.flow.returning:
                    why = f"(say what it returns: `{_written(call)} -> VALUE`)"
                    rows = [*self._rows, (write_entry(called), why)]
                    return _side_by_side(called.line, rows, len(self._rows), self._origin(effect))
                self._rows.append((_written(call), _written(call)))
                self.stage.end_call(called, call)
                return None
            case _:
                return self._failure(turn, line, effect)

    def _standing(self, contact: str) -> str:
        """What there is to say where an end of the session is expected and none came."""
        talk, over = self.stage.company.talk(contact), self.stage.over(contact)
        if talk.is_open:
            return f"(the session is open, in {talk.state})"
        return write_entry(SessionLine(over, contact)) if over else "(there has been no session)"

    # What goes wrong.

    def _failure(self, turn: Turn, line: int, effect: int) -> Failure:
        """The two sides differ at these places of the turn."""
        expected, rest = turn.observed[line:], self.stage.effects[effect:]
        if not any(isinstance(entry, SessionLine) for entry in expected):
            rest = [found for found in rest if not isinstance(found, Ended)]
        right = [*self._instead(expected[:1], effect), *map(_written, rest)]
        if rest and any(call in rest for call in self.stage.company.pending):
            expected = expected[: len(right)]  # what would come after the call is not known
        left = [_call_only(entry) for entry in expected]
        if expected and not right:
            first = expected[0]
            right = [self._standing(first.contact) if isinstance(first, SessionLine) else NOTHING]
        rows = [*self._rows, *zip_longest(left or [NOTHING], right, fillvalue="")]
        at = expected[0].line if expected else turn.last_line
        return _side_by_side(at, rows, len(self._rows), self._origin(effect))

    def _instead(self, expected: Sequence[Observation], effect: int) -> Iterator[str]:
        """What there is in place of a line about what went before."""
        for entry in expected:
            if isinstance(entry, Vars):
                yield write_entry(shown_vars(entry, self.stage.company.talk(entry.contact).vars))
            elif isinstance(entry, Buttons):
                yield write_entry(Buttons(shown_buttons(self.stage.effects, effect) or ()))

    def _broken(self, turn: Turn, why: str) -> Failure:
        at = turn.stimulus.line if turn.stimulus else turn.last_line
        return _side_by_side(at, [*self._rows, ("", f"({why})")], len(self._rows), None)

    def _origin(self, effect: int) -> str | None:
        """Where the flow says what came there, else what came last."""
        effects = self.stage.effects
        if self.tracker is None or self.origins is None or not effects:
            return None
        made = self.tracker.maker(effects[min(effect, len(effects) - 1)])
        return self.origins(made) if made else None


def _side_by_side(line: int, rows: Sequence[tuple[str, str]], differs: int, origin: str | None) -> Failure:
    return Failure(line, tuple(left for left, _ in rows), tuple(right for _, right in rows), differs, origin)


def up_to_call(observed: Sequence[Observation]) -> list[Shown]:
    """The lines before the next that is a call."""
    found: list[Shown] = []
    for entry in observed:
        if isinstance(entry, CallLine):
            break
        found.append(entry)
    return found


def before_call(effects: Sequence[Effect]) -> Sequence[Effect]:
    """The effects before the next that is a call."""
    return effects[
        : next((at for at, effect in enumerate(effects) if isinstance(effect, Call)), len(effects))
    ]


def is_call(line: CallLine, call: Call, records: Records) -> bool:
    """Whether `line` is about `call`: the same action, with the same arguments, of the same contact."""
    given = tuple(call.arguments.values())
    written = tuple(bound(argument, records) for argument in line.arguments)
    return (line.action, line.contact) == (call.name, call.contact) and same_value(written, given)


def _written(effect: Effect) -> str:
    return write_entry(entry_of(effect))


def _call_only(entry: Entry) -> str:
    if isinstance(entry, CallLine):
        return write_call(entry.action, entry.arguments, entry.contact)
    return write_entry(entry)
