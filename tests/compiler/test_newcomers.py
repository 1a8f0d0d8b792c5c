"""What somebody who has read the manual once may write, and what is said of it: one message for one mistake."""

from __future__ import annotations

import pytest

from flowc.pipeline import compile_flow
from flowc.source import source_of

HEAD = "timeout 1 hour\n"
ASKS = HEAD + 'on message\n  -> ask n: int "How many?"\n'
DIALOG = HEAD + 'dialog who()\n  -> ask name "Name?"\n'
STATE = HEAD + 'on message -> goto menu\nstate menu\n  -> reply "Hi."\n'
REST = "  on message -> again\n"
ENDS = '  -> reply "{n}"\n  -> end session\n'

SAID = {
    "say": ('on message -> say "Hi" -> end session', "F0108", "did you mean `reply`?"),
    "stop": ('on message -> reply "Hi" -> stop', "F0108", "did you mean `end session`?"),
    "sleep": (
        HEAD + 'on message -> sleep 5 minutes -> reply "x" -> end session',
        "F0108",
        "did you mean `wait`?",
    ),
    "if behind an arrow": (
        f'{ASKS}  -> if n > 1 -> reply "x"\n{ENDS}',
        "F0108",
        "a `when` begins a line of its own in the block of its chain, without an arrow before it",
    ),
    "when behind an arrow": (
        f'{HEAD}on message -> ask n: int "N?" -> when n > 1 -> reply "x" -> end session',
        "F0108",
        "a `when` begins a line of its own in the block of its chain, without an arrow before it",
    ),
    "let in a chain": (
        'on message -> let n = 1 -> reply "{n}" -> end session',
        "F0108",
        "in a chain write `set`; `let` stands at the left edge",
    ),
    "when else": (
        f'{ASKS}  when n > 1\n    -> reply "big"\n  when else\n    -> reply "small"\n{ENDS}',
        "F0203",
        "`else` stands without a `when`; a condition goes behind both: `else when …`",
    ),
    "null": ('let n: int? = null\non message -> reply "x" -> end session', "F0203", "did you mean `none`?"),
    "True": ('let n: bool = True\non message -> reply "x" -> end session', "F0203", "did you mean `true`?"),
    "a dialog's variable": (
        f'{DIALOG}on message -> run who() -> reply "Hi {{name}}" -> end session',
        "F0203",
        "`name` is the own of the dialog `who`: let it `return name`, and write `run who(…) as name`",
    ),
    "goto a dialog": (f"{DIALOG}on message -> goto who", "F0201", "`who` is a dialog: `run who(…)`"),
    "run a state": (
        f"{HEAD}on message -> run menu()\nstate menu\n{REST}",
        "F0208",
        "`menu` is a state: `goto menu`",
    ),
    "call a dialog": (
        f"{DIALOG}on message -> call who() -> end session",
        "F0204",
        "`who` is a dialog: `run who(…)`",
    ),
    "call a function": (
        f'{HEAD}function price() returns int\non message -> call price() as p -> reply "{{p}}" -> end session',
        "F0204",
        "`price` is a function: it stands in expressions, `set x = price(…)`",
    ),
    "run an action": (
        f"{HEAD}action save()\non message -> run save() -> end session",
        "F0208",
        "`save` is an action: `call save(…)`",
    ),
    "goto an ask": (
        f'{HEAD}on message -> ask name "N?" -> ask age: int "A?" -> goto ask_name',
        "F0201",
        "`goto` leads to a `state`: let the chain of one begin with `ask name`",
    ),
    "a type of elsewhere": (
        f'{HEAD}on message -> ask age: integer in 1..9 "Age?" -> reply "{{age + 1}}" -> end session',
        "F0206",
        "did you mean `int`?",
    ),
    "a type of elsewhere, of a parameter": (
        f"{HEAD}action f(a: string)\nrecord R\n  s: text\n"
        'on message\n  -> call f(R(s: "x"))\n      failed -> reply "no"\n  -> reply "x" -> end session',
        "F0206",
        "did you mean `text`?",
    ),
    "a type of elsewhere, of an event": (
        'on event paid(amount: number) -> reply "{amount + 1}" -> end session',
        "F0206",
        "did you mean `int`?",
    ),
    "a sum behind a text": (
        'on text as m -> reply "Hi " + m -> end session',
        "F0101",
        'a value stands in the text, between braces: `"Hi {name}"`',
    ),
    "a comment of elsewhere": (
        '// what it does\non message -> reply "x" -> end session',
        "F0126",
        "write `#`",
    ),
    "anytime in a state": (
        f'{STATE}  anytime on "stop" -> end session\n{REST}',
        "F0101",
        "`anytime` stands at the left edge; here write `on`",
    ),
    "let in a state": (
        f"{STATE}  let n: int = 0\n{REST}",
        "F0101",
        "`let` stands at the left edge, or in a `dialog`",
    ),
    "keep in a dialog": (
        f'{HEAD}dialog d()\n  keep n: int = 0\n  -> ask a "A?"\non message -> run d() -> reply "x" -> end session',
        "F0101",
        "`keep` stands at the left edge",
    ),
    "on timeout": (
        f'{STATE}  on timeout -> reply "y"\n{REST}',
        "F0120",
        "`timeout 5 minutes -> …` stands without `on`",
    ),
    "on timeout, with a duration": (
        f'{STATE}  on timeout 5 minutes -> reply "y"\n{REST}',
        "F0101",
        "`timeout 5 … -> …` stands without `on`",
    ),
    "on outdated": (
        f'{STATE}{REST}on outdated -> reply "New."',
        "F0120",
        "`outdated -> …` stands without `on`",
    ),
    "end session in failed": (
        'failed -> reply "x" -> end session\non message -> reply "x" -> end session',
        "F0411",
        "the session is over there without it: leave it out",
    ),
    "a chain that is not indented": (
        f'{HEAD}on message\n-> reply "x"\n-> end session',
        "F0123",
        "go on with `-> ` and a step, or with an indented block of them",
    ),
    "steps without a head": (
        'on message -> reply "x" -> end session\n-> reply "y"\n-> end session',
        "F0121",
        "the steps of a chain stand on the line of its head, or indented below it",
    ),
    "a loop": (
        f'{HEAD}let xs: list of int = [1]\non message\n  for x in xs\n    -> reply "{{x}}"\n  -> end session',
        "F0101",
        "there are no loops: go round with a `state` and `goto`, or let a `function` make one text of a list",
    ),
    "an item behind a list": (
        'let xs: list of int = []\non message -> set xs = xs + 1 -> reply "{length(xs)}" -> end session',
        "F0301",
        "put it between brackets: `xs + [x]`",
    ),
    "a number behind a text": (
        'let n: int = 1\non message -> set t = "n is " + n -> reply "{t}" -> end session',
        "F0301",
        'a value stands in a text, between braces: `"n is {n}"`',
    ),
    "the text of the message": (
        'on message -> reply "You wrote {message.text}." -> end session',
        "F0210",
        "a handler gives it a name: `on text as said -> …`",
    ),
    "a result of what returns nothing": (
        f'{DIALOG}on message -> run who() as x -> reply "{{x}}" -> end session',
        "F0303",
        "declare what it returns, `who(…) returns TYPE`, or leave out the `as`",
    ),
    "what is kept and begins with nothing": (
        f'{HEAD}keep name: text\noutdated -> reply "Hi {{name}}."\n'
        'on message -> ask name "Name?" -> reply "Hi {name}." -> end session',
        "F0406",
        "give it a value to begin with where it is declared: `keep name = …`",
    ),
    "outdated misspelt": (f'{STATE}{REST}outdate -> reply "New."', "F0121", "did you mean `outdated`?"),
}


@pytest.mark.parametrize("name", SAID)
def test_one_message_says_what_to_do(name: str) -> None:
    text, code, helps = SAID[name]
    found = compile_flow(source_of("test.flow", f"{text}\n")).diagnostics
    assert [(each.code, each.help) for each in found] == [(code, helps)]
