"""The flow `feedback`, compiled from feedback.flow by flowc 0.1.0: edit the flow, not this module.

format 1, sha256 of feedback.flow 0000
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Final, Literal, Protocol

from flowrt.generated import (
    EventData,
    Flow,
    IntAnswer,
    TextAnswer,
    advance,
    arrive,
    call_failed,
    come_back,
    count_try,
    end_by_host,
    end_session,
    expire_session,
    fail_session,
    hold_message,
    interrupt,
    render,
    say_again,
    say_failure,
    says_again,
)
from flowrt.generated import (
    Variables as _Variables,
)

StateName = Literal[
    "start", "ask_name", "ask_rating", "when_rating_2", "unhappy", "ask_comment", "save_feedback", "resume"
]


class Variables(_Variables):
    """What a session remembers."""

    __slots__ = ("name", "rating", "comment")  # noqa: RUF023 - in order of declaration
    name: str
    rating: int
    comment: str | None


class Actions(Protocol):
    """What the bot must be able to do."""

    def save_feedback(self, name: str, rating: int, comment: str | None) -> Awaitable[None] | None:
        """`action save_feedback(name: text, rating: int, comment: text?)`"""  # feedback.flow:5
        ...


Event = EventData[Variables]

NAME = TextAnswer()
RATING = IntAnswer(1, 5)
UNHAPPY = TextAnswer()
COMMENT = TextAnswer()


# Guards: whether a transition may be taken.


def says_stop(event: Event) -> bool:
    return event.args[0].folded in {"stop", "cancel"}  # feedback.flow:7


def says_help(event: Event) -> bool:
    return event.args[0].folded in {"help"}  # feedback.flow:8


def says_no(event: Event) -> bool:
    return event.args[0].folded in {"no", "nope"}  # feedback.flow:22


def reads_name(event: Event) -> bool:
    return event.args[0].reads(NAME)


def reads_rating(event: Event) -> bool:
    return event.args[0].reads(RATING)


def reads_unhappy(event: Event) -> bool:
    return event.args[0].reads(UNHAPPY)


def reads_comment(event: Event) -> bool:
    return event.args[0].reads(COMMENT)


def third_try_of_rating(event: Event) -> bool:
    return event.model.tries + 1 >= 3


def when_rating_at_most_2(event: Event) -> bool:
    v = event.model.vars
    return v.rating <= 2  # feedback.flow:16


def left_ask_name(event: Event) -> bool:
    return event.model.interrupted is not None and event.model.interrupted.state == "ask_name"


def left_ask_rating(event: Event) -> bool:
    return event.model.interrupted is not None and event.model.interrupted.state == "ask_rating"


def left_unhappy(event: Event) -> bool:
    return event.model.interrupted is not None and event.model.interrupted.state == "unhappy"


def left_ask_comment(event: Event) -> bool:
    return event.model.interrupted is not None and event.model.interrupted.state == "ask_comment"


def left_save_feedback(event: Event) -> bool:
    return event.model.interrupted is not None and event.model.interrupted.state == "save_feedback"


# Effects: what a transition does.


def open_session(event: Event) -> None:
    event.args[0].open(expire=900)


def say_hi_three_quick(event: Event) -> None:
    event.args[0].reply("Hi! Three quick questions.")


def say_okay_cancelled(event: Event) -> None:
    event.args[0].reply("Okay, cancelled.")


def say_im_collecting(event: Event) -> None:
    event.args[0].reply("I'm collecting feedback on your order.")


def say_lets_pick_this_up(event: Event) -> None:
    event.args[0].reply("Let's pick this up another time.")


def prompt_name(event: Event) -> None:
    event.args[0].reply("What's your name?")


def store_name(event: Event) -> None:
    event.model.vars.name = event.args[0].answer(NAME)


def prompt_rating(event: Event) -> None:
    event.args[0].reply("How was it, from 1 to 5?")


def store_rating(event: Event) -> None:
    event.model.vars.rating = event.args[0].answer(RATING)


def retry_name(event: Event) -> None:
    event.args[0].reply("Please send me a text.")


def retry_rating(event: Event) -> None:
    event.args[0].reply("A whole number from 1 to 5, please.")


def say_lets_leave_it(event: Event) -> None:
    event.args[0].reply("Let's leave it there.")


def prompt_unhappy(event: Event) -> None:
    v = event.model.vars
    event.args[0].reply(render("Sorry to hear that, ", v.name, ". What went wrong?"))


def store_unhappy(event: Event) -> None:
    event.model.vars.comment = event.args[0].answer(UNHAPPY)


def prompt_comment(event: Event) -> None:
    event.args[0].reply("Great! Anything to add?")


def store_comment(event: Event) -> None:
    event.model.vars.comment = event.args[0].answer(COMMENT)


def set_comment(event: Event) -> None:
    event.model.vars.comment = None


def say_take_your_time(event: Event) -> None:
    event.args[0].reply("Take your time, I'm still here.")


def call_save_feedback(event: Event) -> None:
    v = event.model.vars
    event.args[0].call("save_feedback", 30.0, name=v.name, rating=v.rating, comment=v.comment)


def say_i_couldnt_save(event: Event) -> None:
    event.args[0].reply("I couldn't save that just now, but I've noted it.")


def say_thanks(event: Event) -> None:
    v = event.model.vars
    event.args[0].reply(
        render("Thanks, ", v.name, "! Your feedback has been received. You can message us again anytime.")
    )


# Arrivals.


def arrive_unhappy(event: Event) -> None:
    event.args[0].arrive(("after_5_minutes", 300))


def arrive_save_feedback(event: Event) -> None:
    event.args[0].arrive(("result", 30), pending=True)


WAITS: Final = ["ask_name", "ask_rating", "unhappy", "ask_comment", "save_feedback"]

STATES: Final[list[dict[str, Any]]] = [
    {"name": "start"},
    {"name": "ask_name", "on_enter": arrive},
    {"name": "ask_rating", "on_enter": arrive},
    {"name": "when_rating", "on_enter": advance},
    {"name": "unhappy", "on_enter": arrive_unhappy},
    {"name": "ask_comment", "on_enter": arrive},
    {"name": "save_feedback", "on_enter": arrive_save_feedback},
    {"name": "resume", "on_enter": advance},
]

TRANSITIONS: Final[list[dict[str, Any]]] = [
    {
        "trigger": "message",
        "source": "start",
        "dest": "ask_name",
        "before": [open_session, say_hi_three_quick, prompt_name],
    },
    # patterns
    {
        "trigger": "message",
        "source": "ask_comment",
        "conditions": says_no,
        "dest": "save_feedback",
        "before": [set_comment, call_save_feedback],
    },
    {
        "trigger": "message",
        "source": WAITS,
        "conditions": says_stop,
        "dest": "start",
        "before": [interrupt, say_okay_cancelled, end_session],
    },
    {
        "trigger": "message",
        "source": WAITS,
        "conditions": says_help,
        "dest": "resume",
        "before": [interrupt, say_im_collecting, say_again],
    },
    # answers
    {
        "trigger": "message",
        "source": "ask_name",
        "conditions": reads_name,
        "dest": "ask_rating",
        "before": [store_name, prompt_rating],
    },
    {"trigger": "message", "source": "ask_name", "dest": None, "before": [count_try, retry_name]},
    {
        "trigger": "message",
        "source": "ask_rating",
        "conditions": reads_rating,
        "dest": "when_rating",
        "before": store_rating,
    },
    {
        "trigger": "message",
        "source": "ask_rating",
        "conditions": third_try_of_rating,
        "dest": "start",
        "before": [say_lets_leave_it, end_session],
    },
    {"trigger": "message", "source": "ask_rating", "dest": None, "before": [count_try, retry_rating]},
    {
        "trigger": "message",
        "source": "unhappy",
        "conditions": reads_unhappy,
        "dest": "save_feedback",
        "before": [store_unhappy, call_save_feedback],
    },
    {"trigger": "message", "source": "unhappy", "dest": None, "before": [count_try, retry_name]},
    {
        "trigger": "message",
        "source": "ask_comment",
        "conditions": reads_comment,
        "dest": "save_feedback",
        "before": [store_comment, call_save_feedback],
    },
    {"trigger": "message", "source": "ask_comment", "dest": None, "before": [count_try, retry_name]},
    {"trigger": "message", "source": "save_feedback", "dest": None, "before": hold_message},
    {
        "trigger": "advance",
        "source": "when_rating",
        "conditions": when_rating_at_most_2,
        "dest": "unhappy",
        "before": prompt_unhappy,
    },
    {"trigger": "advance", "source": "when_rating", "dest": "ask_comment", "before": prompt_comment},
    {
        "trigger": "result",
        "source": "save_feedback",
        "conditions": call_failed,
        "dest": "start",
        "before": [say_i_couldnt_save, say_thanks, end_session],
    },
    {"trigger": "result", "source": "save_feedback", "dest": "start", "before": [say_thanks, end_session]},
    {"trigger": "after_5_minutes", "source": "unhappy", "dest": None, "before": say_take_your_time},
    {
        "trigger": "expire",
        "source": WAITS,
        "dest": "start",
        "before": [say_lets_pick_this_up, expire_session],
    },
    {"trigger": "end", "source": WAITS, "dest": "start", "before": end_by_host},
    {
        "trigger": "failed",
        "source": ["start", *WAITS, "when_rating", "resume"],
        "dest": "start",
        "before": [say_failure, fail_session],
    },
    *(
        {
            "trigger": "advance",
            "source": "resume",
            "conditions": [left, says_again],
            "dest": state,
            "before": [come_back, *prompt],
        }
        for state, left, prompt in [
            ("ask_name", left_ask_name, [prompt_name]),
            ("ask_rating", left_ask_rating, [prompt_rating]),
            ("unhappy", left_unhappy, [prompt_unhappy]),
            ("ask_comment", left_ask_comment, [prompt_comment]),
            ("save_feedback", left_save_feedback, []),
        ]
    ),
]

INITIAL: Final = "start"

flow = Flow(
    name="feedback",
    source="feedback.flow",
    format=1,
    compiler="0.1.0",
    states=STATES,
    transitions=TRANSITIONS,
    initial=INITIAL,
    variables=Variables,
    actions=("save_feedback",),
)
