from __future__ import annotations

import base64
import hashlib
import json
from html.parser import HTMLParser
from typing import Any

from flowc.emit.picture.page import emit_page
from flowc.source import load
from tests.cli.program import FEEDBACK
from tests.emit.pictures import HOSTILE, HOSTILE_FLOW, machine_at, machine_of


class Page(HTMLParser):
    """What a browser would make of a page: its tags with their attributes, and the text in each kind of tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)
        self.texts.setdefault(tag, []).append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open[-1]][-1] += data

    @property
    def data(self) -> Any:
        return json.loads(self.texts["script"][0])


def feedback() -> Page:
    machine = machine_at(FEEDBACK)
    sources = {machine.sources[0].path: load(FEEDBACK).text}
    return Page(emit_page(machine, sources, conversations={"unhappy": "user: hi\nbot:  …"}))


def hostile() -> str:
    return emit_page(
        machine_of(HOSTILE_FLOW), {"a.flow": HOSTILE_FLOW + "\u202e\x00"}, conversations={"menu": HOSTILE[0]}
    )


def test_cards_and_edges_lead_to_their_line_and_conversation() -> None:
    page = feedback()
    card = next(card for card in page.data["cards"] if card["name"] == "unhappy")
    assert card["places"] == ["f0-17"]
    assert card["conversation"] == "user: hi\nbot:  …"
    assert card["stays"][1] == {
        "label": "after 5 minutes",
        "says": ["Take your time, I'm still here."],
        "does": [],
        "place": "f0-18",
    }
    edge = next(edge for edge in page.data["edges"] if edge["ways"][0]["label"] == "3 wrong answers")
    assert page.data["cards"][edge["source"]]["name"] == "ask_rating"
    assert edge["ways"][0]["place"] == "f0-15"
    ids = [attributes.get("id") for tag, attributes in page.tags if tag == "li"]
    assert "f0-17" in ids
    assert page.texts["code"][16].strip().startswith("-> unhappy: ask comment")


def test_everything_that_can_be_chosen_is_reached_by_keys() -> None:
    page = feedback()
    for what in ("card", "edge"):
        chosen = [
            attributes
            for tag, attributes in page.tags
            if tag == "g"
            and f"data-{what}" in attributes
            and not str(attributes["class"]).startswith("label")
        ]
        assert chosen
        assert all(each.get("tabindex") == "0" and each.get("role") == "button" for each in chosen)
        numbers = {int(str(each[f"data-{what}"])) for each in chosen}
        assert numbers == set(range(len(page.data[f"{what}s"])))


def test_the_page_fetches_nothing() -> None:
    page = feedback()
    assert [tag for tag, attributes in page.tags if attributes.keys() & {"src", "href", "xlink:href"}] == []
    assert {tag for tag, _ in page.tags} & {
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
    } == set()
    assert "url(" not in "".join(page.texts["style"])
    assert "import" not in "".join(page.texts["style"])
    policy = next(attributes["content"] for tag, attributes in page.tags if "http-equiv" in attributes)
    assert str(policy).startswith("default-src 'none'; ")


def test_only_our_script_may_run() -> None:
    page = feedback()
    data, script = page.texts["script"]
    assert json.loads(data)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = next(attributes["content"] for tag, attributes in page.tags if "http-equiv" in attributes)
    assert f"script-src 'sha256-{digest}'" in str(policy)
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert "innerHTML" not in script


def test_texts_of_an_author_are_no_markup() -> None:
    plain, page = feedback(), Page(hostile())
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in plain.tags}
    assert [tag for tag, _ in page.tags].count("script") == 2
    menu = next(card for card in page.data["cards"] if card["name"] == "menu")
    assert menu["conversation"] == HOSTILE[0]
    assert page.texts["code"][1] == HOSTILE_FLOW.splitlines()[1]
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_what_cannot_be_seen_does_not_get_into_the_page() -> None:
    assert set(hostile()) & {"\u202e", "\x00", "\x07"} == set()
