"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# A timing never decides a test.
settings.register_profile("flowc", deadline=None)
settings.load_profile("flowc")
