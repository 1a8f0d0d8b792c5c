"""Malformed programs, one for each kind of mistake, with what is said of each.

The parser's messages are held to this table: a kind of mistake that deserves a message of its own gets a row here
first.
"""

from __future__ import annotations

from typing import NamedTuple


class Malformed(NamedTuple):
    """A program, and the findings it gives: code, line, column and title of each."""

    kind: str
    text: str
    says: tuple[str, ...]


MALFORMED = (
    Malformed(
        "a text is not closed",
        'on message -> reply "Thanks -> end session',
        ("F0102 1:21 this text is not closed",),
    ),
    Malformed(
        "a hole is not closed",
        'on message -> reply "Thanks, {name" -> end session',
        ("F0103 1:30 this `{` is not closed",),
    ),
    Malformed(
        "a brace closes nothing",
        'on message -> reply "Thanks }" -> end session',
        ("F0104 1:29 this `}` closes nothing",),
    ),
    Malformed(
        "an escape is unknown",
        'on message -> reply "C:\\data" -> end session',
        ("F0105 1:24 `\\d` is no escape",),
    ),
    Malformed(
        "an escape names a surrogate",
        'on message -> reply "\\u{D800}" -> end session',
        ("F0105 1:22 `\\u{D800}` is no escape",),
    ),
    Malformed(
        "single quotes",
        "on message -> reply 'Thanks' -> end session",
        ("F0106 1:21 a text stands in double quotes",),
    ),
    Malformed(
        "single quotes in a pattern",
        "on 'hi' -> reply \"Thanks\" -> end session",
        ("F0106 1:4 a text stands in double quotes",),
    ),
    Malformed(
        "buttons on a line of their own",
        'on message\n  -> reply "Yes?"\n      buttons "Yes" | "No"\n  -> end session',
        ("F0101 3:7 did not expect `buttons` here",),
    ),
    Malformed(
        "`=` compares in a `when`",
        'on message\n  -> ask n: int\n  when n = 2\n    -> reply "two"\n  -> end session',
        ("F0107 3:10 `=` does not compare",),
    ),
    Malformed(
        "`=` compares in a guard",
        "on message when n = 2 -> end session",
        ("F0107 1:19 `=` does not compare",),
    ),
    Malformed(
        "a step is misspelt",
        'on message -> replay "Thanks" -> end session',
        ("F0108 1:15 `replay` is no step",),
    ),
    Malformed(
        "a step is misspelt in a block",
        'on message\n  -> rply "Thanks"\n  -> end session',
        ("F0108 2:6 `rply` is no step",),
    ),
    Malformed(
        "an arrow leads nowhere",
        'on message -> reply "Thanks" ->',
        ("F0101 1:32 did not expect the end of the line here",),
    ),
    Malformed(
        "an arrow is missing",
        'on message reply "Thanks" -> end session',
        ("F0122 1:12 an arrow is missing before `reply`",),
    ),
    Malformed(
        "an arrow is missing behind a text pattern",
        'on "hi" reply "Thanks" -> end session',
        ("F0122 1:9 an arrow is missing before `reply`",),
    ),
    Malformed(
        "an arrow is missing between steps",
        'on message -> reply "Thanks" end session',
        ("F0122 1:30 an arrow is missing before `end`",),
    ),
    Malformed(
        "an arrow is missing at the start of a line",
        'on message\n  reply "Thanks"\n  -> end session',
        ("F0122 2:3 an arrow is missing before `reply`",),
    ),
    Malformed(
        "a chain is split",
        'on message -> reply "Thanks"\n  -> end session',
        ("F0109 2:3 a chain stands on one line or in the block below its head, not half in each",),
    ),
    Malformed(
        "a chain is split before a `when`",
        "on message -> ask n: int\n  when n == 1\n    -> end session",
        ("F0109 2:3 a chain stands on one line or in the block below its head, not half in each",),
    ),
    Malformed(
        "a step is deeper than its chain",
        'on message\n  -> reply "Thanks"\n    -> end session',
        ("F0111 3:5 this line is indented, and the line above it takes no block",),
    ),
    Malformed(
        "a clause stands at its step's indentation",
        'on message\n  -> ask n: int "How many?"\n  retry "A number."\n  -> end session',
        ("F0114 3:3 `retry` belongs to an `ask`",),
    ),
    Malformed(
        "a clause belongs to another step",
        'on message\n  -> reply "Hi"\n      retry "A number."\n  -> end session',
        ("F0114 3:7 `retry` belongs to an `ask`",),
    ),
    Malformed(
        "`failed` belongs to a call",
        "on message\n  -> ask n\n      failed -> end session\n  -> end session",
        ("F0114 3:7 `failed` belongs to a `call`",),
    ),
    Malformed(
        "`outdated` belongs to the flow",
        "on message\n  -> call f()\n      outdated -> end session\n  -> end session",
        ("F0114 3:7 `outdated` belongs to the flow",),
    ),
    Malformed(
        "`outdated` below a chain",
        'on message\n  -> reply "Hi"\n  outdated -> reply "Anew."',
        ("F0114 3:3 `outdated` belongs to the flow",),
    ),
    Malformed(
        "`outdated` in a state",
        'state menu\n  on message -> again\n  outdated -> reply "Anew."',
        ("F0114 3:3 `outdated` belongs to the flow",),
    ),
    Malformed(
        "an arrow is missing behind `outdated`",
        'outdated reply "Anew."',
        ("F0122 1:10 an arrow is missing before `reply`",),
    ),
    Malformed("`outdated` has no chain", "outdated", ("F0123 1:9 nothing follows this `outdated`",)),
    Malformed(
        "a label names no wait",
        'on message -> hello: reply "Hi" -> end session',
        ("F0124 1:15 `hello:` names no wait",),
    ),
    Malformed(
        "a step follows the handlers of a state",
        'state menu\n  on message -> again\n  -> reply "Hi"',
        ("F0115 3:6 a step stands after the handlers of its state",),
    ),
    Malformed("a head has no chain", "on message", ("F0123 1:11 nothing follows this `on`",)),
    Malformed(
        "a head has no chain, and the file goes on",
        'on message\n\non "x" -> end session',
        ("F0123 1:11 nothing follows this `on`",),
    ),
    Malformed(
        "a `when` has no chain",
        "on message\n  when true\n  -> end session",
        ("F0123 2:12 nothing follows this `when`",),
    ),
    Malformed(
        "a record has no fields",
        "record Order\non message -> end session",
        ("F0123 1:13 nothing follows this `record`",),
    ),
    Malformed(
        "a declaration is misspelt",
        "stat menu\n  on message -> again",
        ("F0121 1:1 no declaration begins with `stat`",),
    ),
    Malformed(
        "a step stands at the left edge", 'reply "Hi"', ("F0121 1:1 no declaration begins with `reply`",)
    ),
    Malformed(
        "a line without a block is followed by one",
        "flow shop\n  on message -> end session",
        ("F0111 2:3 this line is indented, and the line above it takes no block",),
    ),
    Malformed(
        "a line is between two indentations",
        'on message\n    -> reply "Hi"\n  -> end session',
        ("F0110 3:1 this line is indented like none of the blocks above it",),
    ),
    Malformed(
        "tabs and spaces",
        'on message\n  -> reply "Hi"\n\t-> end session',
        ("F0112 3:1 tabs and spaces are mixed in the indentation",),
    ),
    Malformed(
        "a kind of event is misspelt",
        'on mesage -> reply "Hi" -> end session',
        ("F0120 1:4 `mesage` is no kind of event",),
    ),
    Malformed(
        "a kind of media is unknown",
        'on message -> reply picture "x.png" -> end session',
        ("F0120 1:21 `picture` is no kind of media",),
    ),
    Malformed("a unit is misspelt", "timeout 15 minuts", ("F0117 1:12 `minuts` is no unit of time",)),
    Malformed(
        "a duration is too short",
        "timeout 0 seconds",
        ("F0118 1:9 a duration lies between 1 second and 366 days",),
    ),
    Malformed(
        "a duration is too long",
        "timeout 400 days",
        ("F0118 1:9 a duration lies between 1 second and 366 days",),
    ),
    Malformed(
        "a duration has no unit",
        "timeout 15\non message -> end session",
        ("F0101 1:11 did not expect the end of the line here",),
    ),
    Malformed(
        "a reserved word is a name",
        'on message -> ask in "Where?" -> end session',
        ("F0116 1:19 `in` is a reserved word and names nothing",),
    ),
    Malformed(
        "a hole is empty",
        'on message -> reply "Hi {}" -> end session',
        ("F0125 1:25 nothing stands between these braces",),
    ),
    Malformed(
        "a hole is not whole",
        'on message -> reply "Hi {1 +}" -> end session',
        ("F0101 1:29 did not expect the end of the text between braces here",),
    ),
    Malformed(
        "an argument is missing",
        "on message -> call save(name,) -> end session",
        ("F0101 1:30 did not expect `)` here",),
    ),
    Malformed(
        "a parenthesis is not closed",
        "on message -> call save(name -> end session",
        ("F0101 1:30 did not expect `->` here",),
    ),
    Malformed("a parameter has no type", "action save(name)", ("F0101 1:17 did not expect `)` here",)),
    Malformed(
        "a parameter has no colon", "action save(name text)", ("F0101 1:18 did not expect `text` here",)
    ),
    Malformed(
        "a prompt without an ask's name",
        'on message -> ask "What is your name?" -> end session',
        ("F0101 1:19 did not expect a text here",),
    ),
    Malformed("`end` alone", "on message -> end", ("F0101 1:18 did not expect the end of the line here",)),
    Malformed("`goto` alone", "on message -> goto", ("F0101 1:19 did not expect the end of the line here",)),
    Malformed("`set` without `=`", "on message -> set n 3", ("F0101 1:21 did not expect `3` here",)),
    Malformed("`==` in a `set`", "on message -> set n == 3", ("F0101 1:21 did not expect `==` here",)),
    Malformed(
        "`else` without `when`",
        'on message\n  -> reply "Hi"\n  else\n    -> end session',
        ("F0101 3:3 did not expect `else` here",),
    ),
    Malformed(
        "an unknown sign",
        'on message -> reply "Hi" \xa7 end session',
        ("F0101 1:26 did not expect `\xa7` here",),
    ),
    Malformed(
        "a control character",
        'on message -> reply "a\x07b" -> end session',
        ("F0113 1:23 a raw control character (U+0007) stands here",),
    ),
    Malformed(
        "a control character between lines",
        "on message -> end session\n\x00",
        ("F0113 2:1 a raw control character (U+0000) stands here",),
    ),
    Malformed(
        "nested too deep",
        "on message -> set n = " + "(" * 101 + "1" + ")" * 101,
        ("F0119 1:123 this is nested deeper than 100",),
    ),
    Malformed(
        "curly quotes",
        "on message -> reply \u201cThanks\u201d -> end session",
        ("F0106 1:21 a text stands in double quotes",),
    ),
    Malformed(
        "a clause stands on the line of its step",
        'on message\n  -> ask n: int "How many?" retry "A number."\n  -> end session',
        ("F0114 2:29 `retry` belongs to an `ask`",),
    ),
    Malformed(
        "`if` for `when`",
        'on message\n  -> ask n: int "How many?"\n  if n > 3\n    -> reply "Many"\n  else\n    -> reply "Few"\n  -> end session',
        ("F0126 3:3 what is `if` elsewhere is `when` here",),
    ),
    Malformed(
        "`elif` for `else when`",
        'on message\n  when true\n    -> reply "a"\n  elif false\n    -> reply "b"\n  else\n    -> reply "c"\n  -> end session',
        ("F0126 4:3 what is `elif` elsewhere is `else when` here",),
    ),
    Malformed(
        "`else if` for `else when`",
        'on message\n  when true\n    -> reply "a"\n  else if false\n    -> reply "b"\n  -> end session',
        ("F0126 4:8 what is `if` elsewhere is `when` here",),
    ),
    Malformed(
        "a double arrow",
        'on message => reply "Thanks" -> end session',
        ("F0126 1:12 what is `=>` elsewhere is `->` here",),
    ),
    Malformed(
        "an arrow of one character",
        'on message \u2192 reply "Thanks" -> end session',
        ("F0126 1:12 what is `\u2192` elsewhere is `->` here",),
    ),
)
