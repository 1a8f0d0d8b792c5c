"""What the commands of `flowc sessions` have in common: their arguments, and how they answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from flowc.cli import session_views as views
from flowc.cli.findings import Findings
from flowc.cli.options import FOUND, PATH
from flowc.cli.output import Output
from flowc.cli.streams import complain, say, tell
from flowc.diagnostics.diagnostic import did_you_mean, near_names
from flowc.pipeline import load_flow
from flowrt.flow import Flow
from flowrt.limits import NAME_MAX
from flowrt.values import INT_MAX

F = TypeVar("F", bound=Callable[..., object])


class InOrder(click.Group):
    """A group that lists its commands in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """The names of the commands."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` name. Raises `UsageError`, with near names, where there is none."""
        name = args[0]
        if name not in self.commands and not name.startswith("-"):
            hint = did_you_mean(near_names(name, self.commands)) or f"there are {', '.join(self.commands)}"
            raise click.UsageError(f"there is no command `sessions {name}`: {hint}", ctx)
        return super().resolve_command(ctx, args)


class OfContact(click.Command):
    """A command for one contact. The name of a group chat may be a negative number, which is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take a number for an argument, whatever stands before it."""
        ctx.ignore_unknown_options = any(re.fullmatch(r"-\d+", argument) for argument in args)
        return super().parse_args(ctx, args)


def _contact(_: click.Context, __: click.Parameter, value: str) -> str:
    if not 0 < len(value) <= NAME_MAX:
        raise click.BadParameter(
            f"the name of a contact has 1 to {NAME_MAX} characters: this has {len(value)}"
        )
    return value


contact_argument = click.argument("contact", callback=_contact)
flow_argument = click.argument("path", metavar="FLOW", type=PATH)
optional_flow_argument = click.argument("path", metavar="[FLOW]", required=False, type=PATH)
numbers_argument = click.argument(
    "numbers", metavar="[NUMBER]...", nargs=-1, type=click.IntRange(min=1, max=INT_MAX)
)
actions_option = click.option(
    "--actions", metavar="MODULE:OBJECT", help="Where the functions are that the flow uses."
)
notice_option = click.option(
    "--no-notice", is_flag=True, help="Do not tell the host: for bots without a listener."
)


def store_option(command: F) -> F:
    """`--store`."""
    return click.option(
        "--store",
        metavar="URL",
        required=True,
        envvar="FLOWC_STORE",
        help="sqlite:///sessions.db, or the path of the file alone, or postgresql://bot@db/chats; or in FLOWC_STORE,"
        " where a password is in no list of processes.",
    )(command)


def format_option(command: F) -> F:
    """`--format`."""
    return click.option(
        "--format", type=click.Choice(["text", "json"]), default="text", help="json: for programs."
    )(command)


class NoFlow(Exception):
    """The flow that was named has errors, which were shown; `code` is what to exit with."""

    def __init__(self, code: int) -> None:
        super().__init__("the flow has errors")
        self.code = code


def load(path: Path) -> Flow[Any]:
    """The flow at `path`. Raises `NoFlow`."""
    findings = Findings(Output(), only_errors=True)
    machine = findings.compile(path)
    if machine is None:
        findings.close()
        raise NoFlow(findings.code)
    return load_flow(machine)


def print_json(**parts: object) -> None:
    """Print these parts, for programs."""
    say(json.dumps({"format": views.JSON_FORMAT, **parts}, indent=2))


def done(format: str, text: str, **parts: object) -> int:
    """Say that it is done, in `text` or with these parts; return the exit code."""
    if format == "json":
        print_json(**parts)
    else:
        tell(text)
    return 0


def not_done(format: str, why: str, **parts: object) -> int:
    """Say why there was nothing to do, and in JSON these parts; return the exit code."""
    if format == "json":
        print_json(**parts)
    complain(why)
    return FOUND
