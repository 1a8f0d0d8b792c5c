"""What `flowc diff` says beforehand is what the runtime does then."""

from __future__ import annotations

from itertools import permutations

import pytest

from flowc.diff.compare import Fate, compare
from flowc.machine import Machine
from flowc.pipeline import compile_flow
from flowc.source import source_of
from tests.runtime.test_spoiled import ASKS, CALLS
from tests.runtime.test_versions import BEFORE, GOES_ON, LED_ASIDE, LED_ON, OUTDATED_BY, WAITS, waiting


def machine(text: str) -> Machine:
    """The machine of a flow."""
    compiled = compile_flow(source_of("form.flow", text))
    assert compiled.machine is not None, compiled.diagnostics
    return compiled.machine


def fates(before: str, after: str) -> dict[str, Fate]:
    """The fate of each wait."""
    return {fate.state.name: fate for fate in compare(machine(before), machine(after))}


@pytest.mark.parametrize("change", GOES_ON)
def test_where_the_runtime_goes_on_nothing_is_lost(change: str) -> None:
    assert fates(BEFORE, GOES_ON[change][0])["ask_age"].verdict == "safe"


@pytest.mark.parametrize(
    "change", [change for change in OUTDATED_BY if not change.startswith("flow file gone")]
)
def test_where_the_runtime_finds_no_place_the_session_is_lost(change: str) -> None:
    fate = fates(BEFORE, OUTDATED_BY[change])["ask_age"]
    assert (fate.verdict, bool(fate.why)) == ("lost", True)


@pytest.mark.parametrize(("before", "after"), list(permutations(WAITS, 2)))
def test_where_something_else_is_awaited_the_session_is_lost(before: str, after: str) -> None:
    fate = fates(waiting(before, aside=False), waiting(after, aside=False))["step"]
    assert (fate.verdict, bool(fate.why)) == ("lost", True)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (LED_ASIDE, LED_ON, "`topic` does not belong to an `anytime` now: its way back is another"),
        (LED_ON, LED_ASIDE, "`topic` belongs to an `anytime` now: its way back is another"),
    ],
)
def test_a_wait_of_an_anytime_is_another_than_one_on_the_way(before: str, after: str, why: str) -> None:
    found = fates(before, after)
    assert (found["topic"].verdict, found["topic"].why) == ("lost", why)
    assert found["ask_name"].verdict == "safe"


def test_a_flow_beside_itself_is_safe() -> None:
    assert {fate.verdict for fate in fates(BEFORE, BEFORE).values()} == {"safe"}


def test_another_question_may_have_to_be_answered_again() -> None:
    after = BEFORE.replace("ask age: int", "ask age: int in 1..150")
    found = fates(BEFORE, after)
    assert (found["ask_age"].verdict, found["ask_age"].why) == (
        "restarts",
        "it asks for `int`, and now it asks for `int in 1..150`",
    )
    assert found["ask_name"].verdict == "safe"


def test_the_reason_is_said_with_the_shortest_conversation() -> None:
    fate = fates(BEFORE, OUTDATED_BY["step inserted before, and needed"])["ask_age"]
    assert fate.why == "`ask_age` needs the variable `city`, which the old flow does not have"
    assert fate.conversation == (
        "user: hello",
        "bot:  Your name?",
        "user: something",
        "bot:  Your age?",
    )


def test_a_rename_is_proposed_where_the_same_is_asked() -> None:
    fate = fates(BEFORE, BEFORE.replace("ask age", "ask years").replace("{age}", "{years}"))["ask_age"]
    assert str(fate.proposal) == "renamed age to years"


def test_a_rename_is_proposed_where_the_names_are_alike() -> None:
    after = BEFORE.replace("ask age", "ask ages").replace("{age}", "{ages}").replace("Your age?", "How old?")
    assert str(fates(BEFORE, after)["ask_age"].proposal) == "renamed age to ages"


def test_no_rename_is_proposed_for_something_else() -> None:
    after = (
        BEFORE.replace("ask age: int", "ask city").replace("{age}", "{city}").replace("Your age?", "Where?")
    )
    assert fates(BEFORE, after)["ask_age"].proposal is None


MAY_BE_UNSET = """\
flow form
timeout 1 hour
on "short" -> goto last
on message -> ask city "Where?" -> goto last
state last
  -> ask name "Your name?"
  -> reply "{name}"
  -> end session
"""


def test_what_may_be_unset_on_one_way_is_lost_on_that_way() -> None:
    after = MAY_BE_UNSET.replace('reply "{name}"', 'reply "{name} {city}"').replace(
        'on "short" -> goto last', 'on "short" -> set city = "?" -> goto last'
    )
    fate = fates(MAY_BE_UNSET, after)["last.ask_name"]
    assert fate.why == "`last.ask_name` needs the variable `city`, which may have no value there"
    assert fate.conversation == ("user: short", "bot:  Your name?")


def test_who_was_asked_where_something_else_is_awaited_now_loses_the_session() -> None:
    fate = fates(ASKS, CALLS)["confirm"]
    assert (fate.verdict, fate.why) == (
        "lost",
        "`confirm` awaits what a session that comes from before does not await",
    )
    assert fates(CALLS, ASKS)["confirm"].verdict == "lost"
