"""What an engine keeps of one contact, and what each event makes of it."""

from __future__ import annotations

from flowrt.abc import LETTERS_LIVE, Change
from flowrt.engines.keeping import LETTERS, LOST, OVERDUE, Kept, Row
from flowrt.engines.requests import key_of
from flowrt.time import SECOND


def test_marks_are_forgotten_after_eight_days_and_the_timer_is_set_for_that() -> None:
    day = 24 * 60 * 60 * SECOND
    kept = Kept({"marks.0": '["m1"]', "marks.1": '["m2"]'})
    assert kept.needs_alarm(0) == 9 * day
    kept.forget_old(9 * day - 1)
    assert kept.knows("m1")
    kept.forget_old(9 * day)
    assert (kept.knows("m1"), kept.knows("m2")) == (False, True)
    kept.forget_old(10 * day)
    assert kept.dump() == {}


def test_a_message_that_was_accepted_long_before_it_is_handled_is_remembered_as_long() -> None:
    week = 7 * 24 * 60 * 60 * SECOND
    kept = Kept({})
    kept.take(Change("ada", at=5, session=None, due=None, mark="m1"), 2 * week)
    kept.forget_old(3 * week)
    assert Kept(kept.dump()).knows("m1")


def test_a_timer_that_is_lost_is_set_again() -> None:
    kept = Kept({"session": "{}", "due": "50", "timer": '[50,"a","inv"]'})
    assert kept.needs_alarm(50) is None
    assert kept.needs_alarm(50 + OVERDUE) == 50


def test_keys_of_contacts_are_ascii_and_tell_them_apart() -> None:
    keys = [key_of(contact) for contact in ("a b", "a%20b", "é", "\ud800", "a\x00")]
    assert keys == ["a%20b", "a%2520b", "%C3%A9", "%ED%A0%80", "a%00"]


def delivering() -> Kept:
    """Somebody to whom something is being delivered, since the instant 5."""
    kept = Kept({})
    kept.take(Change("ada", at=5, session=None, due=None, outbox=[("reply", "one"), ("notice", "two")]), 5)
    assert kept.begin_delivery("reply", "first", 5) == [Row(1, "reply", "one")]
    return kept


def test_a_lane_has_one_delivery_at_a_time() -> None:
    kept = Kept(delivering().dump())
    kept.take(Change("ada", at=6, session=None, due=None, outbox=[("reply", "three")]), 6)
    assert kept.begin_delivery("reply", "second", 6) == []
    assert kept.begin_delivery("notice", "third", 6) == [Row(2, "notice", "two")]
    assert kept.end_delivery("first", [1], {}, 7)
    assert kept.begin_delivery("reply", "fourth", 7) == [Row(3, "reply", "three")]


def test_a_delivery_of_which_nothing_is_heard_is_given_up_and_not_heard_later() -> None:
    kept = delivering()
    assert kept.begin_delivery("reply", "second", 5 + LOST - 1) == []
    assert kept.begin_delivery("reply", "third", 5 + LOST) == [Row(1, "reply", "one")]
    assert not kept.end_delivery("first", [1], {}, 5 + LOST)
    assert [row.body for row in kept.outbox.rows] == ["one", "two"]
    assert kept.end_delivery("third", [1], {}, 5 + LOST)
    assert [row.body for row in kept.outbox.rows] == ["two"]


def test_what_comes_back_for_who_was_erased_is_not_heard() -> None:
    kept = Kept({})
    kept.take(Change("ada", at=9, session=None, due=None, outbox=[("reply", "of today")]), 9)
    kept.begin_delivery("reply", "new", 9)
    assert not kept.end_delivery("old", [1], {}, 9)
    assert [row.body for row in kept.outbox.rows] == ["of today"]


def test_what_is_scheduled_is_the_timer_and_the_deliveries_that_begin_later() -> None:
    kept = Kept(delivering().dump() | {"timer": '[50,"a","inv_timer"]'})
    assert kept.scheduled == ["inv_timer"]
    kept.begins_later("first", "inv_delivery")
    assert Kept(kept.dump()).scheduled == ["inv_timer", "inv_delivery"]


def test_of_sessions_that_ended_by_a_fault_the_last_are_remembered_for_a_month() -> None:
    kept = Kept({})
    for number in range(LETTERS + 1):
        kept.take(Change("ada", at=5, session=None, due=None, letters=[f"letter {number}"]), 5)
    kept = Kept(kept.dump())
    assert [row.body for row in kept.letters("ada")] == [f"letter {number + 1}" for number in range(LETTERS)]
    assert kept.needs_alarm(6) == 5 + LETTERS_LIVE
    kept.forget_old(4 + LETTERS_LIVE)
    assert len(kept.letters("ada")) == LETTERS
    kept.forget_old(5 + LETTERS_LIVE)
    assert kept.dump() == {}


def test_a_letter_has_the_number_of_nothing_else_and_is_discarded_by_it() -> None:
    kept = Kept({})
    kept.take(Change("ada", at=5, session=None, due=None, letters=["first", "second"]), 5)
    kept = Kept(kept.dump())
    kept.take(Change("ada", at=5, session=None, due=None, outbox=[("reply", "one")]), 5)
    assert [row.seq for row in kept.outbox.rows] == [3]
    assert (kept.discard_letters([1, 3]), [row.body for row in kept.letters("ada")]) == (1, ["second"])
    assert (kept.discard_letters([]), kept.letters("ada")) == (1, [])
