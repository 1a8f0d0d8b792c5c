"""Writing a list of sessions while it is read: a store may hold more of them than fit into memory."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from typing import Protocol

from flowc.cli import session_views as views
from flowc.cli.streams import say, tell
from flowrt.viewing import SessionView

PAGE = 1_000
"""After how many sessions a part of the table is written; a part is as wide as it must be, and as those before."""


class Listing(Protocol):
    """A list that is written as it grows."""

    def add(self, view: SessionView) -> None:
        """One more."""
        ...

    def end(self) -> None:
        """There are no more."""
        ...


class Table:
    """A table for people, and below it how many there are of each standing."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, ...]] = [("contact", "standing", "state", "last event", "next deadline")]
        self._widths = [0] * len(self._rows[0])
        self._standings = Counter[str]()

    def add(self, view: SessionView) -> None:
        """One more row."""
        self._standings[view.standing] += 1
        self._rows.append(views.row(view))
        if len(self._rows) > PAGE:
            self._write()

    def end(self) -> None:
        """The rest of the rows, and the counts."""
        if self._standings and self._rows:
            self._write()
        counts = [f"{count} {standing}" for standing, count in self._standings.items()]
        tell(", ".join([views.counted(self._standings.total(), "contact"), *counts]))

    def _write(self) -> None:
        columns = zip(self._widths, *self._rows, strict=True)
        self._widths = [max(width, *map(len, cells)) for width, *cells in columns]
        say(views.lines(self._rows, self._widths))
        self._rows = []


class Json:
    """An object for programs, of the same shape whether it is written at once or not."""

    def __init__(self) -> None:
        self._last: str | None = None

    def add(self, view: SessionView) -> None:
        """One more object in the list."""
        if self._last is None:
            say(f'{{\n  "format": {views.JSON_FORMAT},\n  "sessions": [')
        else:
            say(f"{self._last},")
        self._last = textwrap.indent(json.dumps(views.view_json(view), indent=2), "    ")

    def end(self) -> None:
        """The end of the list and of the object."""
        if self._last is None:
            say(json.dumps({"format": views.JSON_FORMAT, "sessions": []}, indent=2))
        else:
            say(f"{self._last}\n  ]\n}}")
