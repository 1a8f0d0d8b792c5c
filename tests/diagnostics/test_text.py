"""What a finding looks like in a terminal: each case is the source, the labels and the exact drawing."""

import doctest
import re
from textwrap import dedent
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowc.cells import cells
from flowc.diagnostics import text as text_module
from flowc.diagnostics.diagnostic import Diagnostic, Label, Severity, summary
from flowc.diagnostics.text import LEAST_ROOM, concise, draw
from flowc.source import Source, Sources, Span, source_of

SHOP = """\
state menu
  say "Hello!"
  say "1 pays, 2 leaves"
  on "1" -> goto paymet
  on "2" -> end session

state payment
  ask "Card?" -> card
  say "Thanks!"
"""


def sources(**files: str) -> Sources:
    """Sources from texts: `shop` is the file `shop.flow`."""
    made = [source_of(f"{name}.flow", text) for name, text in files.items()]
    return Sources({source.path: source for source in made})


def at(where: Sources, piece: str, text: str = "", *, path: str = "a.flow", to: str = "") -> Label:
    """A label on the first `piece` of a file, or from there to the end of the first `to` after it."""
    source = where[path].text
    start = source.index(piece)
    end = source.index(to, start) + len(to) if to else start + len(piece)
    return Label(Span(path, start, end), text)


def finding(*labels: Label, **more: str | None) -> Diagnostic:
    return Diagnostic("F0201", "error", "unknown state `paymet`", labels, help=more.get("help"))


def drawn(where: Sources, *labels: Label, width: int = 100) -> str:
    """What stands below the title, with a newline before and after as in the expected texts."""
    return "\n" + draw(finding(*labels), where, width=width).split("\n", 1)[1] + "\n"


def test_a_place_with_a_text_and_help() -> None:
    where = sources(shop=SHOP)
    label = at(where, "paymet", "no state has this name", path="shop.flow")
    found = finding(label, help="did you mean `payment`?")
    assert draw(found, where) == dedent("""\
        error[F0201]: unknown state `paymet`
         --> shop.flow:4:18
          |
        4 |   on "1" -> goto paymet
          |                  ^^^^^^ no state has this name
          |
          = help: did you mean `payment`?""")


def test_notes_may_have_several_lines_and_come_before_help() -> None:
    notes = ('a state is a name and a block:\nstate menu\n  say "Hi"', "names are case-sensitive")
    found = Diagnostic("F0201", "warning", "unknown", (), notes=notes, help="write `payment`")
    assert draw(found, Sources()) == dedent("""\
        warning[F0201]: unknown
          = note: a state is a name and a block:
                  state menu
                    say "Hi"
          = note: names are case-sensitive
          = help: write `payment`""")


def test_the_gutter_is_as_wide_as_the_largest_number() -> None:
    where = sources(a="x\n" * 8 + "nine\nten\n")
    assert drawn(where, at(where, "ten"), at(where, "nine", "the one before")) == dedent("""
          --> a.flow:10:1
           |
         9 | nine
           | ---- the one before
        10 | ten
           | ^^^
        """)


def test_a_line_alone_between_two_is_shown_and_a_longer_gap_is_not() -> None:
    where = sources(a="one\ntwo\nthree\nfour\nfive\nsix\n")
    assert drawn(where, at(where, "three"), at(where, "one"), at(where, "six")) == dedent("""
         --> a.flow:3:1
          |
        1 | one
          | ---
        2 | two
        3 | three
          | ^^^^^
        ...
        6 | six
          | ---
        """)


def test_several_texts_on_one_line_hang_below_their_marks() -> None:
    where = sources(a="set total = price + name")
    labels = at(where, "+", "cannot add"), at(where, "price", "an int"), at(where, "name", "a text")
    assert drawn(where, *labels) == dedent("""
         --> a.flow:1:19
          |
        1 | set total = price + name
          |             ----- ^ ---- a text
          |             |     |
          |             |     cannot add
          |             an int
        """)


def test_marks_that_overlap() -> None:
    where = sources(a="set total = price + name")
    labels = at(where, "price + name", "a sum"), at(where, "price", "an int"), at(where, "name", "a text")
    assert drawn(where, *labels) == dedent("""
         --> a.flow:1:13
          |
        1 | set total = price + name
          |             -----^^^---- a text
          |             |
          |             a sum
          |             an int
        """)


def test_two_texts_on_the_same_place() -> None:
    where = sources(a="goto menu")
    assert drawn(where, at(where, "menu", "here"), at(where, "menu", "and again")) == dedent("""
         --> a.flow:1:6
          |
        1 | goto menu
          |      ^^^^ here
          |      |
          |      and again
        """)


def test_a_label_in_another_file_has_a_block_of_its_own() -> None:
    where = sources(a="import b\ngoto menu\n", b="\n" * 11 + "state menu\n")
    labels = at(where, "menu", "two states have this name"), at(where, "menu", "the other", path="b.flow")
    found = Diagnostic("F0202", "error", "duplicate", labels, help="rename one")
    assert draw(found, where) == dedent("""\
        error[F0202]: duplicate
          --> a.flow:2:6
           |
         2 | goto menu
           |      ^^^^ two states have this name
           |
          ::: b.flow:12:7
           |
        12 | state menu
           |       ---- the other
           |
           = help: rename one""")


def test_a_file_that_could_not_be_read_is_named_without_a_line() -> None:
    found = finding(Label(Span("gone.flow", 0, 0), "there is no such file"))
    assert draw(found, Sources()) == dedent("""\
        error[F0201]: unknown state `paymet`
         --> gone.flow
          |
          | there is no such file""")
    assert concise(found, Sources()) == "gone.flow: error[F0201] unknown state `paymet`"


def test_a_span_over_several_lines() -> None:
    where = sources(shop=SHOP)
    label = at(where, "say", "nothing stops here", path="shop.flow", to='leaves"\n')
    assert drawn(where, label) == dedent("""
         --> shop.flow:2:3
          |
        2 | /   say "Hello!"
        3 | |   say "1 pays, 2 leaves"
          | |________________________^ nothing stops here
        """)


def test_a_span_over_several_lines_that_begins_inside_a_line() -> None:
    where = sources(shop=SHOP)
    labels = (
        at(where, "goto", "from here", path="shop.flow", to="Thanks"),
        at(where, "card", "c", path="shop.flow"),
    )
    assert drawn(where, *labels) == dedent("""
         --> shop.flow:4:13
          |
        4 |     on "1" -> goto paymet
          |  _____________^
        ... |
        8 | |   ask "Card?" -> card
          | |                  ---- c
        9 | |   say "Thanks!"
          | |_____________^ from here
        """)


def test_spans_over_several_lines_inside_each_other() -> None:
    where = sources(a="state a\n  if x\n    say 1\n    say 2\n  say 3\nstate b\n")
    labels = at(where, "if", "this block", to="2"), at(where, "state", "this state", to="say 3")
    assert drawn(where, *labels) == dedent("""
         --> a.flow:2:3
          |
        1 | /   state a
        2 | | /   if x
        3 | | |     say 1
        4 | | |     say 2
          | | |_________^ this block
        5 | |     say 3
          | |_________- this state
        """)


def test_spans_over_several_lines_that_cross() -> None:
    where = sources(a="state a\n  if x\n    say 1\n    say 2\n")
    labels = at(where, "if", "one", to="1"), at(where, "x", "two", to="2")
    assert drawn(where, *labels) == dedent("""
         --> a.flow:2:3
          |
        2 |   /   if x
          |  _|______-
        3 | | |     say 1
          | | |_________^ one
        4 | |       say 2
          | |___________- two
        """)


def test_a_span_that_begins_where_another_ends() -> None:
    where = sources(a="state a\n  if x\n    say 1\n    say 2\n")
    labels = at(where, "a", "one", to="if"), at(where, "if", "two", to="2"), at(where, "say", "three")
    assert drawn(where, *labels) == dedent("""
         --> a.flow:1:3
          |
        1 |     state a
          |  _____^
        2 | | /   if x
          | |_|____^ one
        3 |   |     say 1
          |   |     --- three
        4 |   |     say 2
          |   |_________- two
        """)


def test_a_gap_in_a_long_span_keeps_its_bar() -> None:
    where = sources(a="one\ntwo\nthree\nfour\nfive\n")
    assert drawn(where, at(where, "one", to="five")) == dedent("""
         --> a.flow:1:1
          |
        1 | / one
        ... |
        5 | | five
          | |____^
        """)


def test_an_empty_span_is_one_caret() -> None:
    where = sources(a='say "Hi"')
    assert drawn(where, Label(Span("a.flow", 4, 4), "a name is missing")) == dedent("""
         --> a.flow:1:5
          |
        1 | say "Hi"
          |     ^ a name is missing
        """)


def test_a_span_at_the_end_of_a_line() -> None:
    where = sources(a="say\nend\n")
    for span in (Span("a.flow", 3, 3), Span("a.flow", 3, 4)):
        assert drawn(where, Label(span, "a text is missing")) == dedent("""
             --> a.flow:1:4
              |
            1 | say
              |    ^ a text is missing
            """)


def test_the_newline_is_no_part_of_what_is_marked() -> None:
    where = Sources({"a.flow": Source("a.flow", "say\r\nend\r\n")})
    assert drawn(where, Label(Span("a.flow", 0, 5))) == dedent("""
         --> a.flow:1:1
          |
        1 | say
          | ^^^
        """)


def test_the_end_of_the_file() -> None:
    where = sources(a="say\n")
    assert drawn(where, Label(Span("a.flow", 4, 4), "the file ends here")) == dedent("""
         --> a.flow:2:1
          |
        2 |
          | ^ the file ends here
        """)


def test_a_tab_is_shown_as_four_spaces() -> None:
    where = sources(a="\tsay\tHi")
    assert drawn(where, at(where, "Hi"), at(where, "\t")) == dedent("""
         --> a.flow:1:6
          |
        1 |     say    Hi
          | ----       ^^
        """)


@pytest.mark.parametrize(
    ("before", "column", "shown", "space"),
    [
        ("日本", 3, "日本", 4),
        ("e\u0301", 3, "e\u0301", 1),
        ("\U0001f600", 2, "\U0001f600", 2),
        ("\U0001f469\u200d\U0001f469\u200d\U0001f467", 6, "\U0001f469\u200d\U0001f469\u200d\U0001f467", 2),
        ("\u2764\ufe0f\u200d\U0001f525", 5, "\u2764\ufe0f\u200d\U0001f525", 2),
        ("\U0001f44d\U0001f3fd", 3, "\U0001f44d\U0001f3fd", 2),
        ("\U0001f1ea\U0001f1f8", 3, "\U0001f1ea\U0001f1f8", 2),
        ("1\ufe0f\u20e3", 4, "1\ufe0f\u20e3", 2),
        ("\u202e", 2, r"\u202e", 6),
        ("\x1b[31m", 6, r"\u001b[31m", 10),
        ("a\rb", 4, r"a\rb", 4),
        ("\u2028", 2, r"\u2028", 6),
        ("\u200b", 2, r"\u200b", 6),
        ("a\u200db", 4, r"a\u200db", 8),
        ("a\ufe0f", 3, r"a\ufe0f", 7),
        ("\u0301", 2, r"\u0301", 6),
        ("\u00ad\u0301", 3, r"\u00ad\u0301", 12),
        ("\u0646\u200c\u062e", 4, "\u0646\u200c\u062e", 2),
        ("\U000e0041", 2, r"\U000e0041", 10),
        ("\ud800", 2, r"\ud800", 6),
    ],
)
def test_the_mark_stands_under_the_place_after(before: str, column: int, shown: str, space: int) -> None:
    where = sources(a=f"{before}paymet")
    assert drawn(where, at(where, "paymet")) == (
        f"\n --> a.flow:1:{column}\n  |\n1 | {shown}paymet\n  | {' ' * space}^^^^^^\n"
    )


def test_a_mark_is_as_wide_as_what_it_marks() -> None:
    where = sources(a="say 日本\u202e e\u0301.")
    labels = at(where, "日本"), at(where, "\u202e"), at(where, "\u0301", "an accent")
    assert drawn(where, *labels) == dedent("""
         --> a.flow:1:5
          |
        1 | say 日本\\u202e e\u0301.
          |     ^^^^------ - an accent
        """)


def test_texts_cannot_hide_anything_either() -> None:
    where = Sources({"a\u202e.flow": source_of("a\u202e.flow", "goto x")})
    label = Label(Span("a\u202e.flow", 5, 6), "not\n\x1b[2J here")
    found = Diagnostic("F0201", "error", "unknown\nstate", (label,), ("a\u202eb",), "c\td")
    assert draw(found, where) == dedent(r"""
        error[F0201]: unknown\nstate
         --> a\u202e.flow:1:6
          |
        1 | goto x
          |      ^ not\n\u001b[2J here
          |
          = note: a\u202eb
          = help: c\td""").removeprefix("\n")
    assert concise(found, where) == r"a\u202e.flow:1:6: error[F0201] unknown\nstate (c d)"


def test_a_long_line_is_cut_around_the_place() -> None:
    where = sources(a=f"{'a' * 100} paymet {'b' * 100}")
    assert drawn(where, at(where, "paymet", "here"), width=40) == dedent("""
         --> a.flow:1:102
          |
        1 | …aaaaaaaaaaaaa paymet bbbbbbbbbbbbb…
          |                ^^^^^^ here
        """)


def test_a_long_line_is_cut_at_one_side_where_that_is_enough() -> None:
    where = sources(a=f"goto{'.' * 100}paymet")
    assert drawn(where, at(where, "goto"), width=30) == dedent("""
         --> a.flow:1:1
          |
        1 | goto....................…
          | ^^^^
        """)
    assert drawn(where, at(where, "paymet"), width=30) == dedent("""
         --> a.flow:1:105
          |
        1 | …..................paymet
          |                    ^^^^^^
        """)


def test_a_place_that_is_cut_away_is_marked_where_the_cut_is() -> None:
    where = sources(a=f"set{'a' * 60}paymet{'b' * 60}end")
    labels = at(where, "paymet"), at(where, "set", "starts here"), at(where, "end", "ends here")
    assert drawn(where, *labels, width=40) == dedent("""
         --> a.flow:1:64
          |
        1 | …aaaaaaaaaaaaaapaymetbbbbbbbbbbbbbb…
          | -              ^^^^^^              - ends here
          | |
          | starts here
        """)


def test_a_place_longer_than_the_room_is_cut_too() -> None:
    where = sources(a=f"say {'日' * 5000}")
    assert drawn(where, Label(Span("a.flow", 4, 5004), "long"), width=30) == dedent(f"""
         --> a.flow:1:5
          |
        1 | …{"日" * 12}…
          |  {"^" * 25} long
        """)


def test_colors() -> None:
    where = sources(a="goto paymet")
    found = finding(at(where, "paymet", "unknown"), at(where, "goto"), help="look")
    red, bold, blue, cyan, end = "\x1b[1;31m", "\x1b[1m", "\x1b[1;34m", "\x1b[1;36m", "\x1b[0m"
    assert draw(found, where, color=True).split("\n") == [
        f"{red}error[F0201]{end}{bold}: unknown state `paymet`{end}",
        f" {blue}-->{end} a.flow:1:6",
        f"{blue}  |{end}",
        f"{blue}1 |{end} goto paymet",
        f"{blue}  |{end} {blue}----{end} {red}^^^^^^{end} {red}unknown{end}",
        f"{blue}  |{end}",
        f"  {blue}={end} {cyan}help{end}: look",
    ]


def test_a_warning_is_yellow() -> None:
    found = Diagnostic("F0401", "warning", "no reply", ())
    assert draw(found, Sources(), color=True) == "\x1b[1;33mwarning[F0401]\x1b[0m\x1b[1m: no reply\x1b[0m"


def test_concise() -> None:
    where = sources(shop=SHOP)
    found = finding(at(where, "paymet", path="shop.flow"), help="did you mean\n`payment`?")
    assert concise(found, where) == (
        "shop.flow:4:18: error[F0201] unknown state `paymet` (did you mean `payment`?)"
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("", "no errors"),
        ("e", "1 error"),
        ("w", "1 warning"),
        ("eew", "2 errors, 1 warning"),
        ("weww", "1 error, 3 warnings"),
    ],
)
def test_summary(found: str, expected: str) -> None:
    kinds: dict[str, Severity] = {"e": "error", "w": "warning"}
    assert summary(Diagnostic("F0001", kinds[letter], "", ()) for letter in found) == expected


def test_the_examples_in_the_docstrings_run() -> None:
    ran = doctest.testmod(text_module)
    assert (ran.attempted > 0, ran.failed) == (True, 0)


# Any text, any place

WIDTHS = {
    1: ("a", " ", "é", "e\u0301\u0323", "ж"),
    2: (
        "日",
        "한",
        "\uff21",
        "\U0001f600",
        "\U0001f469\u200d\U0001f4bb",
        "\U0001f1ea\U0001f1f8",
        "\u2764\ufe0f",
        "\r",
    ),
    4: ("\t",),
    6: ("\u202e", "\u2066", "\u200b", "\x00", "\x9b"),
    10: ("\U000e0001",),
}
UNITS = {unit: width for width, units in WIDTHS.items() for unit in units}
"""Pieces of text that do not join, and how many cells each takes."""

JOINING = ("\u200d", "\u200c", "\ufe0f", "\u0301", "\u1100", "\u0600", "\u094d")
TRICKY = st.sampled_from([*UNITS, *JOINING, "\n", "\ud800"])
SPANS = st.tuples(st.integers(-3, 45), st.integers(-3, 45))
TEXTS = st.text(st.characters(), max_size=40) | st.lists(TRICKY | st.characters(), max_size=40).map("".join)


@given(st.lists(st.sampled_from(list(UNITS)), max_size=12), st.data())
def test_the_carets_are_as_wide_as_what_is_above_them(units: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(units)))
    last = data.draw(st.integers(first, len(units)))
    before, marked = units[:first], units[first:last]
    source = source_of("a.flow", "".join([*units, "."]))
    start = len("".join(before))
    found = finding(Label(Span("a.flow", start, start + len("".join(marked)))))
    *_, shown, carets = draw(found, Sources({"a.flow": source}), width=1000).split("\n")
    column, wide = sum(UNITS[unit] for unit in before), max(1, sum(UNITS[unit] for unit in marked))
    assert carets == f"  | {' ' * column}{'^' * wide}"
    assert cells(shown) == 4 + sum(UNITS[unit] for unit in units) + 1


@given(TEXTS, TEXTS, st.lists(st.tuples(SPANS, TEXTS), max_size=5), st.integers(-5, 60), st.data())
def test_nothing_is_too_odd_to_draw(
    one: str, two: str, marks: list[tuple[tuple[int, int], str]], width: int, data: st.DataObject
) -> None:
    where = Sources({"a": Source("a", one), "b": source_of("b", two)})
    paths = st.sampled_from(["a", "b", "gone"])
    labels = tuple(Label(Span(data.draw(paths), *span), text) for span, text in marks)
    found = Diagnostic("F0001", "error", one, labels, (two,), one)
    plain = draw(found, where, width=width)
    hidden = {point for point in plain if category(point) in {"Cc", "Cf", "Cs"}}
    assert hidden <= {"\n", "\u200c", "\u200d"}
    assert re.sub(r"\x1b\[[0-9;]+m", "", draw(found, where, width=width, color=True)) == plain
    assert "\n" not in concise(found, where)


@given(TEXTS, SPANS, st.integers(-5, 60))
def test_the_carets_stay_inside_the_width(text: str, place: tuple[int, int], width: int) -> None:
    one_line = text.replace("\n", "").replace("\u1100", "")  # these join without an end
    where = Sources({"a": source_of("a", one_line * 3)})
    *_, shown, carets = draw(finding(Label(Span("a", *place))), where, width=width).split("\n")
    assert re.fullmatch(r"  \| +\^+", carets)
    assert cells(shown) <= max(width, LEAST_ROOM + 4)
    assert len(carets) <= max(width, LEAST_ROOM + 4) + 1  # a caret may stand after the end of the line
