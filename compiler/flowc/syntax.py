"""The AST: what an author wrote, as frozen values with spans. Nothing here is resolved or checked."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from flowc.records import dataclass
from flowc.source import Span

# Names, types and expressions


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its place."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type: `int`, `text?`, `list of Order`. `element` is what a list holds."""

    name: str
    optional: bool
    element: TypeName | None
    span: Span


@dataclass(frozen=True, slots=True)
class IntLiteral:
    value: int
    span: Span


@dataclass(frozen=True, slots=True)
class DecimalLiteral:
    value: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class BoolLiteral:
    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class NoneLiteral:
    span: Span


@dataclass(frozen=True, slots=True)
class Duration:
    """`15 minutes`. `seconds` is its length."""

    count: int
    unit: str
    seconds: int
    span: Span


@dataclass(frozen=True, slots=True)
class Capture:
    """`{number: int}` in a text pattern."""

    name: Name
    type: TypeName | None
    span: Span


@dataclass(frozen=True, slots=True)
class Text:
    """A text literal: plain parts and holes in order. In a pattern the holes are captures."""

    parts: tuple[str | Expr | Capture, ...]
    span: Span

    @property
    def plain(self) -> str | None:
        """The text itself where it has no holes, else None."""
        if not self.parts:
            return ""
        only = self.parts[0]
        return only if len(self.parts) == 1 and isinstance(only, str) else None


@dataclass(frozen=True, slots=True)
class Regex:
    """`/…/`: `pattern` is what stands between the slashes."""

    pattern: str
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class FieldOf:
    value: Expr
    field: Name
    span: Span


@dataclass(frozen=True, slots=True)
class IndexOf:
    value: Expr
    index: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument, by name where one is written."""

    name: Name | None
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Application:
    """`length(xs)`, `Order(number: 1)`: a function or a record applied to arguments."""

    function: Name
    arguments: tuple[Argument, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ListLiteral:
    items: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    operator: Literal["not", "-"]
    operand: Expr
    span: Span


BinaryOperator = Literal["or", "and", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "+", "-", "*", "/"]


@dataclass(frozen=True, slots=True)
class Binary:
    operator: BinaryOperator
    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class IsNone:
    """`x is none`; `negated` for `x is not none`."""

    value: Expr
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Matches:
    value: Expr
    regex: Regex
    span: Span


Expr = (
    IntLiteral
    | DecimalLiteral
    | BoolLiteral
    | NoneLiteral
    | Duration
    | Text
    | Reference
    | FieldOf
    | IndexOf
    | Application
    | ListLiteral
    | Unary
    | Binary
    | IsNone
    | Matches
)

# Patterns and handlers


@dataclass(frozen=True, slots=True)
class Parameter:
    name: Name
    type: TypeName
    span: Span


@dataclass(frozen=True, slots=True)
class KindPattern:
    """`message`, `text`, `image`, `start`: anything of one kind."""

    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class EventPattern:
    """`event paid(amount: decimal)`: an event of the host. `word` is the first word, which must be `event`."""

    word: Name
    name: Name
    parameters: tuple[Parameter, ...]
    span: Span


Pattern = Text | Regex | KindPattern | EventPattern


@dataclass(frozen=True, slots=True)
class Handler:
    """`on PATTERNS [as NAME] [when EXPR] CHAIN`. `head` is its span without the chain."""

    patterns: tuple[Pattern, ...]
    alias: Name | None
    guard: Expr | None
    chain: Chain
    head: Span
    span: Span


# Steps


@dataclass(frozen=True, slots=True)
class Options:
    """`buttons "A" | "B"`, or `list` for more than a channel has buttons."""

    word: Literal["buttons", "list"]
    labels: tuple[Text, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Reply:
    """`reply "…"`, or `reply any "…" | "…"` with several texts."""

    texts: tuple[Text, ...]
    any: bool
    options: Options | None
    span: Span


@dataclass(frozen=True, slots=True)
class ReplyMedia:
    kind: Name
    url: Text
    caption: Text | None
    options: Options | None
    span: Span


@dataclass(frozen=True, slots=True)
class Range:
    """`in LOW..HIGH`, both ends included."""

    low: Expr
    high: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Choices:
    """`choices "A" | "B"`, or one expression that gives a list."""

    values: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Ask:
    name: Name
    type: TypeName | None
    range: Range | None
    prompt: Text | None
    choices: Choices | None
    options: Options | None
    clauses: tuple[Clause, ...]
    label: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class Set:
    """`set x = EXPR`, `set order.due = EXPR`: `path` holds the fields behind the name."""

    name: Name
    path: tuple[Name, ...]
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    action: Name
    arguments: tuple[Argument, ...]
    alias: Name | None
    within: Duration | None
    clauses: tuple[Clause, ...]
    label: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class Emit:
    event: Name
    arguments: tuple[Argument, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Goto:
    state: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Again:
    span: Span


@dataclass(frozen=True, slots=True)
class Run:
    dialog: Name
    arguments: tuple[Argument, ...]
    alias: Name | None
    label: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class Return:
    value: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Wait:
    duration: Duration
    label: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class Handoff:
    team: Text
    span: Span


@dataclass(frozen=True, slots=True)
class EndSession:
    span: Span


@dataclass(frozen=True, slots=True)
class Branch:
    """`when CONDITION CHAIN`. `head` is its span without the chain."""

    condition: Expr
    chain: Chain
    head: Span


@dataclass(frozen=True, slots=True)
class When:
    """`when … / else when … / else`. Without `otherwise` the chain goes on where no condition holds."""

    branches: tuple[Branch, ...]
    otherwise: Chain | None
    span: Span


Step = (
    Reply
    | ReplyMedia
    | Ask
    | Set
    | Call
    | Emit
    | Goto
    | Again
    | Run
    | Return
    | Wait
    | Handoff
    | EndSession
    | When
)


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps in order. `inline` says that they stand on the line of their head."""

    steps: tuple[Step, ...]
    inline: bool
    span: Span


# Clauses


@dataclass(frozen=True, slots=True)
class Retry:
    text: Text | None
    chain: Chain | None
    span: Span


@dataclass(frozen=True, slots=True)
class Require:
    condition: Expr
    text: Text | None
    chain: Chain | None
    span: Span


@dataclass(frozen=True, slots=True)
class Tries:
    count: int
    chain: Chain
    span: Span


@dataclass(frozen=True, slots=True)
class After:
    duration: Duration
    chain: Chain
    span: Span


@dataclass(frozen=True, slots=True)
class Timeout:
    """`timeout DURATION [CHAIN]`, of the flow, of a state or of an ask."""

    duration: Duration
    chain: Chain | None
    span: Span


@dataclass(frozen=True, slots=True)
class Failed:
    """`failed CHAIN`, of a call or of the flow."""

    chain: Chain
    span: Span


Clause = Retry | Require | Tries | Handler | After | Timeout | Failed

# Declarations


@dataclass(frozen=True, slots=True)
class Outdated:
    """`outdated CHAIN`: said of a session that this version of the flow has no place for."""

    chain: Chain
    span: Span


@dataclass(frozen=True, slots=True)
class FlowName:
    name: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Import:
    path: Text
    span: Span


@dataclass(frozen=True, slots=True)
class Channel:
    name: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Variable:
    """`let` or `keep`."""

    word: Literal["let", "keep"]
    name: Name
    type: TypeName | None
    value: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Renamed:
    kind: Name | None
    old: Name
    new: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Action:
    name: Name
    parameters: tuple[Parameter, ...]
    returns: TypeName | None
    span: Span


@dataclass(frozen=True, slots=True)
class Function:
    name: Name
    parameters: tuple[Parameter, ...]
    returns: TypeName
    span: Span


@dataclass(frozen=True, slots=True)
class Record:
    name: Name
    fields: tuple[Parameter, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """An `on` at top level: where a conversation begins."""

    handler: Handler
    span: Span


@dataclass(frozen=True, slots=True)
class Anytime:
    handler: Handler
    span: Span


@dataclass(frozen=True, slots=True)
class State:
    """`state NAME`: its chain, then what it waits for."""

    name: Name
    chain: Chain
    handlers: tuple[Handler, ...]
    reminders: tuple[After, ...]
    timeouts: tuple[Timeout, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Dialog:
    name: Name
    parameters: tuple[Parameter, ...]
    returns: TypeName | None
    chain: Chain
    variables: tuple[Variable, ...]
    states: tuple[State, ...]
    span: Span

    @property
    def declared(self) -> tuple[Name, ...]:
        """The names of its parameters and of its `let`."""
        parameters = tuple(parameter.name for parameter in self.parameters)
        return parameters + tuple(variable.name for variable in self.variables)


Item = (
    FlowName
    | Import
    | Channel
    | Timeout
    | Failed
    | Outdated
    | Variable
    | Renamed
    | Action
    | Function
    | Record
    | Entry
    | Anytime
    | State
    | Dialog
)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, with its `#`."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class File:
    """One file: its declarations in order, and its comments."""

    path: str
    items: tuple[Item, ...]
    comments: tuple[Comment, ...]
