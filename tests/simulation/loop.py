"""An event loop in simulated time, on which several simulated processes run, each of which can die at any step.

Nothing waits for anything: when there is nothing to do the clock is put to the next moment at which there is. A
step is what an event loop does at once: one callback, from one `await` to the next.
"""

from __future__ import annotations

import asyncio
import selectors
import warnings
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Executor
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from typing import Any, TypeVar, TypeVarTuple, cast

Ts = TypeVarTuple("Ts")
T = TypeVar("T")

PROCESS: ContextVar[Process | None] = ContextVar("simulated_process", default=None)
"""The process whose step this is; none for the world around it."""


class Stalled(Exception):
    """Everyone waits, and nothing is going to happen."""


class Process:
    """A process that runs on the loop beside others. `steps_left` is how many steps it has until it dies, None for
    one that lives on. While it is frozen its steps wait, as when the system has no time for it.
    """

    def __init__(self, loop: SimulatedLoop, name: str) -> None:
        self.loop = loop
        self.name = name
        self.alive = True
        self.steps_left: int | None = None
        self.frozen_until = 0.0
        self._waiting: deque[_Step] = deque()
        self._last_words: dict[object, Callable[[], None]] = {}

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run `work` in this process."""
        context = copy_context()
        context.run(PROCESS.set, self)
        return self.loop.create_task(work, context=context)

    def at_death(self, key: object, tell: Callable[[], None]) -> None:
        """Call `tell` when the process dies, unless `forget` of the same key comes first."""
        self._last_words[key] = tell

    def forget(self, key: object) -> None:
        """Nobody waits for that any more."""
        self._last_words.pop(key, None)

    def die(self) -> None:
        """Stop at once: no step of the process comes after this one, not even to clean up."""
        if not self.alive:
            return
        self.alive = False
        self._waiting.clear()
        self.loop.bury(self)
        told, self._last_words = self._last_words, {}
        for tell in told.values():
            tell()

    def freeze(self, seconds: float) -> None:
        """Do nothing for so long."""
        if not self.frozen:
            self.loop.call_later(seconds, self._thaw, context=Context())
        self.frozen_until = max(self.frozen_until, self.loop.time() + seconds)

    @property
    def frozen(self) -> bool:
        """Whether its steps wait."""
        return self.frozen_until > self.loop.time()

    def take(self, step: _Step) -> None:
        """Take a step, if the process lives and is not frozen."""
        if not self.alive:
            return
        if self._waiting or self.frozen:
            self._waiting.append(step)
        else:
            self._take(step)

    def _take(self, step: _Step) -> None:
        step.callback(*step.args)
        if self.steps_left is not None:
            self.steps_left -= 1
            if self.steps_left <= 0:
                self.die()

    def _thaw(self) -> None:
        if self.frozen:
            self.loop.call_later(self.frozen_until - self.loop.time(), self._thaw, context=Context())
        else:
            self._catch_up()

    def _catch_up(self) -> None:
        """Take the first of the steps that waited: they keep their order, also towards what comes meanwhile."""
        if not self._waiting or self.frozen:
            return
        step = self._waiting[0]
        if not step.cancelled:
            step.context.run(self._take, step)
        if self._waiting:
            self._waiting.popleft()
        self.loop.call_soon(self._catch_up, context=Context())


class _Step:
    """What is to be called, in which context, and the handle by which that can still be cancelled."""

    __slots__ = ("args", "callback", "context", "handle")

    def __init__(
        self, callback: Callable[..., object], args: tuple[Any, ...], context: Context | None
    ) -> None:
        self.callback = callback
        self.args = args
        self.context = copy_context() if context is None else context  # an empty one is false
        self.handle: asyncio.Handle | None = None

    @property
    def cancelled(self) -> bool:
        return self.handle is not None and self.handle.cancelled()


class _NoWaiting(selectors.SelectSelector):
    """In place of waiting for files it moves the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stalled("everyone waits, and nothing is going to happen")
        self.now += max(0.0, timeout)
        return []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """The loop. `thread_takes` says for how many seconds a function runs that would run in a thread."""

    def __init__(self, thread_takes: Callable[[], float]) -> None:
        self._files = _NoWaiting()
        super().__init__(self._files)
        self._thread_takes = thread_takes
        self._graves: list[asyncio.Task[Any]] = []
        self.steps = 0
        self.set_task_factory(_named_after_their_process)
        self.set_exception_handler(lambda _loop, _context: None)  # of tasks that died with their process

    def time(self) -> float:
        """Seconds since the world began."""
        return self._files.now

    def call_soon(
        self,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.Handle:
        """As every loop, but that it is a step of the process that asks for it."""
        step = _Step(callback, args, context)
        step.handle = handle = super().call_soon(self._step, step, context=step.context)
        return handle

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """As every loop, but that it is a step of the process that asks for it."""
        step = _Step(callback, args, context)
        step.handle = handle = super().call_at(when, self._step, step, context=step.context)
        return handle

    def _step(self, step: _Step) -> None:
        self.steps += 1
        process = PROCESS.get()
        if process is None:
            step.callback(*step.args)
        else:
            process.take(step)

    def run_in_executor(
        self,
        executor: Executor | None,  # noqa: ARG002 - there are no threads here
        func: Callable[[*Ts], T],
        *args: *Ts,
    ) -> asyncio.Future[T]:
        """Call `func` after a while, as a thread would."""
        answer: asyncio.Future[T] = self.create_future()
        seconds = self._thread_takes()

        def work() -> None:
            result = func(*args)
            self.call_later(seconds / 2, give, result)

        def give(result: T) -> None:
            if not answer.done():
                answer.set_result(result)

        self.call_later(seconds / 2, work)
        return answer

    def bury(self, process: Process) -> None:
        """Keep the tasks of a dead process as they are: collected as garbage they would clean up."""
        self._graves += [task for task in asyncio.all_tasks(self) if task.get_name() == process.name]

    def end(self) -> None:
        """Close all that is left, and the loop."""
        left = [task for task in asyncio.all_tasks(self) if task not in set(self._graves)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of what a dead process would still begin
            for task in [*self._graves, *left]:
                with suppress(BaseException):  # and of what it still has to say
                    cast("Coroutine[Any, Any, Any]", task.get_coro()).close()
        self._graves.clear()
        self.close()


def _named_after_their_process(
    loop: asyncio.AbstractEventLoop,
    work: Coroutine[Any, Any, T] | Generator[Any, None, T],
    *,
    context: Context | None = None,
) -> asyncio.Future[T]:
    process = PROCESS.get() if context is None else context.get(PROCESS)
    name = "world" if process is None else process.name
    return asyncio.Task(cast("Coroutine[Any, Any, T]", work), loop=loop, name=name, context=context)
