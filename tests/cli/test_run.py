from __future__ import annotations

import asyncio
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flowc.pipeline import compile_flow, load_flow
from flowc.source import source_of
from flowrt import Bot, FakeClock, Message, Reply
from tests.cli.program import BAD, FEEDBACK, command, start, write

HELLO = ["Hi! Three quick questions.", "What's your name?"]
THANKS = "Thanks, Ada! Your feedback has been received. You can message us again anytime."
SOUND = 'timeout 1 hour\naction save(x: text)\non message\n  -> ask x "?"\n  -> call save(x)\n'
ODD = SOUND + '      failed -> reply "no"\n  -> reply "{x}" buttons "A b" | "C" -> end session\n'


def chat(
    *lines: str, arguments: tuple[str | Path, ...] = (), flow: Path = FEEDBACK
) -> tuple[list[str], list[str]]:
    """The lines on standard output and on standard error of a conversation through a pipe, which ends well."""
    done = start("run", flow, *arguments, stdin="".join(f"{line}\n" for line in lines).encode())
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0
    return done.stdout.decode().splitlines(), done.stderr.decode().splitlines()


def test_a_whole_conversation() -> None:
    said, told = chat("hi", "Ada", "nine", "2", ":wait 5 minutes", "it was late")
    assert said == [
        *HELLO,
        "How was it, from 1 to 5?",
        "A whole number from 1 to 5, please.",
        "Sorry to hear that, Ada. What went wrong?",
        "Take your time, I'm still here.",
        THANKS,
    ]
    assert told == ['save_feedback("Ada", 2, "it was late") → none', "session ended"]


def test_time_passes_by_itself_in_words() -> None:
    said, told = chat("hi", ":wait 15 minutes", ":state", "hello")
    assert said == [*HELLO, "Let's pick this up another time.", *HELLO]
    assert told == ["session ended: expired", "state: start"]


def test_deadlines_come_one_by_one_at_their_instants() -> None:
    said, _ = chat("hi", "Ada", "1", ":wait 1 hour")
    assert said[-2:] == ["Take your time, I'm still here.", "Let's pick this up another time."]


def test_how_an_action_ends_is_said_by_the_next_line() -> None:
    said, told = chat("hi", "Ada", "5", "no", ":fail the disk is full", ":state")
    assert said[-2:] == ["I couldn't save that just now, but I've noted it.", THANKS]
    assert told == ['save_feedback("Ada", 5, none) → failed', "session ended", "state: start"]
    _, told = chat("hi", "Ada", "5", "no", ":result 7", ":result 7")
    assert told == ['save_feedback("Ada", 5, none) → 7', "session ended", "no action waits for a result"]
    _, told = chat("hi", "Ada", "5", "no", ":result seven")
    assert told[0].startswith("`seven` is no value")
    assert told[1] == 'save_feedback("Ada", 5, none) → failed'


def test_how_things_stand() -> None:
    _, told = chat(":state", ":vars", "hi", 'A"da', "2", ":state", ":vars")
    assert told == ["state: start", "no variable is set", "state: unhappy", 'name = "A\\"da"', "rating = 2"]


def test_a_restart_changes_nothing() -> None:
    said, told = chat("hi", ":restart", "Ada", ":restart", ":restart", "5", ":state")
    assert said == [*HELLO, "How was it, from 1 to 5?", "Great! Anything to add?"]
    assert told == ["restarted"] * 3 + ["state: ask_comment"]


def test_the_host_can_end_the_session() -> None:
    assert chat("hi", ":end", ":state")[1] == ["session ended: ended by host", "state: start"]


def test_leaving() -> None:
    assert chat("hi", ":quit", "Ada")[0] == HELLO


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (":wiat 5 minutes", "there is no command `:wiat`: did you mean `:wait`?"),
        (":", "there is no command `:`: `:help` lists them"),
        (":wait", "write `:wait 15 minutes`"),
        (":wait 5 moments", "write `:wait 15 minutes`"),
        (":press", "write `:press LABEL`"),
        (":save", "write `:save feedback.flowtest`"),
        (":save x.flowtest", "nothing was said yet"),
        (":result 1", "no action waits for a result"),
    ],
)
def test_a_command_that_makes_no_sense_is_answered(line: str, why: str) -> None:
    said, [told] = chat(line)
    assert said == []
    assert why.casefold() in told.casefold()


def test_help_lists_all_commands() -> None:
    _, told = chat(":help")
    assert {line.split()[0] for line in told} >= {
        ":wait",
        ":press",
        ":state",
        ":vars",
        ":restart",
        ":end",
        ":save",
    }


def test_any_text_goes_through(tmp_path: Path) -> None:
    flow = write(tmp_path / "odd.flow", ODD)
    done = start("run", flow, stdin=b"hi\r\n::wait \0 \xff\xf0\x9f\x98\x80\r\n")
    assert done.returncode == 0
    assert done.stdout.decode().splitlines() == ["?", ":wait \0 \\xff😀", "  [A b] [C]"]


def test_what_standard_output_cannot_encode_is_escaped(tmp_path: Path) -> None:
    flow = write(tmp_path / "odd.flow", ODD)
    done = start("run", flow, stdin="hi\né日\n".encode(), PYTHONUTF8="0", PYTHONIOENCODING="ascii:strict")
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert done.stdout.isascii()


def test_the_last_line_needs_no_end() -> None:
    assert start("run", FEEDBACK, stdin=b"hi").stdout.decode().splitlines() == HELLO


def test_a_closed_standard_input_is_an_end() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *command("run", FEEDBACK)], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_press_is_a_message() -> None:
    assert chat("hi", ":press Ada", ":vars")[1] == ['name = "Ada"']


def test_a_session_goes_on_in_another_process(tmp_path: Path) -> None:
    store = ("--store", tmp_path / "my sessions%20.db")
    assert chat("hi", "Ada", arguments=store)[0] == [*HELLO, "How was it, from 1 to 5?"]
    assert chat("hi", arguments=(*store, "--contact", "bob"))[0] == HELLO
    assert chat("5", ":vars", arguments=store) == (
        ["Great! Anything to add?"],
        ['name = "Ada"', "rating = 5"],
    )
    assert (tmp_path / "my sessions%20.db").exists()


class Taken:
    """A channel that takes every reply."""

    async def send(self, reply: Reply) -> None:
        assert reply.text


def test_what_is_due_is_served_first(tmp_path: Path) -> None:
    text = 'timeout 1 second -> reply "bye"\non message -> ask x "?" -> end session\n'
    flow, path = write(tmp_path / "short.flow", text), tmp_path / "s.db"

    async def long_ago() -> None:
        machine = compile_flow(source_of(str(flow), text)).machine
        assert machine is not None
        clock = FakeClock(datetime(2020, 1, 1, tzinfo=UTC))
        async with Bot(load_flow(machine), store=f"sqlite:///{path}", channel=Taken(), clock=clock) as bot:
            await bot.receive(Message("1", "terminal", "hi"))
            await bot.idle()

    asyncio.run(long_ago())
    replies, notices = chat("hi", arguments=("--store", path), flow=flow)
    assert (replies, notices) == (["bye", "?"], ["session ended: expired"])


def test_a_store_that_cannot_be_used_exits_with_2(tmp_path: Path) -> None:
    done = start("run", FEEDBACK, "--store", write(tmp_path / "s.db", "no database" * 100))
    assert done.returncode == 2
    assert done.stderr.startswith(b"flowc: the SQLite file ")


def test_a_conversation_is_saved_as_a_transcript_that_passes(tmp_path: Path) -> None:
    flow = write(tmp_path / "feedback.flow", FEEDBACK.read_text(encoding="utf-8"))
    saved = tmp_path / "feedback.flowtest"
    lines = ["hi", "help", "Ada", ":press nine", "2", ":wait 7 minutes", "late", ":fail no"]
    more = ["hi", ":wait 1 hour", "hi", ":end", "hi", "stop", f":save {saved}"]
    said, told = chat(*lines, *more, f":save {saved}", flow=flow)
    assert told[-2:] == [f"saved {saved}"] * 2
    text = saved.read_text(encoding="utf-8")
    written = [line.removeprefix("  bot:  ") for line in text.splitlines() if line.startswith("  bot:  ")]
    assert written == said
    assert "\n  end:\n  session: ended by host\n" in text
    tested = start("test", saved)
    assert tested.returncode == 0, tested.stdout.decode()
    assert tested.stdout.startswith(b"1 passed")


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    kept = write(tmp_path / "kept.flowtest", "mine")
    assert chat("hi", f":save {kept}")[1] == [f"`{kept}` is there already: choose another name"]
    assert kept.read_text() == "mine"
    assert "cannot write" in chat("hi", f":save {kept}/x.flowtest")[1][0]


AGAIN = """\
from flowrt import Again, current_call
class Actions:
    async def save(self, x):
        if current_call().attempt == 1:
            raise Again("busy", after=0.01)
"""


def test_real_actions_are_waited_for_also_before_another_try(tmp_path: Path) -> None:
    flow = write(tmp_path / "odd.flow", ODD)
    write(tmp_path / "bot.py", AGAIN)
    done = start("run", flow, "--actions", "bot:Actions", stdin=b"hi\ngood\n", cwd=tmp_path)
    assert done.stdout.decode().splitlines()[:2] == ["?", "good"]
    assert b"failed" not in done.stderr


def test_real_actions(tmp_path: Path) -> None:
    flow = write(tmp_path / "odd.flow", ODD)
    code = "import helper\nclass Actions:\n    def save(self, x):\n        helper.note(x)\n"
    write(tmp_path / "bot.py", code + "both = Actions()\nclass Empty: pass\n1 if helper else 0\n")
    write(
        tmp_path / "helper.py",
        'def note(x):\n    if x == "bad":\n        raise ValueError(x)\n    open("noted", "a").write(x)\n',
    )
    for name in ("bot:Actions", "bot:both"):
        done = start("run", flow, "--actions", name, stdin=b"hi\ngood\n", cwd=tmp_path)
        assert done.stdout.decode().splitlines()[:2] == ["?", "good"]
    assert (tmp_path / "noted").read_text() == "goodgood"
    done = start("run", flow, "--actions", "bot:Actions", stdin=b"hi\nbad\n", cwd=tmp_path)
    assert done.stdout.decode().splitlines()[:3] == ["?", "no", "bad"]
    assert b"action save failed" in done.stderr


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("bot", "names no actions: write `module:object`"),
        ("nobot:Actions", "ModuleNotFoundError"),
        ("bot:Acts", "AttributeError"),
        ("bot:Empty", "calls what Empty lacks: `save`"),
        ("broken:x", "ZeroDivisionError"),
    ],
)
def test_actions_that_cannot_be_had_exit_with_2(tmp_path: Path, name: str, why: str) -> None:
    flow = write(tmp_path / "odd.flow", ODD)
    write(tmp_path / "bot.py", "class Empty: pass\n")
    write(tmp_path / "broken.py", "1 / 0\n")
    done = start("run", flow, "--actions", name, stdin=b"hi\n")
    assert done.returncode == 2
    assert why in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_a_flow_with_errors_does_not_run(tmp_path: Path) -> None:
    done = start("run", write(tmp_path / "bad.flow", BAD), stdin=b"hi\n")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"unknown state `nowhere`" in done.stderr
    assert start("run", tmp_path / "missing.flow").returncode == 2


@pytest.mark.parametrize("contact", ["", "x" * 513])
def test_a_contact_needs_a_name(contact: str) -> None:
    assert start("run", FEEDBACK, "--contact", contact).returncode == 2


def test_what_a_stand_in_returns_reaches_the_flow(tmp_path: Path) -> None:
    text = (
        "timeout 1 hour\naction count() returns int\non message\n  -> call count() as n\n"
        '      failed -> reply "failed" -> end session\n  -> reply "{n}"\n  -> end session\n'
    )
    flow = write(tmp_path / "count.flow", text)
    saved = tmp_path / "saved.flowtest"
    said, _ = chat("hi", ":result 41", f":save {saved}", flow=flow)
    assert said == ["41"]
    assert "call: count() -> 41" in saved.read_text(encoding="utf-8")


HOST = """\
timeout 1 hour
function day(number: int) returns text
on start -> ask name "Who?" -> reply "{name}, {day(1)}" -> end session
on event paid(amount: decimal) -> reply "Paid {amount}." -> end session
on image as photo -> reply "{photo.mime or "?"}" -> end session
on message -> handoff "support"
"""


def test_what_a_transcript_can_say_can_be_done_in_the_terminal(tmp_path: Path) -> None:
    flow = write(tmp_path / "host.flow", HOST)
    lines = [":open", "Ada", ':function day(1) -> "Monday"', ":open", "Bob", ":event paid(amount: 2.50)"]
    lines += [':send (image "a.png" mime "image/png")', "hi", "hello?", ":back", "hi"]
    said, told = chat(*lines, flow=flow)
    assert said == ["Who?", "Ada, day(1)", "Who?", "Bob, Monday", "Paid 2.5.", "image/png"]
    assert told == [*["session ended"] * 4, "session ended: handed off", "session ended: handed off"]


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    flow = write(tmp_path / "host.flow", HOST)
    _, told = chat(":event paid", ":send hi", ":event paid(amount: Sum())", ":open now", flow=flow)
    assert told == [
        "`(` is missing: such a line is written `event: paid(amount: 12.50)`",
        'what? Write it as a transcript does: `:send (image "https://…")`',
        "the flow has no record `Sum`",
        "did not expect `now` here: the line is complete before it: put it in a line of its own, or behind `#` as a "
        "comment",
    ]
