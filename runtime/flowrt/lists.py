"""Lists, and comparing values of any type as the language does: texts after folding, all else exactly."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

from flowrt.errors import OutOfBounds
from flowrt.text import fold
from flowrt.values import LIST_MAX, Record, Value, held, within_depth

T = TypeVar("T", bound=Value)


def items(*values: T) -> tuple[T, ...]:
    """A list of these values, for `[a, b]`. Raises `OutOfBounds` beyond `LIST_MAX` items or `NESTING_MAX` deep.

    >>> items(1, 2)
    (1, 2)
    """
    return _bounded(values)


def with_items(left: tuple[T, ...], right: tuple[T, ...]) -> tuple[T, ...]:
    """The items of both lists, for `xs + ys`. Raises `OutOfBounds` beyond `LIST_MAX` items.

    >>> with_items((1, 2), (2, 3))
    (1, 2, 2, 3)
    """
    return _bounded(left + right)


def without(left: tuple[T, ...], right: tuple[Value, ...]) -> tuple[T, ...]:
    """The items of `left` that equal none of `right`, for `xs - ys`; a text equals its other spellings.

    >>> without(("Tea", "milk", "TEA"), ("tea",))
    ('milk',)
    """
    gone = {_key(item) for item in right}
    return tuple([item for item in left if _key(item) not in gone])


def element(values: tuple[T, ...], index: int) -> T | None:
    """The item at `index`, counted from 0, for `xs[n]`; None where there is none. A negative index has none.

    >>> element(("a", "b"), 1), element(("a", "b"), 2), element(("a", "b"), -1)
    ('b', None, None)
    """
    return values[index] if 0 <= index < len(values) else None


def contains(values: tuple[Value, ...] | str, value: Value) -> bool:
    """Whether an item of a list equals `value`; in a text, whether `value` is a part of it. For `in`.

    Texts are compared after folding, so a part that is only white space is in every text.

    >>> contains(("Tea", "Milk"), "tea"), contains("Hello World", "WORLD")
    (True, True)
    """
    if isinstance(values, str):
        return isinstance(value, str) and fold(value) in fold(values)
    wanted = _key(value)
    return any(_key(item) == wanted for item in values)


def equal(left: Value, right: Value) -> bool:
    """Whether two values are equal, for `==`: texts after folding, also inside of lists and records; an int and a
    decimal by their amount; none equals only none.

    >>> equal(("Yes ", 1), ("yes", 1)), equal(True, 1)
    (True, False)
    """
    return _key(left) == _key(right)


def _key(value: Value) -> Hashable:
    """What two values share exactly if they are equal."""
    if isinstance(value, str):
        return fold(value)
    if isinstance(value, bool):
        return (bool, value)  # for Python, True is 1
    if isinstance(value, tuple):
        return tuple([_key(item) for item in value])
    if isinstance(value, Record):
        return (type(value), *[_key(item) for item in held(value)])
    return value


def _bounded(values: tuple[T, ...]) -> tuple[T, ...]:
    if len(values) > LIST_MAX:
        raise OutOfBounds(f"the list would have {len(values)} items: the limit is {LIST_MAX}")
    within_depth(values)
    return values
