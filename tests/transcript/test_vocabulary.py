"""Every line that a transcript may have, in tests that pass and in tests that fail for that line."""

from textwrap import dedent

import pytest

from flowc.transcript.report import report
from tests.transcript.shop import SHOP
from tests.transcript.test_runner import one_test, run


def outcome(text: str) -> str:
    """What is reported of one test with these lines; nothing where it passes."""
    return report(run(one_test(dedent(text).strip("\n").splitlines()), SHOP), columns=1000)


def failure(text: str) -> list[str]:
    """The rows of the failure of a test with these lines, from the first that differs."""
    rows = [" ".join(row.split()) for row in outcome(text).splitlines()]
    return rows[next(at for at, row in enumerate(rows) if row.startswith("≠")) :]


PASSES = {
    "several contacts have a session each, and one clock": """\
        user ada: hi
        bot ada:  Welcome, ada.
        after 2 minutes
        user bob: hi
        bot bob:  Welcome, bob.
        user: hi
        bot:  Welcome, user.
        after 3 minutes
        bot ada:  Still there?
        after 2 minutes
        bot bob:  Still there?
        bot:  Still there?
        end bob:
        session bob: ended by host
        after 57 minutes
        session ada: expired
        after 2 minutes
        session: expired
        """,
    "the host opens, opens again and ends": """\
        open ada:
        bot ada: Welcome, ada.
        open ada:
        session ada: superseded
        bot ada: Welcome, ada.
        end ada:
        session ada: ended by host
        end ada:
        """,
    "media and what comes with them": """\
        user: hi
        bot:  …
        user: (image "https://example.com/a.png" mime "image/png" size 2048 caption "my cat")
        bot:  image/png 2048 my cat
        user: (image)
        bot:  None None
        user: (location latitude 52.37 longitude 4.89)
        bot:  52.37, 4.89
        """,
    "replies that are no text, and their buttons": """\
        user: hi
        bot:  Welcome, user.
        buttons: "Find" | "When"
        user: menu
        bot:  (image "https://example.com/menu.png" caption "The menu")
        buttons: none
        """,
    "what is emitted is left out where no line is about it": """\
        user: hi
        bot:  …
        user: menu
        bot:  …
        """,
    "what is emitted is written where one line is about it": """\
        user: hi
        bot:  …
        user: menu
        emit: shown(count: 1, price: 2.50)
        bot:  …
        """,
    "an event that is taken, and two that are dropped": """\
        open:
        bot:  …
        event: paid(amount: 12.50)
        bot:  Paid 12.50.
        event: paid(amount: 3)
        bot:  Paid 3.
        event: paid(sum: 12.50)
        dropped: paid
        event ada: paid(amount: 1.00)
        dropped ada: paid
        """,
    "what variables hold, also after the session": """\
        user: hi
        bot:  …
        vars: amount = unset, menu/find.order = unset
        event: paid(amount: 12.50)
        bot:  …
        vars: amount = 12.50
        user: find
        call: find(7, 2026-01-05) -> Order(number: 7, status: "new", due: none)
        bot:  Order 7 is new.
        vars: menu/find.order = Order(status: "new", number: 7, due: none)
        end:
        vars: amount = 12.5, menu/find.order = unset
        """,
    "an action that fails, and one that is slow": """\
        user: hi
        bot:  …
        user: find
        call: find(7, 2026-01-05) -> failed
        bot:  It failed.
        user: find
        call: find(7, 2026-01-05) -> Order(number: 7, status: "due", due: 2026-01-05) after 5 seconds
        user: when
        after 5 seconds
        bot:  Order 7 is due.
        bot:  It is the 5th.
        function: short_date(2026-01-05) -> "the 5th"
        """,
    "the clock of the first line is what a function is asked about": """\
        clock: 2026-02-28 23:59
        function: short_date(2026-02-28) -> "the 28th"
        function: short_date(2026-03-01) -> "the 1st"
        user: hi
        bot:  …
        user: when
        bot:  It is the 28th.
        after 1 minute
        user: when
        bot:  It is the 1st.
        """,
    "a function that fails ends the session as failed": """\
        function: short_date(2026-01-05) -> failed
        user: hi
        bot:  …
        user: when
        bot:  …
        session: failed
        """,
    "a message that comes twice": """\
        user: hi
        bot:  …
        duplicate:
        user: menu
        bot:  …
        duplicate:
        duplicate:
        user: team
        session: handed off
        duplicate:
        """,
    "a contact that was handed over is the team's until it is given back": """\
        user: hi
        bot:  …
        user: team
        session: handed off
        user: anybody?
        give back:
        user: hi
        bot:  …
        """,
    "what the contact calls itself": """\
        name ada: Ada Lovelace
        user ada: hi
        bot ada:  Welcome, Ada Lovelace.
        """,
    "a restart changes nothing": """\
        user: hi
        bot:  …
        event: paid(amount: 12.50)
        bot:  …
        restart
        vars: amount = 12.50
        after 5 minutes
        bot:  Still there?
        restart
        after 55 minutes
        session: expired
        restart
        vars: amount = 12.50
        """,
    "a call that was running runs again": """\
        user: hi
        bot:  …
        user: find
        call: find(7, 2026-01-05) -> failed after 10 seconds
        restart
        call: find(7, 2026-01-05) -> Order(number: 7, status: "new", due: none) after 10 seconds
        after 9 seconds
        restart
        call: find(7, 2026-01-05) -> Order(number: 7, status: "old", due: none)
        bot:  Order 7 is old.
        restart
        """,
    "a call with a secret has failed": """\
        user: hi
        bot:  …
        user: pay
        call: pay("1234") after 10 seconds
        restart
        bot:  It failed.
        """,
    "while the process is down deadlines pass, and are found late": """\
        user: hi
        bot:  …
        user bob: hi
        bot bob: …
        user: find
        call: find(7, 2026-01-05) -> failed after 20 seconds
        stopped for 10 minutes
        bot:  It failed.
        bot bob: Still there?
        stopped for 2 hours
        session: expired
        session bob: expired
        """,
    "the call of before is only run again if it may still take so long": """\
        user: hi
        bot:  …
        user: find
        call: find(7, 2026-01-05) -> failed after 20 seconds
        stopped for 29 seconds
        call: find(7, 2026-01-05) -> failed after 20 seconds
        after 1 second
        bot:  It failed.
        """,
}


@pytest.mark.parametrize("name", PASSES)
def test_a_test_that_passes(name: str) -> None:
    assert outcome(PASSES[name]) == ""


FAILS = [
    ("user ada: hi\nbot: Welcome, ada.", ["≠ bot: Welcome, ada. bot ada: Welcome, ada."]),
    ("user: hi\nbot: …\nuser bob: hi\nbot: …", ["≠ bot: … bot bob: Welcome, bob."]),
    ("user: hi\nbot: …\nbuttons: none", ['≠ buttons: none buttons: "Find" | "When"']),
    ("user: hi\nbot: …\nuser: menu\nbot: The menu", [
        '≠ bot: The menu bot: (image "https://example.com/menu.png" caption "The menu")',
    ]),
    ("user: hi\nbot: …\nuser: menu\nbot: …\nemit: shown(count: 1, price: 2.50)", [
        "≠ bot: … emit: shown(count: 1, price: 2.50)",
        'emit: shown(count: 1, price: 2.50) bot: (image "https://example.com/menu.png" caption "The menu")',
    ]),
    ("event: paid(amount: 1.00)", ["≠ (nothing) dropped: paid"]),
    ("user: hi\nbot: …\nduplicate:\nbot: …", ["≠ bot: … (nothing)"]),
    ("user: hi\nbot: …\nvars: amount = 1, menu/find.order = unset", [
        "≠ vars: amount = 1, menu/find.order = unset vars: amount = unset, menu/find.order = unset",
    ]),
    ("user: hi\nbot: …\nvars: x = 1\nbot: hi", ["≠ vars: x = 1 vars: x = unset", "bot: hi"]),
    ("user: hi\nbot: …\nuser: find\ncall: find(7, 2026-01-05)", [
        "≠ call: find(7, 2026-01-05) (say what it returns: `call: find(7, 2026-01-05) -> VALUE`)",
    ]),
    ("user: hi\nbot: …\nuser: find\ncall: find(7, 2026-01-06) -> none", [
        "≠ call: find(7, 2026-01-06) call: find(7, 2026-01-05)",
    ]),
    ("user: hi\nbot: …\nuser: find\ncall: find(7, 2026-01-05) -> Ordr(number: 7)", [
        "≠ call: find(7, 2026-01-05) -> Ordr(number: 7) (the flow has no record `Ordr`)",
    ]),
    ("user: hi\nbot: …\nuser: find\ncall: find(7, 2026-01-05) -> Order(number: 7)", [
        "≠ call: find(7, 2026-01-05) -> Order(number: 7) (the record `Order` has the fields `due`, `number`, "
        "`status`)",
    ]),
    ("function: long_date() -> 1", ["≠ function: long_date() -> 1 (the flow has no function `long_date`)"]),
    ("user: hi\nbot: …\nuser: when\nbot: It is the 5th.", [
        "≠ (a line is missing: `function: short_date(2026-01-05) -> VALUE`)",
    ]),
    ("user: hi\nbot: …\nuser: find\ncall: find(7, 2026-01-05) -> failed after 9 seconds\nrestart", [
        "≠ (nothing) call: find(7, 2026-01-05)",
    ]),
    ("user ada: hi\nbot ada: …\nsession ada: ended", [
        "≠ session ada: ended (the session is open, in menu)",
    ]),
    ("user: hi\nbot: …\nend:\nsession: ended\nopen ada:\nbot ada: …", [
        "≠ session: ended session: ended by host",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rows"), FAILS, ids=[rows[0][:60] for _, rows in FAILS])
def test_a_test_that_fails(text: str, rows: list[str]) -> None:
    assert failure(text) == rows


def test_what_functions_give_in_all_tests_may_be_said_otherwise_in_one() -> None:
    asked = "  user: hi\n  bot:  …\n  user: when\n"
    text = (
        'function: short_date(2026-01-05) -> "the 5th"\n'
        f'test "a"\n{asked}  bot:  It is the 5th.\n'
        f'test "b"\n  function: short_date(2026-01-05) -> "today"\n{asked}  bot:  It is today.\n'
    )
    assert report(run(text, SHOP)) == ""
