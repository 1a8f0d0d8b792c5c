"""Mistakes of writing: what keeps a file from being read. Codes F01…"""

from __future__ import annotations

from flowc.diagnostics.diagnostic import Edit, Label, Mistake, did_you_mean, near_names
from flowc.records import dataclass
from flowc.source import Span


@dataclass(frozen=True, kw_only=True)
class Unexpected(Mistake):
    """Something stands where the language has no place for it.

    The compiler says what could stand there instead.

    Wrong:

        on message -> reply -> end session

    Right:

        on message -> reply "Thanks" -> end session
    """

    code = "F0101"
    found: str
    expected: tuple[str, ...]
    instead: str | None = None

    def title(self) -> str:
        return f"did not expect {self.found} here"

    def help(self) -> str | None:
        if not self.expected:
            return self.instead
        *others, last = self.expected
        return f"here may stand {', '.join(others)} or {last}" if others else f"here may stand {last}"


@dataclass(frozen=True, kw_only=True)
class UnclosedText(Mistake):
    """A text begins with a quote and does not end on its line.

    A new line within a text is written `\\n`, a quote `\\"`.

    Wrong:

        on message -> reply "Thanks -> end session

    Right:

        on message -> reply "Thanks" -> end session
    """

    code = "F0102"

    def title(self) -> str:
        return "this text is not closed"

    def label(self) -> str:
        return "it begins here"

    def help(self) -> str | None:
        return 'close it with `"` on the same line; a new line within a text is written `\\n`'


@dataclass(frozen=True, kw_only=True)
class UnclosedHole(Mistake):
    """A brace opens a hole in a text, and none closes it.

    Between braces stands an expression whose value is said. A brace itself is written twice.

    Wrong:

        on message
          -> ask name "What's your name?"
          -> reply "Thanks, {name"
          -> end session

    Right:

        timeout 1 hour
        on message
          -> ask name "What's your name?"
          -> reply "Thanks, {name}"
          -> end session
    """

    code = "F0103"

    def title(self) -> str:
        return "this `{` is not closed"

    def help(self) -> str | None:
        return "close it with `}`; a brace that is to be said is written `{{`"


@dataclass(frozen=True, kw_only=True)
class StrayBrace(Mistake):
    """A brace closes nothing.

    Wrong:

        on message -> reply "Thanks }" -> end session

    Right:

        on message -> reply "Thanks }}" -> end session
    """

    code = "F0104"

    def title(self) -> str:
        return "this `}` closes nothing"

    def help(self) -> str | None:
        return "a brace that is to be said is written `}}`"

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, "}}"),)


@dataclass(frozen=True, kw_only=True)
class UnknownEscape(Mistake):
    r"""A backslash in a text stands before something it cannot escape.

    The escapes are `\"`, `\\`, `\n`, `\t`, and `\u{1F600}` for any code point but a surrogate.

    Wrong:

        on message -> reply "C:\data" -> end session

    Right:

        on message -> reply "C:\\data" -> end session
    """

    code = "F0105"
    escape: str

    def title(self) -> str:
        return f"`{self.escape}` is no escape"

    def help(self) -> str | None:
        return r"the escapes are `\"`, `\\`, `\n`, `\t` and `\u{1F600}`; a backslash itself is written `\\`"


@dataclass(frozen=True, kw_only=True)
class SingleQuotes(Mistake):
    """A text stands in single quotes, or in those of a word processor.

    Wrong:

        on message -> reply 'Thanks' -> end session

    Right:

        on message -> reply "Thanks" -> end session
    """

    code = "F0106"
    quote: str

    def title(self) -> str:
        return "a text stands in double quotes"

    def help(self) -> str | None:
        return f'write `"` in place of `{self.quote}`'


@dataclass(frozen=True, kw_only=True)
class EqualsSign(Mistake):
    """`=` gives a variable its value; `==` compares.

    Wrong:

        timeout 1 hour
        on message
          -> ask rating: int "How was it?"
          when rating = 1
            -> reply "Sorry!"
          -> end session

    Right:

        timeout 1 hour
        on message
          -> ask rating: int "How was it?"
          when rating == 1
            -> reply "Sorry!"
          -> reply "Thanks." -> end session
    """

    code = "F0107"

    def title(self) -> str:
        return "`=` does not compare"

    def help(self) -> str | None:
        return "write `==`"

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, "=="),)


STEPS = (
    "reply",
    "ask",
    "set",
    "call",
    "emit",
    "goto",
    "again",
    "run",
    "return",
    "wait",
    "handoff",
    "end session",
)
_MEANT = {
    **dict.fromkeys(("say", "send", "print", "tell", "answer", "message"), ("reply",)),
    **dict.fromkeys(("input", "prompt", "question"), ("ask",)),
    **dict.fromkeys(("stop", "exit", "quit", "finish"), ("end session",)),
    **dict.fromkeys(("sleep", "pause", "delay"), ("wait",)),
    **dict.fromkeys(("jump", "go"), ("goto",)),
    **dict.fromkeys(("repeat", "back"), ("again",)),
}
"""What steps are called elsewhere."""


@dataclass(frozen=True, kw_only=True)
class UnknownStep(Mistake):
    """An arrow leads to a word that is no step.

    Wrong:

        on message -> replay "Thanks" -> end session

    Right:

        on message -> reply "Thanks" -> end session
    """

    code = "F0108"
    word: str

    def title(self) -> str:
        return f"`{self.word}` is no step"

    def help(self) -> str | None:
        if self.word in {"when", "if", "else"}:
            return "a `when` begins a line of its own in the block of its chain, without an arrow before it"
        if self.word in {"let", "keep"}:
            return f"in a chain write `set`; `{self.word}` stands at the left edge"
        near = _MEANT.get(self.word) or near_names(self.word, (step.split()[0] for step in STEPS))
        return did_you_mean(near) or f"the steps are {', '.join(f'`{step}`' for step in STEPS)}"


@dataclass(frozen=True, kw_only=True)
class SplitChain(Mistake):
    """A chain stands half on the line of its head and half in the block below.

    It stands either on one line or in the indented block, or nobody could say which steps belong to which.

    Wrong:

        on message -> reply "Thanks"
          -> end session

    Right:

        on message
          -> reply "Thanks"
          -> end session
    """

    code = "F0109"

    def title(self) -> str:
        return "a chain stands on one line or in the block below its head, not half in each"

    def label(self) -> str:
        return "the chain above has begun on the line of its head"

    def help(self) -> str | None:
        return "put all of its steps in the block, or all on the line"


@dataclass(frozen=True, kw_only=True)
class UnevenIndentation(Mistake):
    """A line is indented like none of the blocks above it.

    Wrong:

        on message
            -> reply "Thanks"
          -> end session

    Right:

        on message
          -> reply "Thanks"
          -> end session
    """

    code = "F0110"

    def title(self) -> str:
        return "this line is indented like none of the blocks above it"

    def help(self) -> str | None:
        return "begin it where a line of its block begins"


@dataclass(frozen=True, kw_only=True)
class UnexpectedBlock(Mistake):
    """A line is indented, and the line above it has no block.

    Wrong:

        flow thanks
          on message -> reply "Thanks" -> end session

    Right:

        flow thanks
        timeout 1 hour
        on message -> reply "Thanks" -> end session
    """

    code = "F0111"

    def title(self) -> str:
        return "this line is indented, and the line above it takes no block"

    def help(self) -> str | None:
        return "begin it where the line above begins"


@dataclass(frozen=True, kw_only=True)
class TabsAndSpaces(Mistake):
    """Lines are indented with tabs here and with spaces there, so that their depth cannot be compared.

    Indent with spaces throughout, or with tabs throughout.
    """

    code = "F0112"

    def title(self) -> str:
        return "tabs and spaces are mixed in the indentation"

    def help(self) -> str | None:
        return "indent with spaces throughout, or with tabs throughout"


@dataclass(frozen=True, kw_only=True)
class ControlCharacter(Mistake):
    r"""A raw control character stands in the file, where nobody can see it.

    In a text write its escape: `\n`, `\t`, or `\u{0}` for the code point 0.
    """

    code = "F0113"
    character: str

    def title(self) -> str:
        return f"a raw control character (U+{ord(self.character):04X}) stands here"

    def help(self) -> str | None:
        escape = {"\t": "\\t", "\n": "\\n"}.get(self.character, f"\\u{{{ord(self.character):X}}}")
        return f"in a text write `{escape}`; elsewhere remove it"


@dataclass(frozen=True, kw_only=True)
class MisplacedClause(Mistake):
    """A clause stands where it belongs to no step.

    Clauses stand deeper than their step and belong to the last step of its line: `retry`, `require`, `tries`,
    `on`, `after` and `timeout` to an `ask`, `failed` to a `call`.

    Wrong:

        on message
          -> ask rating: int "How was it?"
          retry "A number, please."
          -> end session

    Right:

        timeout 1 hour
        on message
          -> ask rating: int "How was it?"
              retry "A number, please."
          -> reply "Thanks." -> end session
    """

    code = "F0114"
    clause: str
    owners: str

    def title(self) -> str:
        return f"`{self.clause}` belongs to {self.owners}"

    def help(self) -> str | None:
        if self.clause == "outdated":
            return "write it at the left edge"
        return f"put it in a deeper line right below {self.owners}, as the last step of that line"


@dataclass(frozen=True, kw_only=True)
class StepAfterHandlers(Mistake):
    """A step of a state stands after the handlers of the state.

    First comes what the state does when it is entered, then what it waits for.

    Wrong:

        timeout 1 hour
        on message -> goto menu
        state menu
          on "bye" -> end session
          -> reply "What would you like?"
          on message -> again

    Right:

        timeout 1 hour
        on message -> goto menu
        state menu
          -> reply "What would you like?"
          on "bye" -> reply "Thanks." -> end session
          on message -> again
    """

    code = "F0115"
    handler: Span

    def title(self) -> str:
        return "a step stands after the handlers of its state"

    def related(self) -> tuple[Label, ...]:
        return (Label(self.handler, "the handlers begin here"),)

    def help(self) -> str | None:
        return "put it before the first of them"


@dataclass(frozen=True, kw_only=True)
class ReservedName(Mistake):
    """One of the nine reserved words is used as a name: and, or, not, is, in, matches, none, true, false.

    Wrong:

        timeout 1 hour
        on message -> ask none "What's your name?" -> end session

    Right:

        timeout 1 hour
        on message -> ask name "What's your name?" -> reply "Thanks." -> end session
    """

    code = "F0116"
    name: str

    def title(self) -> str:
        return f"`{self.name}` is a reserved word and names nothing"

    def help(self) -> str | None:
        return f"choose another name, such as `{self.name}_`"


UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


@dataclass(frozen=True, kw_only=True)
class UnknownUnit(Mistake):
    """A number is followed by a word that is no unit of time.

    Wrong:

        timeout 15 minuts
        on message -> reply "Thanks" -> end session

    Right:

        timeout 15 minutes
        on message -> reply "Thanks" -> end session
    """

    code = "F0117"
    unit: str

    def title(self) -> str:
        return f"`{self.unit}` is no unit of time"

    def help(self) -> str | None:
        near = near_names(self.unit, [*UNITS, *(f"{unit}s" for unit in UNITS)])
        return did_you_mean(near[:1]) or "the units are seconds, minutes, hours, days and weeks"


@dataclass(frozen=True, kw_only=True)
class DurationOutOfRange(Mistake):
    """A duration is shorter than 1 second or longer than 366 days.

    Wrong:

        timeout 0 minutes
        on message -> reply "Thanks" -> end session

    Right:

        timeout 15 minutes
        on message -> reply "Thanks" -> end session
    """

    code = "F0118"

    def title(self) -> str:
        return "a duration lies between 1 second and 366 days"


@dataclass(frozen=True, kw_only=True)
class TooDeep(Mistake):
    """Blocks or expressions are nested deeper than 100."""

    code = "F0119"
    limit: int

    def title(self) -> str:
        return f"this is nested deeper than {self.limit}"

    def help(self) -> str | None:
        return "give a part of it a name of its own: a state, a dialog or a variable"


@dataclass(frozen=True, kw_only=True)
class UnknownKind(Mistake):
    """`on` is followed by a word that is no kind of event, or `reply` by one that is no kind of media.

    Wrong:

        on mesage -> reply "Thanks" -> end session

    Right:

        on message -> reply "Thanks" -> end session
    """

    code = "F0120"
    word: str
    what: str
    kinds: tuple[str, ...]

    def title(self) -> str:
        return f"`{self.word}` is no kind of {self.what}"

    def help(self) -> str | None:
        if self.word in {"timeout", "after", "failed", "outdated"}:
            duration = " 5 minutes" if self.word in {"timeout", "after"} else ""
            return f"`{self.word}{duration} -> …` stands without `on`"
        kinds = ", ".join(f"`{kind}`" for kind in self.kinds)
        return (
            did_you_mean(near_names(self.word, self.kinds)) or f"the kinds are {kinds}; words stand in quotes"
        )


DECLARATIONS = (
    "flow",
    "import",
    "channel",
    "timeout",
    "failed",
    "outdated",
    "let",
    "keep",
    "renamed",
    "action",
    "function",
    "record",
    "on",
    "anytime",
    "state",
    "dialog",
)


@dataclass(frozen=True, kw_only=True)
class UnknownDeclaration(Mistake):
    """A line at the left edge begins with a word that declares nothing.

    Wrong:

        stat menu
          on message -> end session

    Right:

        timeout 1 hour
        on message -> reply "Hello." -> goto menu
        state menu
          on message -> reply "Thanks." -> end session
    """

    code = "F0121"
    word: str

    def title(self) -> str:
        return f"no declaration begins with `{self.word}`"

    def help(self) -> str | None:
        if self.word == "->":
            return "the steps of a chain stand on the line of its head, or indented below it"
        if self.word in {step.split()[0] for step in STEPS}:
            return "a step follows an arrow: `on message -> ...`"
        known = ", ".join(f"`{word}`" for word in DECLARATIONS)
        return did_you_mean(near_names(self.word, DECLARATIONS)) or f"a line here begins with one of {known}"


@dataclass(frozen=True, kw_only=True)
class MissingArrow(Mistake):
    """A step follows without an arrow before it.

    Wrong:

        on message reply "Thanks" -> end session

    Right:

        on message -> reply "Thanks" -> end session
    """

    code = "F0122"
    word: str

    def title(self) -> str:
        return f"an arrow is missing before `{self.word}`"

    def help(self) -> str | None:
        return f"write `-> {self.word}`"

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(Span(self.span.path, self.span.start, self.span.start), "-> "),)


@dataclass(frozen=True, kw_only=True)
class MissingChain(Mistake):
    """A head has nothing to do: neither a step on its line nor a block below it.

    Wrong:

        on message

    Right:

        on message -> reply "Thanks" -> end session
    """

    code = "F0123"
    head: str

    def title(self) -> str:
        return f"nothing follows this `{self.head}`"

    def help(self) -> str | None:
        if self.head == "record":
            return "go on with an indented block of its fields: `name: type`"
        return "go on with `-> ` and a step, or with an indented block of them"


@dataclass(frozen=True, kw_only=True)
class MisplacedLabel(Mistake):
    """A label stands before a step that does not wait.

    A label names a wait, in place of the name that is made for it.

    Wrong:

        on message -> hello: reply "Hi" -> end session

    Right:

        on message -> reply "Hi" -> end session
    """

    code = "F0124"
    label_name: str

    def title(self) -> str:
        return f"`{self.label_name}:` names no wait"

    def help(self) -> str | None:
        return "a label stands before an `ask`, a `call`, a `wait` or a `run`; remove it here"


@dataclass(frozen=True, kw_only=True)
class EmptyHole(Mistake):
    """Two braces in a text hold nothing.

    Wrong:

        on message -> reply "Hi {}" -> end session

    Right:

        on message -> reply "Hi {{}}" -> end session
    """

    code = "F0125"

    def title(self) -> str:
        return "nothing stands between these braces"

    def help(self) -> str | None:
        return "write an expression between them; braces that are to be said are written `{{` and `}}`"


@dataclass(frozen=True, kw_only=True)
class OtherWord(Mistake):
    """A word or a sign of another language stands where this one has its own.

    Wrong:

        timeout 1 hour
        on message
          -> ask age: int "How old are you?"
          if age < 18
            -> reply "Hello!"
          -> end session

    Right:

        timeout 1 hour
        on message
          -> ask age: int "How old are you?"
          when age < 18
            -> reply "Hello!"
          -> reply "Thanks." -> end session
    """

    code = "F0126"
    found: str
    meant: str

    def title(self) -> str:
        return f"what is `{self.found}` elsewhere is `{self.meant}` here"

    def help(self) -> str | None:
        return f"write `{self.meant}`"

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, self.meant),)


@dataclass(frozen=True, kw_only=True)
class UnusableRegex(Mistake):
    """A regular expression cannot be used: it is not sound, or it asks for what could take too long to find.

    Regular expressions run on RE2, whose time grows with the length of the text and no faster.

    Wrong:

        timeout 1 hour
        on /(a)\\1/ -> reply "Twice" -> end session
        on message -> reply "Thanks" -> end session

    Right:

        timeout 1 hour
        on /track|where/ -> reply "It is on its way." -> end session
        on message -> reply "Thanks" -> end session
    """

    code = "F0127"
    why: str

    def title(self) -> str:
        return "this regular expression cannot be used"

    def label(self) -> str:
        return self.why
