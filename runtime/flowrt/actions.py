"""Running the actions that a flow calls: outside any transaction, at least once, each with a stable key."""

from __future__ import annotations

import asyncio
import contextvars
import difflib
import inspect
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from flowrt.abc import CallRow
from flowrt.codec import load_effect
from flowrt.effects import Call
from flowrt.errors import Again, FlowrtError, MissingAction, in_words
from flowrt.events import Result
from flowrt.fields import Unreadable
from flowrt.forms import admitted, admitted_as
from flowrt.kinds import Kind
from flowrt.log import fault, hashed, logger
from flowrt.metrics import Metrics
from flowrt.slots import slot_of
from flowrt.values import Records, Value
from flowrt.waiting import Backoff, Tasks, being_cancelled

THREADS = 32
"""How many actions that are no coroutines run at the same time; more wait, and their time limit runs."""

FIRST_PAUSE = 1.0
"""The first pause, in seconds, before an action that asks for it is tried again, where no bot says otherwise."""

Rest = Callable[[Call, float], Awaitable[bool]]
"""Pauses for so many seconds before another try of a call, and says whether that is still wanted."""

Action = Callable[..., Any]
"""An action: any callable that takes its arguments by name; it may be a coroutine function."""

_OVERSTAYED = "it took longer than it may"

_call: ContextVar[Call] = ContextVar("flowrt_call")


def current_call() -> Call:
    """The call that the running action answers.

    Its `id` is the stable key, together with its `contact`: a call that runs again, after `Again` or after a crash,
    has the same, so that an action can tell what it has done already. Its `attempt` is the number of the try, from 1,
    counted anew after a crash. Raises `LookupError` outside of an action.
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


class Unwanted(Exception):
    """Another try of a call is not wanted: its session is over, or another worker runs it."""


class Runner:
    """Runs actions within their limits; those that are no coroutines in threads.

    `actions` are those of the bot, by name, and `returning` those whose value the flow wants, with its type where
    that is known. `pauses` says how long to pause between the tries of a call, and `rest` makes one such pause.
    """

    def __init__(
        self,
        actions: Mapping[str, Action],
        returning: Mapping[str, Kind[Any] | None],
        *,
        metrics: Metrics | None = None,
        pauses: Callable[[], Backoff] | None = None,
        rest: Rest | None = None,
    ) -> None:
        self._actions = actions
        self._returning = returning
        self._metrics = metrics or Metrics()
        self._pauses = pauses or partial(Backoff, FIRST_PAUSE)
        self._rest: Rest = rest or _sleep
        self._threads: ThreadPoolExecutor | None = None

    def stop(self) -> None:
        """Let go of the threads; what still runs in them is not waited for."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    async def result(self, call: Call) -> Result:
        """Run `call` within its limit, again where it raises `Again` and the limit leaves room for that.

        Whatever goes wrong with it is a failed result, and never raised. Raises `Unwanted` where `rest` said that no
        other try is.
        """
        tries = _Tries(call.limit, self._pauses())
        try:
            async with tries.limit:
                return Result(call.id, call.contact, value=await self._value(call, tries))
        except Unwanted:
            raise
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and being_cancelled():
                raise
            facts = {"action": call.name, "contact": hashed(call.contact), "attempt": tries.number}
            facts["why"] = fault(_cause(error))
            logger.warning(
                "action %(action)s failed for contact %(contact)s, try %(attempt)d: %(why)s", facts
            )
            logger.debug("it failed here", exc_info=error)
            return Result(call.id, call.contact, failure=tries.why(error))

    async def _value(self, call: Call, tries: _Tries) -> Value:
        """What `call` comes to, after as many tries as it takes; each is measured. Raises what the last one did."""
        while True:
            tries.number += 1
            begun, outcome = time.perf_counter(), "failed"
            try:
                value = await self._try(replace(call, attempt=tries.number))
                outcome = "answered"
                return value
            except Again as error:
                pause = tries.pause_after(error)
                if pause is None:
                    raise
                outcome = "again"
            except asyncio.CancelledError as stop:
                if being_cancelled() and not tries.limit.expired() and stop.args != (_OVERSTAYED,):
                    outcome = "cancelled"
                raise
            finally:
                self._metrics.called(call.name, outcome, time.perf_counter() - begun)
            facts = {"action": call.name, "contact": hashed(call.contact), "attempt": tries.number + 1}
            facts |= {"pause": round(pause, 1), "why": fault(_cause(tries.last))}
            logger.info(
                "try %(attempt)d of action %(action)s for contact %(contact)s in %(pause).1f s: %(why)s",
                facts,
            )
            if not await self._rest(call, pause):
                raise Unwanted

    async def _try(self, call: Call) -> Value:
        """One try of `call`. Raises what the action raises, and `_NoValue`."""
        _call.set(call)
        value = await self._answer(call)
        if call.name not in self._returning:
            return None  # whatever it gave back is its own affair
        kind = self._returning[call.name]
        try:
            return admitted(value) if kind is None else admitted_as(value, kind)
        except ValueError as why:
            raise _NoValue(f"the action returned {why}") from None

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
    """The calls that run. What comes of each goes to `report`, until that has taken it.

    `awaited` says whether the result of a call is still wanted: without it no other try is made.
    """

    def __init__(
        self,
        actions: Mapping[str, Action],
        returning: Mapping[str, Kind[Any] | None],
        report: Callable[[Result], Awaitable[object]],
        tasks: Tasks,
        records: Records,
        metrics: Metrics,
        awaited: Callable[[Call], Awaitable[bool]] | None = None,
    ) -> None:
        self._records = records
        self._metrics = metrics
        self._runner = Runner(
            actions, returning, metrics=metrics, pauses=tasks.backoff, rest=self._rest_before_another_try
        )
        self._report = report
        self._awaited = awaited
        self._tasks = tasks
        self._tries_again = asyncio.Event()
        self._tries_again.set()
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
            facts = {"contact": hashed(row.contact), "why": fault(error)}
            logger.error("a call of contact %(contact)s cannot be run again: %(why)s", facts)
        else:
            self.start(call, stored=True)

    def cancel(self, contact: str, key: str) -> None:
        """The call has overstayed: a coroutine is cancelled; a thread cannot be, its result is dropped."""
        task = self._running.get((contact, key))
        if task is not None:
            task.cancel(_OVERSTAYED)

    def cancel_all(self, contact: str) -> None:
        """Cancel whatever runs for `contact`."""
        for (who, _), task in list(self._running.items()):
            if who == contact:
                task.cancel()

    async def wait(self) -> None:
        """Wait until those that run now have ended."""
        if self._running:
            await asyncio.wait(list(self._running.values()))

    def hold(self) -> None:
        """Make no other try of what fails from now on: that is left to whoever opens the store next."""
        self._tries_again = asyncio.Event()

    def go_on(self) -> None:
        """Try again, from now on, what asks for that."""
        self._tries_again.set()

    def stop(self) -> None:
        """Let go of the threads; what still runs in them is not waited for."""
        self._runner.stop()

    async def _rest_before_another_try(self, call: Call, seconds: float) -> bool:
        """Rest, and return whether `call` is still awaited: its session may be over, or another worker run it."""
        await self._tasks.rest(asyncio.sleep(seconds))
        await self._tasks.rest(self._tries_again.wait())
        if self._awaited is None:
            return True
        awaited = partial(self._awaited, call)
        return await self._tasks.keep_trying(f"looking whether {call.name} is still awaited", awaited)

    async def _run(self, call: Call, *, lost: bool) -> None:
        try:
            if lost:
                self._metrics.called(call.name, "failed", 0.0)
            result = lost_secret(call.contact, call.id) if lost else await self._runner.result(call)
            what = f"storing the result of {call.name} for contact {hashed(call.contact)}"
            await self._tasks.keep_trying(what, lambda: self._report(result))
        except Unwanted:  # nor is its result, which would be a failure that another worker may yet avert
            facts = {"action": call.name, "contact": hashed(call.contact)}
            logger.info("no other try of action %(action)s for contact %(contact)s is wanted", facts)
        finally:
            del self._running[call.contact, call.id]


def lost_secret(contact: str, id: str) -> Result:
    """What comes of a call with a secret of which nobody knows any more: it has failed.

    >>> lost_secret("ada", "m1#0").failure
    'its secret argument was not stored, and the bot was stopped'
    """
    return Result(id, contact, failure="its secret argument was not stored, and the bot was stopped")


class _Tries:
    """The tries of one call: how many there were, what the last one raised, and whether there is room for another."""

    __slots__ = ("_pauses", "last", "limit", "number")

    def __init__(self, seconds: float, pauses: Backoff) -> None:
        self.limit = asyncio.timeout(seconds)
        self.number = 0
        self.last = Again()
        self._pauses = pauses

    def pause_after(self, error: Again) -> float | None:
        """How many seconds to pause before the next try; None where the limit leaves no room for one."""
        self.last = error
        pause = error.after + self._pauses.next()
        ends = self.limit.when()
        return None if ends is not None and asyncio.get_running_loop().time() + pause >= ends else pause

    def why(self, error: BaseException) -> str:
        """Why the call has failed, in words."""
        if not self.limit.expired():
            said = str(error) if isinstance(error, _NoValue) else in_words(_cause(error))
            return said if self.number == 1 else f"{said} (try {self.number})"
        before = f", and before that: {in_words(_cause(self.last))}" if self.number > 1 else ""
        return f"{_OVERSTAYED}{before}"


class _NoValue(FlowrtError):
    """An action returned what is no value of the language."""


def _cause(error: BaseException) -> BaseException:
    """Why another try was asked for, where that is known."""
    return error.__cause__ or error if isinstance(error, Again) else error


async def _sleep(_: Call, seconds: float) -> bool:
    await asyncio.sleep(seconds)
    return True


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
