"""Regular expressions: all of Unicode, and a reason for what is not supported."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flowrt.patterns import PATTERN_MAX, UnusablePattern, check_pattern, compile_pattern
from flowrt.regex import MARK, WORD


def found(pattern: str, text: str) -> str | None:
    """What `pattern` matches in `text`."""
    match = compile_pattern(pattern).find(text)
    return None if match is None else match.text


@pytest.mark.parametrize(
    ("pattern", "text", "match"),
    [
        ("track|where", "Please TRACK it", "TRACK"),
        ("^track$", "  Track ", "Track"),
        ("caf\u00e9", "Le CAFE\u0301!", "CAF\u00c9"),
        ("cafe\u0301", "le caf\u00e9", "caf\u00e9"),
        (r"\d+", "no \u0664\u0662", "\u0664\u0662"),
        (r"\d+", "\uff14\uff12", "42"),
        (r"\D+", "4a2", "a"),
        (r"\w+", "\u00e9t\u00e9!", "\u00e9t\u00e9"),
        (r"\w+", "\u0928\u092e\u0938\u094d\u0924\u0947 x", "\u0928\u092e\u0938\u094d\u0924\u0947"),
        (r"\W", "\u00e9t\u00e9!", "!"),
        (r"a\sb", "a\u2003b", "a b"),
        (r"a\sb", "a\u2028b", "a\u2028b"),
        (r"\S+", "\u2028ab\u2028", "ab"),
        (r"[\w-]+@", "x a-\u00e9@", "a-\u00e9@"),
        (r"[\d.]+", "v \u0661.\u0662", "\u0661.\u0662"),
        (r"[\s\S]+", "a\nb", "a\nb"),
        (r"[^\d]+", "1a2", "a"),
        (r"[\D]+", "1a2", "a"),
        ("[]a]+", "x]a", "]a"),
        ("[^]a]+", "]x", "x"),
        ("[(|)*{2}?.$^]+", "(|)*{2}?.$", "(|)*{2}?.$"),
        (r"[a\-z]+", "b-", "-"),
        ("[[:alpha:]]+", "1ab", "ab"),
        (r"\Qa.b*\E", "aXb a.b*", "a.b*"),
        (r"\p{Greek}+", "abc \u03b1\u03b2", "\u03b1\u03b2"),
        (r"\PL+", "a12b", "12"),
        (r"\x41\x{e9}", "a\u00e9", "a\u00e9"),
        (r"a\/b", "a/b", "a/b"),
        ("(?-i)A", "aA", "A"),
        ("a.b", "a\nb", None),
        ("(?s)a.b", "a\nb", "a\nb"),
        ("\ufb01sh", "FISH", "FISH"),
        ("\u212a", "k", "k"),
        ("a{2,3}?", "aaa", "aa"),
        ("x", "\ud800x", "x"),
        ("x", "", None),
    ],
)
def test_what_is_found(pattern: str, text: str, match: str | None) -> None:
    assert check_pattern(pattern) is None
    assert found(pattern, text) == match
    assert compile_pattern(pattern).matches(text) is (match is not None)


@pytest.mark.parametrize(
    ("pattern", "text", "match"),
    [
        (r"\bfoo\b", "a foo!", "foo"),
        (r"\bfoo\b", "food", None),
        (r"\b\u00e9tat\b".replace("\\u00e9", "\u00e9"), "l'\u00c9tat", "\u00c9tat"),
        (r"\btat\b", "\u00e9tat", None),
        (r"\btat", "\u00e9tat tats", "tat"),
        (r"foo\b bar", "\u00e9 foo bar", "foo bar"),
        (r"(\bfoo\b)(\b bar)", "\u00e9 foo bar", "foo bar"),
        (r"(\bfoo\b ?)+$", "\u00e9 foo foo", "foo foo"),
        (r"^\bfoo\b$", "foo", "foo"),
        (r"^\b\u00e9\b$".replace("\\u00e9", "\u00e9"), "\u00e9", "\u00e9"),
        (r"\b\d+\b", "a1 \u0661\u0662", "\u0661\u0662"),
        (r"\b.\b", "\u00e9\u00e9 a", " "),
        (r"[^x]\b", "\u00e9\u00e9a", "a"),
        (r"\b\S+\b", "\u00e9-a ", "\u00e9-a"),
        (r"\b\W+\b", "\u00e9 - a", " - "),
        (r"\b[\s\S]+\b", "\u00e9 a", "\u00e9 a"),
        (r"\b\b\b\bx", "\u00e9 x", "x"),
        (r"\bcan\b|\bmay\b", "\u00e9 MAY", "MAY"),
        (r"\bx", "\U0010fffex \u00e9", "x"),
    ],
)
def test_where_words_begin_and_end(pattern: str, text: str, match: str | None) -> None:
    assert check_pattern(pattern) is None
    assert found(pattern, text) == match


def word_like(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN" or unicodedata.category(character) == "Pc"


words = st.text("ab \u00e9\u0928\u094d-_1\u0661\u2028", max_size=12)
parts = st.sampled_from(
    [r"\b", "a", "b", "\u00e9", " ", "-", r"\w", r"\s", ".", "[ab]", "[^a]", "a*", r"\w+", "b?"]
)


@given(st.lists(parts, min_size=1, max_size=5), words)
@example([r"\b", "b?", r"\b", "b?", r"\b"], "\u00e9b")
def test_boundaries_are_those_that_a_simple_reading_finds(pieces: list[str], text: str) -> None:
    text = unicodedata.normalize("NFKC", text).strip()
    word = "(?:[^\\W]|[\u094d])"
    boundary = f"(?:(?<!{word})(?={word})|(?<={word})(?!{word}))"
    simple = "".join(
        [{r"\b": boundary, r"\w": word, r"\w+": f"{word}+"}.get(piece, piece) for piece in pieces]
    )
    expected = re.search(simple, text, re.IGNORECASE)
    assert found("".join(pieces), text) == (expected[0] if expected else None)


@given(st.characters(exclude_categories=["Cs", "Cn"]))
def test_the_classes_know_what_unicode_says(character: str) -> None:
    normal = unicodedata.normalize("NFKC", character)
    if len(normal) == 1 and normal != MARK:
        assert compile_pattern(r"x\wx").matches(f"x{normal}x") is word_like(normal)
        assert compile_pattern(r"x\dx").matches(f"x{normal}x") is (unicodedata.category(normal) == "Nd")
        assert compile_pattern(r"x\sx").matches(f"x{normal}x") is normal.isspace()
        assert compile_pattern(r"x[\S]x").matches(f"x{normal}x") is not normal.isspace()
    assert WORD.startswith(r"\p{L}")


def test_named_groups_become_captures() -> None:
    pattern = compile_pattern(r"(?P<verb>track|find) (order )?(?<number>\d+)|(?P<other>x)")
    assert pattern.names == ("verb", "number", "other")
    assert pattern.search("please TRACK Order 66") == {"verb": "TRACK", "number": "66", "other": None}
    assert pattern.search("nothing") is None
    assert compile_pattern(r"(?P<word>\b\w+\b)!").search("\u00e9 \u00c9t\u00e9!") == {"word": "\u00c9t\u00e9"}


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(?=a)", "it looks around with `(?=`"),
        ("(?!a)", "it looks around with `(?!`"),
        ("(?<=a)b", "it looks around with `(?<=`"),
        ("(?<!a)b", "it looks around with `(?<!`"),
        (r"(a)\1", r"it refers back to a group with `\1`"),
        (r"(?P<a>x)\k<a>", r"it refers back to a group with `\k`"),
        ("(?P<a>x)(?P=a)", "it refers back to a group with `(?P=`"),
        ("(?>a)", "a group of a kind that is not supported: `(?>`"),
        ("(?x) a", "a group of a kind that is not supported: `(?x`"),
        ("(?#c)", "a group of a kind that is not supported: `(?#`"),
        ("(?(1)a)", "a group of a kind that is not supported: `(?(`"),
        ("a++", "`+` repeats a repetition"),
        ("a**", "`*` repeats a repetition"),
        ("a{1001}", "counts to more than 1,000"),
        ("a{3,2}", "counts to more than 1,000, or backwards"),
        ("a{,3}", "write {0,3}"),
        (r"\w{1000}", "it is too large once its repetitions are counted out"),
        ("x" * (PATTERN_MAX + 1), "it is 1001 characters long: the limit is 1000"),
        ("(a", "a ( is not closed"),
        ("a)", "a ) closes nothing"),
        ("[a", "a [ is not closed"),
        ("[]", "a [ is not closed"),
        ("*", "there is nothing to repeat"),
        ("\\", "a \\ at its end escapes nothing"),
        ("[z-a]", "a range in brackets goes backwards"),
        (r"\p{Foo}", "a class has no such name"),
        (r"\Ba", r"`\B` means nothing here: only \b is supported"),
        (r"a\Z", r"write \z"),
        (r"\u0041", r"write \x{"),
        (r"\C", r"`\C` means nothing here"),
        (r"\x{d800}", "is no character"),
        (r"\x{110000}", "is no character"),
        ("\ud800", "it holds what is no character"),
        (r"[\W]", r"\W inside of brackets is not supported"),
        (r"[\b]", r"`\b` means nothing inside of brackets"),
        ("[\ufb01]", "stands for several characters (fi)"),
        ("[:alpha:]", "[[:alpha:]]"),
        (r"\b+a", r"\b is repeated"),
        (r"\b^a", r"write ^\b"),
        (r"a$\b", r"write \b$"),
        (r"\b(?m)^a", r"do not go together with \b"),
        (r"\b[\D]", r"does not go together with \b"),
        ("(?P<a>x)(?P<a>y)", "two of its groups are named `a`"),
        ("(?P<1>x)", "a group cannot be named `1`"),
        ("(?P<\u00e9>x)", "a group cannot be named `\u00e9`"),
    ],
)
def test_why_a_pattern_is_not_supported(pattern: str, why: str) -> None:
    reason = check_pattern(pattern)
    assert reason is not None
    assert why in reason
    with pytest.raises(UnusablePattern):
        compile_pattern(pattern)


@given(st.text(max_size=20) | st.text("ab\\[](){}?*+|^$.,-:<P=!dwsbDWSBQExp1 \u00e9\ufb01", max_size=15))
def test_any_text_is_a_pattern_or_has_a_reason(text: str) -> None:
    reason = check_pattern(text)
    if reason is None:
        compile_pattern(text).find("ab \u00e9 1")
    else:
        assert reason


def test_nothing_is_written_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    check_pattern("(")
    compile_pattern("(x+x+)+y").find("x" * 10_000)
    assert capfd.readouterr() == ("", "")


def test_the_word_class_is_that_of_this_python() -> None:
    """RE2 and Python may know different versions of Unicode; on the letters of living languages they agree."""
    letters = [chr(code) for code in range(min(0x3000, sys.maxunicode)) if word_like(chr(code))]
    pattern = compile_pattern(r"^\w$")
    unknown = [character for character in letters if len(unicodedata.normalize("NFKC", character)) == 1]
    assert [character for character in unknown if not pattern.matches(character)] == []
