"""Chance, and the faults that it brings: all of it drawn from one seed, so that a run can be had again."""

from __future__ import annotations

import logging
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from flowrt.log import logger


@contextmanager
def pinned(seed: int) -> Iterator[None]:
    """Whatever is drawn at random meanwhile, by the runtime too, comes from `seed`. The runtime logs nothing."""
    before, fresh, level = random.getstate(), uuid.uuid4, logger.level
    ids = Random(f"ids {seed}")  # noqa: S311 - no secret
    random.seed(f"runtime {seed}")
    uuid.uuid4 = lambda: uuid.UUID(int=ids.getrandbits(128), version=4)
    logger.setLevel(logging.CRITICAL)  # of what goes wrong it says something each time
    try:
        yield
    finally:
        logger.setLevel(level)
        random.setstate(before)
        uuid.uuid4 = fresh


class Weather:
    """What goes wrong: `odds` says how often, by kind. `calm` ends all of it."""

    def __init__(self, seed: str, odds: dict[str, float]) -> None:
        self.random = Random(seed)  # noqa: S311 - no secret
        self._odds = odds
        self.seen: Counter[str] = Counter()

    def hits(self, fault: str) -> bool:
        """Whether this fault happens now."""
        odds = self._odds.get(fault, 0.0)
        if not odds or self.random.random() >= odds:
            return False
        self.seen[fault] += 1
        return True

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        self._odds = {}

    @property
    def is_calm(self) -> bool:
        """Whether nothing goes wrong any more."""
        return not self._odds

    def delay(self) -> float:
        """How many seconds a step over the network takes: mostly none, seldom many."""
        if self.is_calm:
            return 0.0
        draw = self.random.random()
        if draw < 0.6:
            return 0.0
        if draw < 0.995:
            return self.random.random() * 0.05
        self.seen["slow answer of the store"] += 1
        return self.random.uniform(0.5, 20.0)
