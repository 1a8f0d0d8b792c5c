"""Another try for actions that fail in the ordinary ways: a connection that is refused, a server that is busy."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar, cast

from flowrt.actions import current_call
from flowrt.errors import Again, in_words

P = ParamSpec("P")
R = TypeVar("R")


class _Decorator(Protocol):
    """What gives back an action with the same signature."""

    def __call__(self, action: Callable[P, R], /) -> Callable[P, R]: ...


def again_on(*errors: type[Exception], tries: int | None = None, after: float = 0.0) -> _Decorator:
    """Have an action tried again where it raises one of `errors`, up to so many `tries` in all.

    For methods of the bot's actions, with `async` or without. It makes `Again` of such an error, with this `after`,
    in seconds; without `tries` the limit of the call is the only bound. Where no bot calls the method, it raises what
    it raises. Raises `TypeError` where `errors` are none, and `ValueError` where `tries` is less than 1.

    >>> class Actions:
    ...     @again_on(ConnectionError, TimeoutError, tries=5)
    ...     async def save_feedback(self, name: str) -> None: ...
    >>> @again_on
    ... def forgotten(): ...
    Traceback (most recent call last):
    TypeError: again_on takes the exceptions after which to try again, as in @again_on(ConnectionError, tries=5)
    """
    _check(errors, tries, after)

    def decorate(action: Callable[P, R], /) -> Callable[P, R]:
        async def finish(answer: Awaitable[object]) -> object:
            with _another_try(errors, tries, after):
                return await answer

        @wraps(action)
        async def later(*args: P.args, **kwargs: P.kwargs) -> object:
            return await finish(cast("Awaitable[object]", action(*args, **kwargs)))

        @wraps(action)
        def now(*args: P.args, **kwargs: P.kwargs) -> R:
            with _another_try(errors, tries, after):
                answer = action(*args, **kwargs)
            return cast("R", finish(answer)) if inspect.isawaitable(answer) else answer

        return cast("Callable[P, R]", later) if inspect.iscoroutinefunction(action) else now

    return decorate


def _check(errors: tuple[object, ...], tries: int | None, after: float) -> None:
    """Say now what is wrong with the decorator, and not when an action fails."""
    if not errors or not all(isinstance(error, type) and issubclass(error, Exception) for error in errors):
        raise TypeError(
            "again_on takes the exceptions after which to try again, as in @again_on(ConnectionError, tries=5)"
        )
    if tries is not None and tries < 1:
        raise ValueError(f"`tries` is how often an action is tried in all, at least once, and not {tries}")
    Again(after=after)


@contextmanager
def _another_try(errors: tuple[type[Exception], ...], tries: int | None, after: float) -> Generator[None]:
    """What is among `errors` becomes `Again`, unless this was the last try."""
    try:
        yield
    except errors as error:
        if _is_last(tries):
            raise
        raise Again(in_words(error), after) from error


def _is_last(tries: int | None) -> bool:
    """Whether no other try is to be asked for: of a call that has had its `tries`, and where no bot calls."""
    try:
        attempt = current_call().attempt
    except LookupError:
        return True
    return tries is not None and attempt >= tries
