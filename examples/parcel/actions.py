"""What the parcel flow asks of the carrier: its parcels, its drivers and its lockers."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import date

from parcel_flow import Parcel


class ParcelActions:
    """A carrier in memory: its parcels by number, whom each is for, and the code that opens a locker for it."""

    def __init__(
        self, parcels: Mapping[str, Parcel], contacts: Mapping[str, str], codes: Mapping[str, str]
    ) -> None:
        self.parcels = parcels
        self.contacts = contacts
        self.codes = codes
        self.spots: dict[str, str] = {}
        self.complaints: list[tuple[str, str]] = []

    # Actions

    async def next_parcel(self, contact: str) -> Parcel | None:
        number = self.contacts.get(contact)
        return None if number is None else self.parcels.get(number)

    async def find_parcel(self, number: str) -> Parcel | None:
        return self.parcels.get(number.strip().upper())

    async def leave_at(self, number: str, spot: str) -> None:
        self.spots[number] = spot

    async def open_locker(self, number: str, locker: str, code: str) -> bool:
        """Whether the code is that of the parcel; then the door of `locker` is open. It is written down nowhere."""
        if not hmac.compare_digest(self.codes.get(number, "").encode(), code.strip().encode()):
            return False
        print(f"(locker {locker} opens)", flush=True)
        return True

    async def complain(self, number: str, what: str) -> None:
        self.complaints.append((number, what))

    # Functions

    def day(self, due: date) -> str:
        return f"on {due:%A} {due.day} {due:%B}"
