"""`flowc sessions`: look after the sessions in a store, where no bot of this process does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from flowc.cli import session_views as views
from flowc.cli.options import traceback_option
from flowc.cli.session_changes import CHANGES
from flowc.cli.session_listing import Json, Listing, Table
from flowc.cli.session_options import (
    InOrder,
    NoFlow,
    OfContact,
    contact_argument,
    format_option,
    load,
    not_done,
    optional_flow_argument,
    print_json,
    store_option,
)
from flowc.cli.stores import with_store
from flowc.cli.streams import say, tell
from flowrt.operations import Operations

T = TypeVar("T")


@click.group(cls=InOrder)
def sessions() -> None:
    """Look after the sessions in a store.

    A store in PostgreSQL may be in use by bots meanwhile; a SQLite file must not be. With the FLOW of the sessions
    they are shown as that takes them: under its present names, and it is said which ones it has no place for. Results
    go to standard output, and what was done is said on standard error. Exit codes: 0 done, 1 there was nothing to
    do it to, or the flow has errors, 2 it could not be done.

    \b
    Examples:
      flowc sessions list --store sessions.db
      flowc sessions show 31612345678 --store postgresql://bot@db/chats feedback.flow
    """


def _looking(store: str, path: Path | None, work: Callable[[Operations], Awaitable[T]]) -> T:
    """What comes of `work`, with the flow where it is named. Raises `NoFlow`."""
    return with_store(store, work, None if path is None else load(path))


@sessions.command("list")
@optional_flow_argument
@store_option
@click.option("--state", metavar="STATE", help="Only those that rest in this state.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="At most N of them.")
@click.option("--after", metavar="CONTACT", help="Only those behind this contact, in the store's order.")
@format_option
@traceback_option
def list_sessions(
    path: Path | None, store: str, state: str | None, limit: int | None, after: str | None, format: str
) -> int:
    """List the contacts for whom something is stored.

    \b
    Example:
      flowc sessions list --store sessions.db feedback.flow --state ask_rating
    """

    listing: Listing = Table() if format == "text" else Json()

    async def work(operations: Operations) -> None:
        found = 0
        async for view in operations.each(after):
            if state in (None, view.state):
                listing.add(view)
                found += 1
            if found == limit:
                break
        listing.end()

    try:
        _looking(store, path, work)
    except NoFlow as error:
        return error.code
    return 0


@sessions.command(cls=OfContact)
@contact_argument
@optional_flow_argument
@store_option
@format_option
@traceback_option
def show(contact: str, path: Path | None, store: str, format: str) -> int:
    """Show all that is stored of the session of CONTACT.

    Secrets are in no store, so none are shown.

    \b
    Example:
      flowc sessions show 31612345678 --store sessions.db
    """
    try:
        view = _looking(store, path, lambda operations: operations.session(contact))
    except NoFlow as error:
        return error.code
    if view is None:
        return not_done(format, f"there is no session of `{contact}` in the store", session=None)
    if format == "json":
        print_json(session=views.view_json(view))
    else:
        say(views.page(view))
    return 0


@sessions.command
@optional_flow_argument
@store_option
@click.option("--contact", metavar="CONTACT", help="Only those of this contact.")
@format_option
@traceback_option
def dead(path: Path | None, store: str, contact: str | None, format: str) -> int:
    """List what went wrong for good, with its cause.

    That is what could not be delivered, sessions that failed or were outdated in the last 30 days, and those that
    cannot be read, or that the FLOW has no place for.

    \b
    Example:
      flowc sessions dead --store sessions.db feedback.flow
    """
    try:
        letters = _looking(store, path, lambda operations: operations.dead_letters(contact))
    except NoFlow as error:
        return error.code
    if format == "json":
        print_json(dead=[views.letter_json(letter) for letter in letters])
        return 0
    if letters:
        head = ("what", "contact", "number", "at", "state", "cause")
        say(views.table(head, [views.letter_row(letter) for letter in letters]))
    tell(views.counted(len(letters), "dead letter"))
    return 0


for _change in CHANGES:
    sessions.add_command(_change)
