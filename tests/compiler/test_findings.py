"""What people who talk to a flow would meet: silence, buttons that nothing takes, sessions without an end."""

from __future__ import annotations

import pytest

from flowc.check.patterns import impossible
from flowc.pipeline import compile_flow
from flowc.source import source_of
from tests.compiler.programs import codes, machine

HEAD = "timeout 1 hour\n"
MENU = f'{HEAD}on message -> goto menu\nstate menu\n  -> reply "Which?" buttons "One" | "Two"\n'


def notes(text: str) -> list[str]:
    [found] = compile_flow(source_of("a.flow", text)).diagnostics
    return found.notes[0].splitlines()[1:]


# Turns without a word


@pytest.mark.parametrize(
    ("body", "silent"),
    [
        ("on message -> end session", 1),
        ('on message -> reply "Hi." -> end session', 0),
        ("on message -> emit seen() -> end session", 1),
        ('on message -> handoff "support"', 0),
        ('on message -> ask x "?" -> set y = x -> end session', 1),
        ('on message -> ask x "?"\n-> reply "Hi." -> end session', 0),
        ('on message -> ask x "?" -> wait 1 minute -> end session', 0),
        ('action f()\non message\n  -> call f()\n      failed -> reply "No."\n  -> end session', 0),
        ('on message\n  -> ask x "?"\n  when x == "a"\n    -> reply "A."\n  -> end session', 1),
        (
            'on message\n  -> ask x "?"\n  when x == "a"\n    -> reply "A."\n'
            '  else\n    -> reply "B."\n  -> end session',
            0,
        ),
        ('anytime on "a" -> set y = 1\non message -> ask x "?" -> reply "{x}" -> end session', 1),
        ('anytime on "a" -> set y = 1 -> again\non message -> ask x "?" -> reply "{x}" -> end session', 0),
    ],
)
def test_a_turn_without_a_word_is_warned_about(body: str, silent: int) -> None:
    body = body.replace('"?"\n-> reply', '"?" -> reply')
    assert codes(HEAD + body) == ["F0417"] * silent


def test_a_silent_turn_is_shown_with_the_way_through_the_choices() -> None:
    text = f'{HEAD}on message\n  -> ask x "?"\n  when x == "a"\n    -> reply "A."\n  -> end session'
    assert notes(text) == [
        "  user: hello",
        "  bot:  ?",
        "  user: something",
        "  session: ended",
    ]


def test_a_long_row_of_choices_is_walked_once() -> None:
    whens = "".join(f'  when x == "{n}"\n    -> reply "{n}"\n' for n in range(90))
    assert codes(f'{HEAD}on message\n  -> ask x "?"\n{whens}  -> end session') == ["F0417"]


# Replies to one message


def test_the_twenty_first_reply_to_one_message_is_one_too_many() -> None:
    replies = " -> ".join(f'reply "{n}"' for n in range(20))
    assert codes(f"on message -> {replies} -> end session") == []
    [found] = compile_flow(
        source_of("a.flow", f'on message -> {replies} -> reply "over" -> end session')
    ).diagnostics
    assert (found.code, found.span.end - found.span.start) == ("F0419", len('"over"'))


MANY = "".join(f'    -> reply "{n}"\n' for n in range(15))


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (f'  when x == "a"\n{MANY}  else\n{MANY}  when x == "b"\n{MANY}  else\n{MANY}', ["F0419"] * 2),
        (f'  when x == "a"\n{MANY}  when x == "b"\n{MANY}', []),  # both cannot be
        (f'  when x == "a"\n{MANY}  else\n{MANY}  -> ask y "?"\n  when y == "b"\n{MANY}', []),
        (f'  when x == "a"\n{MANY}{MANY}', ["F0419"]),
    ],
)
def test_replies_are_counted_through_choices(steps: str, expected: list[str]) -> None:
    assert codes(f'{HEAD}on message\n  -> ask x "?"\n{steps}  -> reply "Bye."\n  -> end session') == expected


# Sessions without an end


def test_a_session_that_cannot_end_is_an_error_where_silence_does_not_end_it() -> None:
    text = 'on message -> goto menu\nstate menu\n  -> reply "Hi."\n  on message -> again'
    assert codes(text) == ["F0407", "F0420"]  # and nothing yet of the silent turns
    assert codes(f"{HEAD}{text}") == []
    assert codes(f"{text}\n  timeout 1 hour -> end session") == ["F0407"]
    assert codes(f'anytime on "stop" -> reply "Bye." -> end session\n{text}') == ["F0407"]


def test_only_the_first_wait_without_a_way_out_is_named() -> None:
    text = 'on "a" -> reply "Hi." -> end session\non message -> ask x "?" -> goto one\n'
    text += 'state one\n  -> reply "1"\n  on message -> goto two\nstate two\n  -> reply "2"\n  on message -> goto one'
    found = [each for each in compile_flow(source_of("a.flow", text)).diagnostics if each.code == "F0420"]
    assert [each.title for each in found] == ["no session that is in `ask_x` ever ends"]


# Buttons and choices


@pytest.mark.parametrize(
    ("handlers", "untaken"),
    [
        ('  on "one" | "two" -> reply "Good." -> end session\n  on message -> again', []),
        ('  on "one" -> reply "Good." -> end session\n  on message -> again', ["F0311"]),
        ('  on /^(one|two)$/ -> reply "Good." -> end session\n  on message -> again', []),
        ('  on "one" -> reply "Good." -> end session\n  on text -> again\n  on message -> again', []),
        ('  on message as said -> reply "Good." -> end session', []),
        ('  on message -> reply "Good." -> end session', ["F0311", "F0311"]),
    ],
)
def test_a_button_of_a_state_needs_what_takes_it(handlers: str, untaken: list[str]) -> None:
    assert codes(MENU + handlers) == untaken


def test_an_anytime_takes_buttons_too() -> None:
    taken = 'anytime on "one" | "two" -> reply "Yes." -> again\n'
    assert codes(f'{MENU}  on message -> reply "Good." -> end session\n{taken}') == []


@pytest.mark.parametrize(
    ("ask", "untaken"),
    [
        ('ask x "?" buttons "A" | "B"', []),
        ('ask x: int "?" buttons "1" | "2"', []),
        ('ask x: int in 1..2 "?" buttons "1" | "3"', ["F0311"]),
        ('ask x: bool "?" buttons "Yes" | "Perhaps"', ["F0311"]),
        ('ask x "?" choices "A" | "B" buttons "A" | "C"', ["F0311"]),
        ('ask x: date "?" buttons "today" | "tomorrow"', []),
    ],
)
def test_a_button_of_an_ask_must_be_an_answer(ask: str, untaken: list[str]) -> None:
    assert codes(f'{HEAD}on message\n  -> {ask}\n  -> reply "Thanks."\n  -> end session') == untaken


def test_buttons_of_an_ask_may_be_taken_by_its_handlers() -> None:
    ask = '-> ask x: int "?" buttons "1" | "None"\n      on "none" -> set x = 0'
    assert codes(f'{HEAD}on message\n  {ask}\n  -> reply "{{x}}"\n  -> end session') == []


@pytest.mark.parametrize(
    ("handler", "expected"),
    [('on "b"', ["F0312"]), ("on /^b/", ["F0312"]), ('on "b" when n == 1', []), ("on text", [])],
)
def test_a_choice_that_a_handler_takes_is_never_the_answer(handler: str, expected: list[str]) -> None:
    ask = f'-> ask x "?" choices "A" | "B"\n      {handler} -> reply "Hm." -> again'
    assert codes(f'{HEAD}let n = 1\non message\n  {ask}\n  -> reply "{{x}}"\n  -> end session') == expected


def test_a_handler_may_take_a_choice_and_give_the_answer_itself() -> None:
    ask = '-> ask x "?" choices "A" | "B"\n      on "b" -> reply "B, then." -> set x = "B"'
    assert codes(f'{HEAD}on message\n  {ask}\n  -> reply "{{x}}"\n  -> end session') == []


@pytest.mark.parametrize(
    ("ask", "handler", "expected"),
    [
        ("x", "on text", ["F0418"]),
        ("x: int", "on text", ["F0418"]),
        ("x: int", "on text when n == 1", []),
        ("x: image", "on text", []),
        ("x: image", "on image", ["F0418"]),
    ],
)
def test_a_handler_that_takes_every_answer_leaves_none(ask: str, handler: str, expected: list[str]) -> None:
    asked = f'-> ask {ask} "?"\n      {handler} -> reply "Hm." -> again'
    assert (
        codes(f'{HEAD}let n = 1\non message\n  {asked}\n  -> reply "Thanks."\n  -> end session') == expected
    )


@pytest.mark.parametrize("what", ["choices", "buttons"])
def test_a_hundred_and_one_choices_are_one_too_many(what: str) -> None:
    def ask(count: int) -> str:
        labels = " | ".join(f'"c{n}"' for n in range(count))
        return f'{HEAD}on message -> ask x "?" {what} {labels} -> reply "{{x}}" -> end session'

    assert codes(ask(100)) == []
    assert codes(ask(101)) == ["F0313"]


# What never holds


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("hello$ there", "nothing can follow the end of the message"),
        ("say ^hello", "nothing can precede the start of the message"),
        ("^ hello", "a message never begins with white space: it is trimmed"),
        (r"hello\s$", "a message never ends with white space: it is trimmed"),
        ("a$b|c$d", "nothing can follow the end of the message"),
    ],
)
def test_a_regular_expression_that_finds_nothing_is_said_to(pattern: str, why: str) -> None:
    assert impossible(pattern) == why


@pytest.mark.parametrize(
    "pattern",
    [
        "hello",
        "^hello$",
        r"^\s*hello\s*$",
        "a$b|c",
        "(a$)?b",
        "x*^a",
        "a$b*",
        r"a\$b",
        "[$]a",
        "(?m)a$\nb",
        "(a|^)b",
        "a|^",
    ],
)
def test_one_that_may_find_something_is_let_be(pattern: str) -> None:
    assert impossible(pattern) is None


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        ('  -> reply "1"\n  -> goto menu\n', ["F0422"]),
        ("  when n == 1\n    -> goto menu\n  else\n    -> goto menu\n", ["F0422"]),
        ("  when n == 1\n    -> goto menu\n", []),
    ],
)
def test_a_state_that_is_always_left_waits_for_nothing(chain: str, expected: list[str]) -> None:
    other = (
        "state other\n"
        + chain
        + '  on "x" -> reply "X." -> goto menu\n  on message -> reply "Y." -> goto menu\n'
    )
    menu = 'state menu\n  -> reply "Menu."\n  on "o" -> reply "Ok." -> goto other\n  on message -> again\n'
    assert codes(f"{HEAD}let n = 1\non message -> goto menu\n{menu}{other}") == expected


ONLY_ASKS = """\
timeout 1 hour
anytime on message -> reply "Sorry?" -> again
on message -> ask name "What's your name?" -> reply "Hello, {name}." -> end session
"""


def test_what_only_a_fallback_leads_to_that_nothing_meets_is_no_part_of_the_machine() -> None:
    assert codes(ONLY_ASKS) == ["F0424"]
    assert [state.name for state in machine(ONLY_ASKS).states] == ["start", "ask_name"]


def test_a_fallback_that_one_state_leaves_something_to_is_met() -> None:
    menu = (
        'on "menu" -> goto menu\nstate menu\n  -> reply "Well?"\n  on "bye" -> reply "Bye." -> end session\n'
    )
    met = ONLY_ASKS.replace("on message -> ask", f"{menu}on message -> ask")
    assert codes(met) == []
    assert "resume" in [state.name for state in machine(met).states]
