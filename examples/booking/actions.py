"""What the booking flow asks of the salon: its calendar, and how it says days and times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from booking_flow import Appointment

from flowrt import current_call

SERVICES = ("Cut", "Colour", "Beard")
OPENS, CLOSES = 9, 18
SUNDAY = 6
SLOT = timedelta(minutes=30)


class BookingActions:
    """A calendar in memory. All times are in UTC."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self.appointments: dict[str, Appointment] = {}

    # Actions

    async def free_times(self, day: date) -> tuple[str, ...]:
        """The times of day at which something is free, the first five of them."""
        free = [at for at in _slots(day) if await self.is_free(at)]
        return tuple(f"{at:%H:%M}" for at in free[:5])

    async def is_free(self, at: datetime) -> bool:
        taken = {appointment.at for appointment in self.appointments.values()}
        return at > self.clock() and at in _slots(at.date()) and at not in taken

    async def book(self, contact: str, service: str, at: datetime) -> Appointment | None:
        """Book a time, or None where somebody was faster. A call that comes twice books once."""
        id = f"{contact} {current_call().id}"
        if id not in self.appointments:
            if not await self.is_free(at):
                return None
            self.appointments[id] = Appointment(id=id, service=service, at=at)
        return self.appointments[id]

    async def move(self, id: str, to: datetime) -> bool:
        appointment = self.appointments.get(id)
        if appointment is None or not (appointment.at == to or await self.is_free(to)):
            return False
        self.appointments[id] = Appointment(id=id, service=appointment.service, at=to)
        return True

    async def cancel(self, id: str) -> bool:
        """Whether there is no such appointment any more."""
        self.appointments.pop(id, None)
        return True

    # Functions

    def services(self) -> tuple[str, ...]:
        return SERVICES

    def service_called(self, name: str) -> str | None:
        return next((service for service in SERVICES if service.casefold() == name.strip().casefold()), None)

    def opening_hours(self, day: date) -> str | None:
        return None if day.weekday() == SUNDAY else f"{OPENS}:00 to {CLOSES}:00"

    def day_in_words(self, day: date) -> str:
        return f"{day:%A} {day.day} {day:%B}"

    def in_words(self, at: datetime) -> str:
        return f"on {self.day_in_words(at.date())} at {at:%H:%M}"

    def time_on(self, day: date, slot: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(slot), UTC)


def _slots(day: date) -> list[datetime]:
    """The times at which an appointment may begin on a day."""
    opens = datetime.combine(day, time(OPENS), UTC)
    count = 0 if day.weekday() == SUNDAY else timedelta(hours=CLOSES - OPENS) // SLOT
    return [opens + SLOT * number for number in range(count)]
