"""The machine IR: what a flow is to everything behind the front end.

Emitters, analysis, coverage and drawing read this and nothing else. It is plain data with a format
version, and goes to JSON and back unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flowc.source import Span
from flowc.types import Type

FORMAT = 1
"""The version of this format."""

START = "start"
RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in the flow something comes from: a span, and its line counted from 1."""

    path: str
    start: int
    end: int
    line: int

    @property
    def span(self) -> Span:
        """The span."""
        return Span(self.path, self.start, self.end)


# Expressions: typed, with every name bound.


@dataclass(frozen=True, slots=True)
class Constant:
    value: str | int | bool | None
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class VariableUse:
    name: str
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class Template:
    """A text with holes: what is between the plain parts is said as its type is said."""

    parts: tuple[str | Expression, ...]
    type: Type
    origin: Origin

    @property
    def shown(self) -> str:
        """The text as a reader sees it, a variable's hole as its name in braces."""
        return "".join(
            part if isinstance(part, str) else f"{{{part.name if isinstance(part, VariableUse) else '…'}}}"
            for part in self.parts
        )


Operator = Literal[
    "or", "and", "not", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "is none", "is not none"
]


@dataclass(frozen=True, slots=True)
class Operation:
    operator: Operator
    operands: tuple[Expression, ...]
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class AnswerUse:
    """The answer that was just read, before the variable has it."""

    type: Type
    origin: Origin


Expression = Constant | VariableUse | AnswerUse | Template | Operation


def answered(expression: Expression, variable: str) -> Expression:
    """`expression` with the answer that was just read in place of `variable`."""
    match expression:
        case VariableUse(name=name) if name == variable:
            return AnswerUse(expression.type, expression.origin)
        case Operation():
            operands = tuple(answered(operand, variable) for operand in expression.operands)
            return Operation(expression.operator, operands, expression.type, expression.origin)
        case Template():
            parts = tuple(
                part if isinstance(part, str) else answered(part, variable) for part in expression.parts
            )
            return Template(parts, expression.type, expression.origin)
        case _:
            return expression


# Readers: how an answer is read.


@dataclass(frozen=True, slots=True)
class Reader:
    """How an ask reads its answer. `low` and `high` bound an int; `choices` are the only answers."""

    type: Type
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()


# Guards: when a transition may be taken.


@dataclass(frozen=True, slots=True)
class Says:
    """The message says one of these texts, as the language compares them."""

    texts: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Finds:
    """The regular expression finds something in the text of the message."""

    pattern: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class IsText:
    """The message is text."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class Reads:
    """The message answers the ask of `state`."""

    variable: str
    reader: Reader
    origin: Origin


@dataclass(frozen=True, slots=True)
class TriesReached:
    """This wrong answer is the `limit`th."""

    limit: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class Condition:
    """The expression holds."""

    expression: Expression
    origin: Origin


@dataclass(frozen=True, slots=True)
class CallFailed:
    """The awaited call failed, took too long, or gave something else than `returns`."""

    returns: Type | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class CameFrom:
    """The wait that an `anytime` left is this state."""

    state: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class SaysAgain:
    """The way back says again what the wait said."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class FirstFailure:
    """The flow's own `failed` chain has not failed itself."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class Requires:
    """The answer that was read makes the expression `holds` or not; in it the variable stands for the answer."""

    variable: str
    reader: Reader
    expression: Expression
    holds: bool
    origin: Origin


Guard = (
    Says
    | Finds
    | IsText
    | Reads
    | TriesReached
    | Condition
    | CallFailed
    | CameFrom
    | SaysAgain
    | FirstFailure
    | Requires
)


# Effects: what a transition does, in order.


@dataclass(frozen=True, slots=True)
class Open:
    """Open the session; after `expire` seconds of silence it ends. It begins without the values that it `forgets`."""

    expire: int | None
    forgets: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Say:
    """Say a text, with buttons of these labels."""

    text: Template
    buttons: tuple[str, ...]
    role: Literal["reply", "prompt", "retry"]
    origin: Origin


@dataclass(frozen=True, slots=True)
class SayAny:
    """Say one of several texts; which one is drawn from the event, so that a conversation replays exactly."""

    texts: tuple[Template, ...]
    buttons: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Emit:
    """Tell the host that `event` happened, with values by name."""

    event: str
    arguments: tuple[tuple[str, Expression], ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class HandOff:
    """End the session and leave the contact to a team."""

    team: Template
    origin: Origin


@dataclass(frozen=True, slots=True)
class StoreResult:
    """Give a variable the result of the call."""

    variable: str
    type: Type
    origin: Origin


@dataclass(frozen=True, slots=True)
class StoreText:
    """Give a variable the text of the message, in the user's spelling."""

    variable: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Store:
    """Give a variable the answer that the guard has read."""

    variable: str
    reader: Reader
    origin: Origin


@dataclass(frozen=True, slots=True)
class Assign:
    variable: str
    value: Expression
    origin: Origin


@dataclass(frozen=True, slots=True)
class Default:
    """Give a kept variable its first value, if it has none yet."""

    variable: str
    value: Expression
    origin: Origin


@dataclass(frozen=True, slots=True)
class CallAction:
    """Ask for an action, with its arguments by parameter, of which those that it `needs` are never none.

    `limit` is in seconds.
    """

    action: str
    arguments: tuple[tuple[str, Expression], ...]
    needs: tuple[str, ...]
    limit: int
    origin: Origin


Simple = Literal[
    "count try",
    "interrupt",
    "come back",
    "say again",
    "keep visit",
    "forget interruption",
    "hold message",
    "say failure",
    "end",
    "expire",
    "fail",
    "end by host",
]


@dataclass(frozen=True, slots=True)
class Do:
    """An effect that the runtime knows by itself."""

    what: Simple
    origin: Origin


Effect = (
    Open
    | Say
    | SayAny
    | Emit
    | HandOff
    | Store
    | StoreResult
    | StoreText
    | Assign
    | Default
    | CallAction
    | Do
)


# The machine


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline of a wait: after `seconds` of silence it fires `trigger`."""

    trigger: str
    seconds: int


@dataclass(frozen=True, slots=True)
class State:
    """A state. `choice` is passed within an event, and never rests; `call` awaits a result, `wait` an instant."""

    name: str
    kind: Literal["start", "ask", "state", "call", "wait", "choice", "resume"]
    clocks: tuple[Clock, ...]
    origin: Origin

    @property
    def rests(self) -> bool:
        """Whether a session can be stored in it."""
        return self.kind not in {"start", "choice", "resume"}


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table: from each of `sources`, on `trigger`, if all `guards` hold, do `effects` and go
    to `dest`.

    Without `dest` the state stays and is not entered again. Rows are tried in order.
    """

    trigger: str
    sources: tuple[str, ...]
    dest: str | None
    guards: tuple[Guard, ...]
    effects: tuple[Effect, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable; `kept` says that its value stays with the contact when the session ends."""

    name: str
    type: Type
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """An action that the bot must have."""

    name: str
    parameters: tuple[Variable, ...]
    returns: Type | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that the machine was made from."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Machine:
    """A flow, whole."""

    format: int
    name: str
    sources: tuple[SourceFile, ...]
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    variables: tuple[Variable, ...]
    actions: tuple[Action, ...]
    expire: int | None

    @property
    def waits(self) -> tuple[State, ...]:
        """The states in which a session can rest."""
        return tuple(state for state in self.states if state.rests)
