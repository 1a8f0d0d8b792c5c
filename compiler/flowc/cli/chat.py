"""A conversation in the terminal, or through a pipe, with a real bot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import uuid4

from flowc.cli.clock import ChatClock
from flowc.cli.lines import Lines
from flowc.cli.recording import Recorder
from flowc.cli.screen import Screen
from flowc.cli.stand_ins import NoValue, Question, StandIns, read_value
from flowc.transcript.entries import FunctionLine, GivesBack, Happens, Opens, Sends
from flowc.transcript.literals import bound
from flowrt.abc import Store
from flowrt.bot import Bot
from flowrt.codec import restore
from flowrt.events import Message
from flowrt.flow import Flow
from flowrt.session import Session
from flowrt.time import SECOND, Instant

LOOK_AGAIN = 1.0
"""How often, in seconds, it is looked for deadlines while nothing is typed."""

A_MOMENT = 0.5
"""How long a line that says how a call ends may be behind the call, in seconds, if lines come from a pipe."""

GRACE = 0.25
"""How long closing waits for actions that run, in seconds."""


class Chat:
    """One contact and a bot for `flow`, line by line.

    `actions` run its calls; without them whoever talks says how they end. With `interactive` a call waits for
    that; else the next line says it, or the call succeeds.
    """

    def __init__(
        self,
        flow: Flow[Any],
        *,
        store: Store,
        contact: str,
        lines: Lines,
        actions: object = None,
        interactive: bool = False,
        clock: ChatClock | None = None,
    ) -> None:
        self.flow = Recorder(flow, contact)
        self.screen = Screen(contact, prompts=interactive)
        self.clock = clock or ChatClock()
        self._contact = contact
        self._store = store
        self._lines = lines
        self._interactive = interactive
        self._stand_ins = StandIns(flow)
        self._actions = actions if actions is not None else self._stand_ins.actions
        self._run = uuid4().hex
        self._messages = 0
        self._restarts = False
        self._fired: Instant | None = None
        self._bot = self._new_bot()

    async def run(self, take: Callable[[str], Awaitable[bool]]) -> None:
        """Hand each line to `take`, until they end or it returns False.

        Raises `OSError` where nobody takes the output, and `FlowrtError` where the store cannot be used.
        """
        self._lines.start()
        while await self._talk(take):
            self._restarts = False
            self._bot = self._new_bot()

    async def _talk(self, take: Callable[[str], Awaitable[bool]]) -> bool:
        """Talk with one bot, and return whether another is to take its place."""
        async with self._bot:
            await self.settle()
            while not self._restarts and (line := await self._next_line()) is not None:
                if not await take(line):
                    return False
            if not self._restarts:
                await self.fire_due()
        return self._restarts

    def _new_bot(self) -> Bot:
        return Bot(
            self.flow,
            store=self._store,
            actions=self._actions,
            channel=self.screen,
            listener=self.screen,
            clock=self.clock,
            grace=GRACE,
        )

    # What can happen.

    async def say(self, text: str, *, button: bool = False) -> None:
        """The contact writes `text`, or presses the button of that label."""
        self._messages += 1
        message = Message(f"{self._run}-{self._messages}", self._contact, text, button)
        await self._bot.receive(message)
        await self.settle()

    async def happen(self, entry: Sends | Opens | Happens | GivesBack | FunctionLine) -> None:
        """What a line of a transcript says happens. Raises `ValueError` where the flow lacks what it names."""
        match entry:
            case Sends(media, caption):
                self._messages += 1
                message = Message(f"{self._run}-{self._messages}", self._contact, caption, media=media)
                await self._bot.receive(message)
            case Opens():
                await self._bot.open(self._contact)
            case Happens(name, values):
                given = {key: bound(value, self.flow.records) for key, value in values}
                await self._bot.event(self._contact, name, given)
            case GivesBack():
                await self._bot.give_back(self._contact)
            case FunctionLine():
                self._stand_ins.give(entry)
        await self.settle()

    async def end(self) -> None:
        """The host ends the session."""
        await self._bot.end(self._contact)
        await self.settle()

    async def wait(self, seconds: int) -> None:
        """Let time pass; each deadline on the way comes at its instant."""
        self.clock.stop()
        until = self.clock.now() + seconds * SECOND
        try:
            before: Instant | None = None
            while (due := await self._next_due()) is not None and due <= until and due != before:
                self.clock.set(max(due, self.clock.now()))
                before = due
                await self.fire_due()
            self.clock.set(until)
        finally:
            self.clock.go_on()
        await self.fire_due()

    def restart(self) -> None:
        """The process restarts: the bot is closed, and another one opened on the same store."""
        self._restarts = True

    async def fire_due(self) -> None:
        """Let everything happen that is due."""
        await self._bot.fire_due()
        await self.settle()

    # How things stand.

    async def session(self) -> Session[Any]:
        """The session as it is stored. Raises `FlowrtError` where it has no place in the flow."""
        stored = await self._store.read(self._contact, None)
        if stored.session is None:
            return self.flow.session(self._contact)
        return restore(self.flow, self._contact, stored.session)

    @property
    def question(self) -> Question | None:
        """The call that waits to be told how it ends."""
        return self._stand_ins.question

    async def _next_due(self) -> Instant | None:
        return min((due for _, due in await self._store.deadlines()), default=None)

    # Waiting.

    async def _next_line(self) -> str | None:
        """The next line; deadlines that come before it are served at their time."""
        while True:
            self._show_question()
            self.screen.prompt()
            due = await self._next_due()
            pause = LOOK_AGAIN
            if due is not None and due != self._fired:  # what could not be served must not keep us busy
                pause = min(pause, max(0, due - self.clock.now()) / SECOND)
            try:
                async with asyncio.timeout(pause):
                    line = await self._lines.next()
            except TimeoutError:
                self._fired = due if due is not None and due <= self.clock.now() else None
                await self.fire_due()
            else:
                self.screen.read()
                return line

    async def settle(self) -> None:
        """Wait until the bot has done what there is to do, or, in a terminal, until somebody must answer."""
        while True:
            others = [self._stand_ins.asked(), *([self._lines.ready()] if self._interactive else [])]
            await _first(self._bot.idle(tries=True), *others)
            if self.screen.failure is not None:
                raise self.screen.failure
            question = self.question
            if question is None or self._interactive:
                return
            await self._answer_from_pipe(question)

    def _show_question(self) -> None:
        question = self.question
        if question is not None and self._interactive and not question.shown:
            question.shown = True
            self.screen.tell(
                f"{question.text} → value, `failed`, or empty for done ({question.limit:g} seconds):"
            )

    async def _answer_from_pipe(self, question: Question) -> None:
        """End the call as the next line says, if that is one that does; else it succeeds with none."""
        word, rest = "", ""
        try:
            async with asyncio.timeout(A_MOMENT):
                word, _, rest = (await self._lines.peek() or "").partition(" ")
        except TimeoutError:
            word = ""
        if word in {":result", ":fail"}:
            await self._lines.next()
            self.answer(question, rest.strip(), fails=word == ":fail")
        else:
            self.screen.tell(f"{question.text} → none")
            question.succeed(None)

    def answer(self, question: Question, text: str, *, fails: bool) -> None:
        """End the call: as failed for the reason `text`, or with the value that `text` writes, none if empty."""
        try:
            value = None if fails or not text else read_value(text)
        except NoValue as error:
            self.screen.tell(str(error))
            if self._interactive:
                return  # it is asked again
            fails, text = True, str(error)
            value = None
        self.screen.tell(f"{question.text} → {'failed' if fails else text or 'none'}")
        if fails:
            question.fail(text or "it was let fail")
        else:
            question.succeed(value)


async def _first(*waiting: Coroutine[Any, Any, None]) -> None:
    """Wait until the first of these is over, and let the others be."""
    tasks = [asyncio.create_task(each) for each in waiting]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
