"""The bounds of one event: how many choices it may pass and how many replies it may cause."""

from __future__ import annotations

from typing import Any

from flowrt.effects import Ended, Reply
from flowrt.events import Message
from flowrt.generated import EventData, Flow, Variables, advance, end_session, fail_session, say_failure
from flowrt.limits import MAX_REPLIES, MAX_STEPS

Event = EventData[Variables]


def chatter(event: Event) -> None:
    event.args[0].open(expire=None)
    for number in range(MAX_REPLIES + 1):
        event.args[0].reply(str(number))


def opening(event: Event) -> None:
    event.args[0].open(expire=None)


def flow_of(transitions: list[dict[str, Any]]) -> Flow[Variables]:
    failed = {
        "trigger": "failed",
        "source": ["start", "round"],
        "dest": "start",
        "before": [say_failure, fail_session],
    }
    return Flow(
        name="bounds",
        source="bounds.flow",
        format=1,
        compiler="0",
        states=[{"name": "start"}, {"name": "round", "on_enter": advance}],
        transitions=[*transitions, failed],
        initial="start",
        variables=Variables,
        actions=(),
    )


def ends(flow: Flow[Variables]) -> tuple[int, list[Ended]]:
    effects = flow.step(flow.session("ada"), Message("1", "ada", "hi"), 1)
    replies = sum(isinstance(effect, Reply) for effect in effects)
    return replies, [effect for effect in effects if isinstance(effect, Ended)]


def test_too_many_replies_fail_the_session() -> None:
    row = {"trigger": "message", "source": "start", "dest": "start", "before": [chatter, end_session]}
    replies, [ended] = ends(flow_of([row]))
    assert ended.reason == "failed"
    assert ended.cause == f"TooManyReplies: one event caused more than {MAX_REPLIES} replies"
    assert replies == MAX_REPLIES + 1  # the last one says that something went wrong


def test_a_circle_without_a_wait_fails_the_session() -> None:
    rows: list[dict[str, Any]] = [
        {"trigger": "message", "source": "start", "dest": "round", "before": opening},
        {"trigger": "advance", "source": "round", "dest": "round"},
    ]
    replies, [ended] = ends(flow_of(rows))
    assert replies == 1
    assert ended.cause == f"TooManySteps: one event passed more than {MAX_STEPS} choices"
