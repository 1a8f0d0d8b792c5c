"""Looking after the sessions of a store: to see them, to end them, to try again what failed, to erase a contact.

`Inspection` reads a store that is open; a bot has one. `Operations` opens a store of its own, where no bot runs in
this process: beside the workers of a shared store, or on a file that nobody has open.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

from flowrt.abc import Clock, SessionRow, Store
from flowrt.actions import find_actions
from flowrt.effects import Effect, Ended, EndReason
from flowrt.errors import Conflict, FlowrtError, StoreError
from flowrt.events import EndedByHost, GivenBack, Opened
from flowrt.flow import Flow
from flowrt.handling import handle
from flowrt.parking import Parked, parked_of
from flowrt.stores import open_store
from flowrt.time import Instant, SystemClock
from flowrt.viewing import SessionView, view_of

PAGE = 1000
"""How many rows are read from the store at once."""

TRIES = 100
"""How often something is done again because a worker was first, before it is given up."""


class NoFlow(FlowrtError):
    """What was asked for needs the flow of the sessions, and none was given."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Something that went wrong for good, with its cause.

    `what` is "session" for one that is stored and cannot go on, "ended" for one that has ended as failed or outdated
    since the bot was opened, "parked" for an effect that could not be delivered: then `number` names it, for `retry`.
    `at` is None where it is not known when it was.
    """

    what: Literal["session", "ended", "parked"]
    contact: str
    cause: str
    at: Instant | None = None
    number: int | None = None
    effect: Effect | None = None
    reason: EndReason | None = None


class Inspection:
    """What is in an open `store`; with a `flow`, as that takes it."""

    def __init__(self, store: Store, flow: Flow[Any] | None = None) -> None:
        self._store = store
        self._flow = flow

    async def sessions(self, after: str | None = None, limit: int = PAGE) -> list[SessionView]:
        """At most `limit` contacts for whom something is stored: the first, or those behind the contact `after`.

        They come in the store's own order; fewer than `limit` are the last. Raises `StoreError`.
        """
        return [view_of(row, self._flow) for row in await self._store.sessions(after, limit)]

    async def session(self, contact: str) -> SessionView | None:
        """What is stored for `contact`, None where that is nothing. Raises `StoreError`."""
        body = (await self._store.read(contact, None)).session
        return None if body is None else view_of(SessionRow(contact, body, None), self._flow)

    async def each(self, after: str | None = None) -> AsyncIterator[SessionView]:
        """Everyone for whom something is stored, behind `after`, read page by page. Raises `StoreError`."""
        while page := await self.sessions(after):
            for view in page:
                yield view
            if len(page) < PAGE:
                return
            after = page[-1].contact

    async def parked(self, contact: str | None = None, *, after: int = 0, limit: int = PAGE) -> list[Parked]:
        """What could not be delivered, to `contact` or to anybody: at most `limit`, numbered above `after`."""
        records = {} if self._flow is None else self._flow.records
        return [parked_of(row, records) for row in await self._store.parked(contact, after, limit)]

    async def dead_letters(self, ended: Iterable[DeadLetter] = ()) -> list[DeadLetter]:
        """All that went wrong for good, `ended` among it; every session in the store is read for it."""
        found = [
            DeadLetter("session", view.contact, view.why, view.at)
            async for view in self.each()
            if view.standing in ("outdated", "unreadable")
        ]
        found += ended
        after = 0
        while page := await self.parked(after=after):
            found += [
                DeadLetter("parked", one.contact, one.why, one.at, one.number, one.effect) for one in page
            ]
            after = page[-1].number
        return found


def letter_of(ended: Ended, at: Instant) -> DeadLetter:
    """A session that has ended by a fault, at the instant `at`.

    >>> letter_of(Ended("1#0", "ada", "1", "failed", {}, "OutOfBounds: too much"), 5).cause
    'OutOfBounds: too much'
    """
    return DeadLetter("ended", ended.contact, ended.cause or "", at, reason=ended.reason)


class Operations(Inspection):
    """Sessions in the hands of a person, or of a program that is not their bot.

    `store` is a name that `open_store` knows, or a store, and is opened and closed by `async with`. To change a
    session its `flow` is needed, and `actions` with the functions that the flow uses. What a change causes, replies
    and notices, waits in the store for the bot to deliver it; with `notices` false the host is not told, for bots
    that have no listener.

    >>> import asyncio
    >>> async def main():
    ...     async with Operations("memory:") as operations:
    ...         return await operations.sessions(), await operations.erase("ada")
    >>> asyncio.run(main())
    ([], 0)
    """

    def __init__(
        self,
        store: Store | str,
        flow: Flow[Any] | None = None,
        *,
        actions: object = None,
        clock: Clock | None = None,
        notices: bool = True,
    ) -> None:
        super().__init__(open_store(store), flow)
        self._functions = {} if flow is None else find_actions(actions, flow.functions, flow.name)
        self._clock: Clock = clock or SystemClock()
        self._notices = notices

    async def __aenter__(self) -> Self:
        """Open the store. Raises `StoreError` where it cannot be: a SQLite file that a bot has open, too."""
        await self._store.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store. From then on the bots deliver what was caused."""
        await self._store.close()

    async def end(self, contact: str) -> bool:
        """End the session of `contact`, and return whether one was open. Raises `StoreError` and `NoFlow`."""
        view = await self.session(contact)
        await self._take(EndedByHost(uuid.uuid4().hex, contact))
        return view is not None and view.standing not in ("kept", "handed off")

    async def restart(self, contact: str) -> None:
        """Open the session of `contact` anew, as the host does; one that is open is superseded.

        Raises `StoreError` and `NoFlow`.
        """
        await self._take(Opened(uuid.uuid4().hex, contact))

    async def give_back(self, contact: str) -> None:
        """Take `contact` back from the team it was handed to. Raises `StoreError` and `NoFlow`."""
        await self._take(GivenBack(uuid.uuid4().hex, contact))

    async def retry(self, contact: str, *numbers: int) -> int:
        """Have what was parked for `contact` delivered after all: these `numbers`, or all there is.

        Returns how much there was. Raises `StoreError`.
        """
        return await self._unpark(contact, numbers, again=True)

    async def discard(self, contact: str, *numbers: int) -> int:
        """Forget what was parked for `contact`, for the rest as `retry`."""
        return await self._unpark(contact, numbers, again=False)

    async def erase(self, contact: str) -> int:
        """Delete all that the store holds of `contact`, and return how many rows that were. Raises `StoreError`."""
        return await self._store.erase(contact)

    async def _unpark(self, contact: str, numbers: Iterable[int], *, again: bool) -> int:
        chosen = list(numbers) or [row.seq for row in await self._store.parked(contact, 0, PAGE)]
        return await self._store.unpark(contact, chosen, again=again)

    async def _take(self, event: EndedByHost | Opened | GivenBack) -> None:
        if self._flow is None:
            raise NoFlow("to change a session its flow is needed: what it says at the end, and what it keeps")
        for _ in range(TRIES):
            stored = await self._store.read(event.contact, None)
            outcome = handle(
                self._flow,
                event.contact,
                stored.session,
                event,
                self._clock.now(),
                notices=self._notices,
                functions=self._functions,
            )
            outcome.change.expects = stored.version
            try:
                return await self._store.commit(outcome.change)
            except Conflict:
                continue
        raise StoreError(f"workers changed the session first, {TRIES} times in a row")
