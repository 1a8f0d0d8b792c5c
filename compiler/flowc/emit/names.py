"""Names for the functions of a generated module: what each does, as an identifier."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

from flowc import machine as ir
from flowrt import generated
from flowrt.slots import slot_of

_WORDS = {
    "/": "by",
    "in": "in",
    "not in": "not_in",
    "[]": "at",
    "==": "is",
    "!=": "is_not",
    "<": "below",
    "<=": "at_most",
    ">": "above",
    ">=": "at_least",
    "+": "plus",
    "-": "minus",
    "*": "times",
}
_NO_WORDS = re.compile(r"\(\?(?:P?<(?P<name>\w+)>|[a-zA-Z-]*:)|\\.|\[\^?\]?[^\]]*\]|\{[0-9,]*\}")
_TAKEN = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *generated.__all__}
    | {
        "Any",
        "Awaitable",
        "Final",
        "Literal",
        "Protocol",
        "Event",
        "Actions",
        "StateName",
        "STATES",
        "TRANSITIONS",
    }
    | {"CONTRACTS", "INITIAL", "WAITS", "EVERYWHERE", "annotations", "flow", "event"}
)


def identifier(name: str) -> str:
    """A name of the author's as a Python identifier: Python's own words get an underscore behind.

    >>> identifier("class"), identifier("rating")
    ('class_', 'rating')
    """
    return slot_of(name)


def class_name(record: str) -> str:
    """The name of the class of a record: one that the module has already gets an underscore behind.

    >>> class_name("Order"), class_name("Media"), class_name("Media_"), class_name("Order_kind")
    ('Order', 'Media_', 'Media__', 'Order_kind_')
    """
    name = identifier(record)
    bare = name.rstrip("_")
    return f"{name}_" if bare in _TAKEN or bare.endswith("_kind") else name


class Names:
    """Gives each function of a module a name of its own.

    >>> names = Names(["CODE"])
    >>> names.unique("say_hello"), names.unique("say_hello"), names.unique("CODE")
    ('say_hello', 'say_hello_2', 'CODE_2')

    Those that the module `has` already are given to none.
    """

    def __init__(self, has: Iterable[str] = ()) -> None:
        self._taken = {*_TAKEN, *has}
        self._counts: dict[str, int] = {}

    def unique(self, name: str) -> str:
        """`name`, or the first of `name_2`, `name_3`, … that is free."""
        candidate, count = name, self._counts.get(name, 1)
        while candidate in self._taken:
            count += 1
            candidate = f"{name}_{count}"
        self._taken.add(candidate)
        self._counts[name] = count
        return candidate


def slug(text: str, words: int = 5) -> str:
    """The first words of a text, as a part of an identifier.

    >>> slug("Hi! Three quick questions.")
    'hi_three_quick_questions'
    """
    found = re.findall(r"[a-z0-9]+", text.lower().replace("'", ""))[:words]
    return "_".join(found)[:40].rstrip("_")


def pattern_words(pattern: str) -> str:
    r"""The words of a regular expression, without its escapes, classes and counts; of a named group the name.

    >>> slug(pattern_words(r"\border\W*(?P<number>\d{4,8})"))
    'order_number'
    """
    return _NO_WORDS.sub(lambda found: f" {found['name'] or ''} ", pattern)


def constant_name(pattern: str) -> str:
    """What the constant that holds a pattern is called.

    >>> constant_name("track|where"), constant_name("^2nd"), constant_name("日")
    ('TRACK_WHERE', 'PATTERN_2ND', 'PATTERN')
    """
    words = slug(pattern_words(pattern)).upper()
    return words if words[:1].isalpha() else f"PATTERN_{words}".rstrip("_")


def guard_name(guard: ir.Guard) -> str:
    """What a guard tests, as a name."""
    match guard:
        case ir.Says():
            return f"says_{slug(guard.texts[0]) or 'it'}"
        case ir.Finds():
            return f"finds_{slug(pattern_words(guard.pattern)) or 'it'}"
        case ir.Fits():
            return f"says_{slug(shown_parts(guard.parts)) or 'it'}"
        case ir.IsText():
            return "is_text"
        case ir.Brings():
            return f"brings_{guard.kind}"
        case ir.Carries():
            return f"carries_{slug(guard.event, 8)}"
        case ir.Reads():
            return f"reads_{identifier(guard.variable)}"
        case ir.TriesReached():
            return f"is_try_{guard.limit}"
        case ir.Condition():
            return f"when_{slug(expression_words(guard.expression), 8) or 'it_holds'}"
        case ir.Requires():
            verb = "keeps_to" if guard.holds else "breaks"
            return f"{identifier(guard.variable)}_{verb}_{slug(expression_words(guard.expression), 8)}"
        case ir.CameFrom():
            return f"left_{slug(guard.state, 8)}"
        case ir.CallFailed():
            return f"gave_no_{slug(str(guard.returns)) if guard.returns else 'result'}"
        case ir.SaysAgain() | ir.FirstFailure():
            raise AssertionError("the runtime has this guard itself")


def shown_parts(parts: ir.TextParts) -> str:
    """A text pattern, as its author wrote it but for the types of its captures."""
    return "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in parts)


def effect_name(effect: ir.Effect) -> str:
    """What an effect does, as a name."""
    match effect:
        case ir.Open():
            return "open_session"
        case ir.Say():
            verb = {"reply": "say", "prompt": "ask", "retry": "retry"}[effect.role]
            return f"{verb}_{slug(effect.text.shown) or 'it'}"
        case ir.SayAny():
            return f"say_any_{slug(effect.texts[0].shown) or 'it'}"
        case ir.SayMedia():
            return f"send_{effect.media}"
        case ir.Emit():
            return f"emit_{effect.event}"
        case ir.HandOff():
            return f"hand_over_to_{slug(effect.team.shown) or 'it'}"
        case ir.Store() | ir.StoreResult() | ir.StoreTaken():
            return f"store_{identifier(effect.variable)}"
        case ir.Assign():
            return f"set_{identifier(effect.variable)}"
        case ir.Default():
            return f"begin_{identifier(effect.variable)}"
        case ir.Forget():
            return f"begin_{slug(effect.variables[0].rpartition('.')[0]) or 'dialog'}"
        case ir.CallAction():
            return f"call_{effect.action}"
        case ir.Do():
            raise AssertionError("the runtime has this effect itself")


def expression_words(expression: ir.Expression) -> str:
    """An expression in words, for a name."""
    match expression:
        case ir.Constant():
            return str(expression.value)
        case ir.VariableUse():
            return expression.name
        case ir.AnswerUse():
            return "answer"
        case ir.TakenUse():
            return _taken_words(expression.taken)
        case ir.KnownUse():
            return expression.what
        case ir.Template():
            return expression.shown
        case ir.Operation(operator="as decimal" | "sure"):
            return expression_words(expression.operands[0])
        case ir.Operation():
            *left, right = [expression_words(operand) for operand in expression.operands]
            return " ".join([*left, _WORDS.get(expression.operator, expression.operator), right])
        case ir.FieldUse():
            return f"{expression_words(expression.value)} {expression.field}"
        case ir.Matches():
            return f"{expression_words(expression.value)} matches {pattern_words(expression.pattern)}"
        case ir.ListOf():
            return " ".join(["list", *map(expression_words, expression.items)])
        case ir.Make():
            return f"new {expression.record}"
        case ir.Changed():
            return f"{expression_words(expression.value)} with {expression.field}"
        case ir.BuiltIn() | ir.Apply():
            return " ".join([expression.function, *map(expression_words, ir.parts_of(expression))])


def _taken_words(taken: ir.Taken) -> str:
    match taken:
        case ir.TakenText():
            return taken.group or "text"
        case ir.TakenMedia():
            return "media"
        case ir.TakenCapture() | ir.TakenValue():
            return taken.name
