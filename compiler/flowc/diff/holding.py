"""What a session of the old flow holds, as the new flow takes it."""

from __future__ import annotations

from typing import Literal

from flowc import machine as ir
from flowc.types import TEXTUAL, Type
from flowrt.renaming import Renaming


class Holding:
    """The variables of an old flow beside those of a new one."""

    def __init__(self, old: ir.Machine, new: ir.Machine, names: Renaming) -> None:
        self._old = {names.variable(each.name): each for each in old.variables}
        self._old_records = {record.name: record for record in old.records}
        self._new_records = {record.name: record for record in new.records}
        self._begins = {each.name for each in new.variables if each.first is not None}

    def of(self, need: ir.Variable) -> ir.Variable | str | Literal["begins"] | None:
        """The variable of the old flow that serves what the new one needs.

        None where there is none, its type in words where that is another, and "begins" where the new flow gives
        the variable a value of its own if it has none.
        """
        held = self._old.get(need.name)
        begins = need.name in self._begins
        if held is None:
            return "begins" if begins else None
        if not self._serves(held.type.plain, need.type.plain):
            return "begins" if begins else str(held.type)
        return "begins" if begins and need.type.optional else held

    def _serves(self, held: Type, needed: Type) -> bool:
        """Whether values of one type are values of the other at run time."""
        if held.element is not None and needed.element is not None:
            within = needed.element.optional or not held.element.optional
            return within and self._serves(held.element.plain, needed.element.plain)
        texts = {*TEXTUAL, "secret"}
        if {held.name, needed.name} <= texts or (held.name, needed.name) == ("int", "decimal"):
            return True
        return held.name == needed.name and held.element == needed.element and self._same_record(held.name)

    def _same_record(self, name: str) -> bool:
        """Whether a record of this name, if it is one, has the same fields in both flows."""
        old, new = self._old_records.get(name), self._new_records.get(name)
        if old is None or new is None:
            return old is new
        fields = {field.name: field.type for field in new.fields}
        return {field.name for field in old.fields} == fields.keys() and all(
            (fields[field.name].optional or not field.type.optional)
            and self._serves(field.type.plain, fields[field.name].plain)
            for field in old.fields
        )
