from __future__ import annotations

import click
import pytest

from flowc import __version__
from flowc.catalogue import all_kinds
from flowc.cli.program import COMMANDS, program
from tests.cli.program import invoke, start

CONTEXT = click.Context(program)


def test_alone_it_shows_its_help() -> None:
    done = start()
    assert (done.returncode, done.stderr) == (0, b"")
    assert all(name in done.stdout.decode() for name in COMMANDS)
    assert done.stdout.decode() == invoke("--help").stdout


def test_the_version() -> None:
    assert start("--version").stdout.decode() == f"flowc {__version__}\n"


def test_an_unknown_command_is_met_with_near_ones() -> None:
    result = invoke("chek", "a.flow")
    assert result.exit_code == 2
    assert "there is no command `chek`: did you mean `check`?" in result.stderr


def test_an_unknown_option_exits_with_2() -> None:
    assert invoke("check", "--formt", "text", "a.flow").exit_code == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_an_example(name: str) -> None:
    command = program.get_command(CONTEXT, name)
    assert command is not None
    assert command.help is not None
    assert command.help.startswith(COMMANDS[name].about)
    assert f"  flowc {name} " in invoke(name, "--help").stdout


def test_explain_prints_the_page_of_a_diagnostic() -> None:
    result = invoke("explain", "f0201")
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "error[F0201]\n\n`goto` names a state that the flow does not have; in a dialog"
    )
    assert "Wrong:" in result.stdout


def test_explain_meets_an_unknown_code_with_near_ones() -> None:
    result = invoke("explain", "F0200")
    assert result.exit_code == 2
    assert "there is no diagnostic `F0200`: did you mean " in result.stderr


def test_explain_alone_lists_all_diagnostics() -> None:
    result = invoke("explain")
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(all_kinds())


@pytest.mark.parametrize("code", all_kinds())
def test_every_diagnostic_has_a_page(code: str) -> None:
    assert len(invoke("explain", code).stdout.splitlines()) >= 3
