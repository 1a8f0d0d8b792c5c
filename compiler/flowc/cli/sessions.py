"""`flowc sessions`: look after the sessions in a store, where no bot of this process does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from flowc.cells import visible
from flowc.cli import session_views as views
from flowc.cli.findings import Findings
from flowc.cli.options import FOUND, PATH, UNUSABLE, traceback_option
from flowc.cli.output import Output
from flowc.cli.stand_ins import NoActions, named_actions
from flowc.cli.stores import with_store
from flowc.cli.streams import complain, say, tell
from flowc.pipeline import load_flow
from flowrt.flow import Flow
from flowrt.operations import Operations
from flowrt.viewing import SessionView

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])


@click.group
def sessions() -> None:
    """Look after the sessions in a store.

    A store in PostgreSQL may be in use by bots meanwhile; a SQLite file must not be. With the FLOW of the sessions
    they are shown as that takes them: under its present names, and it is said which ones it has no place for.

    \b
    Examples:
      flowc sessions list --store sessions.db
      flowc sessions show 31612345678 --store postgresql://bot@db/chats feedback.flow
    """


def _store(command: F) -> F:
    return click.option(
        "--store",
        metavar="URL",
        required=True,
        help="sqlite:///sessions.db, or the path of the file alone, or postgresql://bot@db/chats.",
    )(command)


def _format(command: F) -> F:
    return click.option(
        "--format", type=click.Choice(["text", "json"]), default="text", help="json: for programs."
    )(command)


_flow = click.argument("path", metavar="[FLOW]", required=False, type=PATH)
_contact = click.argument("contact")


class _NoFlow(Exception):
    """The flow that was named has errors, which were shown; `code` is what to exit with."""

    def __init__(self, code: int) -> None:
        super().__init__("the flow has errors")
        self.code = code


def _load(path: Path | None) -> Flow[Any] | None:
    """The flow at `path`. Raises `_NoFlow`."""
    if path is None:
        return None
    findings = Findings(Output(), only_errors=True)
    machine = findings.compile(path)
    if machine is None:
        findings.close()
        raise _NoFlow(findings.code)
    return load_flow(machine)


def _looking(store: str, path: Path | None, work: Callable[[Operations], Awaitable[T]]) -> T:
    return with_store(store, work, _load(path))


def _json(**parts: object) -> None:
    say(json.dumps({"format": views.JSON_FORMAT, **parts}, indent=2))


@sessions.command("list")
@_flow
@_store
@click.option("--state", metavar="STATE", help="Only those that rest in this state.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="At most N of them.")
@click.option("--after", metavar="CONTACT", help="Only those behind this contact, in the store's order.")
@_format
@traceback_option
def list_sessions(
    path: Path | None, store: str, state: str | None, limit: int | None, after: str | None, format: str
) -> int:
    """List the contacts for whom something is stored.

    \b
    Example:
      flowc sessions list --store sessions.db feedback.flow --state ask_rating
    """

    async def work(operations: Operations) -> list[SessionView]:
        found: list[SessionView] = []
        async for view in operations.each(after):
            if state in (None, view.state):
                found.append(view)
            if len(found) == limit:
                break
        return found

    try:
        found = _looking(store, path, work)
    except _NoFlow as error:
        return error.code
    if format == "json":
        _json(sessions=[views.view_json(view) for view in found])
        return 0
    if found:
        head = ("contact", "standing", "state", "last event", "next deadline")
        say(views.table(head, [views.row(view) for view in found]))
    standings = Counter(view.standing for view in found).items()
    said = [views.counted(len(found), "contact"), *[f"{count} {standing}" for standing, count in standings]]
    tell(", ".join(said))
    return 0


@sessions.command
@_contact
@_flow
@_store
@_format
@traceback_option
def show(contact: str, path: Path | None, store: str, format: str) -> int:
    """Show all that is stored of the session of CONTACT; secrets are in no store.

    \b
    Example:
      flowc sessions show 31612345678 --store sessions.db
    """
    try:
        view = _looking(store, path, lambda operations: operations.session(contact))
    except _NoFlow as error:
        return error.code
    if view is None:
        return _nothing(contact)
    if format == "json":
        _json(session=views.view_json(view))
    else:
        say(views.page(view))
    return 0


@sessions.command
@_flow
@_store
@_format
@traceback_option
def dead(path: Path | None, store: str, format: str) -> int:
    """List what went wrong for good, with its cause.

    That is what could not be delivered, and sessions that cannot be read, or that the FLOW has no place for.

    \b
    Example:
      flowc sessions dead --store sessions.db feedback.flow
    """
    try:
        letters = _looking(store, path, lambda operations: operations.dead_letters())
    except _NoFlow as error:
        return error.code
    if format == "json":
        _json(dead=[views.letter_json(letter) for letter in letters])
        return 0
    if letters:
        head = ("what", "contact", "number", "at", "cause")
        say(views.table(head, [views.letter_row(letter) for letter in letters]))
    tell(views.counted(len(letters), "dead letter"))
    return 0


@sessions.command
@_contact
@click.argument("path", metavar="FLOW", type=PATH)
@_store
@click.option("--actions", metavar="MODULE:OBJECT", help="Where the functions are that the flow uses.")
@click.option("--no-notice", is_flag=True, help="Do not tell the host: for bots without a listener.")
@traceback_option
def end(contact: str, path: Path, store: str, actions: str | None, no_notice: bool) -> int:
    """End the session of CONTACT, as its host may: what is kept stays.

    The bots that serve the store tell their host of it, with the values that the session held.

    \b
    Example:
      flowc sessions end 31612345678 feedback.flow --store sessions.db
    """
    try:
        flow = _load(path)
        given = None if actions is None else named_actions(actions, path)
    except _NoFlow as error:
        return error.code
    except NoActions as error:
        complain(str(error))
        return UNUSABLE

    async def work(operations: Operations) -> bool:
        return await operations.end(contact)

    if not with_store(store, work, flow, actions=given, notices=not no_notice):
        return _nothing(contact)
    tell(f"ended the session of {visible(contact)}")
    return 0


@sessions.command
@_contact
@click.argument("numbers", metavar="[NUMBER]...", nargs=-1, type=int)
@_store
@traceback_option
def retry(contact: str, numbers: tuple[int, ...], store: str) -> int:
    """Have what could not be delivered to CONTACT delivered after all.

    NUMBER is what `flowc sessions dead` calls it; without one it is all there is. It goes to the end of what waits
    to be delivered, and the bots that serve the store deliver it.

    \b
    Example:
      flowc sessions retry 31612345678 --store sessions.db
    """
    found = with_store(store, lambda operations: operations.retry(contact, *numbers))
    if not found:
        complain(f"nothing is parked for `{contact}`" + (" under these numbers" if numbers else ""))
        return FOUND
    tell(f"{found} to be delivered to {visible(contact)}")
    return 0


@sessions.command
@_contact
@_store
@click.option("--yes", is_flag=True, help="Do it: nothing brings it back.")
@traceback_option
def erase(contact: str, store: str, yes: bool) -> int:
    """Delete all that a store holds of CONTACT, in one transaction.

    The session goes and what is kept, what waits to be delivered and what could not be, calls, and the marks of
    messages: one that the provider sends again is a new one. The host is told nothing.

    \b
    Example:
      flowc sessions erase 31612345678 --store sessions.db --yes
    """
    if not yes:
        complain(f"this deletes all that there is of `{contact}`, for ever: say so with --yes")
        return UNUSABLE
    rows = with_store(store, lambda operations: operations.erase(contact))
    tell(f"erased {visible(contact)}: {views.counted(rows, 'row')}")
    return 0


def _nothing(contact: str) -> int:
    complain(f"there is no session of `{contact}` in the store")
    return FOUND
