"""Running the actions that a flow calls: outside any transaction, at least once, each with a stable key."""

from __future__ import annotations

import asyncio
import contextvars
import difflib
import inspect
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, NamedTuple

from flowrt.abc import CallRow
from flowrt.codec import load_effect
from flowrt.effects import Call
from flowrt.errors import MissingAction, in_words
from flowrt.events import Result
from flowrt.fields import Unreadable
from flowrt.forms import admitted
from flowrt.log import fault, hashed, logger
from flowrt.metrics import Metrics
from flowrt.slots import slot_of
from flowrt.values import Records, Value
from flowrt.waiting import Tasks, being_cancelled

THREADS = 32
"""How many actions that are no coroutines run at the same time; more wait, and their time limit runs."""

Action = Callable[..., Any]
"""An action: any callable that takes its arguments by name; it may be a coroutine function."""

_call: ContextVar[Call] = ContextVar("flowrt_call")


def current_call() -> Call:
    """The call that the running action answers.

    Its `id` is the stable key, together with its `contact`: a call that runs again after a crash has the
    same, so that an action can tell what it has done already. Raises `LookupError` outside of an action.
    """
    return _call.get()


def find_actions(actions: object, names: Sequence[str], flow: str) -> dict[str, Action]:
    """The methods of `actions` that answer the calls `names` of `flow`, by name.

    Raises `MissingAction`, which names all that are missing.

    >>> class Mine:
    ...     def save_feedbak(self): ...
    >>> find_actions(Mine(), ["save_feedback"], "feedback")
    Traceback (most recent call last):
    flowrt.errors.MissingAction: flow 'feedback' calls what Mine lacks: `save_feedback` (has `save_feedbak`)
    """
    found = {name: getattr(actions, slot_of(name), None) for name in names}
    missing = [name for name, action in found.items() if not callable(action)]
    if missing:
        whose = "a bot without `actions=`" if actions is None else type(actions).__name__
        listed = ", ".join([_missing(name, actions) for name in missing])
        raise MissingAction(f"flow {flow!r} calls what {whose} lacks: {listed}")
    return {name: action for name, action in found.items() if callable(action)}


def _missing(name: str, actions: object) -> str:
    public = [] if actions is None else [other for other in dir(actions) if not other.startswith("_")]
    near = difflib.get_close_matches(name, public, n=1)
    return f"`{name}` (has `{near[0]}`)" if near else f"`{name}`"


class Runner:
    """Runs actions within their limits; those that are no coroutines in threads.

    `actions` are those of the bot, by name, and `returning` names those whose value the flow wants.
    """

    def __init__(self, actions: Mapping[str, Action], returning: Collection[str]) -> None:
        self._actions = actions
        self._returning = returning
        self._threads: ThreadPoolExecutor | None = None

    def stop(self) -> None:
        """Let go of the threads; what still runs in them is not waited for."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    async def result(self, call: Call) -> Result:
        """Run `call` within its limit. Whatever goes wrong with it is a failed result, and never raised."""
        _call.set(call)
        limit = asyncio.timeout(call.limit)
        try:
            async with limit:
                value = await self._answer(call)
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and being_cancelled():
                raise
            where = hashed(call.contact)
            logger.warning("action %s failed for contact %s: %s", call.name, where, fault(error))
            logger.debug("it failed here", exc_info=error)
            failure = "it took longer than it may" if limit.expired() else in_words(error)
            return Result(call.id, call.contact, failure=failure)
        if call.name not in self._returning:
            return Result(call.id, call.contact)  # whatever it gave back is its own affair
        try:
            return Result(call.id, call.contact, value=admitted(value))
        except ValueError as why:
            logger.error("action %s returned %s", call.name, why)
            return Result(call.id, call.contact, failure=f"the action returned {why}")

    async def _answer(self, call: Call) -> object:
        action = self._actions.get(call.name)
        if action is None:
            raise MissingAction(f"the bot has no action {call.name!r}: another version of the flow called it")
        if _is_coroutine_function(action):
            return await action(**call.arguments)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="flowrt-action")
        context = contextvars.copy_context()

        def work() -> _Answer:
            return context.run(_in_thread, action, call.arguments)

        answer = await asyncio.get_running_loop().run_in_executor(self._threads, work)
        if answer.error is not None:
            raise answer.error
        return await answer.value if inspect.isawaitable(answer.value) else answer.value


class Calls:
    """The calls that run. What comes of each goes to `report`, until that has taken it."""

    def __init__(
        self,
        actions: Mapping[str, Action],
        returning: Collection[str],
        report: Callable[[Result], Awaitable[object]],
        tasks: Tasks,
        records: Records,
        metrics: Metrics,
    ) -> None:
        self._records = records
        self._metrics = metrics
        self._runner = Runner(actions, returning)
        self._report = report
        self._tasks = tasks
        self._running: dict[tuple[str, str], asyncio.Task[None]] = {}

    def __len__(self) -> int:
        """How many run."""
        return len(self._running)

    def start(self, call: Call, *, stored: bool = False) -> None:
        """Run `call`, unless it is running. One that was `stored` has lost its secrets: it has failed."""
        key = (call.contact, call.id)
        if key not in self._running:
            self._running[key] = self._tasks.spawn(self._run(call, lost=stored and call.secret))

    def start_stored(self, row: CallRow) -> None:
        """Run a call as it was stored, unless it is running; one that cannot be read is left to its limit."""
        try:
            call = load_effect(row.body, row.contact, self._records)
            if not isinstance(call, Call):
                raise Unreadable("the stored call is an effect of another kind")
        except Unreadable as error:
            logger.error("a call of contact %s cannot be run again: %s", hashed(row.contact), fault(error))
        else:
            self.start(call, stored=True)

    def cancel(self, contact: str, key: str) -> None:
        """The call has overstayed: a coroutine is cancelled; a thread cannot be, its result is dropped."""
        task = self._running.get((contact, key))
        if task is not None:
            task.cancel()

    def cancel_all(self, contact: str) -> None:
        """Cancel whatever runs for `contact`."""
        for who, key in list(self._running):
            if who == contact:
                self.cancel(who, key)

    def stop(self) -> None:
        """Let go of the threads; what still runs in them is not waited for."""
        self._runner.stop()

    async def _run(self, call: Call, *, lost: bool) -> None:
        try:
            begun = time.perf_counter()
            result = _lost(call) if lost else await self._runner.result(call)
            outcome = "answered" if result.failure is None else "failed"
            self._metrics.called(call.name, outcome, time.perf_counter() - begun)
            what = f"storing the result of {call.name} for contact {hashed(call.contact)}"
            await self._tasks.keep_trying(what, lambda: self._report(result))
        finally:
            del self._running[call.contact, call.id]


def _lost(call: Call) -> Result:
    return Result(
        call.id, call.contact, failure="its secret argument was not stored, and the bot was stopped"
    )


class _Answer(NamedTuple):
    value: object = None
    error: Exception | None = None


def _in_thread(action: Action, arguments: Mapping[str, Value]) -> _Answer:
    """What `action` returns or raises, as a value: not every exception can pass through a future."""
    try:
        return _Answer(value=action(**arguments))
    except Exception as error:
        return _Answer(error=error)
    except BaseException as error:
        return _Answer(error=RuntimeError(f"the action raised {type(error).__name__}"))


def _is_coroutine_function(action: Action) -> bool:
    return inspect.iscoroutinefunction(action) or inspect.iscoroutinefunction(type(action).__call__)
