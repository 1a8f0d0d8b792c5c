"""Sessions as `flowc sessions` writes them: lines for people, objects for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flowc.cells import visible
from flowc.transcript.notation import write_value
from flowrt.effects import Reply
from flowrt.letters import DeadLetter
from flowrt.time import Instant, moment
from flowrt.values import to_json
from flowrt.viewing import SessionView

JSON_FORMAT = 1
"""The version of what `--format json` prints."""


def instant(at: Instant | None) -> str | None:
    """An instant in ISO 8601, to the second.

    >>> instant(1_800_000_000_000_000)
    '2027-01-15T08:00:00Z'
    """
    return None if at is None else moment(at).strftime("%Y-%m-%dT%H:%M:%SZ")


def counted(number: int, what: str) -> str:
    """So many of something.

    >>> counted(1, "contact"), counted(2, "contact")
    ('1 contact', '2 contacts')
    """
    return f"{number} {what}{'' if number == 1 else 's'}"


def row(view: SessionView) -> tuple[str, ...]:
    """One line of a table: who, how it stands, where, the last event, the next deadline."""
    where = f"with {visible(view.team)}" if view.team is not None else visible(view.state)
    due = min((deadline.due for deadline in view.deadlines), default=None)
    return visible(view.contact), view.standing, where, instant(view.at) or "", instant(due) or ""


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Rows below their `head`, in columns.

    >>> print(table(("who", "where"), [("ada", "menu")]))
    who  where
    ada  menu
    """
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return lines([head, *rows], widths)


def lines(rows: Sequence[tuple[str, ...]], widths: Sequence[int]) -> str:
    """Rows in columns of these widths."""
    return "\n".join(
        [
            "  ".join([cell.ljust(width) for cell, width in zip(row, widths, strict=True)]).rstrip()
            for row in rows
        ]
    )


def page(view: SessionView) -> str:
    """All of a session, to read."""
    facts = [("contact", visible(view.contact)), ("standing", view.standing)]
    facts += [("why", visible(view.why))] if view.why else []
    facts += [
        (name, visible(value))
        for name, value in (
            ("name", view.name),
            ("team", view.team),
            ("flow", view.flow),
            ("state", view.state),
            ("left", view.interrupted),
            ("last event", instant(view.at)),
            ("awaits", view.pending),
        )
        if value
    ]
    facts += [(f"at {instant(one.due)}", visible(one.trigger)) for one in view.deadlines]
    facts += [(f"{visible(name)} =", write_value(value)) for name, value in (view.values or {}).items()]
    facts += [(f"{visible(name)} =", "(name the flow to read it)") for name in view.unread]
    facts += [("held", visible(held.text or "(no text)")) for held in view.held]
    width = max(len(name) for name, _ in facts)
    return "\n".join(f"{name.ljust(width)}  {value}" for name, value in facts)


def letter_row(letter: DeadLetter) -> tuple[str, ...]:
    """One line of the table of dead letters."""
    number = "" if letter.number is None else str(letter.number)
    what = letter.reason or letter.what
    state, cause = visible(letter.state), visible(letter.cause)
    return what, visible(letter.contact), number, instant(letter.at) or "", state, cause


def view_json(view: SessionView) -> dict[str, Any]:
    """All of a session, for programs."""
    return {
        "contact": view.contact,
        "standing": view.standing,
        "why": view.why,
        "flow": view.flow,
        "session": view.id,
        "state": view.state,
        "interrupted": view.interrupted,
        "at": instant(view.at),
        "values": {name: to_json(value) for name, value in (view.values or {}).items()},
        "unread": view.unread,
        "deadlines": [{"trigger": one.trigger, "due": instant(one.due)} for one in view.deadlines],
        "pending": view.pending,
        "held": [{"id": held.id, "text": held.text} for held in view.held],
        "team": view.team,
        "name": view.name,
    }


def letter_json(letter: DeadLetter) -> dict[str, Any]:
    """A dead letter, for programs."""
    text = letter.effect.text if isinstance(letter.effect, Reply) else None
    return {
        "what": letter.what,
        "contact": letter.contact,
        "cause": letter.cause,
        "at": instant(letter.at),
        "number": letter.number,
        "reason": letter.reason,
        "session": letter.session or None,
        "state": letter.state or None,
        "text": text,
    }
