"""Garbage: a compilation makes much that lives until its end, and next to no garbage that needs a search."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Generator[None]:
    """No search for garbage meanwhile: it would go through all that was made, again and again.

    What is found then is what is left of circles; that waits until the end. Where searching was off already it
    stays off.
    """
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()
