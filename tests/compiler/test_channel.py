"""What a channel cannot carry: each limit at its edge, by the whole compiler."""

from __future__ import annotations

import pytest

from flowc.channels import CHANNELS
from flowc.pipeline import compile_flow
from flowc.source import source_of


def said(channel: str, body: str) -> list[str]:
    """Code and title of what there is to say of a flow for `channel`."""
    text = f"channel {channel}\ntimeout 30 days\n{body}\n"
    found = compile_flow(source_of("a.flow", text)).diagnostics
    return [f"{each.code} {each.title}" for each in found]


def labels(count: int, length: int = 3) -> str:
    return " | ".join(f'"{number:0{length}}"' for number in range(count))


def reply(rest: str) -> str:
    return f"on message -> reply {rest} -> end session"


@pytest.mark.parametrize(
    ("channel", "inside", "beyond", "says"),
    [
        (
            "whatsapp",
            f'"?" buttons {labels(3)}',
            f'"?" buttons {labels(4)}',
            "F0431 4 buttons: WhatsApp shows 3",
        ),
        (
            "whatsapp",
            f'"?" list {labels(10)}',
            f'"?" list {labels(11)}',
            "F0431 11 rows in a list: WhatsApp shows 10",
        ),
        (
            "slack",
            f'"?" buttons {labels(25)}',
            f'"?" buttons {labels(26)}',
            "F0431 26 buttons: Slack shows 25",
        ),
        (
            "whatsapp",
            f'"?" buttons {labels(1, 20)}',
            f'"?" buttons {labels(1, 21)}',
            "F0432 21 characters on a button: WhatsApp shows 20",
        ),
        (
            "whatsapp",
            f'"?" list {labels(1, 24)}',
            f'"?" list {labels(1, 25)}',
            "F0432 25 characters in a row: WhatsApp shows 24",
        ),
        (
            "telegram",
            f'"{"x" * 4096}"',
            f'"{"x" * 4097}"',
            "F0433 a text of 4,097 characters: Telegram carries 4,096",
        ),
        (
            "whatsapp",
            f'"{"x" * 1024}" buttons "Go"',
            f'"{"x" * 1025}" buttons "Go"',
            "F0433 a text above buttons of 1,025 characters: WhatsApp carries 1,024",
        ),
        (
            "telegram",
            f'image "https://example.org/a.png" caption "{"x" * 1024}"',
            f'image "https://example.org/a.png" caption "{"x" * 1025}"',
            "F0433 a caption of 1,025 characters: Telegram carries 1,024",
        ),
        (
            "telegram",
            'image "https://example.org/a.png"',
            'template "welcome"',
            "F0434 Telegram carries no `template`",
        ),
    ],
)
def test_a_limit_holds_at_its_edge(channel: str, inside: str, beyond: str, says: str) -> None:
    assert said(channel, reply(inside)) == []
    assert said(channel, reply(beyond)) == [says]
    assert said("web", reply(beyond)) in ([], ["F0434 the web carries no `template`"])


def test_a_text_with_holes_is_at_least_as_long_as_what_is_fixed() -> None:
    ask = 'on message -> ask x "?" -> reply "{}" -> end session'
    assert said("telegram", ask.format("x" * 4096 + "{x}")) == []
    assert said("telegram", ask.format("x" * 4097 + "{x}")) == [
        "F0433 a text of at least 4,097 characters: Telegram carries 4,096"
    ]


def test_the_choices_of_an_ask_are_its_buttons() -> None:
    ask = 'on message -> ask day "Which?" choices {} -> reply "{{day}}." -> end session'
    assert said("whatsapp", ask.format(labels(3))) == []
    assert said("whatsapp", ask.format(labels(4))) == ["F0431 4 buttons: WhatsApp shows 3"]


LATE = "F0435 this comes more than 24 hours after the last message: WhatsApp does not deliver it"


@pytest.mark.parametrize(
    ("hours", "says"),
    [(23, "text"), (24, "text"), (24, "template"), (24, "nothing")],
)
def test_a_reminder_outside_the_window_is_said_only_as_a_template(hours: int, says: str) -> None:
    step = {
        "text": 'reply "Still there?"',
        "template": 'reply template "still_there"',
        "nothing": "emit late()",
    }
    ask = f'on message\n  -> ask day "Which?"\n      after {hours} hours -> {step[says]}\n'
    ask += '  -> reply "{day}."\n  -> end session'
    assert said("whatsapp", ask) == ([LATE] if (hours, says) == (24, "text") else [])
    assert said("slack", ask) == (["F0434 Slack carries no `template`"] if says == "template" else [])


@pytest.mark.parametrize(
    ("body", "late"),
    [
        ('on message -> wait 1 day -> reply "Done." -> end session', True),
        (
            'on message -> wait 20 hours -> reply "Soon." -> late: wait 3 hours -> reply "Done." -> end session',
            False,
        ),
        (
            'on message -> wait 20 hours -> reply "Soon." -> late: wait 4 hours -> reply "Done." -> end session',
            True,
        ),
        (
            'on message -> wait 20 hours -> ask x "?" -> late: wait 4 hours -> reply "{x}" -> end session',
            False,
        ),
        ('on message -> wait 2 days -> ask x "?" -> reply "{x}" -> end session', True),
        ("on message -> wait 2 days -> end session", False),
    ],
)
def test_what_is_said_behind_waits_counts_from_the_last_message(body: str, late: bool) -> None:
    assert said("whatsapp", body) == ([LATE] if late else [])


def test_the_timeout_of_the_flow_is_within_the_window_too() -> None:
    text = 'channel whatsapp\ntimeout 2 days -> reply "Bye."\n'
    text += 'on message -> ask x "?" -> reply "{x}" -> end session\n'
    assert [each.code for each in compile_flow(source_of("a.flow", text)).diagnostics] == ["F0435"]


def test_an_unknown_channel_is_met_with_near_names() -> None:
    [found] = compile_flow(source_of("a.flow", "channel telegramm\n" + reply('"Hi"'))).diagnostics
    assert (found.code, found.help) == ("F0430", "did you mean `telegram`?")
    assert [edit.text for edit in found.edits] == ["telegram"]
    [found] = compile_flow(source_of("a.flow", "channel fax\n" + reply('"Hi"'))).diagnostics
    assert found.help == f"known are {', '.join(f'`{name}`' for name in CHANNELS)}"
