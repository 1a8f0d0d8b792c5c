"""When which session is due: a heap in memory, one entry for each session.

A message moves the deadline of its session on, so nearly every change is to a later instant. Such a change
only writes the instant into the entry; the heap learns of it when the old instant comes up. The stored
sessions are the truth and the heap a hint: a contact that comes up too early costs one look, and one that is
armed twice fires once.
"""

from __future__ import annotations

import heapq

from flowrt.time import Instant


class _Entry:
    """The place of one contact: at `queued` it comes up, at `due` it is due. A dead one has been replaced."""

    __slots__ = ("contact", "due", "queued")

    def __init__(self, contact: str, due: Instant) -> None:
        self.contact = contact
        self.queued = due
        self.due: Instant | None = due

    def __lt__(self, other: _Entry) -> bool:
        return self.queued < other.queued


class Deadlines:
    """The next deadline of every contact that has one.

    >>> deadlines = Deadlines()
    >>> deadlines.arm("ada", 900)
    >>> deadlines.arm("bob", 500)
    >>> deadlines.arm("ada", 1200)
    >>> deadlines.take_due(1000), deadlines.next
    (['bob'], 1200)
    """

    __slots__ = ("_entries", "_heap")

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._heap: list[_Entry] = []

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def next(self) -> Instant | None:
        """When to look again, in microseconds since the epoch; None where nothing is armed.

        Never later than the earliest deadline, and sometimes earlier.
        """
        return self._heap[0].queued if self._heap else None

    def hint(self, contact: str, due: Instant) -> None:
        """A deadline as it was read somewhere, perhaps a moment ago: it counts unless an earlier one is known."""
        entry = self._entries.get(contact)
        if entry is None or entry.due is None or due < entry.due:
            self.arm(contact, due)

    def arm(self, contact: str, due: Instant | None) -> None:
        """The next deadline of `contact` is now `due`; None where it has none."""
        entry = self._entries.get(contact)
        if entry is not None:
            if due is not None and due >= entry.queued:
                entry.due = due
                return
            del self._entries[contact]
            entry.due = None
        if due is not None:
            entry = self._entries[contact] = _Entry(contact, due)
            heapq.heappush(self._heap, entry)
        if len(self._heap) > 2 * len(self._entries) + 64:
            self._sweep()

    def take_due(self, now: Instant, limit: int = 64) -> list[str]:
        """Contacts that are due at `now`, in the order of their instants; they are armed no more.

        It looks at no more than `limit` entries, so that a crowd of them holds nobody up: there may be more,
        even where the list is empty, for as long as `next` is not after `now`.
        """
        due: list[str] = []
        heap = self._heap
        while heap and heap[0].queued <= now and limit > 0:
            limit -= 1
            entry = heap[0]
            if entry.due is not None and entry.due > entry.queued:
                entry.queued = entry.due
                heapq.heapreplace(heap, entry)
                continue
            heapq.heappop(heap)
            if entry.due is not None:
                del self._entries[entry.contact]
                due.append(entry.contact)
        return due

    def _sweep(self) -> None:
        """Throw out the dead entries: sessions that end fast would leave many, each until its instant."""
        self._heap = list(self._entries.values())
        heapq.heapify(self._heap)
