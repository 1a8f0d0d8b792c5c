"""The bounds of one event, which the compiler knows too."""

from __future__ import annotations

MAX_STEPS = 100
"""How many choices one event may pass."""

MAX_REPLIES = 20
"""How many replies one event may cause; a message that was kept is an event of its own."""

MESSAGE_MAX = 65_536
"""The longest text of a message, in code points. A longer one is handled as a message without text."""

NAME_MAX = 512
"""The longest id of an event, and name of a contact, in code points."""

HELD_MAX = 100
"""How many messages of a contact are kept while a call or a `wait` is awaited; one more is refused as `Busy`."""
