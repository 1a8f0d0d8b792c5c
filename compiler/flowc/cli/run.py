"""`flowc run`: talk to a flow, in the terminal or through a pipe."""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import click

from flowc.cli.chat import Chat
from flowc.cli.commands import Commands
from flowc.cli.findings import Findings
from flowc.cli.lines import standard_input
from flowc.cli.options import PATH, UNUSABLE, color_option, flow_argument, traceback_option
from flowc.cli.output import Output
from flowc.cli.stand_ins import NoActions, named_actions
from flowc.cli.streams import Color, complain, tell
from flowc.machine import Machine
from flowc.pipeline import load_flow
from flowrt.errors import FlowrtError
from flowrt.limits import NAME_MAX
from flowrt.stores import open_store


@click.command
@flow_argument
@click.option(
    "--store", metavar="FILE", type=PATH, help="Keep sessions in this SQLite file, and go on with them."
)
@click.option("--contact", default="terminal", show_default=True, help="Who talks.")
@click.option("--actions", metavar="MODULE:OBJECT", help="Run the actions of a bot, not stand-ins.")
@color_option
@traceback_option
def run(path: Path, store: Path | None, contact: str, actions: str | None, color: Color) -> int:
    """Talk to a flow, in the terminal or through a pipe.

    Each line is a message, but for commands, which begin with a colon: `:help` lists them. What the bot says
    goes to standard output, all else to standard error. Without --actions you say how each action ends; through
    a pipe it succeeds, unless the next line is `:result VALUE` or `:fail REASON`.

    The clock is that of the machine, and `:wait` puts it forward. With --store a session goes on next time, but
    what `:wait` added does not: time stands still for the session until the machine has caught up.

    \b
    Example:
      flowc run feedback.flow --store sessions.db
    """
    if not 0 < len(contact) <= NAME_MAX:
        raise click.BadParameter(f"a contact has 1 to {NAME_MAX} characters", param_hint="'--contact'")
    findings = Findings(Output(color), only_errors=True)
    machine = findings.compile(path)
    if machine is None:
        findings.close()
        return findings.code
    _log_to_terminal(actions is not None)
    try:
        asyncio.run(_talk(machine, path, store, contact, actions))
    except (FlowrtError, NoActions) as error:
        complain(str(error))
        return UNUSABLE
    return 0


async def _talk(machine: Machine, path: Path, store: Path | None, contact: str, actions: str | None) -> None:
    chat = Chat(
        load_flow(machine),
        store=open_store(
            "memory:" if store is None else f"sqlite:///{quote(str(store), errors='surrogateescape')}"
        ),
        contact=contact,
        lines=standard_input(),
        actions=None if actions is None else named_actions(actions, path),
        interactive=sys.stdin is not None and sys.stdin.isatty(),
    )
    await chat.run(Commands(chat).take)


class _Terminal(logging.Handler):
    """Shows what the runtime logs as notices."""

    def emit(self, record: logging.LogRecord) -> None:
        """Show one line of the log."""
        with suppress(OSError):
            tell(f"flowrt: {record.getMessage()}")


def _log_to_terminal(real_actions: bool) -> None:
    """Show what goes wrong; that a stand-in fails is what was asked of it."""
    logger = logging.getLogger("flowrt")
    logger.propagate = False
    logger.setLevel(logging.WARNING if real_actions else logging.ERROR)
    logger.handlers = [_Terminal()]
