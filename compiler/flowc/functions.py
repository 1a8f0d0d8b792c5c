"""The functions that the language brings."""

from __future__ import annotations

BUILT_INS: dict[str, tuple[str, ...]] = {
    "lower": ("text",),
    "upper": ("text",),
    "round": ("number",),
    "length": ("value",),
    "join": ("list", "between"),
    "min": ("first", "second"),
    "max": ("first", "second"),
}
"""What the arguments of each are; `min` and `max` take any number of values, or one list."""
