"""The table of malformed programs: each gives exactly the findings that stand beside it."""

from __future__ import annotations

import pytest

from flowc.parse import parse
from flowc.source import source_of
from flowgrammar.malformed import MALFORMED, Malformed


@pytest.mark.parametrize("row", MALFORMED, ids=lambda row: row.kind)
def test_a_malformed_program_says_what_is_wrong(row: Malformed) -> None:
    source = source_of("malformed.flow", row.text)
    places = [(mistake, mistake.span.start) for mistake in parse(source).mistakes]
    said = [
        f"{mistake.code} {source.line_of(start)}:{source.column_of(start)} {mistake.title()}"
        for mistake, start in places
    ]
    assert said == list(row.says)


def test_no_two_rows_are_of_one_kind() -> None:
    kinds = [row.kind for row in MALFORMED]
    assert len(set(kinds)) == len(kinds)


def test_one_run_reports_every_mistake() -> None:
    source = source_of(
        "shop.flow",
        """\
on message -> replay "Hi"
stat menu
  -> reply 'Hello'
  on message -> again
on "x"
  -> ask n: int in 1..5 "How many?"
  retry "A number."
  when n = 3
    -> reply "three {n"
  else
    -> wait 3 minuts
  -> end session
on "y" -> reply "b }" -> reply "c:\\data"
state rest -> goto
""",
    )
    found = [(source.line_of(mistake.span.start), mistake.code) for mistake in parse(source).mistakes]
    assert found == [
        (1, "F0108"),
        (2, "F0121"),
        (3, "F0106"),
        (7, "F0114"),
        (8, "F0107"),
        (9, "F0103"),
        (11, "F0117"),
        (13, "F0104"),
        (13, "F0105"),
        (14, "F0101"),
    ]


def test_the_names_of_fields_may_be_words_of_the_language() -> None:
    source = source_of("order.flow", "record Order\n  x: int\n  on: int\n  when: text\n  state: text\n")
    assert parse(source).mistakes == ()


def test_what_stands_below_a_lost_record_is_not_reported() -> None:
    source = source_of("order.flow", "record\n  x: int\n  y: text\non message -> end session\n")
    assert [mistake.code for mistake in parse(source).mistakes] == ["F0101"]


@pytest.mark.parametrize(
    ("step", "part"),
    [
        ('reply "Yes?"', 'buttons "Yes"'),
        ('reply "Yes?"', 'list "Yes"'),
        ('reply image "a.png"', 'caption "A cat"'),
        ("ask size", 'choices "Small" | "Large"'),
        ("call find()", "as order"),
        ("call find() as order", "within 5 seconds"),
    ],
)
def test_a_part_of_a_step_on_a_line_of_its_own_is_told_where_it_belongs(step: str, part: str) -> None:
    text = f"on message\n  -> {step}\n      {part}\n  -> end session\n"
    [mistake] = parse(source_of("a.flow", text)).mistakes
    word = part.split(maxsplit=1)[0]
    assert (mistake.code, mistake.title()) == ("F0101", f"did not expect `{word}` here")
    assert mistake.help() == (
        f"write `{word}` on the line of its step; a line that begins with `|` goes on from the one above"
    )
