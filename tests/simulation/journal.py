"""What happened, in order, as a digest that tells two runs apart; written out if asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable


class Violation(AssertionError):
    """Something that must hold does not."""


class Journal:
    """The journal of a run. `write` gets every line, `stop` is called when something does not hold."""

    def __init__(self, now: Callable[[], float], write: Callable[[str], object] | None = None) -> None:
        self._now = now
        self._write = write
        self._digest = hashlib.blake2b(digest_size=16)
        self.violations: list[str] = []
        self.stop: Callable[[], object] = lambda: None

    def says(self, what: str, body: str | None) -> None:
        """Something has happened; `body` is what was stored."""
        line = f"{self._now():.6f} {what}"
        self._digest.update(f"{line} {body}\n".encode("utf-8", "surrogatepass"))
        if self._write is not None:
            self._write(line)

    def fails(self, why: str) -> None:
        """Something does not hold. What comes after the first may come of it."""
        if self.violations:
            return
        self.says(f"!!! {why}", None)
        self.violations.append(why)
        self.stop()

    @property
    def digest(self) -> str:
        """What tells this run from others."""
        return self._digest.hexdigest()
