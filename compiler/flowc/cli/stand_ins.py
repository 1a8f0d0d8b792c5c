"""Actions for `flowc run`: those of a bot, or stand-ins whose calls end as whoever talks says."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flowc.transcript.entries import FunctionLine
from flowc.transcript.reading import Cursor, Misreading
from flowc.transcript.stubs import NoStub, Stubs
from flowc.transcript.writing import write_call
from flowrt.actions import current_call
from flowrt.effects import Call
from flowrt.errors import FlowrtError
from flowrt.flow import Flow
from flowrt.slots import slot_of
from flowrt.values import Value


class NoValue(ValueError):
    """A text writes no value of the language; the message says why."""


class NoActions(Exception):
    """What `--actions` names cannot be had; the message says why."""


class LetFail(FlowrtError):
    """Whoever talks has let the call fail."""


class Question:
    """A call that waits to be told how it ends."""

    def __init__(self, call: Call, others: list[Question]) -> None:
        self.text = write_call(call.name, call.arguments.values()).removeprefix("call: ")
        self.limit = call.limit
        self.shown = False
        self.answer: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        self._others = others
        others.append(self)

    def succeed(self, value: Value) -> None:
        """The call ends with `value`."""
        self.withdraw()
        self.answer.set_result(value)

    def fail(self, reason: str) -> None:
        """The call fails."""
        self.withdraw()
        self.answer.set_exception(LetFail(reason))

    def withdraw(self) -> None:
        """Nobody is asked any more."""
        if self in self._others:
            self._others.remove(self)


class StandIns:
    """Stand-ins for the actions and the functions of `flow`. `actions` is the object that a bot takes."""

    def __init__(self, flow: Flow[Any]) -> None:
        functions = {slot_of(name): partial(self._give, name) for name in flow.functions}
        self.actions = SimpleNamespace(**dict.fromkeys(map(slot_of, flow.actions), self._act), **functions)
        self._records = flow.records
        self._given: list[FunctionLine] = []
        self._questions: list[Question] = []
        self._asked = asyncio.Event()

    @property
    def question(self) -> Question | None:
        """The first call that waits."""
        return self._questions[0] if self._questions else None

    def give(self, line: FunctionLine) -> None:
        """From now on a function gives what `line` says."""
        self._given.insert(0, line)

    def _give(self, name: str, *arguments: Value) -> Value:
        """What was said that the function gives; else, and that is for a text alone, how it was called."""
        stubs = Stubs([name], self._given[::-1], self._records)
        try:
            return stubs.functions[name](*arguments)
        except NoStub:
            return write_call(name, arguments).removeprefix("call: ")

    async def asked(self) -> None:
        """Wait until a call waits."""
        while not self._questions:
            self._asked.clear()
            await self._asked.wait()

    async def _act(self, **_: Value) -> Value:
        question = Question(current_call(), self._questions)
        self._asked.set()
        try:
            return await question.answer
        finally:  # it may have taken too long
            question.withdraw()


def read_value(text: str) -> Value:
    """The value that `text` writes, as a transcript does. Raises `NoValue` where it writes none.

    >>> read_value('"Ada"'), read_value("none")
    ('Ada', None)
    """
    try:
        cursor = Cursor("", text, 0, 0)
        value = cursor.value()
        cursor.done()
    except Misreading as misreading:
        hint = misreading.mistake.help()
        raise NoValue(misreading.mistake.title() + (f": {hint}" if hint else "")) from None
    if value is None or isinstance(value, str | int):
        return value
    raise NoValue(f"`{text}` is a decimal, which this version does not have")


def named_actions(name: str, flow: Path) -> object:
    """The object that `name` names, as `module:object`; a class is called without arguments to make one.

    The module is looked for in the folder of the flow and in the working folder first. Raises `NoActions`.
    """
    module_name, colon, path = name.partition(":")
    if not (module_name and colon and path):
        raise NoActions(f"`{name}` names no actions: write `module:object`, as in `bot:Actions`")
    for folder in (os.fspath(Path.cwd()), os.fspath(flow.resolve().parent)):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    try:
        found: object = import_module(module_name)
        for part in path.split("."):
            found = getattr(found, part)
        return found() if inspect.isclass(found) else found
    except Exception as error:  # whatever the module of somebody else raises
        raise NoActions(f"cannot get the actions `{name}`: {type(error).__name__}: {error}") from error
