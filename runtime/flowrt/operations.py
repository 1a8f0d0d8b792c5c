"""Looking after the sessions of a store: to see them, to end them, to try again what failed, to erase a contact.

`Inspection` reads a store that is open; a bot has one. `Operations` opens a store of its own, where no bot runs in
this process: beside the workers of a shared store, or on a file that nobody has open.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from flowrt.abc import Clock, LetterRow, ParkedRow, SessionRow, Store
from flowrt.actions import find_actions
from flowrt.codec import load_session
from flowrt.errors import Conflict, FlowrtError, StoreError
from flowrt.events import EndedByHost, GivenBack, Opened
from flowrt.flow import Flow
from flowrt.handling import Outcome, handle
from flowrt.letters import DeadLetter, load_letter
from flowrt.limits import NAME_MAX
from flowrt.parking import Parked, parked_of
from flowrt.stores import open_store
from flowrt.time import SystemClock
from flowrt.viewing import SessionView, view_of

PAGE = 1000
"""How many rows are read from the store at once."""

TRIES = 100
"""How often something is done again because a worker was first, before it is given up."""

_BROKEN = ("outdated", "unreadable")

NumberedRow = TypeVar("NumberedRow", ParkedRow, LetterRow)
Pages = Callable[[str | None, int, int], Awaitable[Sequence[NumberedRow]]]


class NoFlow(FlowrtError):
    """What was asked for needs the flow of the sessions, and none was given."""


class Inspection:
    """What is in an open `store`, with a `flow` as that takes it; and what is done about its dead letters."""

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

    async def dead_letters(self, contact: str | None = None) -> list[DeadLetter]:
        """All that went wrong for good, for `contact` or for anybody, with its cause.

        For anybody every session in the store is read. Raises `StoreError`.
        """
        records = {} if self._flow is None else self._flow.records
        ended = [load_letter(row) async for row in _all_rows(self._store.letters, contact)]
        parked = [parked_of(row, records) async for row in _all_rows(self._store.parked, contact)]
        return [
            *await self._broken(contact),
            *ended,
            *[DeadLetter("parked", one.contact, one.why, one.at, one.number, one.effect) for one in parked],
        ]

    async def _broken(self, contact: str | None) -> list[DeadLetter]:
        """The sessions that cannot go on."""
        if contact is None:
            views = [view async for view in self.each() if view.standing in _BROKEN]
        else:
            view = await self.session(contact)
            views = [view] if view is not None and view.standing in _BROKEN else []
        return [
            DeadLetter("session", one.contact, one.why, one.at, session=one.id, state=one.state)
            for one in views
        ]

    async def retry(self, contact: str, *numbers: int) -> int:
        """Have what was parked for `contact` delivered after all: these `numbers`, or all there is.

        Returns how much there was. Raises `StoreError`.
        """
        chosen = numbers or await self._numbers(self._store.parked, contact)
        return await self._store.unpark(contact, chosen, again=True)

    async def discard(self, contact: str, *numbers: int) -> int:
        """Forget what was parked for `contact`, and which of its sessions ended by a fault, otherwise as `retry`."""
        parked = numbers or await self._numbers(self._store.parked, contact)
        letters = numbers or await self._numbers(self._store.letters, contact)
        found = await self._store.unpark(contact, parked, again=False)
        return found + await self._store.discard_letters(contact, letters)

    async def _numbers(self, pages: Pages[NumberedRow], contact: str) -> list[int]:
        return [row.seq async for row in _all_rows(pages, contact)]


async def _all_rows(pages: Pages[NumberedRow], contact: str | None = None) -> AsyncIterator[NumberedRow]:
    """The rows of `contact`, or of everybody, read page by page."""
    after = 0
    while page := await pages(contact, after, PAGE):
        for row in page:
            yield row
        after = page[-1].seq


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
        """End the session of `contact`, and return whether one was open.

        Raises `StoreError`, `NoFlow`, and `ValueError` where no contact can be called so.
        """
        view = await self.session(contact)
        await self._take(EndedByHost(uuid.uuid4().hex, contact))
        return view is not None and view.standing not in ("kept", "handed off")

    async def restart(self, contact: str) -> bool:
        """Open the session of `contact` anew, as the host does; one that is open is superseded.

        Returns whether it was opened: not by a flow of which no `on start` takes that. Raises as `end` does.
        """
        opened = Opened(uuid.uuid4().hex, contact)
        outcome = await self._take(opened)
        if opened.id in {ended.session for ended in outcome.ended}:
            return True
        body = outcome.change.session
        return body is not None and load_session(body, contact).id == opened.id

    async def give_back(self, contact: str) -> bool:
        """Take `contact` back from the team it was handed to, and return whether it was with one.

        Raises as `end` does.
        """
        view = await self.session(contact)
        await self._take(GivenBack(uuid.uuid4().hex, contact))
        return view is not None and view.team is not None

    async def erase(self, contact: str) -> int:
        """Delete all that the store holds of `contact`, and return how many rows that were. Raises `StoreError`."""
        return await self._store.erase(contact)

    async def _take(self, event: EndedByHost | Opened | GivenBack) -> Outcome:
        if self._flow is None:
            raise NoFlow("to change a session its flow is needed: what it says at the end, and what it keeps")
        if not 0 < len(event.contact) <= NAME_MAX:
            raise ValueError(f"a contact has 1 to {NAME_MAX} characters: this has {len(event.contact)}")
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
                await self._store.commit(outcome.change)
            except Conflict:
                continue
            return outcome
        raise StoreError(f"workers changed the session first, {TRIES} times in a row")
