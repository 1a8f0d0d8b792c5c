"""Run a transcript: each test is a conversation, held line by line against what is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, assert_never

from flowc.transcript.conversation import Conversation
from flowc.transcript.coverage import Tracker
from flowc.transcript.matching import match_lines
from flowc.transcript.notation import same_value
from flowc.transcript.origins import Origins
from flowc.transcript.results import Failure, ScriptResult, TestResult
from flowc.transcript.script import (
    After,
    Bot,
    CallLine,
    Entry,
    Fails,
    Misread,
    Observation,
    Press,
    Returns,
    Script,
    SessionLine,
    SomeReplies,
    Stimulus,
    Test,
    User,
)
from flowc.transcript.writing import entry_of, write_call, write_entry
from flowrt.effects import Call, Effect, EndReason, Reply
from flowrt.flow import Flow, Triggers
from flowrt.time import SECOND

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
    """Run the tests of `script` against `flow`, each from a contact without a session.

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
        talk = Conversation(flow, machine=tracker.machine if tracker else machine)
        failure = _Run(talk, tracker, origins).run(test)
        results.append(TestResult(test.name, test.line, failure))
    return ScriptResult(script.path, tuple(results))


@dataclass(frozen=True, slots=True)
class _Turn:
    """What happens, if anything does, and the lines that say what comes of it."""

    stimulus: Stimulus | Misread | None
    observed: tuple[Observation, ...]

    @property
    def last_line(self) -> int:
        """The line behind which something more would be written."""
        last = self.observed[-1] if self.observed else self.stimulus
        return last.line if last else 0


def _turns(entries: Sequence[Entry]) -> Iterator[_Turn]:
    stimulus: Stimulus | Misread | None = None
    observed: list[Observation] = []
    for entry in entries:
        if isinstance(entry, Bot | SomeReplies | CallLine | SessionLine):
            observed.append(entry)
        else:
            if stimulus or observed:
                yield _Turn(stimulus, tuple(observed))
            stimulus, observed = entry, []
    if stimulus or observed:
        yield _Turn(stimulus, tuple(observed))


class _Run:
    """One test that runs. `_rows` are the lines of the present turn on which both sides agree."""

    def __init__(self, talk: Conversation[Any], tracker: Tracker | None, origins: Origins | None) -> None:
        self.talk = talk
        self.tracker = tracker
        self.origins = origins
        self._rows: list[tuple[str, str]] = []
        self._effects: list[Effect] = []
        self._until = talk.now  # what is due up to here belongs to the present turn

    def run(self, test: Test) -> Failure | None:
        """The first failure, or None."""
        for turn in _turns(test.entries):
            self._rows, self._effects = [], []
            if self.tracker is not None:
                self.tracker.forget_trail()
            try:
                failure = self._take(turn)
            except Exception as error:  # whatever the flow does to its test, the other tests still run
                return self._broken(turn, error)
            if failure is not None:
                return failure
        return None

    def _take(self, turn: _Turn) -> Failure | None:
        stimulus = turn.stimulus
        if isinstance(stimulus, Misread):
            hint = stimulus.mistake.help()
            why = f"({stimulus.mistake.title()}{f': {hint}' if hint else ''})"
            return Failure(stimulus.line, (stimulus.text,), (why,), 0)
        if stimulus is not None:
            self._rows = [(write_entry(stimulus), write_entry(stimulus))]
            self._happen(stimulus)
        return self._observe(turn)

    def _happen(self, stimulus: Stimulus) -> None:
        match stimulus:
            case User(text):
                self._effects += self.talk.say(text)
            case Press(label):
                self._effects += self.talk.press(label)
            case After(seconds):
                self._until += seconds * SECOND
            case _:
                assert_never(stimulus)

    def _move_clock(self, effect: int) -> None:
        """Go on to the end of the turn, or to a call: time stands still until its line has been read."""
        while not any(isinstance(it, Call) for it in self._effects[effect:]):
            at = self.talk.next_instant
            if at is None or at > self._until:
                self.talk.advance_to(self._until)
                return
            self._effects += self.talk.advance_to(at)

    def _observe(self, turn: _Turn) -> Failure | None:
        """Hold the lines of the turn against its effects, call by call: the end of a call adds to them."""
        line, effect = 0, 0
        while True:
            self._move_clock(effect)
            lines = _up_to_call(turn.observed[line:])
            effects = _before_call(self._effects[effect:])
            match = match_lines(lines, effects, self._over)
            for one, other in match.rows:
                self._rows.append(
                    (
                        "" if one is None else write_entry(lines[one]),
                        self._standing() if other is None else _written(effects[other]),
                    )
                )
            line += match.line
            if not match.complete:
                return self._failure(turn, line, effect + match.effect)
            effect += len(effects)
            if line == len(turn.observed) and effect == len(self._effects):
                return None
            if not self._called(turn.observed[line : line + 1], self._effects[effect : effect + 1]):
                return self._failure(turn, line, effect)
            line, effect = line + 1, effect + 1

    def _called(self, lines: Sequence[Observation], effects: Sequence[Effect]) -> bool:
        """Whether the next line is the call that comes next; if so it is given its outcome."""
        match [*lines, *effects]:
            case [CallLine() as line, Call() as call] if _is_call(line, call):
                self._rows.append((_written(call), _written(call)))
                self._effects += self._end_call(line, call)
                return True
            case _:
                return False

    def _end_call(self, line: CallLine, call: Call) -> list[Effect]:
        if call not in self.talk.pending:  # an `anytime` has ended the session meanwhile, or it took too long
            return []
        match line.outcome:
            case None:
                return self.talk.result(after=line.after, call=call)
            case Fails():
                return self.talk.result(failure="the transcript lets it fail", after=line.after, call=call)
            case Returns(value):
                return self.talk.result(value, after=line.after, call=call)
            case _:
                assert_never(line.outcome)

    @property
    def _over(self) -> EndReason | None:
        return self.talk.ended.reason if self.talk.ended and not self.talk.is_open else None

    def _standing(self) -> str:
        """What there is to say where an end of the session is expected and none came."""
        if self.talk.is_open:
            return f"(the session is open, in {self.talk.state})"
        return f"session: {self._over}" if self._over else "(there has been no session)"

    # What goes wrong.

    def _failure(self, turn: _Turn, line: int, effect: int) -> Failure:
        """The two sides differ at these places of the turn."""
        expected, rest = turn.observed[line:], self._effects[effect:]
        if not any(isinstance(entry, SessionLine) for entry in expected):
            rest = [found for found in rest if isinstance(found, Reply | Call)]
        if rest and any(call in rest for call in self.talk.pending):
            expected = expected[: len(rest)]  # what would come after the call is not known
        left = [_call_only(entry) for entry in expected]
        right = [_written(found) for found in rest]
        if expected and not right:
            right = [self._standing() if isinstance(expected[0], SessionLine) else NOTHING]
        rows = [*self._rows, *zip_longest(left or [NOTHING], right, fillvalue="")]
        at = expected[0].line if expected else turn.last_line
        return _side_by_side(at, rows, len(self._rows), self._origin(effect))

    def _broken(self, turn: _Turn, error: Exception) -> Failure:
        at = turn.stimulus.line if turn.stimulus else turn.last_line
        rows = [*self._rows, ("", f"(the flow broke: {type(error).__name__}: {error})")]
        return _side_by_side(at, rows, len(self._rows), None)

    def _origin(self, effect: int) -> str | None:
        """Where the flow says what came there, else what came last."""
        if self.tracker is None or self.origins is None or not self._effects:
            return None
        made = self.tracker.maker(self._effects[min(effect, len(self._effects) - 1)])
        return self.origins(made) if made else None


def _side_by_side(line: int, rows: Sequence[tuple[str, str]], differs: int, origin: str | None) -> Failure:
    return Failure(line, tuple(left for left, _ in rows), tuple(right for _, right in rows), differs, origin)


def _up_to_call(observed: Sequence[Observation]) -> list[Bot | SomeReplies | SessionLine]:
    found: list[Bot | SomeReplies | SessionLine] = []
    for entry in observed:
        if isinstance(entry, CallLine):
            break
        found.append(entry)
    return found


def _before_call(effects: Sequence[Effect]) -> Sequence[Effect]:
    return effects[
        : next((at for at, effect in enumerate(effects) if isinstance(effect, Call)), len(effects))
    ]


def _is_call(line: CallLine, call: Call) -> bool:
    given = tuple(call.arguments.values())
    return (
        line.action == call.name
        and len(line.arguments) == len(given)
        and all(same_value(one, other) for one, other in zip(line.arguments, given, strict=True))
    )


def _written(effect: Effect) -> str:
    entry = entry_of(effect)
    return write_entry(entry) if entry else f"({effect})"


def _call_only(entry: Observation) -> str:
    return write_call(entry.action, entry.arguments) if isinstance(entry, CallLine) else write_entry(entry)
