"""What the channels can carry: every limit that `channel NAME` makes the compiler hold a flow to, and its source.

Lengths are in characters. None stands where nothing is limited, or nothing is published.

- `whatsapp`: the pages on text, reply button, list and media messages, and on the customer service window, of the
  Cloud API, developers.facebook.com/docs/whatsapp/cloud-api.
- `telegram`: `sendMessage` and `sendPhoto` of the Bot API, core.telegram.org/bots/api. The number of buttons is
  `telegram.constants.InlineKeyboardMarkupLimit` of docs.python-telegram-bot.org, found by trying.
- `slack`: the actions block, button, select menu, option, section and image of Block Kit and `chat.postMessage`,
  docs.slack.dev/reference.
- `web`: a page of one's own shows what it likes; it has no templates, which are of WhatsApp.
"""

from __future__ import annotations

from flowc.records import dataclass

_FILES = frozenset({"image", "audio", "video", "document"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one channel can carry.

    `text` is of a message alone, `text_above_buttons` and `text_above_list` of one with something to press;
    `window` is how long after the last message of a contact a bot may write what it likes, in seconds.
    """

    name: str
    buttons: int | None
    button: int | None
    rows: int | None
    row: int | None
    text: int | None
    text_above_buttons: int | None
    text_above_list: int | None
    caption: int | None
    media: frozenset[str]
    window: int | None = None


WHATSAPP = Limits(
    name="WhatsApp",
    buttons=3,
    button=20,
    rows=10,
    row=24,
    text=4_096,
    text_above_buttons=1_024,
    text_above_list=4_096,
    caption=1_024,
    media=_FILES | {"location", "contact", "template"},
    window=24 * 3_600,
)
TELEGRAM = Limits(
    name="Telegram",
    buttons=100,
    button=None,
    rows=100,
    row=None,
    text=4_096,
    text_above_buttons=4_096,
    text_above_list=4_096,
    caption=1_024,
    media=_FILES | {"location", "contact"},
)
SLACK = Limits(
    name="Slack",
    buttons=25,
    button=75,
    rows=100,
    row=75,
    text=40_000,
    text_above_buttons=3_000,
    text_above_list=3_000,
    caption=2_000,
    media=_FILES,
)
WEB = Limits(
    name="the web",
    buttons=None,
    button=None,
    rows=None,
    row=None,
    text=None,
    text_above_buttons=None,
    text_above_list=None,
    caption=None,
    media=_FILES | {"location", "contact"},
)

CHANNELS = {"whatsapp": WHATSAPP, "telegram": TELEGRAM, "slack": SLACK, "web": WEB}
"""The limits of each channel, by the name that stands behind `channel`."""
