"""What the support desk asks of the shop."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from support_flow import Order

from flowrt import current_call

OPENS, CLOSES = 9, 17
SATURDAY = 5


def some_orders() -> dict[str, Order]:
    """Orders to talk about, by their references."""
    due = datetime.now(UTC).date() + timedelta(days=4)
    return {
        order.reference: order
        for order in (
            Order(reference="10042", status="on its way", items=("a lamp", "two bulbs"), due=due),
            Order(reference="10043", status="being packed", items=("a green chair",), due=None),
        )
    }


class SupportActions:
    """A shop with two orders, whose team is in on working days. Tickets are lines of a file."""

    def __init__(
        self,
        orders: dict[str, Order] | None = None,
        tickets: Path = Path("tickets.jsonl"),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.orders = some_orders() if orders is None else orders
        self.tickets = tickets
        self.clock = clock

    async def find_order(self, reference: str) -> Order | None:
        return self.orders.get(reference)

    async def cancel_order(self, reference: str) -> bool:
        """Whether the order is cancelled now: also if it was before, since a call may come twice."""
        order = self.orders.get(reference)
        if order is None or order.status not in {"being packed", "packed", "cancelled"}:
            return False
        self.orders[reference] = Order(reference=reference, status="cancelled", items=order.items, due=None)
        return True

    async def team_is_in(self) -> bool:
        now = self.clock()
        return now.weekday() < SATURDAY and OPENS <= now.hour < CLOSES

    def open_ticket(self, contact: str, topic: str, note: str, reply_to: str | None) -> str:
        """Open a ticket: a call that comes twice opens it once."""
        call = f"{contact} {current_call().id}"
        self.tickets.touch()
        tickets = [json.loads(line) for line in self.tickets.read_text(encoding="utf-8").splitlines()]
        known = [ticket["number"] for ticket in tickets if ticket["call"] == call]
        number = known[0] if known else len(tickets) + 1
        if not known:
            ticket = {"number": number, "call": call, "topic": topic, "note": note, "reply_to": reply_to}
            with self.tickets.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(ticket)}\n")
        return f"T-{number}"

    def day_in_words(self, day: date) -> str:
        return f"{day:%A} {day.day} {day:%B}"

    def hours_in_words(self, day: date) -> str:
        if day.weekday() < SATURDAY:
            return f"Today we are here from {OPENS} to {CLOSES}, UTC."
        return f"We are here from {OPENS} to {CLOSES}, UTC, from Monday to Friday."
