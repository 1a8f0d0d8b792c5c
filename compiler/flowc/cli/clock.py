"""The clock of a conversation in the terminal: that of the machine, and what `:wait` has added to it."""

from __future__ import annotations

from flowrt.time import Clock, FakeClock, Instant, Period, SystemClock


class ChatClock(FakeClock):
    """Runs as `base` does, put forward by some period; it can be stopped, and then moved by hand.

    It counts as moved by hand all the time, so the bot leaves it to the chat to fire what is due.

    >>> clock = ChatClock(FakeClock(at=5))
    >>> clock.stop()
    >>> clock.set(70)
    >>> clock.go_on()
    >>> clock.now()
    70
    """

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        self._shift: Period = 0
        self._stopped = False
        super().__init__(self._base.now())

    def now(self) -> Instant:
        """The present instant of the conversation."""
        return super().now() if self._stopped else self._base.now() + self._shift

    def stop(self) -> None:
        """Stand still, to be moved by `set` and `advance`."""
        self.set(self.now())
        self._stopped = True

    def go_on(self) -> None:
        """Run on from where it stands."""
        self._shift = super().now() - self._base.now()
        self._stopped = False
