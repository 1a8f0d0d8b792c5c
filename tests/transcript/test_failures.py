"""Each kind of failure, as its report shows it."""

from textwrap import dedent

import pytest

from tests.transcript.test_runner import THANKS, finished, outcome


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            ["user: hi", "bot: Hi! Three quick question.", "bot: What's your name?"],
            """\
            feedback.flowtest:3: test "t"
                expected                          actual
                user: hi                          user: hi
              ≠ bot:  Hi! Three quick question.   bot:  Hi! Three quick questions.
                bot:  What's your name?           bot:  What's your name?
            """,
            id="wrong text",
        ),
        pytest.param(
            ["user: hi", "bot: …", "bot: What's your name?", "bot: And more?"],
            """\
            feedback.flowtest:5: test "t"
                expected                  actual
                user: hi                  user: hi
                bot:  …                   bot:  Hi! Three quick questions.
                bot:  What's your name?   bot:  What's your name?
              ≠ bot:  And more?           (nothing)
            """,
            id="missing reply",
        ),
        pytest.param(
            ["user: hi", "bot: Hi! Three quick questions.", "user: Ada", "bot: …"],
            """\
            feedback.flowtest:3: test "t"
                expected                           actual
                user: hi                           user: hi
                bot:  Hi! Three quick questions.   bot:  Hi! Three quick questions.
              ≠ (nothing)                          bot:  What's your name?
            """,
            id="extra reply",
        ),
        pytest.param(
            ["user: hi", "bot: …", "user: stop"],
            """\
            feedback.flowtest:4: test "t"
                expected     actual
                user: stop   user: stop
              ≠ (nothing)    bot:  Okay, cancelled.
            """,
            id="nothing but an extra reply",
        ),
        pytest.param(
            ["bot: Hi!"],
            """\
            feedback.flowtest:2: test "t"
                expected    actual
              ≠ bot:  Hi!   (nothing)
            """,
            id="a reply to nothing",
        ),
        pytest.param(
            ["user: hi", "bot: …", "after 15 minutes", "bot: …", "session: ended"],
            """\
            feedback.flowtest:6: test "t"
                expected           actual
                after 15 minutes   after 15 minutes
                bot:  …            bot:  Let's pick this up another time.
              ≠ session: ended     session: expired
            """,
            id="wrong end",
        ),
        pytest.param(
            ["user: hi", "bot: …", "session: ended"],
            """\
            feedback.flowtest:4: test "t"
                expected         actual
                user: hi         user: hi
                bot:  …          bot:  Hi! Three quick questions.
                                 bot:  What's your name?
              ≠ session: ended   (the session is open, in ask_name)
            """,
            id="no end",
        ),
        pytest.param(
            ["session: ended"],
            """\
            feedback.flowtest:2: test "t"
                expected         actual
              ≠ session: ended   (there has been no session)
            """,
            id="no session",
        ),
        pytest.param(
            ["user: hi", "bot: …", "user: stop", "session: ended", "bot: Okay, cancelled."],
            """\
            feedback.flowtest:5: test "t"
                expected                 actual
                user: stop               user: stop
              ≠ session: ended           bot:  Okay, cancelled.
                bot:  Okay, cancelled.   session: ended
            """,
            id="wrong order",
        ),
        pytest.param(
            ["user: hi", "bot: …", "usr: Ada", "bot: …"],
            """\
            feedback.flowtest:4: test "t"
                expected   actual
              ≠ usr: Ada   (no line of a transcript begins with `usr`: did you mean `user`?)
            """,
            id="unknown line",
        ),
    ],
)
def test_a_failure(lines: list[str], expected: str) -> None:
    assert outcome(*lines) + "\n" == dedent(expected)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            ['call: save_feedback("Ada", 4, none)', THANKS],
            """\
            feedback.flowtest:9: test "t"
                expected                              actual
                user: no                              user: no
              ≠ call: save_feedback("Ada", 4, none)   call: save_feedback("Ada", 5, none)
            """,
            id="wrong argument",
        ),
        pytest.param(
            ['call: save_feedback("Ada", true, none)'],
            """\
            feedback.flowtest:9: test "t"
                expected                                 actual
                user: no                                 user: no
              ≠ call: save_feedback("Ada", true, none)   call: save_feedback("Ada", 5, none)
            """,
            id="another type",
        ),
        pytest.param(
            ["bot: Thanks, Ada!"],
            """\
            feedback.flowtest:9: test "t"
                expected             actual
                user: no             user: no
              ≠ bot:  Thanks, Ada!   call: save_feedback("Ada", 5, none)
            """,
            id="a call without a line",
        ),
        pytest.param(
            [],
            """\
            feedback.flowtest:8: test "t"
                expected    actual
                user: no    user: no
              ≠ (nothing)   call: save_feedback("Ada", 5, none)
            """,
            id="a call at the end",
        ),
        pytest.param(
            ['call: save_feedback("Ada", 5, none)', THANKS, "call: thank()"],
            """\
            feedback.flowtest:11: test "t"
                expected                                         actual
                user: no                                         user: no
                call: save_feedback("Ada", 5, none)              call: save_feedback("Ada", 5, none)
                bot:  Thanks, Ada! Your feedback has been        bot:  Thanks, Ada! Your feedback has been
                      received. You can message us again               received. You can message us again
                      anytime.                                         anytime.
              ≠ call: thank()                                    (nothing)
            """,
            id="a line without a call",
        ),
    ],
)
def test_a_failure_about_a_call(lines: list[str], expected: str) -> None:
    assert finished(*lines) + "\n" == dedent(expected)
