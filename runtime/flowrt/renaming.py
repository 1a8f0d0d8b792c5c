"""What a flow has renamed, so that a session saved under the old names goes on under the new ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal, get_args

RenamedKind = Literal["variable", "state", "label", "dialog"]
"""What a `renamed` of a flow can speak of."""

_PARTS = re.compile(r"[^./]+|[./]")
_ASKED = "ask_"


class Renaming:
    """The names of states and variables, as they are called now.

    The name of a state is made of parts: the states and dialogs that it stands in, then its own, which is a label,
    or that of a state, or `ask_` and a variable. Each part is renamed by itself, and chains of renames are followed.

    >>> names = Renaming([("variable", "due", "arrival"), ("state", "menu", "main")])
    >>> names.state("menu.ask_due"), names.variable("due"), names.state("menu/address.ask_street")
    ('main.ask_arrival', 'arrival', 'main/address.ask_street')
    """

    def __init__(self, renamed: Iterable[tuple[RenamedKind, str, str]]) -> None:
        self._by_kind: dict[str, dict[str, str]] = {kind: {} for kind in get_args(RenamedKind)}
        for kind, old, new in renamed:
            self._by_kind[kind][old] = new

    def state(self, name: str) -> str:
        """The state that was called `name`."""
        return "".join(self._part(part) for part in _PARTS.findall(name))

    def variable(self, name: str) -> str:
        """The variable that was called `name`, of a dialog with its path before it."""
        path, dot, last = name.rpartition(".")
        return f"{self.state(path)}{dot}{_latest(self._by_kind['variable'], last)}"

    def _part(self, part: str) -> str:
        if part.startswith(_ASKED):
            asked = part.removeprefix(_ASKED)
            now = _latest(self._by_kind["variable"], asked)
            if now != asked:
                return f"{_ASKED}{now}"
        for kind in ("state", "label", "dialog"):
            now = _latest(self._by_kind[kind], part)
            if now != part:
                return now
        return part


def _latest(names: Mapping[str, str], name: str) -> str:
    """The end of the chain of renames that begins with `name`; a cycle, which no compiler lets through, ends."""
    seen = {name}
    while (name := names.get(name, name)) not in seen:
        seen.add(name)
    return name
