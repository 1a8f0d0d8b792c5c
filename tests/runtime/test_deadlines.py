"""The heap of deadlines agrees with the simplest thing that could do the same."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from flowrt.deadlines import Deadlines

contacts = st.sampled_from("abcde")
steps = st.lists(st.tuples(contacts, st.none() | st.integers(0, 100), st.integers(0, 20)), max_size=60)


def all_due(deadlines: Deadlines, now: int) -> list[str]:
    """Every contact that is due."""
    due: list[str] = []
    while deadlines.next is not None and deadlines.next <= now:
        due += deadlines.take_due(now, limit=2)
    return due


@given(steps)
@example([("a", 1, 0), ("a", 2, 0), ("b", 1, 0), ("a", None, 2)])
def test_what_comes_up_is_what_is_due(steps: list[tuple[str, int | None, int]]) -> None:
    deadlines, model, now = Deadlines(), dict[str, int](), 0
    for contact, due, passed in steps:
        now += passed
        expected = sorted((at, who) for who, at in model.items() if at <= now)
        fired = all_due(deadlines, now)
        assert sorted(fired) == sorted(who for _, who in expected)
        assert [model[who] for who in fired] == sorted(model[who] for who in fired)
        for _, who in expected:
            del model[who]
        deadlines.arm(contact, due)
        model.pop(contact, None)
        if due is not None:
            model[contact] = due
        assert len(deadlines) == len(model)
        assert deadlines.next is None or not model or deadlines.next <= min(model.values())


def test_moving_a_deadline_on_keeps_one_entry() -> None:
    deadlines = Deadlines()
    for due in range(10_000):
        deadlines.arm("ada", due)
    assert len(deadlines._heap) == 1


def test_sessions_that_come_and_go_leave_no_pile() -> None:
    deadlines = Deadlines()
    for number in range(10_000):
        deadlines.arm(f"contact {number}", 10**12)
        deadlines.arm(f"contact {number}", None)
    assert len(deadlines) == 0
    assert len(deadlines._heap) <= 100


def test_a_hint_counts_unless_an_earlier_deadline_is_known() -> None:
    deadlines = Deadlines()
    for contact, due in [("ada", 30), ("bob", 10), ("eve", 20), ("bob", 40), ("ada", 15)]:
        deadlines.hint(contact, due)
    assert deadlines.next == 10
    assert deadlines.take_due(25) == ["bob", "ada", "eve"]
