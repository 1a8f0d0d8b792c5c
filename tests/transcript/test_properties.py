"""What holds for any text: the parser does not raise, and what the writer writes is read back."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from flowc.source import source_of
from flowc.transcript.notation import ENDS
from flowc.transcript.reading import LONGEST
from flowc.transcript.script import (
    After,
    Bot,
    CallLine,
    Entry,
    Fails,
    Misread,
    Press,
    Returns,
    SessionLine,
    SomeReplies,
    Test,
    User,
    parse_script,
)
from flowc.transcript.writing import write_script
from flowrt.values import INT_MAX
from tests.transcript.test_script import parsed

WORDS = [
    "test ",
    '"a"',
    "user:",
    "bot:",
    "…",
    "press:",
    "after ",
    "5",
    " minutes",
    "call:",
    "f(",
    ")",
    "->",
    "\\",
]
SCRAPS = st.lists(
    st.sampled_from([*WORDS, "\n", " ", "#", "session:", "ended", '"', "u{", "}"]) | st.text(max_size=3)
)


@given(SCRAPS.map("".join) | st.text())
def test_no_text_makes_the_parser_raise(text: str) -> None:
    source = source_of("a.flowtest", text)
    script, mistakes = parse_script(source)
    for mistake in mistakes:
        assert 0 <= mistake.span.start <= mistake.span.end <= len(source.text)
        assert mistake.title()
        assert "\n" not in source.text[mistake.span.start : mistake.span.end]
        mistake.diagnostic()
    misread = [entry for test in script.tests for entry in test.entries if isinstance(entry, Misread)]
    assert [entry.mistake for entry in misread] == [it for it in mistakes if it.code != "F0902"]


ANY_TEXT = st.text(st.characters(codec=None)) | st.text(' \t\n\\…"#u{}1\u00a0\u2028\r\x85👩\u200d🚀\ud800')
VALUES = (
    ANY_TEXT
    | st.integers(-INT_MAX, INT_MAX)
    | st.booleans()
    | st.none()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3)
)
ENTRIES = st.one_of(
    st.builds(User, ANY_TEXT),
    st.builds(Press, ANY_TEXT),
    st.builds(Bot, ANY_TEXT),
    st.just(SomeReplies()),
    st.builds(After, st.integers(1, LONGEST)),
    st.builds(
        CallLine,
        st.from_regex(r"[A-Za-z][A-Za-z0-9_]*", fullmatch=True),
        st.lists(VALUES, max_size=3).map(tuple),
        st.none() | st.just(Fails()) | st.builds(Returns, VALUES),
        st.integers(0, LONGEST),
    ),
    st.builds(SessionLine, st.sampled_from(ENDS)),
)


@given(ANY_TEXT, st.lists(ENTRIES, max_size=5))
def test_what_is_written_is_read_back(name: str, written: list[Entry]) -> None:
    text = write_script(name, written)
    script, mistakes = parsed(text)
    assert mistakes == ()
    assert script.tests == (Test(name, tuple(written)),)
    assert write_script(name, script.tests[0].entries) == text
    assert all(line == line.rstrip() for line in text.split("\n"))


@given(st.lists(VALUES, max_size=3))
def test_values_keep_their_types(values: list[str | int | Decimal | bool | None]) -> None:
    script, _ = parsed(write_script("t", [CallLine("f", tuple(values))]))
    [call] = script.tests[0].entries
    assert isinstance(call, CallLine)
    assert [type(value) for value in call.arguments] == [type(value) for value in values]
