"""Waiting in good order: for one's turn, for work to be done, and before something is tried again."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

from flowrt.errors import Busy
from flowrt.log import fault, logger

T = TypeVar("T")

LONGEST_PAUSE = 60.0
"""The longest pause, in seconds, before something is tried again."""

LINE_MAX = 1_000
"""How many events of one contact may wait for their turn in one process; one more is refused as `Busy`."""

LONGEST_STOP = 5.0
"""How long, in seconds, a task that is cancelled may take to end; one that refuses is not waited for."""


def being_cancelled() -> bool:
    """Whether a `CancelledError` just caught is meant for this task, and not raised by what it awaited."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Line:
    """Where events queue: one at a time for each contact, in order of arrival, and apart from the others."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    def __len__(self) -> int:
        """How many have the turn of their contact or wait for it."""
        return sum(1 + len(waiting) for waiting in self._waiting.values())

    async def enter(self, contact: str, limit: int | None = None) -> None:
        """Wait for the turn of this caller. `leave` must follow, unless this raises.

        Raises `Busy` where `limit` others wait already.
        """
        waiting = self._waiting.get(contact)
        if waiting is None:
            self._waiting[contact] = deque()
            return
        if limit is not None and len(waiting) >= limit:
            raise Busy(f"{len(waiting)} events of this contact wait already: send it again later")
        turn = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave(contact)  # the turn had come; the next must have it
            raise

    def leave(self, contact: str) -> None:
        """Give the turn to the next."""
        waiting = self._waiting[contact]
        while waiting:
            turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._waiting[contact]


def longest_pause(first: float, failures: int) -> float:
    """The longest pause, in seconds, after so many `failures` before: twice as long each time, up to `LONGEST_PAUSE`.

    >>> longest_pause(1.0, 0), longest_pause(1.0, 3), longest_pause(1.0, 10_000)
    (1.0, 8.0, 60.0)
    """
    return min(first * 2.0 ** min(failures, 32), LONGEST_PAUSE)


class Backoff:
    """How long to pause before the next try: twice as long each time, up to `LONGEST_PAUSE`, and never in step.

    >>> Backoff(0.0).next()
    0.0
    """

    __slots__ = ("_failures", "_first")

    def __init__(self, first: float) -> None:
        self._first = first
        self._failures = 0

    def reset(self) -> None:
        """It worked: the next pause is the first again."""
        self._failures = 0

    def next(self) -> float:
        """The next pause, in seconds. What failed together is not tried again together."""
        pause = longest_pause(self._first, self._failures)
        self._failures += 1
        return pause * random.uniform(0.5, 1.0)  # noqa: S311 - no secret hangs on it


class Tasks:
    """The background tasks of a bot, and whether any work is at hand.

    A task that pauses before it tries again is not at work.
    """

    def __init__(self, first_pause: float) -> None:
        self._first_pause = first_pause
        # In order, so that what is drawn again comes out again.
        self._tasks: dict[asyncio.Task[None], None] = {}
        self._at_work = 0
        self._watchers: list[asyncio.Future[None]] = []

    def begin(self) -> None:
        """A piece of work begins; `end` must follow."""
        self._at_work += 1

    def end(self) -> None:
        """A piece of work has ended."""
        self._at_work -= 1
        if not self._at_work:
            for watcher in self._watchers:
                if not watcher.done():
                    watcher.set_result(None)
            self._watchers.clear()

    async def idle(self) -> None:
        """Wait until no work is at hand."""
        while self._at_work:
            watcher = asyncio.get_running_loop().create_future()
            self._watchers.append(watcher)
            await watcher

    def spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Run `work` in the background. Its task is kept alive, and what it raises is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[task] = None
        self.begin()
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        self.end()
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logger.error("a background task stopped: %(why)s", {"why": fault(error)})
            logger.debug("it stopped here", exc_info=error)

    async def stop(self) -> None:
        """Cancel all tasks and wait for their end, `LONGEST_STOP` at most."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LONGEST_STOP)

    def backoff(self) -> Backoff:
        """The pauses of one thing that is tried until it works."""
        return Backoff(self._first_pause)

    async def keep_trying(
        self, what: str, attempt: Callable[[], Awaitable[T]], backoff: Backoff | None = None
    ) -> T:
        """The result of `attempt`, which is made again, after a pause, for as long as it raises.

        `what` says in the log what did not work.
        """
        pauses = backoff or self.backoff()
        while True:
            try:
                return await attempt()
            except Exception as error:  # whatever a channel or store raises means: not done
                if being_cancelled():  # what was raised on the way out must not keep us in
                    raise asyncio.CancelledError from error
                pause = pauses.next()
                facts = {"what": what, "pause": round(pause, 1), "why": fault(error)}
                logger.warning("%(what)s did not work, next try in %(pause).1f s: %(why)s", facts)
                logger.debug("it failed here", exc_info=error)
            await self.rest(asyncio.sleep(pause))

    async def rest(self, until: Awaitable[object]) -> None:
        """Await that; the task of the caller is not at work meanwhile."""
        self.end()
        try:
            await until
        finally:
            self.begin()
