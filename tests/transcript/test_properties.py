"""What holds for any text: the parser does not raise, and what the writer writes is read back."""

from datetime import UTC
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from flowc.source import source_of
from flowc.transcript.entries import (
    DEFAULT,
    After,
    Bot,
    BotSends,
    CallLine,
    DroppedLine,
    EmitLine,
    Ends,
    Entry,
    Fails,
    FunctionLine,
    GivesBack,
    Happens,
    Misread,
    Named,
    Opens,
    Press,
    Restart,
    Returns,
    Sends,
    SessionLine,
    SomeReplies,
    Test,
    User,
    Vars,
)
from flowc.transcript.literals import Literal, RecordLiteral, Unset
from flowc.transcript.notation import ENDS, KINDS
from flowc.transcript.reading import LONGEST
from flowc.transcript.script import parse_script
from flowc.transcript.writing import write_script
from flowrt.values import DURATION_MAX, INT_MAX, Media, MediaKind, Value
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
    "(image ",
    "[",
    "1 day",
    "2026-01-05",
    "vars:",
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
PATHS = st.from_regex(r"[A-Za-z][a-z_]{0,3}(/[a-z]{1,3}){0,2}(\.[a-z]{1,3})?", fullmatch=True)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]*", fullmatch=True)
PLAIN = (
    ANY_TEXT
    | st.integers(-INT_MAX, INT_MAX)
    | st.booleans()
    | st.none()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3)
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.just(UTC))
    | st.timedeltas(-DURATION_MAX, DURATION_MAX)
)
MEDIA = st.builds(
    Media,
    st.sampled_from(get_args(MediaKind)),
    url=st.none() | ANY_TEXT,
    name=st.none() | ANY_TEXT,
    size=st.none() | st.integers(0, INT_MAX),
    latitude=st.none() | st.decimals(-90, 90, places=4),
)
VALUES: st.SearchStrategy[Literal] = st.recursive(
    PLAIN | MEDIA,
    lambda inner: (
        st.lists(inner, max_size=2).map(tuple)
        | st.builds(
            RecordLiteral, NAMES, st.dictionaries(NAMES, inner, max_size=2).map(lambda it: tuple(it.items()))
        )
    ),
    max_leaves=4,
)
NAMED = st.dictionaries(NAMES, VALUES, max_size=2).map(lambda it: tuple(it.items()))
CONTACTS = st.just(DEFAULT) | NAMES
VARIABLES = st.dictionaries(PATHS, VALUES | st.just(Unset()), min_size=1, max_size=3).map(
    lambda it: tuple(it.items())
)
OUTCOMES = st.just(Fails()) | st.builds(Returns, VALUES)
ENTRIES = st.one_of(
    st.builds(User, ANY_TEXT, CONTACTS),
    st.builds(Press, ANY_TEXT, CONTACTS),
    st.builds(Sends, MEDIA, st.none() | ANY_TEXT, CONTACTS),
    st.builds(Named, ANY_TEXT, CONTACTS),
    st.builds(Opens, CONTACTS),
    st.builds(Happens, NAMES, NAMED, CONTACTS),
    st.builds(Ends, CONTACTS),
    st.builds(GivesBack, CONTACTS),
    st.builds(Bot, ANY_TEXT, CONTACTS),
    st.builds(BotSends, st.sampled_from(KINDS), ANY_TEXT, ANY_TEXT, CONTACTS),
    st.builds(SomeReplies, CONTACTS),
    st.builds(After, st.integers(1, LONGEST)),
    st.builds(Restart, st.integers(0, LONGEST)),
    st.just(Restart(outdated=True)),
    st.builds(
        CallLine,
        NAMES,
        st.lists(VALUES, max_size=3).map(tuple),
        st.none() | OUTCOMES,
        st.integers(0, LONGEST),
        CONTACTS,
    ),
    st.builds(FunctionLine, NAMES, st.lists(VALUES, max_size=2).map(tuple), OUTCOMES),
    st.builds(EmitLine, NAMES, NAMED, CONTACTS),
    st.builds(DroppedLine, NAMES, CONTACTS),
    st.builds(SessionLine, st.sampled_from(ENDS), CONTACTS),
    st.builds(Vars, VARIABLES, CONTACTS),
)


@given(ANY_TEXT, st.lists(ENTRIES, max_size=5))
def test_what_is_written_is_read_back(name: str, written: list[Entry]) -> None:
    text = write_script(name, written)
    script, mistakes = parsed(text)
    assert mistakes == ()
    assert script.tests == (Test(name, tuple(written)),)
    assert write_script(name, script.tests[0].entries) == text
    assert all(line == line.rstrip() for line in text.split("\n"))


@given(st.lists(PLAIN, max_size=3))
def test_values_keep_their_types(values: list[Value]) -> None:
    script, _ = parsed(write_script("t", [CallLine("f", tuple(values))]))
    [call] = script.tests[0].entries
    assert isinstance(call, CallLine)
    assert [type(value) for value in call.arguments] == [type(value) for value in values]
