"""What the functions of a bot could give while conversations are tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flowc import machine as ir
from flowc.transcript.entries import FunctionLine, Returns
from flowc.transcript.generate.constants import deciding_functions
from flowc.transcript.generate.values import Values
from flowc.transcript.literals import bound, same_value
from flowrt.flow import Flow
from flowrt.values import Value


class Answers:
    """Stands in for all functions. The first value of its type is what one gives that was not asked before."""

    def __init__(self, flow: Flow[Any], machine: ir.Machine, values: Values) -> None:
        self.functions: Mapping[str, Callable[..., Value]] = {
            function.name: partial(self._answer, function) for function in machine.functions
        }
        self.given: tuple[FunctionLine, ...] = ()
        """What they have been said to give, since the conversation began."""
        self._before = 0
        self._records = flow.records
        self._values = values
        self._deciding = deciding_functions(machine)
        self._types = {function.name: function.returns for function in machine.functions}

    def begin(self, given: tuple[FunctionLine, ...]) -> None:
        """Something is tried in a conversation in which they have been said to give this."""
        self.given, self._before = given, len(given)

    def others(self, given: tuple[FunctionLine, ...]) -> list[tuple[FunctionLine, ...]]:
        """What else the first function could have given that was asked for something new, if that may matter."""
        if len(given) != self._before or len(self.given) == self._before:
            return []
        asked = self.given[self._before]
        if asked.name not in self._deciding:
            return []
        others = self._values.of(self._types[asked.name])[1:]
        return [(*given, FunctionLine(asked.name, asked.arguments, Returns(value))) for value in others]

    def _answer(self, function: ir.Function, *arguments: Value) -> Value:
        for line in self.given:
            known = tuple(bound(value, self._records) for value in line.arguments)
            if line.name == function.name and same_value(known, arguments):
                return self._value(line)
        line = FunctionLine(function.name, arguments, Returns(self._values.of(function.returns)[0]))
        self.given = (*self.given, line)
        return self._value(line)

    def _value(self, line: FunctionLine) -> Value:
        if not isinstance(line.outcome, Returns):
            raise AssertionError("nothing else is made here")
        return bound(line.outcome.value, self._records)
