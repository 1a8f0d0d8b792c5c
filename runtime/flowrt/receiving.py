"""What is taken of a message: all that is within the bounds."""

from __future__ import annotations

from dataclasses import replace

from flowrt.events import Message
from flowrt.limits import MESSAGE_MAX, NAME_MAX
from flowrt.log import logger
from flowrt.time import on_the_calendar
from flowrt.values import Media


def bounded(message: Message) -> Message:
    """`message` without what no session can hold.

    That is a text longer than `MESSAGE_MAX`, a name longer than `NAME_MAX`, media with a field that is longer than a
    text of the language or of another type, and a `sent` that no calendar shows.

    >>> bounded(Message("1", "ada", "x" * 70_000)).text is None
    True
    """
    text, name, sent = message.text, message.name, message.sent
    if text is not None and len(text) > MESSAGE_MAX:
        text = None
    if name is not None and len(name) > NAME_MAX:
        name = None
    if sent is not None and on_the_calendar(sent) != sent:
        sent = None
    media = None if message.media is None else _sound(message.media)
    if (text, media, sent, name) == (message.text, message.media, message.sent, message.name):
        return message
    return replace(message, text=text, media=media, sent=sent, name=name)


def _sound(media: Media) -> Media | None:
    from flowrt.forms import admitted  # noqa: PLC0415 - a bot that nobody sends media does without

    try:
        admitted(media)
    except ValueError as why:
        logger.warning("a message is taken without what came with it: %(why)s", {"why": str(why)})
        return None
    return media
