"""The parser and the writer of transcripts: what is read, what is refused and in which words."""

import inspect
from decimal import Decimal
from textwrap import dedent

import pytest

from flowc.diagnostics.diagnostic import Mistake
from flowc.source import source_of
from flowc.transcript import mistakes as mistakes_module
from flowc.transcript.notation import ENDS
from flowc.transcript.script import (
    After,
    Bot,
    CallLine,
    Entry,
    Fails,
    Misread,
    Press,
    Returns,
    Script,
    SessionLine,
    SomeReplies,
    User,
    parse_script,
)
from flowrt.values import INT_MAX


def parsed(text: str) -> tuple[Script, tuple[Mistake, ...]]:
    return parse_script(source_of("a.flowtest", text))


def entries(*lines: str) -> tuple[Entry, ...]:
    """What the lines of one test mean; they must be well written."""
    script, mistakes = parsed('test "t"\n' + "".join(f"  {line}\n" for line in lines))
    assert mistakes == ()
    [test] = script.tests
    return test.entries


def mistaken(line: str) -> Mistake:
    """The one mistake in a line of a test."""
    script, [mistake] = parsed(f'test "t"\n  {line}\n')
    assert script.tests[0].entries == (Misread(line.strip(), mistake),)
    return mistake


def found(line: str) -> tuple[str, str, str, str | None]:
    """The code of the mistake in a line, the place, the title and the help."""
    mistake = mistaken(line)
    text = f'test "t"\n  {line}\n'
    return mistake.code, text[mistake.span.start : mistake.span.end], mistake.title(), mistake.help()


def test_every_kind_of_line() -> None:
    assert entries(
        "user: hi  # not a comment",
        "# a comment",
        "press:Yes, please ",
        "",
        "bot:  …",
        r"bot:  \…",
        "bot:  … and so on",
        "after 2 hours  # a comment",
        'call: save("a \\"b\\"\\n", -2, 1.50, true, false, none)',
        "call: save ( ) -> failed after 1 minute # a comment",
        "call: find() -> 3",
        "call: find() after 5 seconds",
        "session: handed  off # a comment",
    ) == (
        User("hi  # not a comment"),
        Press("Yes, please"),
        SomeReplies(),
        Bot("…"),
        Bot("… and so on"),
        After(7200),
        CallLine("save", ('a "b"\n', -2, Decimal("1.50"), True, False, None)),
        CallLine("save", (), Fails(), after=60),
        CallLine("find", (), Returns(3)),
        CallLine("find", (), None, after=5),
        SessionLine("handed off"),
    )


def test_lines_are_counted_and_indentation_is_free() -> None:
    script, mistakes = parsed('\n  test "one" # why\nuser: hi\n\n\t\tbot: Hello!\r\ntest "two"\n')
    assert mistakes == ()
    assert [(test.name, test.line) for test in script.tests] == [("one", 2), ("two", 6)]
    assert [entry.line for entry in script.tests[0].entries] == [3, 5]
    assert script.tests[0].entries == (User("hi"), Bot("Hello!"))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (r"user: a\nb", "a\nb"),
        (r"user: C:\\data", r"C:\data"),
        (r"user: \u{20}x\u{1F600}\t", " x\U0001f600\t"),
        (r"user: \u{D800}", "\ud800"),
        ('user: "quoted"', '"quoted"'),
        ("user:", ""),
        ("user: bot: hi", "bot: hi"),
    ],
)
def test_texts(line: str, text: str) -> None:
    assert entries(line) == (User(text),)


@pytest.mark.parametrize(
    ("line", "code", "place", "title", "help"),
    [
        ("usr: hi", "F0901", "usr", "no line of a transcript begins with `usr`", "did you mean `user`?"),
        (
            "-> reply",
            "F0901",
            "->",
            "no line of a transcript begins with `->`",
            "lines begin with `user:`, `press:`, `bot:`, `call:`, `session:`, `after`, `test`",
        ),
        ("bot Hello!", "F0903", "bot", "a colon is missing after `bot`", "write `bot:`"),
        (
            "after five minutes",
            "F0906",
            "five minutes",
            "`five minutes` is no duration",
            "write a whole number and a unit, as in `after 5 minutes`",
        ),
        (
            "after",
            "F0906",
            "",
            "a duration is missing",
            "write a whole number and a unit, as in `after 5 minutes`",
        ),
        ("after 5 minuts", "F0117", "minuts", "`minuts` is no unit of time", "did you mean `minutes`?"),
        ("after 0 days", "F0118", "0 days", "a duration lies between 1 second and 366 days", None),
        ("after 400 days", "F0118", "400 days", "a duration lies between 1 second and 366 days", None),
        (
            'call: save "Ada"',
            "F0907",
            '"Ada"',
            'expected `(`, found `"Ada"`',
            'a call is written `call: save("Ada", 2)`; `-> failed` or `-> VALUE after 5 seconds` may follow',
        ),
        (
            "call: save(Ada)",
            "F0908",
            "Ada",
            "`Ada` is no value",
            'a value is a text in quotes (`"Ada"`), a number, `true`, `false` or `none`',
        ),
        ("call: save(True)", "F0908", "True", "`True` is no value", "did you mean `true`?"),
        ("call: save() -> faild", "F0908", "faild", "`faild` is no value", "did you mean `failed`?"),
        (
            f"call: save({INT_MAX + 1})",
            "F0908",
            f"{INT_MAX + 1}",
            f"`{INT_MAX + 1}` is no value",
            'a value is a text in quotes (`"Ada"`), a number, `true`, `false` or `none`',
        ),
        (
            'call: save("Ada)',
            "F0102",
            '"',
            "this text is not closed",
            'close it with `"` on the same line; a new line within a text is written `\\n`',
        ),
        (
            "session: finished",
            "F0909",
            "finished",
            "a session does not end as `finished`",
            f"a session ends as one of {', '.join(f'`{end}`' for end in ENDS)}",
        ),
        ("session: endd", "F0909", "endd", "a session does not end as `endd`", "did you mean `ended`?"),
        (
            "after 5 minutes bot: Hi",
            "F0910",
            "bot: Hi",
            "did not expect `bot` here: the line is complete before it",
            "put it in a line of its own, or behind `#` as a comment",
        ),
        (
            r"user: C:\data",
            "F0911",
            r"\d",
            r"`\d` is no escape",
            r"the escapes are `\n`, `\t`, `\"`, `\…` and `\u{1F600}`; a backslash itself is written `\\`",
        ),
        (
            "user: a\x07b",
            "F0113",
            "\x07",
            "a raw control character (U+0007) stands here",
            "in a text write `\\u{7}`; elsewhere remove it",
        ),
        (
            "user ada: hi",
            "F0199",
            "user ada: hi",
            "a transcript with several users is part of the language, "
            "but this version of flowc does not compile it yet",
            None,
        ),
    ],
)
def test_a_mistake_in_a_line(line: str, code: str, place: str, title: str, help: str | None) -> None:
    assert found(line) == (code, place, title, help)


def test_mistakes_about_tests() -> None:
    text = 'user: hi\nbot: Hi\ntest one\n  user: a\ntest "b"\ntest "b"\n  user: c\n'
    script, mistakes = parsed(text)
    assert [(it.code, text[it.span.start : it.span.end]) for it in mistakes] == [
        ("F0902", "user: hi"),
        ("F0905", "test one"),
        ("F0904", '"b"'),
    ]
    assert [(test.name, len(test.entries)) for test in script.tests] == [("", 2), ("b", 0), ("b", 2)]
    [first] = mistakes[2].related()
    assert text[: first.span.start].count("\n") == 4


@pytest.mark.parametrize(
    ("line", "mended"),
    [("bot Hello!", "bot: Hello!"), (r"user: C:\data", r"user: C:\\data")],
)
def test_a_mistake_can_be_mended(line: str, mended: str) -> None:
    source = source_of("a.flowtest", f'test "t"\n  {line}\n')
    _, [mistake] = parse_script(source)
    [edit] = mistake.edits()
    text = source.text[: edit.span.start] + edit.text + source.text[edit.span.end :]
    assert text == f'test "t"\n  {mended}\n'
    assert parse_script(source_of("a.flowtest", text))[1] == ()


KINDS = [
    kind
    for _, kind in inspect.getmembers(mistakes_module, inspect.isclass)
    if issubclass(kind, Mistake) and kind.__module__ == mistakes_module.__name__
]


def test_codes_are_unique_and_of_one_family() -> None:
    codes = sorted(kind.code for kind in KINDS)
    assert codes == [f"F09{number:02}" for number in range(1, len(KINDS) + 1)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_the_page_of_a_mistake_shows_it(kind: type[Mistake]) -> None:
    page = inspect.getdoc(kind) or ""
    wrong, right = page.partition("Wrong:\n")[2].split("Right:\n")
    assert [it.code for it in parsed(dedent(wrong))[1]] == [kind.code]
    assert parsed(dedent(right))[1] == ()
