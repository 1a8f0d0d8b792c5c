"""Databases that make a mistake, each of which the simulation must see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from flowrt.abc import CallRow, Change, Lane, OutboxRow
from flowrt.time import Instant
from tests.simulation.database import Database


class ForgetsMarks(Database):
    """It commits the session without the mark of the message."""

    def commit(self, change: Change, worker: int) -> list[int]:
        """As it should be, but for the mark."""
        return super().commit(replace(change, mark=None), worker)


class IgnoresVersions(Database):
    """It takes every change, also one that was made from what is not there any more."""

    def _compare(self, change: Change) -> None:
        super()._compare(replace(change, expects=None))


class ForgetsSome(Database):
    """Now and then it commits the session without what is to be said."""

    def commit(self, change: Change, worker: int) -> list[int]:
        """As it should be, but for every fiftieth outbox."""
        seqs = super().commit(change, worker)
        for lane in dict(change.outbox):
            for seq in seqs:
                if seq % 50 == 0:
                    self._take(change.contact, lane, seq)
        return seqs


class DeletesBeforeSending(Database):
    """What is read to be delivered is gone, whether it is delivered or not."""

    def outbox(self, contact: str, lane: Lane, limit: int, worker: int) -> tuple[int, Sequence[OutboxRow]]:
        """The rows, for the last time."""
        news, rows = super().outbox(contact, lane, limit, worker)
        for row in rows:
            self._take(contact, lane, row.seq)
        return news, rows


class ForgetsDeadlines(Database):
    """Whoever starts again is told of no deadline."""

    def deadlines(self, before: Instant) -> list[tuple[str, Instant]]:  # noqa: ARG002
        """None."""
        return []


class RenamesCalls(Database):
    """A call that is taken up again has another key than before."""

    def calls(self, contact: str | None, worker: int, *, again: bool) -> list[CallRow]:
        """The calls, under other keys."""
        found = super().calls(contact, worker, again=again)
        return [CallRow(row.contact, row.key, row.body.replace("#", "%23")) for row in found]


class KeepsCalls(Database):
    """Calls stay when nobody awaits them any more."""

    def _change_calls(self, change: Change, worker: int) -> None:
        super()._change_calls(replace(change, calls_over=()), worker)


class CountsAnew(Database):
    """A lane that is made anew is counted from 1, so that two states of it look alike."""

    def _append(self, contact: str, lane: Lane, body: str, worker: int) -> int:
        before = self.queues.get((contact, lane))
        news = 1 if before is None else before.news + 1
        seq = super()._append(contact, lane, body, worker)
        self.queues[contact, lane].news = news
        return seq


class GivesOnce(Database):
    """What it gave to a worker that did not hear it stays given."""

    def undelivered(self, lane: Lane, worker: int, *, again: bool) -> list[str]:  # noqa: ARG002
        """Those that nobody has."""
        return super().undelivered(lane, worker, again=False)


class MixesUp(Database):
    """It gives the rows of the outbox in another order."""

    def outbox(self, contact: str, lane: Lane, limit: int, worker: int) -> tuple[int, Sequence[OutboxRow]]:
        """The last first."""
        news, rows = super().outbox(contact, lane, limit, worker)
        return news, rows[::-1]


class DeletesTooMuch(Database):
    """With what was delivered it deletes the row behind."""

    def delivered(self, contact: str, lane: Lane, seqs: Iterable[int], worker: int, news: int) -> bool:
        """Everything up to the last, and one more."""
        rows = self.outbox_rows.get((contact, lane), {})
        last = max(seqs, default=0)
        return super().delivered(contact, lane, [seq for seq in rows if seq <= last + 1], worker, news)
