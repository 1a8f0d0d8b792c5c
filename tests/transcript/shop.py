"""A flow written by hand, with everything that a transcript can say: media, events, functions, records, teams."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flowrt.generated import (
    DECIMAL,
    INT,
    TEXT,
    Flow,
    Record,
    Variables,
    call_failed,
    end_by_host,
    expire_session,
    fail_session,
    hold_message,
    optional,
    record,
    say_failure,
)
from flowrt.kinds import DATE


class Order(Record):
    __slots__ = ("due", "number", "status")
    number: int
    status: str
    due: date | None


ORDER = record(Order, number=INT, status=TEXT, due=optional(DATE))


class Vars(Variables):
    __slots__ = ("amount", "menu_order")
    kept = ("amount",)
    names = {"menu_order": "menu/find.order"}  # noqa: RUF012 - as the base class has it
    kinds = {"amount": DECIMAL, "menu_order": ORDER}  # noqa: RUF012


def says(text: str) -> Any:
    def guard(event: Any) -> bool:
        return bool(event.args[0].folded == text)

    return guard


def has(kind: Any) -> Any:
    def guard(event: Any) -> bool:
        return bool(event.args[0].has(kind))

    return guard


def open_session(event: Any) -> None:
    event.args[0].open(expire=3600)


def welcome(event: Any) -> None:
    event.args[0].reply(f"Welcome, {event.model.name or event.model.contact}.", ("Find", "When"))


def wait(event: Any) -> None:
    event.args[0].arrive(("after_5_minutes", 300))


def call_wait(event: Any) -> None:
    event.args[0].arrive(("result", 30), pending=True)


def remind(event: Any) -> None:
    event.args[0].reply("Still there?")


def look_at_image(event: Any) -> None:
    media = event.args[0].media
    event.args[0].reply(f"{media.mime} {media.size} {event.args[0].text}".strip())


def look_at_place(event: Any) -> None:
    media = event.args[0].media
    event.args[0].reply(f"{media.latitude}, {media.longitude}")


def find(event: Any) -> None:
    event.args[0].call("find", 30.0, number=7, before=date(2026, 1, 5))


def pay(event: Any) -> None:
    event.args[0].call_secretly("pay", 30.0, pin="1234")


def tell_order(event: Any) -> None:
    order = event.args[0].result(ORDER)
    event.model.vars.menu_order = order
    event.args[0].reply(f"Order {order.number} is {order.status}.")


def gave_order(event: Any) -> bool:
    return bool(event.args[0].gave(ORDER))


def tell_success(event: Any) -> None:
    event.args[0].reply("Done.")


def tell_failure(event: Any) -> None:
    event.args[0].reply("It failed.")


def tell_day(event: Any) -> None:
    turn = event.args[0]
    turn.reply(f"It is {turn.apply('short_date', TEXT, turn.today)}.")


def show(event: Any) -> None:
    turn = event.args[0]
    turn.emit("shown", count=1, price=Decimal("2.50"))
    turn.reply_with("image", "https://example.com/menu.png", "The menu")


def is_paid(event: Any) -> bool:
    return bool(event.args[0].carries(amount=DECIMAL))


def take_amount(event: Any) -> None:
    event.model.vars.amount = event.args[0].carried("amount", DECIMAL)
    event.args[0].reply(f"Paid {event.model.vars.amount}.")


def hand_over(event: Any) -> None:
    event.args[0].hand_over("support")


ROWS: list[dict[str, Any]] = [
    {"trigger": "open", "source": "start", "dest": "menu", "before": [open_session, welcome]},
    {"trigger": "message", "source": "start", "dest": "menu", "before": [open_session, welcome]},
    {
        "trigger": "message",
        "source": "menu",
        "dest": None,
        "conditions": has("image"),
        "before": look_at_image,
    },
    {
        "trigger": "message",
        "source": "menu",
        "dest": None,
        "conditions": has("location"),
        "before": look_at_place,
    },
    {"trigger": "message", "source": "menu", "dest": "find", "conditions": says("find"), "before": find},
    {"trigger": "message", "source": "menu", "dest": "find", "conditions": says("pay"), "before": pay},
    {"trigger": "message", "source": "menu", "dest": None, "conditions": says("when"), "before": tell_day},
    {
        "trigger": "message",
        "source": "menu",
        "dest": "start",
        "conditions": says("team"),
        "before": hand_over,
    },
    {"trigger": "message", "source": "menu", "dest": None, "before": show},
    {"trigger": "after_5_minutes", "source": "menu", "dest": None, "before": remind},
    {"trigger": "event paid", "source": "menu", "dest": None, "conditions": is_paid, "before": take_amount},
    {"trigger": "message", "source": "find", "dest": None, "before": hold_message},
    {
        "trigger": "result",
        "source": "find",
        "dest": "menu",
        "conditions": call_failed,
        "before": tell_failure,
    },
    {"trigger": "result", "source": "find", "dest": "menu", "conditions": gave_order, "before": tell_order},
    {"trigger": "result", "source": "find", "dest": "menu", "before": tell_success},
    {"trigger": "expire", "source": ["menu", "find"], "dest": "start", "before": expire_session},
    {"trigger": "end", "source": ["menu", "find"], "dest": "start", "before": end_by_host},
    {"trigger": "failed", "source": ["menu", "find"], "dest": "start", "before": [say_failure, fail_session]},
]

SHOP: Flow[Any] = Flow(
    name="shop",
    source="shop.flow",
    format=1,
    compiler="0.1.0",
    states=[{"name": "start"}, {"name": "menu", "on_enter": wait}, {"name": "find", "on_enter": call_wait}],
    transitions=ROWS,
    initial="start",
    variables=Vars,
    actions=("find", "pay"),
    returning=("find",),
    functions=("short_date",),
    records=(Order,),
)
