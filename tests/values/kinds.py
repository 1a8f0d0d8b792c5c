"""Records and strategies that the tests of values share."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from flowrt.arithmetic import exact
from flowrt.errors import OutOfBounds
from flowrt.values import DURATION_MAX, INT_MAX, Media, Record, Records, Value


class Order(Record):
    """A record as a generated module declares it."""

    __slots__ = ("due", "number", "status")
    number: int
    status: str
    due: date | None


class class_(Record, name="class"):
    """A record, and fields, with names that mean something else in Python."""

    __slots__ = ("class_", "self_", "value")
    class_: Value
    self_: Value
    value: Value


RECORDS: Records = {"Order": Order, "class": class_}


def is_exact(number: Decimal) -> bool:
    """Whether a decimal of the language can hold `number`."""
    try:
        exact(number)
    except OutOfBounds:
        return False
    return True


texts = st.text(max_size=20)
ints = st.integers(-INT_MAX, INT_MAX)
decimals = st.decimals(allow_nan=False, allow_infinity=False).filter(is_exact)
datetimes = st.datetimes(timezones=st.just(UTC))
times = st.times()
durations = st.timedeltas(-DURATION_MAX, DURATION_MAX)
sizes = st.none() | st.integers(0, INT_MAX)
media = st.builds(
    Media,
    st.sampled_from(["image", "audio", "video", "document", "location"]),
    url=st.none() | texts,
    id=st.none() | texts,
    mime=st.none() | texts,
    size=sizes,
    name=st.none() | texts,
    latitude=st.none() | decimals,
    longitude=st.none() | decimals,
)
plain: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.booleans(), texts, ints, decimals, st.dates(), times, datetimes, durations, media
)


def _holding(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.one_of(
        st.lists(inner, max_size=4).map(tuple),
        st.builds(Order, number=ints, status=texts, due=st.none() | st.dates()),
        st.builds(class_, class_=inner, self_=inner, value=inner),
    )


values: st.SearchStrategy[Value] = st.recursive(plain, _holding, max_leaves=8)
"""Any value of the language; a few are too deep, which `OutOfBounds` says when they are made."""

DAY = timedelta(days=1)
