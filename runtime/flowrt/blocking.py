"""The bot for hosts without an event loop: the same methods, which wait for the answer."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from flowrt.abc import Channel, Clock, Listener, Notice, Store
from flowrt.bot import Bot, NotOpen
from flowrt.effects import Reply
from flowrt.events import Message
from flowrt.flow import Flow
from flowrt.health import Health
from flowrt.letters import DeadLetter
from flowrt.metrics import Metrics
from flowrt.pacing import Rate
from flowrt.parking import Parked
from flowrt.values import Value
from flowrt.viewing import SessionView

T = TypeVar("T")


class BlockingChannel(Protocol):
    """A channel whose `send` is an ordinary function, which runs in a thread; for the rest as `Channel`."""

    def send(self, reply: Reply) -> None:
        """Deliver `reply`."""
        ...


class BlockingListener(Protocol):
    """A listener whose `told` is an ordinary function, which runs in a thread; for the rest as `Listener`."""

    def told(self, notice: Notice) -> None:
        """Learn of `notice`."""
        ...


class BlockingBot:
    """A `Bot` on an event loop of its own, in a background thread; its methods may be called from any thread.

    It takes what `Bot` takes and raises what it raises; the methods of `channel` and `listener` may be
    coroutine functions or ordinary ones.

        with BlockingBot(flow, store="sqlite:///sessions.db", channel=channel) as bot:
            bot.receive(Message(id="1", contact="ada", text="hi"))
    """

    def __init__(  # noqa: PLR0913 - all but the flow by name, and most left out
        self,
        flow: Flow[Any],
        *,
        store: Store | str | None = None,
        actions: object = None,
        channel: Channel | BlockingChannel | None = None,
        listener: Listener | BlockingListener | None = None,
        clock: Clock | None = None,
        rate: Rate | None = None,
        retry_after: float = 1.0,
        grace: float = 10.0,
        metrics: Metrics | None = None,
    ) -> None:
        self._bot = Bot(
            flow,
            store=store,
            actions=actions,
            channel=None if channel is None else _AnyChannel(channel),
            listener=None if listener is None else _AnyListener(listener),
            clock=clock,
            rate=rate,
            retry_after=retry_after,
            grace=grace,
            metrics=metrics,
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Start the thread and open the bot. Raises `StoreError` where its store cannot be opened."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="flowrt-bot", daemon=True)
        self._thread.start()
        try:
            self._wait_for(self._bot.__aenter__())
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the bot and end the thread."""
        try:
            self._wait_for(self._bot.__aexit__(kind, error, trace))
        finally:
            self._stop()

    def receive(self, message: Message) -> bool:
        """As `Bot.receive`."""
        return self._wait_for(self._bot.receive(message))

    def open(self, contact: str, *, id: str | None = None) -> bool:
        """As `Bot.open`."""
        return self._wait_for(self._bot.open(contact, id=id))

    def event(
        self, contact: str, name: str, values: Mapping[str, Value] | None = None, *, id: str | None = None
    ) -> bool:
        """As `Bot.event`."""
        return self._wait_for(self._bot.event(contact, name, values, id=id))

    def end(self, contact: str, *, id: str | None = None) -> bool:
        """As `Bot.end`."""
        return self._wait_for(self._bot.end(contact, id=id))

    def give_back(self, contact: str, *, id: str | None = None) -> bool:
        """As `Bot.give_back`."""
        return self._wait_for(self._bot.give_back(contact, id=id))

    def fire_due(self) -> int:
        """As `Bot.fire_due`."""
        return self._wait_for(self._bot.fire_due())

    def idle(self, *, tries: bool = False) -> None:
        """As `Bot.idle`."""
        self._wait_for(self._bot.idle(tries=tries))

    def parked(self, contact: str | None = None, *, after: int = 0, limit: int = 1000) -> list[Parked]:
        """As `Bot.parked`."""
        return self._wait_for(self._bot.parked(contact, after=after, limit=limit))

    def retry(self, contact: str, *numbers: int) -> int:
        """As `Bot.retry`."""
        return self._wait_for(self._bot.retry(contact, *numbers))

    def discard(self, contact: str, *numbers: int) -> int:
        """As `Bot.discard`."""
        return self._wait_for(self._bot.discard(contact, *numbers))

    def health(self) -> Health:
        """As `Bot.health`."""
        return self._wait_for(self._bot.health())

    def sessions(self, after: str | None = None, limit: int = 1000) -> list[SessionView]:
        """As `Bot.sessions`."""
        return self._wait_for(self._bot.sessions(after, limit))

    def session(self, contact: str) -> SessionView | None:
        """As `Bot.session`."""
        return self._wait_for(self._bot.session(contact))

    def dead_letters(self, contact: str | None = None) -> list[DeadLetter]:
        """As `Bot.dead_letters`."""
        return self._wait_for(self._bot.dead_letters(contact))

    def erase(self, contact: str) -> int:
        """As `Bot.erase`."""
        return self._wait_for(self._bot.erase(contact))

    def _wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            work.close()
            raise NotOpen("the bot is not open: use it inside `with bot:`")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


class _AnyChannel:
    """A channel of either kind, as the bot takes it."""

    def __init__(self, channel: Channel | BlockingChannel) -> None:
        self._send = _awaited(channel.send)

    async def send(self, reply: Reply) -> None:
        await self._send(reply)


class _AnyListener:
    """A listener of either kind, as the bot takes it."""

    def __init__(self, listener: Listener | BlockingListener) -> None:
        self._told = _awaited(listener.told)

    async def told(self, notice: Notice) -> None:
        await self._told(notice)


def _awaited(function: Callable[[T], Awaitable[None] | None]) -> Callable[[T], Awaitable[None]]:
    """`function` as one that is awaited, in a thread where it is an ordinary one."""

    async def call(argument: T) -> None:
        if inspect.iscoroutinefunction(function):
            await function(argument)
            return
        answer = await asyncio.to_thread(function, argument)
        if answer is not None:
            await answer

    return call
