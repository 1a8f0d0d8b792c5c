"""The values a flow computes with, their bounds, and their form in JSON."""

from __future__ import annotations

from flowrt.errors import OutOfBounds

Value = str | int | bool | None
"""A value of the language. An unset variable has no value at all; `none` is None."""

INT_MAX = 2**63 - 1
TEXT_MAX = 65_536
"""The longest text a variable may hold, in code points."""


def whole(number: int) -> int:
    """`number`, if an `int` of the language can hold it: between -(2**63 - 1) and 2**63 - 1.

    >>> whole(40 + 2)
    42
    """
    if -INT_MAX <= number <= INT_MAX:
        return number
    raise OutOfBounds(
        f"the result has {len(str(abs(number)))} digits: an int lies between -(2**63 - 1) and 2**63 - 1"
    )


def joined(left: str, right: str) -> str:
    """Two texts as one, no longer than `TEXT_MAX` code points.

    >>> joined("ab", "c")
    'abc'
    """
    if len(left) + len(right) > TEXT_MAX:
        raise OutOfBounds(
            f"the text would be {len(left) + len(right)} characters long: the limit is {TEXT_MAX}"
        )
    return left + right


def to_json(value: Value) -> str | int | bool | None:
    """`value` as JSON holds it."""
    return value


def from_json(data: object) -> Value:
    """The value that `to_json` wrote.

    Raises `ValueError` where `data` is not of its making.
    """
    if data is None or isinstance(data, str | int):
        return data
    raise ValueError(f"not a stored value: {data!r}")
