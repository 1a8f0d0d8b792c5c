"""Flows of any length that look like what people write: menus, questions, a call, and ways between them."""

from __future__ import annotations

HEAD = """\
flow big

timeout 1 hour -> reply "Until next time."

keep language: text = "en"

action save(name: text, count: int, note: text?)

anytime on "stop" | "cancel" -> reply "Okay." -> end session
anytime on "help" -> reply "Say what you need." -> again

on message -> goto menu_0
"""
PART = """
# Part {here}: a menu, and what it leads to.
state menu_{here}
  -> reply "This is part {here} of the {{language}} flow. What would you like?" buttons "Next" | "Name" | "Back"
  on "next" | "1" -> goto menu_{following}
  on "name" -> goto form_{here}
  on "back" | /go ?back/ -> goto menu_{before}
  on message -> reply "Please pick one." -> again
  after 5 minutes -> reply "Still there?"
  timeout 20 minutes -> reply "Bye." -> end session

state form_{here}
  -> ask name_{here} "What's your name?"
  -> ask count_{here}: int in 1..9 "How many, {{name_{here}}}?"
      retry "A number from 1 to 9, please."
      tries 3 -> reply "Let's leave it there." -> end session
  when count_{here} <= 2
    -> ask note_{here} "Only {{count_{here}}}? Why?"
        on "none" | "nope" -> set note_{here} = none
  else
    -> set note_{here} = none
  -> call save(name_{here}, count_{here}, note: note_{here})
      failed -> reply "I could not save it."
  -> reply "Thanks, {{name_{here}}}!"
  -> goto menu_{following}
"""


def ordinary(lines: int) -> str:
    """A flow of about so many lines, at least two parts of it.

    >>> ordinary(1_000).count("\\n")
    987
    """
    parts = max(2, (lines - HEAD.count("\n")) // PART.count("\n"))
    body = (
        PART.format(here=here, following=(here + 1) % parts, before=(here - 1) % parts)
        for here in range(parts)
    )
    return HEAD + "".join(body)
