"""The bounds of one event, which the compiler knows too."""

from __future__ import annotations

NAME_MAX = 512
"""The longest id of an event, and name of a contact, in code points."""

MAX_STEPS = 100
"""How many choices one event may pass."""

MAX_REPLIES = 20
"""How many replies one event may cause."""
