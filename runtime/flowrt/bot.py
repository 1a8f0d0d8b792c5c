"""The bot: the shell around a flow. It takes events, commits what they cause, delivers, and runs actions."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self

from flowrt.abc import Channel, Clock, Lane, Listener, Store
from flowrt.actions import Calls, find_actions
from flowrt.delivery import Delivery
from flowrt.effects import Call, Dropped, Effect, Emitted, Ended, Reply
from flowrt.errors import FlowrtError, Undeliverable
from flowrt.events import Due, EndedByHost, GivenBack, HostEvent, Message, Opened, Result
from flowrt.flow import Flow
from flowrt.following import Follower, take_over
from flowrt.forms import admitted
from flowrt.handling import handle
from flowrt.health import Health, asked
from flowrt.letters import DeadLetter
from flowrt.limits import NAME_MAX
from flowrt.log import logger
from flowrt.metrics import Metrics, default_metrics
from flowrt.operations import Inspection
from flowrt.pacing import Pacers, Rate
from flowrt.parking import Parked
from flowrt.receiving import bounded
from flowrt.stores import open_store
from flowrt.taking import Taker
from flowrt.time import SECOND, CalendarClock, FakeClock, SystemClock
from flowrt.timer import Timer
from flowrt.values import Value
from flowrt.viewing import SessionView
from flowrt.waiting import Tasks


class NotOpen(FlowrtError):
    """The bot was asked for something before it was opened or after it was closed."""


class Bot:
    """A flow that talks.

    `actions` is an object with a method for each action of the flow: a coroutine function, or a function,
    which runs in a thread; and for each function of the flow one that is pure and answers at once. An action that
    raises `Again` is run again.

    `store` is a name that `open_store` knows, or a store. Replies go to `channel`; without one they stay in the
    store. `rate` is how fast the channel takes them. `listener` is told how sessions end; without one that is
    told to nobody. `retry_after` is the first pause, in seconds, before what failed is tried again, and `grace`
    how long closing waits for work at hand. `metrics` is where measurements go: to OpenTelemetry, where its API is
    installed, unless something else is given.

    Raises `MissingAction` where `actions` lacks some, and `StoreError` where `store` names none.

    >>> from flowrt.generated import Variables, end_session
    >>> def open_session(event): event.args[0].open(expire=None)
    >>> def say_thanks(event): event.args[0].reply("Thanks")
    >>> answer = {"trigger": "message", "source": "start", "dest": "start",
    ...     "before": [open_session, say_thanks, end_session]}
    >>> thanks = Flow(name="thanks", source="thanks.flow", format=1, compiler="0.1.0", initial="start",
    ...     states=[{"name": "start"}], transitions=[answer], variables=Variables, actions=())
    >>> class Console:
    ...     async def send(self, reply): print(reply.text)
    >>> async def main():
    ...     async with Bot(thanks, store="memory:", channel=Console()) as bot:
    ...         print(await bot.receive(Message(id="1", contact="ada", text="hi")))
    ...         print(await bot.receive(Message(id="1", contact="ada", text="hi")))
    >>> asyncio.run(main())
    True
    False
    Thanks
    """

    def __init__(  # noqa: PLR0913 - all but the flow by name, and most left out
        self,
        flow: Flow[Any],
        *,
        store: Store | str | None = None,
        actions: object = None,
        channel: Channel | None = None,
        listener: Listener | None = None,
        clock: Clock | None = None,
        rate: Rate | None = None,
        retry_after: float = 1.0,
        grace: float = 10.0,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = metrics or default_metrics()
        self._name = flow.name
        self._store = open_store(store)
        self._channel = channel
        self._listener = listener
        self._moved_by_hand = isinstance(clock, FakeClock)
        self._clock: Clock = CalendarClock(clock or SystemClock())
        self._grace = grace
        self._tasks = Tasks(retry_after)
        self._timer = Timer(self._clock, self._store, self._fire, retry_after)
        found = find_actions(actions, flow.actions, flow.name)
        self._records = flow.records
        self._inspection = Inspection(self._store, flow)
        self._calls = Calls(
            found, flow.returning, self._report, self._tasks, flow.records, self._metrics, self._awaits
        )
        self._lanes = self._deliveries(rate)
        self._follower = Follower(self._store, self._timer, self._calls, self._lanes, self._metrics)
        functions = find_actions(actions, flow.functions, flow.name)
        handler = partial(handle, flow, functions=functions, notices=listener is not None)
        self._taker = Taker(handler, self._store, self._clock, self._tasks, self._follower, self._metrics)
        self._unwatch = _nothing
        self._keeping: list[asyncio.Task[None]] = []
        self._open = False

    def _deliveries(self, rate: Rate | None) -> dict[Lane, Delivery]:
        deliveries: dict[Lane, Delivery] = {}
        if self._channel is not None:
            pacers = None if rate is None else Pacers(rate)
            deliveries["reply"] = Delivery(
                self._store, "reply", self._say, self._tasks, self._records, self._clock, pacers
            )
        if self._listener is not None:
            deliveries["notice"] = Delivery(
                self._store, "notice", self._tell, self._tasks, self._records, self._clock
            )
        return deliveries

    # Opening and closing.

    async def __aenter__(self) -> Self:
        """Open the store, and take up what was left, in the background: replies, deadlines, calls.

        Raises `StoreError` where the store cannot be opened.
        """
        await self._store.open()
        try:
            await self._timer.start()
            await self._follower.take_up_deliveries()
        except BaseException:
            await self._tasks.stop()
            await self._store.close()
            raise
        if self._channel is None:
            logger.warning("the bot has no channel: its replies stay in the store")
        self._open = True
        self._unwatch = self._metrics.watch(self._name, self._backlog)
        self._follower.start()
        self._tasks.spawn(self._take_up())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take no more events, finish what is at hand within the grace period, and close the store.

        What is not finished by then is in the store, and is taken up when a bot is opened on it again.
        """
        self._open = False
        self._unwatch()
        self._follower.stop()
        self._timer.stop()
        try:
            async with asyncio.timeout(self._grace):
                await asyncio.gather(*self._keeping)
                await self._tasks.idle()
        except TimeoutError:
            logger.warning(
                "closing after %(grace).1f s: what is not finished stays in the store", {"grace": self._grace}
            )
        finally:
            await self._tasks.stop()
            self._calls.stop()
            await self._store.close()

    async def _take_up(self) -> None:
        """Serve what is overdue, then run the calls that nothing has ended, then keep the time."""
        await self._tasks.keep_trying("serving what is overdue", self._timer.fire_due)
        await self._tasks.keep_trying("taking up the calls of before", self._follower.take_up_calls)
        if self._open and not self._moved_by_hand:  # who moves a clock by hand fires by hand
            loop = asyncio.get_running_loop()
            self._keeping = [loop.create_task(self._timer.run())]
            if self._store.shared:
                self._keeping.append(loop.create_task(take_over(self._follower)))

    # What can happen.

    async def receive(self, message: Message) -> bool:
        """Handle `message`; it counts as accepted, at this instant, once this has returned.

        By then what it comes to is committed; replies follow on their own. Returns False where a message of
        this contact with this id was handled before, True otherwise. What is beyond the bounds is left out of it
        (`flowrt.receiving.bounded`). Raises `StoreError` where it could not be committed: then the message may come
        again. Raises `Busy` where `flowrt.waiting.LINE_MAX` others of the contact wait already, or
        `flowrt.limits.HELD_MAX` are kept until a call or a `wait` ends; `ValueError` where its id or contact is empty
        or longer than `flowrt.limits.NAME_MAX`, `NotOpen` outside `async with`.
        """
        return await self._accept(bounded(message))

    async def open(self, contact: str, *, id: str | None = None) -> bool:
        """Open the session of `contact` without a message; one that is open ends as superseded.

        `id` names the request for ever, as a message's does; without one, each call is a request of its own.
        Returns and raises as `receive` does.
        """
        return await self._accept(Opened(id or _fresh(), contact))

    async def event(
        self, contact: str, name: str, values: Mapping[str, Value] | None = None, *, id: str | None = None
    ) -> bool:
        """Tell the session of `contact` that `name` has happened, with these values.

        One that the flow does not take is dropped, and the listener told. `id`, result and errors are as for
        `open`; `ValueError` too where a value is none of the language.
        """
        sound: dict[str, Value] = {}
        for key, value in (values or {}).items():
            try:
                sound[key] = admitted(value)
            except ValueError as why:
                raise ValueError(f"the value {key!r} of the event {name!r} is {why}") from why
        return await self._accept(HostEvent(id or _fresh(), contact, name, sound))

    async def end(self, contact: str, *, id: str | None = None) -> bool:
        """End the session of `contact`, if there is one. `id`, result and errors are as for `open`."""
        return await self._accept(EndedByHost(id or _fresh(), contact))

    async def give_back(self, contact: str, *, id: str | None = None) -> bool:
        """Take `contact` back from the team it was handed to. `id`, result and errors are as for `open`."""
        return await self._accept(GivenBack(id or _fresh(), contact))

    async def fire_due(self) -> int:
        """Fire every deadline that is due now, and return how many contacts that concerned.

        The bot does so on its own, but for a `FakeClock`: whoever moves that calls this. Deadlines that could
        not be committed come up again after a pause.
        """
        self._check_open()
        return await self._timer.fire_due()

    async def idle(self, *, tries: bool = False) -> None:
        """Wait until all work at hand is done: events, deliveries, actions.

        What has failed and pauses before it is tried again is not waited for; with `tries` an action that does so is,
        which takes as long as its limit at most.
        """
        await self._tasks.idle()
        while tries and len(self._calls):
            await self._calls.wait()
            await self._tasks.idle()

    # Looking after the sessions.

    async def sessions(self, after: str | None = None, limit: int = 1000) -> list[SessionView]:
        """At most `limit` contacts for whom something is stored: the first, or those behind the contact `after`.

        They come in the store's own order; fewer than `limit` are the last. Raises as `parked` does.
        """
        self._check_open()
        return await self._inspection.sessions(after, limit)

    async def session(self, contact: str) -> SessionView | None:
        """What is stored for `contact`, None where that is nothing. Raises as `parked` does."""
        self._check_open()
        return await self._inspection.session(contact)

    async def dead_letters(self, contact: str | None = None) -> list[DeadLetter]:
        """All that went wrong for good, for `contact` or for anybody, with its cause.

        That is what cannot be delivered, stored sessions that cannot go on, and those that ended by a fault in the
        last 30 days. For anybody every session in the store is read. Raises as `parked` does.
        """
        self._check_open()
        return await self._inspection.dead_letters(contact)

    async def erase(self, contact: str) -> int:
        """Delete all that the store holds of `contact`, in one transaction; return how many rows that were.

        The session goes and what is kept, what waits to be delivered and what could not be, the dead letters, the
        calls, and the marks of its messages: one that comes again is a new one. Events before it are done, and later
        ones begin anew. The host is told nothing. What is handed to the channel at this moment still arrives. Raises
        as `parked` does.
        """
        self._check_open()

        async def erase() -> int:
            rows = await self._store.erase(contact)
            self._follower.forget(contact)
            return rows

        return await self._taker.in_turn(contact, erase)

    async def health(self) -> Health:
        """How the bot is now: whether its store answers, what is at hand, and how late it is. Raises nothing."""
        fault, answered = ("the bot is not open", 0.0) if not self._open else await asked(self._store)
        return Health(fault, answered, **self._backlog(), late=self._timer.late / SECOND)

    def _backlog(self) -> dict[str, int]:
        deliveries = sum(map(len, self._lanes.values()))
        return {"events": len(self._taker.line), "deliveries": deliveries, "calls": len(self._calls)}

    # What could not be delivered.

    async def parked(self, contact: str | None = None, *, after: int = 0, limit: int = 1000) -> list[Parked]:
        """What could not be delivered, to `contact` or to anybody: at most `limit`, numbered above `after`.

        Raises `StoreError` where the store cannot be read, `NotOpen` outside `async with`.
        """
        self._check_open()
        return await self._inspection.parked(contact, after=after, limit=limit)

    async def retry(self, contact: str, *numbers: int) -> int:
        """Deliver what was parked for `contact` after all: these `numbers`, or all there is where none are given.

        It goes to the end of what waits to be delivered. Returns how much there was. Raises as `parked` does.
        """
        self._check_open()
        found = await self._inspection.retry(contact, *numbers)
        self._follower.wake(contact)
        return found

    async def discard(self, contact: str, *numbers: int) -> int:
        """Forget what was parked for `contact`, and which of its sessions ended by a fault, otherwise as `retry`."""
        self._check_open()
        return await self._inspection.discard(contact, *numbers)

    # One event.

    async def _accept(self, event: Message | Opened | HostEvent | EndedByHost | GivenBack) -> bool:
        self._check_open()
        for name in (event.id, event.contact):
            if not 0 < len(name) <= NAME_MAX:
                raise ValueError(f"an id or contact has 1 to {NAME_MAX} characters: this has {len(name)}")
        return await self._taker.take(event, event.id)

    def _check_open(self) -> None:
        if not self._open:
            raise NotOpen("the bot is not open: use it inside `async with bot:`")

    async def _fire(self, contact: str) -> bool:
        return await self._taker.take(Due(contact))

    async def _report(self, result: Result) -> None:
        await self._taker.take(result)

    async def _awaits(self, call: Call) -> bool:
        return await self._follower.awaits(call)

    # Delivering.

    async def _say(self, effect: Effect) -> None:
        if not isinstance(effect, Reply):
            raise Undeliverable("what is stored is no reply")
        if self._channel is not None:
            await self._counted("reply", self._channel.send(effect))

    async def _tell(self, effect: Effect) -> None:
        if not isinstance(effect, Ended | Emitted | Dropped):
            raise Undeliverable("what is stored is nothing to tell a host")
        if self._listener is not None:
            await self._counted("notice", self._listener.told(effect))

    async def _counted(self, lane: Lane, handing: Awaitable[None]) -> None:
        outcome = "failed"
        try:
            await handing
            outcome = "delivered"
        except Undeliverable:
            outcome = "parked"
            raise
        finally:
            self._metrics.delivered(lane, outcome)


def _fresh() -> str:
    return uuid.uuid4().hex


def _nothing() -> None:
    """What there is to undo before anything was done."""
