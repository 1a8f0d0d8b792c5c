"""What the runtime says by itself, where a flow says nothing."""

from __future__ import annotations

FAILED = "Sorry, something went wrong on our side. Please write again to start over."
"""The session failed, and the flow has no `failed` of its own."""

OUTDATED = "This chat has been updated since we last spoke, so we have to start over."
"""The session was saved by a version of the flow that this one has no place for."""
