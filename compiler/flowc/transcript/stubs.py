"""The functions of a flow in a test: they give what its lines say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from flowc.transcript.entries import Fails, FunctionLine
from flowc.transcript.literals import bound, same_value
from flowc.transcript.writing import write_call
from flowrt.errors import FlowrtError
from flowrt.values import Records, Value


class LetFail(FlowrtError):
    """The transcript lets a function fail."""


class NoStub(FlowrtError):
    """A function is used, and no line says what it gives."""


class Stubs:
    """Stands in for the functions `names`, as `lines` say.

    What the lines of a test say goes before what those of its file say: the last that fits counts.

    >>> from flowc.transcript.entries import Returns
    >>> stubs = Stubs(["twice"], [FunctionLine("twice", (2,), Returns(4))], {})
    >>> stubs.functions["twice"](2)
    4

    Raises `flowc.transcript.literals.Unbound` where a line names a record that is not among `records`.
    """

    def __init__(self, names: Iterable[str], lines: Iterable[FunctionLine], records: Records) -> None:
        self.missing: str | None = None
        """Which line is missing, once a function was used that no line stands for."""
        self.functions: Mapping[str, Callable[..., Value]] = {
            name: partial(self._answer, name) for name in names
        }
        self._lines = [
            (line.name, tuple(bound(value, records) for value in line.arguments), _outcome(line, records))
            for line in lines
        ][::-1]

    def _answer(self, name: str, *arguments: Value) -> Value:
        for known, values, outcome in self._lines:
            if known == name and same_value(values, arguments):
                return outcome()
        self.missing = f"{write_call(name, arguments).replace('call: ', 'function: ', 1)} -> VALUE"
        raise NoStub(f"no line says what {name} gives")


def _outcome(line: FunctionLine, records: Records) -> Callable[[], Value]:
    if isinstance(line.outcome, Fails):
        return _fail
    value = bound(line.outcome.value, records)
    return lambda: value


def _fail() -> Value:
    raise LetFail("the transcript lets it fail")
