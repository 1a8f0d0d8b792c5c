"""Reading media: an image, a recording, a document, a place."""

from __future__ import annotations

from flowrt.events import Message
from flowrt.time import Instant
from flowrt.values import Media, MediaKind


class MediaAnswer:
    """Media of one kind.

    >>> MediaAnswer("image")(Message("1", "ada", text="here it is")) is None
    True
    """

    __slots__ = ("_kind",)

    def __init__(self, kind: MediaKind) -> None:
        self._kind = kind

    def __call__(self, message: Message, _at: Instant = 0, /) -> Media | None:
        """What `message` carries, if it is of the kind."""
        media = message.media
        return media if media is not None and media.kind == self._kind else None
