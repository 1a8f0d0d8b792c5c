"""The parser and the writer of transcripts: what is read, what is refused and in which words."""

import inspect
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from textwrap import dedent

import pytest

from flowc.diagnostics.diagnostic import Mistake
from flowc.source import source_of
from flowc.transcript import mistakes as mistakes_module
from flowc.transcript.entries import (
    After,
    Bot,
    BotSends,
    Buttons,
    CallLine,
    ClockLine,
    DroppedLine,
    Duplicate,
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
    Script,
    Sends,
    SessionLine,
    SomeReplies,
    User,
    Vars,
)
from flowc.transcript.literals import Literal, RecordLiteral, Unset
from flowc.transcript.notation import ENDS
from flowc.transcript.script import parse_script
from flowrt.values import INT_MAX, Media


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


def test_lines_about_several_contacts_and_the_host() -> None:
    assert entries(
        "clock: 2026-01-05 09:00 # a Monday",
        "function: twice(2, [1, 2]) -> Point(x: 1, y: none)",
        "function: broken() -> failed",
        "user ada: hi",
        "user : hi",
        r"user: \(image of a cat)",
        "user: (imagine that)",
        'user: (image "https://example.com/a.png" mime "image/png" size 2048 name "a.png" caption "my cat")',
        "user bob: (location latitude 52.37 longitude 4)",
        "duplicate ada:  # twice",
        "press ada: Yes: please",
        "name ada: Ada Lovelace",
        "open:",
        "event bob : paid(amount: 12.50, on: 2026-01-05)",
        "end ada:",
        "give  back ada:",
        "bot ada:  …",
        'buttons: "A" | "B \\"x\\""',
        'bot: (image "https://example.com/b.png" caption "look")',
        "buttons: none",
        "emit ada: ordered(count: 2)",
        "dropped: start",
        "session ada: handed off",
        'vars: name = "Ada", menu/ask_number.n = 2, due = unset',
        "restart",
        "restart outdated",
        "stopped for 2 hours",
    ) == (
        ClockLine(1_767_603_600_000_000),
        FunctionLine("twice", (2, (1, 2)), Returns(RecordLiteral("Point", (("x", 1), ("y", None))))),
        FunctionLine("broken", (), Fails()),
        User("hi", "ada"),
        User("hi"),
        User("(image of a cat)"),
        User("(imagine that)"),
        Sends(
            Media("image", url="https://example.com/a.png", mime="image/png", size=2048, name="a.png"),
            "my cat",
        ),
        Sends(Media("location", latitude=Decimal("52.37"), longitude=Decimal(4)), contact="bob"),
        Duplicate("ada"),
        Press("Yes: please", "ada"),
        Named("Ada Lovelace", "ada"),
        Opens(),
        Happens("paid", (("amount", Decimal("12.50")), ("on", date(2026, 1, 5))), "bob"),
        Ends("ada"),
        GivesBack("ada"),
        SomeReplies("ada"),
        Buttons(("A", 'B "x"')),
        BotSends("image", "https://example.com/b.png", "look"),
        Buttons(()),
        EmitLine("ordered", (("count", 2),), "ada"),
        DroppedLine("start"),
        SessionLine("handed off", "ada"),
        Vars((("name", "Ada"), ("menu/ask_number.n", 2), ("due", Unset()))),
        Restart(),
        Restart(outdated=True),
        Restart(7200),
    )


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("09:30", time(9, 30)),
        ("2026-01-05T09:30:15Z", datetime(2026, 1, 5, 9, 30, 15, tzinfo=UTC)),
        ("90 minutes", timedelta(minutes=90)),
        ("-1.5 seconds", timedelta(seconds=-1.5)),
        ("2 weeks", timedelta(days=14)),
        ("0 seconds", timedelta()),
        ('[1, "a", []]', (1, "a", ())),
        ('(document "a.pdf" id "7")', Media("document", url="a.pdf", id="7")),
        ("Order(number: 1, due: none)", RecordLiteral("Order", (("number", 1), ("due", None)))),
    ],
)
def test_values(written: str, value: Literal) -> None:
    assert entries(f"call: f({written}) -> {written} after 2 minutes") == (
        CallLine("f", (value,), Returns(value), after=120),
    )


def test_what_functions_give_in_all_tests_stands_before_them() -> None:
    script, mistakes = parsed('function: twice(1) -> 2\ntest "t"\n  user: hi\n')
    assert mistakes == ()
    assert script.functions == (FunctionLine("twice", (1,), Returns(2)),)


def test_the_clock_is_set_before_anything_happens() -> None:
    _, [mistake] = parsed('test "t"\n  user: hi\n  clock: 2026-01-05 09:00\n')
    assert mistake.code == "F0913"


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


OWN_LINE = "put it in a line of its own, or behind `#` as a comment"
CALENDAR = (
    "a day is written `2026-01-05`, a time of day `09:30`, both together as a value `2026-01-05T09:30Z`"
)
VALUES = 'a value is a text in quotes (`"Ada"`), a number, `true`, `false` or `none`'
BUTTONS = 'such a line is written `buttons: "Yes" | "No"`'
STOPPED = "did you mean `stopped for` or `dropped`?"


@pytest.mark.parametrize(
    ("line", "code", "place", "title", "help"),
    [
        ("usr: hi", "F0901", "usr", "no line of a transcript begins with `usr`", "did you mean `user`?"),
        (
            "-> reply",
            "F0901",
            "->",
            "no line of a transcript begins with `->`",
            "lines begin with `user:`, `press:`, `open:`, `event:`, `duplicate:`, `name:`, `end:`, `give back:`, "
            "`bot:`, `call:`, `emit:`, `dropped:`, `session:`, `vars:`, `buttons:`, `function:`, `clock:`, "
            "`after`, `restart`, `stopped for`, `test`",
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
        ("user ada hi", "F0903", "user", "a colon is missing after `user`", "write `user:`"),
        (
            "clock ada: 2026-01-05 09:00",
            "F0903",
            "clock",
            "a colon is missing after `clock`",
            "write `clock:`",
        ),
        ("stopped 5 minutes", "F0901", "stopped", "no line of a transcript begins with `stopped`", STOPPED),
        (
            "restart now",
            "F0910",
            "now",
            "did not expect `now` here: the line is complete before it",
            OWN_LINE,
        ),
        ("open: hi", "F0910", "hi", "did not expect `hi` here: the line is complete before it", OWN_LINE),
        ("event: paid", "F0915", "", "`(` is missing", "such a line is written `event: paid(amount: 12.50)`"),
        (
            "event: paid(12.50)",
            "F0915",
            "12.50",
            "expected a name, found `12.50`",
            "such a line is written `event: paid(amount: 12.50)`",
        ),
        ("emit: done(a: 1, a: 2)", "F0918", "a", "`a` is given twice", "leave one of them"),
        ("vars: a = 1, a = 2", "F0918", "a", "`a` is given twice", "leave one of them"),
        (
            "vars: rating: 2",
            "F0915",
            ":",
            "expected `=`, found `:`",
            'such a line is written `vars: name = "Ada", rating = unset`',
        ),
        (
            "function: today()",
            "F0915",
            "",
            "`->` is missing",
            'such a line is written `function: short_date(2026-01-05) -> "5 January"`',
        ),
        (
            "clock: tomorrow",
            "F0915",
            "tomorrow",
            "expected a day and a time, such as `2026-01-05 09:00`, found `tomorrow`",
            "such a line is written `clock: 2026-01-05 09:00`",
        ),
        ("clock: 2026-02-30 09:00", "F0917", "2026-02-30", "`2026-02-30` is no such day or time", CALENDAR),
        ("clock: 09:00 2026-02-28", "F0917", "09:00", "`09:00 2026-02-28` is no such day or time", CALENDAR),
        ("call: f(25:00)", "F0917", "25:00", "`25:00` is no such day or time", CALENDAR),
        (
            "call: f(1.0000001 seconds)",
            "F0908",
            "1.0000001 seconds",
            "`1.0000001 seconds` is no value",
            VALUES,
        ),
        ("call: f([[[[[[[[[1]]]]]]]]])", "F0908", "1", "`1` is no value", VALUES),
        (
            "user: (image of a cat)",
            "F0916",
            "of",
            "expected `)` or one of `id`, `mime`, `name`, `caption`, `size`, `latitude`, `longitude`, found `of`",
            'it is written as in `(image "https://…" caption "my cat")`; a text that begins so has a `\\` before it',
        ),
        (
            "user: (template 1)",
            "F0916",
            "template",
            "expected one of `image`, `audio`, `video`, `document`, `location`, found `template`",
            'it is written as in `(image "https://…" caption "my cat")`; a text that begins so has a `\\` before it',
        ),
        (
            'user: (image size "big")',
            "F0916",
            '"big"',
            'expected a number behind `size`, found `"big"`',
            'it is written as in `(image "https://…" caption "my cat")`; a text that begins so has a `\\` before it',
        ),
        (
            "bot: (location)",
            "F0916",
            "location",
            "a text in quotes behind `location` is missing",
            "it is written as in `(location latitude 52.37 longitude 4.89)`; a text that begins so has a `\\` before "
            "it",
        ),
        ("user: (image size 1 size 2)", "F0918", "size", "`size` is given twice", "leave one of them"),
        ("buttons: Yes", "F0915", "Yes", "expected a label in quotes, found `Yes`", BUTTONS),
        (
            'buttons: "Yes" | "No"',
            "F0912",
            'buttons: "Yes" | "No"',
            "these buttons belong to no reply",
            "write the reply in the line above: `bot:` and what it says",
        ),
        (
            "duplicate ada:",
            "F0914",
            "duplicate ada:",
            "there is no message that could be delivered twice",
            "put the line below the message of `ada`: what comes of that stands between them",
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
    if issubclass(kind, Mistake) and kind.__module__.startswith(mistakes_module.__name__)
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
